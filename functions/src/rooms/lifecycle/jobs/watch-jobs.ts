// Jobs watch each other: one that is late or keeps failing is said once, as an event that its people are told of.
import { type OpId, platformTenant } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import type { Log } from '../../../platform/log.ts'
import { bySystem, opIdOf } from '../../../platform/store/by-system.ts'
import type { Commit } from '../../../platform/store/commit.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import { type JobView, readJobs } from './job-record.ts'

export interface WatchDependencies {
  readonly read: Reader
  readonly commit: Commit
  readonly log: Log
}

/** One failure may be the weather. */
const failuresOfConcern = 2

/** Answers the jobs that are in trouble now. */
export type WatchJobs = (watching: { readonly now: Instant; readonly runId: string }) => Promise<readonly string[]>

export const jobWatcher =
  (dependencies: WatchDependencies): WatchJobs =>
  async ({ now, runId }) => {
    const found = await readJobs(dependencies.read, now)
    const troubled = found.filter(({ late, failures }) => late || failures >= failuresOfConcern)
    for (const view of troubled) {
      const { job, late, failures, failure } = view
      dependencies.log('ERROR', late ? 'job late' : 'job keeps failing', { job, late, failures, failure, runId })
      await tell(view, { now, runId }, dependencies)
    }
    return troubled.map(({ job }) => job)
  }

/** One event from one good end to the next, however many runs see the trouble. */
const incidentOf = ({ job, succeededAt, late }: JobView): OpId => opIdOf(`${job} ${succeededAt} ${late}`)

const tell = async (
  view: JobView,
  { now, runId }: { readonly now: Instant; readonly runId: string },
  { commit }: WatchDependencies,
): Promise<void> => {
  const { job, late, failures, failure } = view
  await commit(bySystem({ job: 'watchJobs', opId: incidentOf(view), runId, now }), {
    tenant: platformTenant,
    plan: async () =>
      ok({
        writes: [],
        event: {
          type: late ? 'lifecycle.job_late' : 'lifecycle.job_failed',
          targets: [`job:${job}`],
          details: { failures, ...(failure === undefined ? {} : { failure }) },
        },
        outcome: { job },
      }),
    answer: (outcome) => outcome,
  })
}
