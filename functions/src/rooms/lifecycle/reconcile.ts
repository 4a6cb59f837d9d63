// Walks everything that is derived, a stretch at a time, and repairs what a lost event or a hand in the database left wrong.
import { type Instant, instantOf, isOver, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { schedule } from '../../guard/definition.ts'
import type { Run } from '../../guard/doors/single-flight.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { WatchJobs } from './jobs/watch-jobs.ts'
import { type Comparison, goOn, type Reconciled, type Round, roundFrom, stored } from './reconcile-round.ts'

export interface ReconcileDependencies {
  /** What somebody waits for: looked at in every run, before the walk goes on. */
  readonly urgent: readonly Comparison[]
  /** Everything else, which may take many runs. */
  readonly comparisons: readonly Comparison[]
  readonly watchJobs: WatchJobs
  readonly clock: Clock
  readonly log: Log
}

/**
 * Between two writes of the place. A run that dies leaves no more than these behind, and the next one walks them again:
 * whatever is right is left alone, so nothing is repaired twice and nothing is left out.
 */
const keepSeconds = secondsOf(10)

export const reconcile = ({ urgent, comparisons, watchJobs, clock, log }: ReconcileDependencies) =>
  schedule({
    name: 'reconcile',
    summary: 'Compares what is derived with its source, repairs what differs, and says so.',
    run: async ({ now, runId, place, until, reached }: Run) => {
      await watchJobs({ now, runId })
      const done: Record<string, number> = { looked: 0, repaired: 0, drifted: 0 }
      const failures: unknown[] = []
      const rounds = { urgent: roundFrom(place, 'urgent', urgent), walk: roundFrom(place, 'walk', comparisons) }
      const keep = () => reached(stored(rounds), done)
      let keptAt = clock()
      const walk = (round: Round, end: Instant): Promise<boolean> =>
        goOn(round, {
          ...{ now, failures },
          isOver: () => isOver(end, clock()),
          found: async (comparison, found) => {
            note(done, comparison, found)
            for (const sentence of found.drifted ?? []) log('ERROR', 'drift', { runId, what: comparison, sentence })
            if (!isOver(plusSeconds(keptAt, keepSeconds), clock())) return true
            keptAt = clock()
            return keep()
          },
        })
      // However much is late, the walk has half of every run.
      const half = instantOf(Math.floor((now + until) / 2))
      if (!(await walk(rounds.urgent, half)) || !(await walk(rounds.walk, until)) || !(await keep())) return
      log(done['repaired'] === 0 && done['drifted'] === 0 ? 'INFO' : 'WARNING', 'reconciled', { runId, ...done })
      if (failures.length > 0)
        throw new AggregateError(failures, `${failures.length} comparisons failed: ${failures.map(String).join(' ')}`)
    },
  })

const note = (done: Record<string, number>, comparison: string, found: Reconciled): void => {
  const add = (name: string, count: number): void => {
    if (count > 0) done[name] = (done[name] ?? 0) + count
  }
  add('looked', found.looked)
  add('repaired', found.repaired)
  add(`repaired ${comparison}`, found.repaired)
  add('drifted', found.drifted?.length ?? 0)
}
