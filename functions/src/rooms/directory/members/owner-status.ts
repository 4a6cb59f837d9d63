// Owners who are suspended or restored: the list of owners follows, and only an owner does either to an owner.
import type { Facts } from '@latchkey/core/access/facts'
import { beyondOwner, ownersLeft } from '@latchkey/core/access/owners'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { idOf, userOf } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import { isActivePerson, type MemberState } from './member-state.ts'

const maxOwners = 20

export const ownersOf = (node: DocumentFields): readonly string[] =>
  Array.isArray(node['owners']) ? node['owners'].map(String) : []

/** Whether they hold the owner role in an assignment there, whatever their status. */
export const holdsOwnerRole = ({ node, grants }: Pick<MemberState, 'node' | 'grants'>): boolean =>
  Object.values((grants?.['entries'] ?? {}) as Readonly<Record<string, DocumentFields>>) // our own document
    .some((entry) => entry['role'] === `${String(node['kind'])}.owner`)

type Writes = Result<readonly Write[], IamError>

const ownersWrite = (tenant: string, owners: readonly string[]): Writes =>
  ok([{ kind: 'update', path: `tenants/${tenant}`, fields: { owners } }])

/** The owners that are left when one leaves; refused when none of them can act: whoever is suspended everywhere is listed still. */
export const ownersWithout = async (
  read: Reader,
  { node, facts, now }: { readonly node: DocumentFields; readonly facts: Facts; readonly now: Instant },
  leaving: string,
): Promise<Result<readonly string[], IamError>> => {
  const owners = ownersOf(node)
  const people = await read.getAll(owners.map((uid) => `users/${uid}`))
  const active = new Set(owners.filter((_, index) => isActivePerson(people[index])))
  return ownersLeft(facts, owners, leaving, { now, counts: (uid) => active.has(uid) })
}

/** Nobody's last active owner goes. `facts` are the acting person's, at that tenant. */
export const withoutOwner = async (
  read: Reader,
  { tenant, principal, node }: MemberState,
  facts: Facts,
  now: Instant,
): Promise<Writes> => {
  const uid = userOf(principal)
  if (uid === undefined || !ownersOf(node).includes(uid)) return ok([])
  const left = await ownersWithout(read, { node, facts, now }, uid)
  return left.ok ? ownersWrite(tenant, left.value) : left
}

/** Whoever still holds the owner role is an owner again, if an owner says so. */
export const withOwner = (state: MemberState, facts: Facts, now: Instant): Writes => {
  const owners = ownersOf(state.node)
  const id = idOf(state.principal)
  if (userOf(state.principal) === undefined || !holdsOwnerRole(state) || owners.includes(id)) return ok([])
  if (owners.length >= maxOwners)
    return err(iamError('limit_exceeded', { detail: `A tenant has at most ${maxOwners} owners.` }))
  const fault = beyondOwner(facts, now)
  return fault === undefined ? ownersWrite(state.tenant, [...owners, id]) : err(fault)
}
