// The wire of `jobs/status`, `jobs/run`, `jobs/listParked` and `jobs/replay`.
import * as z from 'zod'
import { moment, pageOf, pageRequest, reason } from '../kernel/wire.ts'
import { jobNames } from './jobs.ts'

const job = z.enum(jobNames)
const counts = z.record(z.string(), z.int())

/** `partial`: its time was up, and the next run goes on where it stopped. */
const runStatus = z.enum(['running', 'done', 'partial', 'failed'])

const runView = z.strictObject({
  run: z.string(),
  status: runStatus,
  startedAt: moment,
  finishedAt: moment,
  /** What it did, by name. */
  done: counts,
  failure: z.string().optional(),
})

export const jobView = z.strictObject({
  job,
  everySeconds: z.int(),
  /** Of the present or last run; `never` when there was none. */
  status: z.enum([...runStatus.options, 'never']),
  /** It did not come to a good end for longer than two runs take. */
  late: z.boolean(),
  /** From when on it counts as late; absent as long as no job has ever run. */
  lateFrom: moment.optional(),
  startedAt: moment.optional(),
  finishedAt: moment.optional(),
  succeededAt: moment.optional(),
  /** What the present or last run has done so far. */
  done: counts,
  /** In a row. */
  failures: z.int(),
  failure: z.string().optional(),
  /** The last ten, newest first. */
  recent: z.array(runView),
})

export const jobStatusInput = z.strictObject({})
export const jobStatusOutput = z.strictObject({ jobs: z.array(jobView) })

/** Those that any operator may start; signing keys have `signing/rotate`, for its rules. */
export const runnable = ['sweepExpired', 'reconcile'] as const
export type Runnable = (typeof runnable)[number]

export const runJobInput = z.strictObject({
  job: z.enum(runnable),
  reason,
  /** Kinds of which this one run may remove however many are over, after a sweep refused to. */
  allow: z.array(z.string().max(100)).max(20).optional(),
})
export const runJobOutput = z.strictObject({ job: z.enum(runnable), asked: z.string() })

const parkedId = z.string().regex(/^[A-Za-z]{1,60}-[A-Za-z0-9-]{1,200}$/, 'This is not the id of a parked message.')

export const parkedView = z.strictObject({
  parked: parkedId,
  /** The function that could not take it. */
  job: z.string(),
  topic: z.string(),
  parkedAt: moment,
  /** Why it was given up. */
  reason: z.string(),
  tries: z.int(),
  /** The message as text, its first 2,000 characters, secrets taken out. */
  text: z.string(),
})

export const listParkedInput = z.strictObject({ ...pageRequest })
export const listParkedOutput = pageOf(parkedView)

export const replayInput = z.strictObject({ parked: parkedId, reason })
export const replayOutput = z.strictObject({ parked: parkedId, topic: z.string() })
