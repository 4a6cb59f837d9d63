// Every scheduled job and how often it runs: the one table that schedules are made from and that says which job did not run.
import { hours, type Instant, minutes, plusSeconds, type Seconds, secondsOf } from '../kernel/time.ts'

export const jobs = {
  rotateSigningKeys: minutes(15),
  rotateSecrets: hours(6),
  sweepExpired: minutes(10),
  reconcile: minutes(5),
  sealAudit: minutes(1),
  remindExpiring: hours(1),
  sendDigests: hours(1),
} as const satisfies Readonly<Record<string, Seconds>>

export type JobName = keyof typeof jobs
// Cast: the table's own keys.
export const jobNames = Object.keys(jobs) as readonly JobName[]

export const isJobName = (text: string): text is JobName => Object.hasOwn(jobs, text)

/** `every 15 minutes`, as Cloud Scheduler reads it. */
export const cronOf = (name: JobName): string => {
  const inMinutes = jobs[name] / 60
  return inMinutes % 60 === 0 ? `every ${inMinutes / 60} hours` : `every ${inMinutes} minutes`
}

export interface JobStanding {
  /** When it first ran; undefined when it never has. */
  readonly firstAt: Instant | undefined
  /** When a run of it last came to a good end. */
  readonly succeededAt: Instant | undefined
}

/** One run may fail, and a retry may take a while; two in a row are somebody's business. */
const graceSeconds = minutes(5)

/** From when on a job's silence is an alarm. `since` is when any job first ran: one that never has counts from there. */
export const lateFrom = (
  name: JobName,
  { firstAt, succeededAt }: JobStanding,
  since: Instant | undefined,
): Instant | undefined => {
  const last = succeededAt ?? firstAt ?? since
  return last === undefined ? undefined : plusSeconds(last, secondsOf(2 * jobs[name] + graceSeconds))
}
