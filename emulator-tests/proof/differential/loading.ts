// How a generated world is entered in the book while it is made: only what went through, by the words of the operation.
import type { Reach } from '@latchkey/core/access/facts'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import type { Actor, World } from '../../support/world.ts'
import type { Random } from '../support/random.ts'
import type { conditions } from './conditions.ts'
import { type Ledger, recordOf } from './ledger.ts'

export interface LoadedAgency {
  readonly agency: string
  readonly accounts: readonly string[]
  readonly owner: Actor
  readonly ownerUid: string
  readonly people: string[]
  readonly services: { readonly service: string; readonly home: string }[]
  readonly teams: { readonly team: string; readonly home: string }[]
}

export const userRef = (uid: string): PrincipalRef => `user:${uid}` as PrincipalRef // as the product writes it
export const serviceRef = (id: string): PrincipalRef => `service:${id}` as PrincipalRef
export const teamRef = (id: string): PrincipalRef => `team:${id}` as PrincipalRef

export const day = 86_400_000
export const builtIn = {
  agency: ['agency.admin', 'agency.support', 'agency.auditor', 'agency.verifier'],
  account: ['account.admin', 'account.user', 'account.salesRep', 'account.billing', 'account.viewer'],
} as const
export const named = (principal: PrincipalRef): object => {
  const [kind = '', id = ''] = principal.split(':')
  return { [kind]: id }
}

export interface Loading {
  readonly world: World
  readonly random: Random
  readonly ledger: Ledger
  /** What it is when the questions are asked; the world is loaded a month before. */
  readonly present: number
  readonly refused: Map<string, number>
}

/** Enters what went through; what was refused is only counted. */
export const tried = async (
  loading: Loading,
  who: Actor,
  operation: string,
  input: object,
): Promise<Record<string, never> | undefined> => {
  const answer = await who.call(operation, input)
  if (answer.ok) return answer.value
  const name = `${operation} ${answer.error.code}`
  loading.refused.set(name, (loading.refused.get(name) ?? 0) + 1)
  return undefined
}

export const record = (loading: Loading, id: string, kind: 'agency' | 'account', parent: string): void => {
  const placement = loading.ledger.newPlacement()
  const fresh = { id, kind, parent, placement, status: 'active', denied: [] } as const
  const uncapped = { maxKeyDays: undefined, keyKinds: undefined, keyScopes: undefined }
  loading.ledger.tenants.set(id, { ...fresh, ...uncapped, roles: new Map(), own: new Map(), resources: [] })
}

export const join = async (
  loading: Loading,
  agency: LoadedAgency,
  uid: string,
  offer: { tenant: string; role: string; reach: Reach },
) => {
  await loading.world.join(agency.owner, uid, offer)
  const { items } = await agency.owner.must('roles/listAssignments', { tenant: offer.tenant, principal: { user: uid } })
  enter(loading, { ...offer, principal: userRef(uid), assignment: items.at(-1).assignment, isMember: true })
  agency.people.push(uid)
}

interface Entering {
  readonly tenant: string
  readonly principal: PrincipalRef
  readonly assignment: string
  readonly role: string
  readonly reach: Reach
  readonly accounts?: readonly string[]
  readonly condition?: (typeof conditions)[number] | undefined
  readonly until?: number | undefined
  /** By an invitation one becomes a member, whatever one was before. */
  readonly isMember?: boolean
}

export const enter = ({ ledger }: Loading, entering: Entering): void => {
  const { tenant, principal, assignment, role, reach, accounts = [], condition, until, isMember = false } = entering
  const here = recordOf(ledger.tenants, tenant)
  const standing = ledger.standingOf(tenant, principal)
  if (isMember) standing.member = true
  const isTeam = principal.startsWith('team:')
  const roleFromAbove = role.startsWith('rol_') && here.kind === 'account' && !here.roles.has(role)
  const ofTheAgency = !isTeam && !standing.member
  standing.status = 'active'
  standing.given = [
    ...standing.given,
    {
      assignment,
      role,
      reach,
      accounts,
      condition,
      until,
      placement: roleFromAbove || ofTheAgency ? here.placement : undefined,
      borrowed: ofTheAgency,
      placements: new Map(accounts.map((id) => [id, recordOf(ledger.tenants, id).placement])),
    },
  ]
  ledger.principals.add(principal)
}
