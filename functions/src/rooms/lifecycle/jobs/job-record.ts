// `jobs/{name}` as people see it: what single flight keeps of every scheduled job.

import { earliest, type Instant, isOver, toIso } from '@latchkey/core/kernel/time'
import type { jobView } from '@latchkey/core/lifecycle/contract'
import { type JobName, jobNames, jobs, lateFrom } from '@latchkey/core/lifecycle/jobs'
import type * as z from 'zod'
import { jobPath } from '../../../guard/doors/single-flight.ts'
import { type DocumentFields, instantIn, type Reader } from '../../../platform/store/reader.ts'

export type JobView = z.output<typeof jobView>

/** Every job of the table, in its order; one that never ran is there, too. */
export const readJobs = async (read: Reader, now: Instant): Promise<readonly JobView[]> => {
  const records = await read.getAll(jobNames.map(jobPath))
  const since = earliest(...records.map((record) => instantIn(record?.['firstAt'])))
  return jobNames.map((name, index) => viewOf(name, records[index], { since, now }))
}

interface Moments {
  /** When any job first ran. */
  readonly since: Instant | undefined
  readonly now: Instant
}

const optionalIso = <Name extends string>(name: Name, value: unknown): { readonly [key in Name]?: string } => {
  const at = instantIn(value)
  return (at === undefined ? {} : { [name]: toIso(at) }) as { readonly [key in Name]?: string } // a computed key widens to string
}

const countsIn = (value: unknown): Record<string, number> =>
  Object.fromEntries(
    Object.entries((value ?? {}) as DocumentFields).flatMap(([name, count]) =>
      typeof count === 'number' ? [[name, count]] : [],
    ),
  )

const viewOf = (name: JobName, record: DocumentFields | undefined, { since, now }: Moments): JobView => {
  const succeededAt = instantIn(record?.['succeededAt'])
  // A moment to come was written by a wrong clock, and says nothing.
  const standing = {
    firstAt: instantIn(record?.['firstAt']),
    succeededAt: succeededAt !== undefined && succeededAt > now ? undefined : succeededAt,
  }
  const late = lateFrom(name, standing, since)
  const failure = record?.['failure']
  return {
    job: name,
    everySeconds: jobs[name],
    status: (record?.['status'] ?? 'never') as JobView['status'], // written by single flight
    late: isOver(late, now),
    ...(late === undefined ? {} : { lateFrom: toIso(late) }),
    ...optionalIso('startedAt', record?.['startedAt']),
    ...optionalIso('finishedAt', record?.['finishedAt']),
    ...optionalIso('succeededAt', record?.['succeededAt']),
    done: countsIn(record?.['done']),
    failures: Number(record?.['failures'] ?? 0),
    ...(typeof failure === 'string' ? { failure } : {}),
    recent: recentIn(record?.['recent']),
  }
}

const recentIn = (value: unknown): JobView['recent'] =>
  (Array.isArray(value) ? (value as readonly DocumentFields[]) : []).map((one) => ({
    run: String(one['runId']),
    status: one['status'] as JobView['recent'][number]['status'], // written by single flight
    startedAt: optionalIso('at', one['startedAt']).at ?? '',
    finishedAt: optionalIso('at', one['finishedAt']).at ?? '',
    done: countsIn(one['done']),
    ...(typeof one['failure'] === 'string' ? { failure: one['failure'] } : {}),
  }))
