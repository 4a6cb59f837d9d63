// How a field can take power away, and the stricter of two values of it: what is joined in any order and any number of times is the same.
import type { Json } from '../../kernel/canonical-json.ts'
import type { Instant } from '../../kernel/time.ts'
import { guardrail, levels, roles } from './policy-ways.ts'
import { type JsonMap, mapOf, namesIn, sharedNames, textsOf, type Way } from './way.ts'

/** 0 counts; 1 can be taken back; 2 is for good. A status that nobody knows here does not count. */
const ranks: Readonly<Record<string, number>> = {
  ...{ active: 0, pending: 0 },
  ...{ accepted: 2, redeemed: 2, revoked: 2, removed: 2, deleted: 2 },
}
export const rankOf = (status: unknown): number =>
  status === undefined ? 0 : typeof status === 'string' && Object.hasOwn(ranks, status) ? (ranks[status] ?? 1) : 1

const status: Way = {
  plain: (stored) => (rankOf(stored) === 0 ? undefined : String(stored)),
  join: (one, other) => {
    const difference = rankOf(one) - rankOf(other)
    return difference > 0 || (difference === 0 && String(one) > String(other)) ? one : other
  },
  narrowed: (stored, taken) => (rankOf(stored) >= rankOf(taken) ? stored : taken),
}

const momentWay = (pick: (one: number, other: number) => number): Way => ({
  plain: (stored, { momentIn }) => momentIn(stored),
  join: (one, other) => pick(Number(one), Number(other)),
  narrowed: (stored, taken, { momentIn, stored: asStored }) => {
    const at = momentIn(stored)
    // What cannot be read ends everything as it is.
    if (stored !== undefined && at === undefined) return stored
    const to = pick(Number(taken), at ?? Number(taken)) as Instant // of two moments
    return to === at ? stored : asStored(to)
  },
})

const later = momentWay(Math.max)
const earlier = momentWay(Math.min)

/** Of each name the later moment. */
const laterEach: Way = {
  plain: (stored, moments) => {
    const pairs = Object.entries(mapOf(stored)).flatMap(([name, value]) => {
      const at = moments.momentIn(value)
      return at === undefined ? [] : [[name, at] as const]
    })
    return pairs.length === 0 ? undefined : Object.fromEntries(pairs)
  },
  join: (one, other) => {
    const [left, right] = [mapOf(one), mapOf(other)] as [JsonMap, JsonMap]
    const shared = Object.entries(right).map(([name, at]) => [name, Math.max(Number(at), Number(left[name] ?? at))])
    return { ...left, ...Object.fromEntries(shared) }
  },
  narrowed: (stored, taken, moments) => {
    const known = mapOf(stored)
    const ends = Object.entries(mapOf(taken) as JsonMap).map(([name, at]) => [
      name,
      later.narrowed(known[name], at, moments),
    ])
    return { ...known, ...Object.fromEntries(ends) }
  },
}

const keptNames = (stored: unknown, taken: Json): unknown => {
  const left = mapOf(taken)
  if (Array.isArray(stored)) return textsOf(stored).filter((name) => Object.hasOwn(left, name))
  const stays = (name: string, value: unknown) =>
    Object.hasOwn(left, name) && (typeof value === 'string' ? left[name] === value : left[name] === true)
  return Object.fromEntries(Object.entries(mapOf(stored)).filter(([name, value]) => stays(name, value)))
}

/** A list or map of what there is; without it there is nothing. */
const left: Way = {
  plain: namesIn,
  join: sharedNames,
  narrowed: (stored, taken) => (stored === undefined ? stored : keptNames(stored, taken)),
}

/** A list or map of what is allowed; without it everything is. */
const only: Way = {
  plain: (stored) => (stored === undefined ? undefined : namesIn(stored)),
  join: sharedNames,
  narrowed: (stored, taken) => {
    if (stored !== undefined) return keptNames(stored, taken)
    const names = mapOf(taken)
    return Object.values(names).every((text) => text === true) ? Object.keys(names) : names
  },
}

const numbersOf = (value: unknown): number[] =>
  Array.isArray(value) ? value.filter((one): one is number => Number.isInteger(one)) : []
const eitherNumber = (one: unknown, other: unknown): number[] =>
  [...new Set([...numbersOf(one), ...numbersOf(other)])].toSorted((a, b) => a - b)

/** A list of what is refused. */
const more: Way = {
  plain: (stored) => (numbersOf(stored).length === 0 ? undefined : eitherNumber(stored, [])),
  join: eitherNumber,
  narrowed: (stored, taken) => (Array.isArray(stored) || stored === undefined ? eitherNumber(stored, taken) : stored),
}

/** A mark that gives something as long as it is true. */
const mark: Way = {
  plain: (stored) => (stored === true ? undefined : false),
  join: () => false,
  narrowed: (stored) => (stored === true ? false : stored),
}

export const ways = {
  status,
  later,
  earlier,
  laterEach,
  left,
  only,
  more,
  mark,
  roles,
  guardrail,
  levels,
}

export type WayName = keyof typeof ways
