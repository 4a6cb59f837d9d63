// How often things happen, on average and at the peak: from the platform's size, what is assumed, and how often the product does what it does.
import { daysBefore } from '@latchkey/core/notify/reminders'
import { assumed, platform, settings } from './load.ts'
import type { Sizes } from './sizes.ts'

export interface Pair {
  readonly average: number
  readonly peak: number
}

export const both = (value: number): Pair => ({ average: value, peak: value })

const combined = (one: Pair, other: Pair, combine: (left: number, right: number) => number): Pair => ({
  average: combine(one.average, other.average),
  peak: combine(one.peak, other.peak),
})

export const times = (pair: Pair, factor: number): Pair => combined(pair, both(factor), (left, right) => left * right)
export const product = (one: Pair, other: Pair): Pair => combined(one, other, (left, right) => left * right)
export const plus = (...pairs: readonly Pair[]): Pair =>
  pairs.reduce((total, pair) => combined(total, pair, (left, right) => left + right), both(0))

/** How many different ones are among so many, drawn evenly: the most that there can be. */
const distinct = (drawn: number, among: number): number => among * (1 - Math.exp(-drawn / among))

export const processes: Pair = times(assumed.processes, platform.services)

/** Instances that hold streams. */
export const streaming = ({ concurrency }: Sizes): Pair => ({
  average: Math.ceil(processes.average / concurrency),
  peak: Math.ceil(processes.peak / concurrency),
})

/** What each process meets in the life of its cache, a second. */
export const perProcess = (met: Pair): Pair => times(product(processes, met), 1 / settings.cacheLife)

export const reports: Pair = times(processes, 1 / settings.usage)

/** Different keys among the calls of a process between two reports, times reports. */
export const usesReported: Pair = product(
  reports,
  combined(
    combined(
      platform.verifiedCalls,
      processes,
      (calls, among) => (calls / among) * assumed.keyedShare * settings.usage,
    ),
    assumed.credentialsMet,
    distinct,
  ),
)

/** Of them those whose last use a process tells of: each at its first sight, and then once in so long. */
export const usesTold: Pair = times(product(processes, assumed.credentialsMetInAnHour), 1 / settings.useSample)

/** Of those the ones that their instance has not heard of in that time, so that it looks. */
export const usesLookedAt = (sizes: Sizes): Pair => {
  const instances = streaming(sizes)
  const toldToEach = combined(usesTold, instances, (uses, among) => (uses * settings.useSample) / among)
  return times(product(instances, combined(toldToEach, assumed.keysInUse, distinct)), 1 / settings.useSample)
}

/** Of those the ones that nobody has written down in that time. */
export const usesNoted: Pair = times(assumed.keysInUse, 1 / settings.useSample)

/** Keys of one report whose last use it tells of are worked on together. */
export const usesAtOnce: number = Math.min(settings.usesAtOnce, usesTold.peak / reports.peak)

const endings: Pair = both(assumed.endingsPerDay / 86_400)
/** An event each. */
export const spokenOf: Pair = times(endings, daysBefore.length)
export const removed: Pair = endings

/** What is committed: changes, reminders, and what was over and is removed. */
export const events: Pair = plus(assumed.changes, spokenOf, removed)

const { deliveriesPerChange, mailsPerChange, digestItemsPerChange } = assumed
/** Beside the event: the record of an idempotency key, deliveries, and of who is told an entry of their list and of their mail. */
const recordsOfChange = 1 + deliveriesPerChange + 2 * (mailsPerChange + digestItemsPerChange)

/** What is left behind and ends: the event itself in the outbox, what followed from it, and views of pages. */
export const recordsOver: Pair = plus(
  events,
  times(assumed.changes, recordsOfChange),
  times(assumed.peopleOnline, 1 / settings.viewLife),
)
