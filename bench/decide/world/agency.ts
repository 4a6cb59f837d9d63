// One agency of a world, made from the seed and its number alone: its accounts, custom roles, users and their assignments.
import { builtIns, gallery } from './catalogue.ts'
import type { Account, Agency, Assignment, ConditionSpec, Size, TimeWindow, User } from './model.ts'
import { type Random, randomOf } from './random.ts'

export const middle = Date.UTC(2026, 10, 22)
const day = 86_400_000

export const windows: readonly TimeWindow[] = [
  { index: 0, from: middle - 30 * day, until: middle + 30 * day },
  { index: 1, from: middle, until: middle + 20 * day },
  { index: 2, from: middle - 20 * day, until: middle },
  { index: 3, from: middle + 30 * day, until: middle + 60 * day },
]

const atAgency = builtIns.filter(({ name }) => name.startsWith('agency.') || name.startsWith('account.'))
const atAccount = builtIns.filter(({ name }) => name.startsWith('account.'))

export const makeAgency = (seed: number, size: Size, index: number): Agency => {
  const random = randomOf(seed, index)
  const customRoles = random
    .some(gallery, 1 + random.below(3))
    .map((shape) => [`rol_${random.text(22)}`, shape] as const)
  const agency: Agency = {
    index,
    id: `agy_${random.text(22)}`,
    customRoles: new Map(customRoles),
    accounts: [],
    users: [],
  }
  const accounts = size.accounts / size.agencies
  agency.accounts = Array.from({ length: accounts }, (_, offset) => ({
    index: index * accounts + offset,
    id: `acc_${random.text(22)}`,
    agency,
  }))
  const users = size.users / size.agencies
  agency.users = Array.from({ length: users }, (_, offset) => makeUser(random, agency, index * users + offset))
  return agency
}

const makeUser = (random: Random, agency: Agency, index: number): User => ({
  index,
  id: random.text(28),
  agency,
  assignments: makeAssignments(random, agency),
})

/** A quarter holds a whole agency, one in seven some listed accounts, the others something on one to three accounts. */
const makeAssignments = (random: Random, agency: Agency): readonly Assignment[] => {
  const kind = random.below(100)
  if (kind < 25) return [assignmentOf(random, agency, { at: agency.id, reach: 'subtree', accounts: [] })]
  if (kind < 40) {
    const accounts = random.some(agency.accounts, 2 + random.below(4))
    return [assignmentOf(random, agency, { at: agency.id, reach: 'listed', accounts })]
  }
  const accounts: readonly Account[] = random.some(agency.accounts, 1 + random.below(3))
  return accounts.map(({ id }) => assignmentOf(random, agency, { at: id, reach: 'node', accounts: [] }))
}

const assignmentOf = (
  random: Random,
  agency: Agency,
  place: Pick<Assignment, 'at' | 'reach' | 'accounts'>,
): Assignment => {
  const custom = random.chance(0.25)
  const [role, shape] = custom
    ? random.pick([...agency.customRoles])
    : builtIn(random, place.at === agency.id ? atAgency : atAccount)
  return { ...place, id: `asg_${random.text(22)}`, role, shape, condition: makeCondition(random) }
}

const builtIn = (random: Random, among: typeof builtIns) => {
  const shape = random.pick(among)
  return [shape.name, shape] as const
}

const makeCondition = (random: Random): ConditionSpec | undefined => {
  if (!random.chance(0.2)) return undefined
  return random.chance(0.5) ? 'owner' : random.pick(windows)
}
