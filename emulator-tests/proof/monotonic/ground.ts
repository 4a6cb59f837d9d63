// The agency where power is given, and those who give it: each holds something else, over another reach, until another end.
import type { IamError } from '@latchkey/core/kernel/errors'
import type { Result } from '@latchkey/core/kernel/result'
import { type Actor, type Answer, mailOf, type World } from '../../support/world.ts'
import type { Random } from '../support/random.ts'
import type { Grant, Narrowing, Place, Power } from './power.ts'

export interface Ground {
  readonly world: World
  readonly random: Random
  readonly agency: string
  readonly accounts: readonly string[]
  readonly custom: Map<string, readonly string[]>
  readonly denied: Set<string>
  /** Some owner of the agency: there are several, so that no bucket of one runs dry. */
  readonly owner: () => Actor
  readonly freshUid: () => string
}

export interface Giver {
  readonly uid: string
  readonly actor: Actor
  readonly power: Power
  /** Of a giver that is a key: what its owner holds is narrowed by it. */
  readonly end: number | undefined
}

/** What can use what was given: their own whole power is asked about, and then, and later. */
export interface Receiver {
  /** Everything that it can do at a tenant, with or without a condition. */
  readonly able: (tenant: string) => Promise<ReadonlySet<string>>
}

const hour = 3_600_000
export const never = 'resource.ownerId == subject.id'

export const makeGround = async (world: World, random: Random): Promise<Ground> => {
  const agency = await world.agency('Ground', 'groundOwner')
  const first = await world.person('groundOwner')
  const owners = [first]
  for (let index = 0; index < 5; index++) {
    await world.join(first, `coOwner${index}`, { tenant: agency, role: 'agency.owner', reach: 'subtree' })
    owners.push(await world.person(`coOwner${index}`))
  }
  const accounts: string[] = []
  for (const name of ['One', 'Two', 'Three']) {
    accounts.push((await first.must('tenants/create', { parent: agency, name })).tenant)
  }
  let turn = 0
  let people = 0
  return {
    world,
    random,
    agency,
    accounts,
    custom: new Map(),
    denied: new Set(),
    owner: () => owners[turn++ % owners.length] ?? first,
    freshUid: () => `person${++people}`,
  }
}

export const placesOf = ({ agency, accounts }: Ground): readonly Place[] => [
  { tenant: agency, kind: 'agency' },
  ...accounts.map((tenant): Place => ({ tenant, kind: 'account' })),
]

const rolesAt = {
  agency: ['agency.admin', 'agency.admin', 'agency.support', 'agency.auditor', 'agency.verifier'],
  account: ['account.admin', 'account.user', 'account.salesRep', 'account.billing', 'account.viewer'],
} as const

/** A role somewhere, over some reach; mostly for ever and without a condition. */
export const drawGrant = (ground: Ground, least = 0): Grant => {
  const { random, agency, accounts, world, custom } = ground
  const end = random.chance(0.2) ? world.app.clock() + (least + 1 + random.below(48)) * hour : undefined
  const condition = random.chance(0.12) ? never : undefined
  const inside = random.chance(0.4)
  const here = inside ? random.pick(accounts) : agency
  const own = random.chance(0.15) && custom.size > 0 ? random.pick([...custom.keys()]) : undefined
  const ofAccounts = inside || random.chance(0.4)
  const role = own ?? random.pick(ofAccounts ? rolesAt.account : rolesAt.agency)
  const reach = reachOf(random, { inside, ofAccounts: ofAccounts && own === undefined })
  const listed = reach === 'listed' ? [random.pick(accounts), ...random.some(accounts, 1)] : []
  return { at: here, role, reach, condition, until: end, accounts: listed }
}

/** An agency gives a role of accounts to some or to all of them, never to itself. */
const reachOf = (
  random: Random,
  { inside, ofAccounts }: { readonly inside: boolean; readonly ofAccounts: boolean },
): Grant['reach'] => {
  if (inside) return random.pick(['node', 'subtree'] as const)
  return random.pick(
    ofAccounts ? (['subtree', 'listed'] as const) : (['node', 'subtree', 'subtree', 'listed'] as const),
  )
}

export const inputOf = ({ at, role, reach, accounts, condition, until }: Grant): object => ({
  tenant: at,
  role,
  reach,
  ...(accounts.length === 0 ? {} : { accounts: [...new Set(accounts)] }),
  ...(condition === undefined ? {} : { condition }),
  ...(until === undefined ? {} : { expiresAt: new Date(until).toISOString() }),
})

/** An invitation names the end of what it leads to by another field. */
export const offerOf = (grant: Grant, uid: string): object => {
  const { expiresAt, ...rest } = inputOf(grant) as { readonly expiresAt?: string }
  return { ...rest, email: mailOf(uid), ...(expiresAt === undefined ? {} : { assignmentExpiresAt: expiresAt }) }
}

/** Somebody new who holds exactly this. */
export const personWith = async (ground: Ground, grants: readonly Grant[]): Promise<{ uid: string; actor: Actor }> => {
  const uid = ground.freshUid()
  for (const grant of grants) await ground.world.join(ground.owner(), uid, offerOf(grant, uid))
  return { uid, actor: await ground.world.person(uid) }
}

export const drawGiver = async (ground: Ground): Promise<Giver> => {
  const { random } = ground
  const admin = { role: random.pick(['agency.admin', 'agency.admin', 'account.admin']), condition: undefined } as const
  const first: Grant = { ...drawGrant(ground, 1), ...adminPlace(ground, admin.role), ...admin }
  const grants = [first, ...Array.from({ length: random.below(3) }, () => drawGrant(ground))]
  const { uid, actor } = await personWith(ground, grants)
  const ends = grants.flatMap(({ until }) => until ?? [])
  return { uid, actor, power: { grants, key: undefined }, end: ends.length === 0 ? undefined : Math.max(...ends) }
}

const adminPlace = ({ random, agency, accounts }: Ground, role: string): Pick<Grant, 'at' | 'reach' | 'accounts'> => {
  if (role === 'account.admin' && random.chance(0.5))
    return { at: random.pick(accounts), reach: 'subtree', accounts: [] }
  const listed = [random.pick(accounts)]
  const wide = { at: agency, reach: 'subtree', accounts: [] } as const
  if (role === 'account.admin') return random.chance(0.5) ? { at: agency, reach: 'listed', accounts: listed } : wide
  return random.pick([wide, { ...wide, reach: 'node' } as const])
}

/** A service account with a role, and a key of it: the key is the giver. */
export const keyGiver = async (ground: Ground, scopes: readonly string[], grant: Grant): Promise<Giver> => {
  const { world, random, accounts } = ground
  const owner = ground.owner()
  const { service } = await owner.must('members/createService', { tenant: grant.at, name: 'Giver' })
  await owner.must('roles/assign', { ...inputOf(grant), principal: { service } })
  const narrowed = grant.at === ground.agency && random.chance(0.3) ? [random.pick(accounts)] : []
  const until = world.app.clock() + (2 + random.below(48)) * hour
  const made = await owner.must('apiKeys/create', {
    tenant: grant.at,
    name: 'Giver',
    service,
    scopes,
    ...(narrowed.length === 0 ? {} : { accounts: narrowed }),
    expiresAt: new Date(until).toISOString(),
  })
  const key: Narrowing = { at: grant.at, scopes, accounts: narrowed, until }
  return { uid: service, actor: world.withKey(made.secret), power: { grants: [grant], key }, end: until }
}

const setOf = (answer: Result<Answer, IamError>): ReadonlySet<string> =>
  new Set(answer.ok ? answer.value.items.map((one: { permission: string }) => one.permission) : [])

/** A person or a key as it is itself: with its sign-in, its scopes, its accounts. */
export const selfOf = (actor: Actor): Receiver => ({
  able: async (tenant) => setOf(await actor.call('access/whatCan', { tenant })),
})

/** Somebody without a credential of their own: a service account as its assignments stand. */
export const standingOf = ({ owner }: Ground, principal: object): Receiver => ({
  able: async (tenant) => setOf(await owner().call('access/whatCan', { tenant, principal })),
})
