// One run of a scheduled job at a time, however often it is fired: a lease with a fence, the place where it stopped, and what became of it.
import type { Json } from '@latchkey/core/kernel/canonical-json'
import { type Instant, minutes, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import type { JobName } from '@latchkey/core/lifecycle/jobs'
import { sentenceOf } from '../../platform/log.ts'
import { toleratedSeconds } from '../../platform/store/clock-check.ts'
import { type DocumentFields, instantIn, timestampOf } from '../../platform/store/reader.ts'
import type { GuardDependencies } from '../dependencies.ts'

/** What a run has done so far, by name: `removed`, `repaired` … */
export type Counts = Readonly<Record<string, number>>

export interface Run {
  readonly runId: string
  readonly now: Instant
  /** Where the run before stopped; undefined when it came to its end. */
  readonly place: Json | undefined
  /** From here on it leaves the rest to the next run. */
  readonly until: Instant
  /** Keeps the place and the counts, and the lease for another while. False when another run has taken over: this one must stop. */
  readonly reached: (place: Json | undefined, done: Counts) => Promise<boolean>
}

export interface FlightPlan {
  readonly name: JobName
  readonly run: (run: Run) => Promise<void>
}

export const jobPath = (name: string): string => `jobs/${name}`

/** A function lives five minutes; a run that says nothing for three is taken for dead. */
const runSeconds = minutes(4)
const leaseSeconds = minutes(3)
const mostRemembered = 10

type Flying = Pick<GuardDependencies, 'operate' | 'clock' | 'log'>
export interface Started {
  readonly runId: string
  readonly now: Instant
  /** What asked for this run, if it was not its schedule: once it was done, it is not done again. */
  readonly asked?: string
}

/** Rejects as the run does. A run that finds another at work does nothing, answers false, and that is no failure; what asked for a run that was made already is answered true. */
export const singleFlight = async (plan: FlightPlan, started: Started, flying: Flying): Promise<boolean> => {
  const { runId } = started
  const begun = await begin(plan.name, started, flying)
  if (begun === 'busy') flying.log('INFO', 'job is at work already', { job: plan.name, runId })
  if (begun === 'busy' || begun === 'done') return begun === 'done'
  let done: Counts = {}
  const reached: Run['reached'] = (place, counts) => {
    done = counts
    return keep(plan.name, runId, { place, counts }, flying)
  }
  try {
    await plan.run({ ...started, place: begun.place, until: plusSeconds(started.now, runSeconds), reached })
  } catch (error) {
    await end(plan.name, started, { done, failure: sentenceOf(error) }, flying).catch(() => undefined)
    throw error
  }
  await end(plan.name, started, { done, failure: undefined }, flying)
  return true
}

const placeIn = (record: DocumentFields | undefined): Json | undefined =>
  typeof record?.['place'] === 'string' ? (JSON.parse(record['place']) as Json) : undefined // written by `keep`

/** One that ends later than any lease can was written by a clock that is ahead: it holds nobody up. */
const isHeld = (until: Instant | undefined, now: Instant): boolean =>
  until !== undefined && now < until && until <= plusSeconds(now, secondsOf(leaseSeconds + toleratedSeconds))

const recentIn = (record: DocumentFields | undefined): readonly DocumentFields[] =>
  Array.isArray(record?.['recent']) ? (record['recent'] as readonly DocumentFields[]) : [] // written by `end`

const wasDone = (record: DocumentFields | undefined, asked: string | undefined): boolean =>
  asked !== undefined && recentIn(record).some((run) => run['asked'] === asked && run['status'] !== 'failed')

/** `busy`: another run holds the lease. */
type Begun = { readonly place: Json | undefined } | 'busy' | 'done'

const begin = (name: JobName, { runId, now, asked }: Started, { operate }: Flying): Promise<Begun> =>
  operate.transact<Begun>(async (read) => {
    const [record] = await read.getAll([jobPath(name)])
    if (wasDone(record, asked)) return { writes: [], value: 'done' }
    const until = instantIn(record?.['leaseUntil'])
    if (isHeld(until, now) && record?.['fence'] !== runId) return { writes: [], value: 'busy' }
    const fields = {
      ...{ fence: runId, leaseUntil: timestampOf(plusSeconds(now, leaseSeconds)) },
      ...{ status: 'running', startedAt: timestampOf(now), done: {} },
      ...(record?.['firstAt'] === undefined ? { firstAt: timestampOf(now) } : {}),
    }
    return { writes: [{ kind: 'merge', path: jobPath(name), fields }], value: { place: placeIn(record) } }
  })

const keep = (
  name: JobName,
  runId: string,
  { place, counts }: { readonly place: Json | undefined; readonly counts: Counts },
  { operate, clock }: Flying,
): Promise<boolean> =>
  operate.transact(async (read) => {
    const [record] = await read.getAll([jobPath(name)])
    if (record?.['fence'] !== runId) return { writes: [], value: false }
    const fields = {
      place: place === undefined ? null : JSON.stringify(place),
      done: counts,
      leaseUntil: timestampOf(plusSeconds(clock(), leaseSeconds)),
    }
    return { writes: [{ kind: 'update', path: jobPath(name), fields }], value: true }
  })

interface Ending {
  readonly done: Counts
  readonly failure: string | undefined
}

/** The lease ends with the run, so that the next one begins at once. A run that lost it says nothing any more. */
const end = (name: JobName, { runId, now, asked }: Started, { done, failure }: Ending, { operate, clock }: Flying) =>
  operate.transact(async (read) => {
    const [record] = await read.getAll([jobPath(name)])
    if (record?.['fence'] !== runId) return { writes: [], value: undefined }
    const finishedAt = timestampOf(clock())
    const status = failure === undefined ? (placeIn(record) === undefined ? 'done' : 'partial') : 'failed'
    const made = { runId, status, startedAt: timestampOf(now), finishedAt, done }
    const one = { ...made, ...(failure ? { failure } : {}), ...(asked ? { asked } : {}) }
    const fields = {
      ...{ status, finishedAt, done, leaseUntil: null, failure: failure ?? null },
      ...(failure === undefined ? { succeededAt: finishedAt } : {}),
      failures: failure === undefined ? 0 : Number(record['failures'] ?? 0) + 1,
      recent: [one, ...recentIn(record)].slice(0, mostRemembered),
    }
    return { writes: [{ kind: 'update', path: jobPath(name), fields }], value: undefined }
  })
