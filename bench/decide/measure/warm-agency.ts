// What one large agency costs to keep ready: 10,000 accounts and 20,000 users, read from a snapshot's text.
import { decide } from '../../../core/src/access/decide.ts'
import { median } from '../../shared/median.ts'
import { makeAgency } from '../world/agency.ts'
import { shapes } from '../world/catalogue.ts'
import type { Agency, Size } from '../world/model.ts'
import { factsFor, now, type Warm, warmUp } from '../world-facts.ts'
import { liveBytes } from './memory.ts'

export interface WarmAgency {
  readonly accounts: number
  readonly users: number
  readonly bytes: number
  /** From the parsed snapshot to an evaluator that can answer; median of a few. */
  readonly compileMilliseconds: number
  readonly parseMilliseconds: number
  readonly snapshotBytes: number
}

const size: Size = { name: 'S', agencies: 1, accounts: 10_000, users: 20_000 }
const tries = 7

/** The agency as text, references as ids, the way that a snapshot travels. */
const snapshotOf = (agency: Agency): string =>
  JSON.stringify({
    ...agency,
    customRoles: [...agency.customRoles].map(([id, shape]) => [id, shape.index]),
    accounts: agency.accounts.map(({ id }) => id),
    users: agency.users.map(({ id, assignments }) => ({
      id,
      assignments: assignments.map((one) => ({
        ...one,
        shape: one.shape.index,
        accounts: one.accounts.map((account) => account.id),
      })),
    })),
  })

/** The text as records again; all strings are new. */
const readSnapshot = (text: string): Agency => {
  const raw = JSON.parse(text)
  const agency: Agency = { ...raw, accounts: [], users: [], customRoles: new Map() }
  const roles: [string, number][] = raw.customRoles
  const ids: string[] = raw.accounts
  const accounts = ids.map((id, index) => ({ id, index, agency }))
  const byId = new Map(accounts.map((account) => [account.id, account]))
  const users: { id: string; assignments: RawAssignment[] }[] = raw.users
  return {
    ...agency,
    customRoles: new Map(roles.flatMap(([id, shape]) => (shapes[shape] ? [[id, shapes[shape]] as const] : []))),
    accounts,
    users: users.map(({ id, assignments }, index) => ({
      id,
      index,
      agency,
      assignments: assignments.flatMap((one) => {
        const shape = shapes[one.shape]
        return shape === undefined ? [] : [{ ...one, shape, accounts: one.accounts.flatMap((a) => byId.get(a) ?? []) }]
      }),
    })),
  }
}

type Assignment = Agency['users'][number]['assignments'][number]
type RawAssignment = Omit<Assignment, 'shape' | 'accounts'> & { shape: number; accounts: string[] }

/** What deciding leaves in caches belongs to what the evaluator takes. */
const askEverybody = (warm: Warm, { users, accounts }: Agency): void => {
  const request = { time: new Date(now) }
  for (const user of users) {
    const at = accounts[user.index % accounts.length]?.id ?? ''
    for (const account of [at, user.assignments[0]?.at ?? at]) {
      const facts = factsFor(warm, { account, user: user.id, scoped: false })
      if (facts !== undefined) decide({ permission: 'contacts.read', resource: {}, action: {}, request }, facts, now)
    }
  }
}

const timed = <Value>(run: () => Value): readonly [Value, number] => {
  const began = performance.now()
  const value = run()
  return [value, performance.now() - began]
}

/** `seed` as everywhere. */
export const weighWarmAgency = (seed: number): WarmAgency => {
  const text = snapshotOf(makeAgency(seed, size, 0))
  const before = liveBytes()
  const parses: number[] = []
  const compiles: number[] = []
  let warm: Warm | undefined
  for (let attempt = 0; attempt < tries; attempt++) {
    const [agency, parsing] = timed(() => readSnapshot(text))
    const [made, compiling] = timed(() => warmUp([agency]))
    parses.push(parsing)
    compiles.push(compiling)
    askEverybody(made, agency)
    warm = made
  }
  const bytes = liveBytes() - before
  if (warm?.placeOf.size !== size.accounts) throw new Error('the agency was not kept')
  return {
    accounts: size.accounts,
    users: size.users,
    bytes,
    compileMilliseconds: median(compiles),
    parseMilliseconds: median(parses),
    snapshotBytes: text.length,
  }
}
