// Walks everything that is derived, a stretch at a time, and repairs what a lost event or a hand in the database left wrong.
import { type Instant, isOver, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { schedule } from '../../guard/definition.ts'
import type { Run } from '../../guard/doors/single-flight.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { WatchJobs } from './jobs/watch-jobs.ts'

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

export interface ReconcileDependencies {
  readonly comparisons: readonly Comparison[]
  readonly watchJobs: WatchJobs
  readonly clock: Clock
  readonly log: Log
}

interface Place {
  readonly comparison: string
  readonly after: string | undefined
}

/**
 * Between two writes of the place. A run that dies leaves no more than these behind, and the next one walks them again:
 * whatever is right is left alone, so nothing is repaired twice and nothing is left out.
 */
const keepSeconds = secondsOf(10)

export const reconcile = ({ comparisons, watchJobs, clock, log }: ReconcileDependencies) =>
  schedule({
    name: 'reconcile',
    summary: 'Compares what is derived with its source, repairs what differs, and says so.',
    run: async ({ now, runId, place: left, until, reached }: Run) => {
      await watchJobs({ now, runId })
      const done: Record<string, number> = { looked: 0, repaired: 0, drifted: 0 }
      const failures: unknown[] = []
      let place: Place | undefined = placeOf(left, comparisons) ?? startOf(comparisons)
      let keptAt = clock()
      while (place !== undefined && clock() < until) {
        const found: Reconciled = await pageAt(place, comparisons, now).catch((error: unknown) => {
          failures.push(error)
          return { looked: 0, repaired: 0, next: undefined } // the others are not made to wait for it
        })
        note(done, place.comparison, found)
        for (const sentence of found.drifted ?? []) log('ERROR', 'drift', { runId, what: place.comparison, sentence })
        place = placeAfter(place, found.next, comparisons)
        if (!isOver(plusSeconds(keptAt, keepSeconds), clock())) continue
        if (!(await reached(stored(place), done))) return
        keptAt = clock()
      }
      if (!(await reached(stored(place), done))) return
      log(done['repaired'] === 0 && done['drifted'] === 0 ? 'INFO' : 'WARNING', 'reconciled', { runId, ...done })
      if (failures.length > 0)
        throw new AggregateError(failures, `${failures.length} comparisons failed: ${failures.map(String).join(' ')}`)
    },
  })

/** As the record of the job holds it. */
const stored = (place: Place | undefined) => place && { ...place, after: place.after ?? null }

const note = (done: Record<string, number>, comparison: string, found: Reconciled): void => {
  const add = (name: string, count: number): void => {
    if (count > 0) done[name] = (done[name] ?? 0) + count
  }
  add('looked', found.looked)
  add('repaired', found.repaired)
  add(`repaired ${comparison}`, found.repaired)
  add('drifted', found.drifted?.length ?? 0)
}

const startOf = ([first]: readonly Comparison[]): Place | undefined =>
  first === undefined ? undefined : { comparison: first.name, after: undefined }

/** Undefined for a place in a comparison that is no more. */
const placeOf = (left: unknown, comparisons: readonly Comparison[]): Place | undefined => {
  const { comparison, after } = (left ?? {}) as { readonly comparison?: unknown; readonly after?: unknown } // written below
  const known = comparisons.find(({ name }) => name === comparison)
  return known === undefined
    ? undefined
    : { comparison: known.name, after: typeof after === 'string' ? after : undefined }
}

const pageAt = (
  { comparison, after }: Place,
  comparisons: readonly Comparison[],
  now: Instant,
): Promise<Reconciled> => {
  const known = comparisons.find(({ name }) => name === comparison)
  return known === undefined ? Promise.resolve({ looked: 0, repaired: 0, next: undefined }) : known.page(after, now)
}

const placeAfter = ({ comparison }: Place, next: string | undefined, comparisons: readonly Comparison[]) => {
  if (next !== undefined) return { comparison, after: next }
  const index = comparisons.findIndex(({ name }) => name === comparison)
  return startOf(comparisons.slice(index + 1))
}
