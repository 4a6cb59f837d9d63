// One round of comparisons, in their order and page by page, that goes on in another run where this one stopped, and where a page failed.
import type { Json } from '@latchkey/core/kernel/canonical-json'
import type { Instant } from '@latchkey/core/kernel/time'

export interface Reconciled {
  readonly looked: number
  /** What was wrong and is right again. */
  readonly repaired: number
  /** What is wrong and is a person's to mend; said in words beside. */
  readonly drifted?: readonly string[]
  /** After which to go on; undefined at the end. */
  readonly next: string | undefined
}

/** One thing that is compared with its source, page by page; each belongs to a room, which knows how to repair it. */
export interface Comparison {
  readonly name: string
  readonly page: (after: string | undefined, now: Instant) => Promise<Reconciled>
}

interface Place {
  readonly comparison: string
  readonly after: string | undefined
}

export interface Round {
  readonly comparisons: readonly Comparison[]
  /** Undefined at the end. */
  place: Place | undefined
  /** Of each comparison of which a page failed, the place: it begins there the next time, or what lies behind would never be looked at. */
  readonly failed: Map<string, string>
}

interface Going {
  readonly now: Instant
  readonly isOver: () => boolean
  /** Takes what was thrown: the other comparisons are not made to wait for it. */
  readonly failures: unknown[]
  /** False when another run has taken over. */
  readonly found: (comparison: string, found: Reconciled) => Promise<boolean>
}

/** Until the end of the round or of the time; false when another run has taken over. */
export const goOn = async (round: Round, { now, isOver, failures, found }: Going): Promise<boolean> => {
  while (round.place !== undefined && !isOver()) {
    const { place } = round
    const page: Reconciled = await pageAt(place, round, now).catch((error: unknown) => {
      failures.push(error)
      return nothing
    })
    if (page === nothing) fail(round, place)
    else round.failed.delete(place.comparison)
    round.place = placeAfter(place, page.next, round)
    if (!(await found(place.comparison, page))) return false
  }
  return true
}

const nothing: Reconciled = { looked: 0, repaired: 0, next: undefined }

/** One that fails again at the same place begins anew: what lies before it is not left out for its sake. */
const fail = ({ failed }: Round, { comparison, after }: Place): void => {
  if (after === undefined || failed.get(comparison) === after) failed.delete(comparison)
  else failed.set(comparison, after)
}

const pageAt = async ({ comparison, after }: Place, { comparisons }: Round, now: Instant): Promise<Reconciled> =>
  comparisons.find(({ name }) => name === comparison)?.page(after, now) ?? nothing

const startOf = ([first]: readonly Comparison[], failed: Round['failed']): Place | undefined =>
  first === undefined ? undefined : { comparison: first.name, after: failed.get(first.name) }

const placeAfter = ({ comparison }: Place, next: string | undefined, { comparisons, failed }: Round) => {
  if (next !== undefined) return { comparison, after: next }
  const index = comparisons.findIndex(({ name }) => name === comparison)
  return startOf(comparisons.slice(index + 1), failed)
}

type Stored = { readonly [name in 'urgent' | 'walk']?: StoredRound | null }

interface StoredRound {
  readonly comparison?: string
  readonly after?: string
  readonly failed?: Readonly<Record<string, string>>
}

/** As the record of the job holds them; undefined when all are at their end. */
export const stored = (rounds: { readonly urgent: Round; readonly walk: Round }): Json | undefined => {
  const [urgent, walk] = [storedRound(rounds.urgent), storedRound(rounds.walk)]
  return urgent === null && walk === null ? undefined : { urgent, walk }
}

const storedRound = ({ place, failed }: Round): Json => {
  if (place === undefined && failed.size === 0) return null
  const where = place === undefined ? {} : { comparison: place.comparison, ...(place.after && { after: place.after }) }
  return { ...where, ...(failed.size === 0 ? {} : { failed: Object.fromEntries(failed) }) }
}

/** From the start when it came to its end, or stopped in a comparison that is no more. */
export const roundFrom = (left: unknown, name: keyof Stored, comparisons: readonly Comparison[]): Round => {
  const { comparison, after, failed = {} } = ((left ?? {}) as Stored)[name] ?? {} // written above
  const known = comparisons.find((one) => one.name === comparison)
  const again = new Map(Object.entries(failed).filter(([one]) => comparisons.some((other) => other.name === one)))
  const place = known === undefined ? startOf(comparisons, again) : { comparison: known.name, after }
  return { comparisons, place, failed: again }
}
