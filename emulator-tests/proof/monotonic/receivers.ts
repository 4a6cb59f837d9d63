// Those to whom power is given: members of every tenant who hold nothing, so that whatever they can do was just given.
import type { Actor } from '../../support/world.ts'
import { type Ground, inputOf, personWith } from './ground.ts'

export interface Receivers {
  readonly people: readonly { readonly uid: string; readonly actor: Actor }[]
  readonly service: string
  /** Holds everything of an admin: what a guardrail takes away, or a key leaves over, is seen on it. */
  readonly strong: string
  /** A role that some of the people hold everywhere; it is empty between two changes of it. */
  readonly roles: readonly { readonly tenant: string; readonly role: string; readonly holder: number }[]
  readonly team: string
}

const member = 0

export const makeReceivers = async (ground: Ground): Promise<Receivers> => {
  const { agency, accounts } = ground
  const owner = ground.owner()
  const nothing = (await owner.must('roles/create', { tenant: agency, name: 'Nothing', permissions: [] })).role
  const base = [agency, ...accounts].map((at) => ({
    at,
    role: nothing,
    reach: 'node' as const,
    accounts: [],
    condition: undefined,
    until: undefined,
  }))
  const people = [await personWith(ground, base), await personWith(ground, base), await personWith(ground, base)]
  const { service } = await owner.must('members/createService', { tenant: agency, name: 'Receiver' })
  const { service: strong } = await owner.must('members/createService', { tenant: agency, name: 'Strong' })
  const all = {
    at: agency,
    role: 'agency.admin',
    reach: 'subtree',
    accounts: [],
    condition: undefined,
    until: undefined,
  }
  await owner.must('roles/assign', { ...inputOf({ ...all, reach: 'subtree' }), principal: { service: strong } })
  const { team } = await owner.must('teams/create', { tenant: agency, name: 'Receivers' })
  await owner.must('teams/addMember', { tenant: agency, team, principal: { user: people[member]?.uid } })
  const roles: Receivers['roles'][number][] = []
  for (const [holder, tenant] of [agency, accounts[0] ?? ''].entries()) {
    const { role } = await owner.must('roles/create', { tenant, name: 'Shaped', permissions: [] })
    await owner.must('roles/assign', { tenant, role, reach: 'subtree', principal: { user: people[holder + 1]?.uid } })
    roles.push({ tenant, role, holder: holder + 1 })
  }
  return { people, service, strong, roles, team }
}
