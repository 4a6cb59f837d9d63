// The schedule that seals: every event that has no seal yet, whatever its time, comes into its tenant's chain and under one signature.
import { fromIso, type Instant, minutes } from '@latchkey/core/kernel/time'
import { schedule } from '../../../guard/definition.ts'
import type { Run } from '../../../guard/doors/single-flight.ts'
import type { SealingDependencies } from '../dependencies.ts'
import type { Sealing } from '../documents.ts'
import { anchorSeals } from './anchor-seals.ts'
import { appendSegments } from './append-segments.ts'
import { brokenChains } from './broken-chains.ts'
import { closeSeal, readStand, signSeal } from './finish-seal.ts'
import { gatherMarkers, type Marker } from './gather-markers.ts'

/** With a marker, a segment and a head for each, and two more, below the 500 writes of a transaction. */
const stretch = 150
/** A seal names every segment that it is over, and is one document. */
const mostLeaves = 1_500
/** Two runs that did not seal are somebody's business. */
const gapSeconds = minutes(3)

interface Done {
  readonly events: number
  readonly segments: number
  readonly seals: number
  readonly anchored: number
  /** For how long nothing had been sealed; zero when that is as it should be. */
  readonly gapSeconds: number
}

export const sealAudit = (dependencies: SealingDependencies) =>
  schedule({
    name: 'sealAudit',
    summary: 'Seals the audit log: chains, one root over them, one signature, and a copy of it in a second place.',
    run: async (run: Run) => {
      let done: Done = { events: 0, segments: 0, seals: 0, anchored: 0, gapSeconds: 0 }
      const told: Tell = (more) => {
        done = { ...done, ...more(done) }
        return run.reached(undefined, { ...done })
      }
      const failures: unknown[] = []
      const failed = (error: unknown): void => void failures.push(error)
      const damaged = await sealAll(run, told, dependencies).catch(failed)
      if (damaged !== undefined && damaged.length > 0)
        failed(new Error(`The audit chains of ${damaged.join(', ')} are damaged: their events are not sealed.`))
      // What was sealed is anchored although KMS is down, and sealing goes on although the second place is.
      const anchored = await anchorSeals(dependencies).catch(failed)
      await told(() => ({ anchored: anchored ?? 0 }))
      report(run, done, dependencies)
      if (failures.length > 0) throw failures[0]
    },
  })

/** False when another run has taken over. */
type Tell = (more: (done: Done) => Partial<Done>) => Promise<boolean>

/** Answers whose chains cannot be gone on with. */
const sealAll = async (
  { now, until }: Run,
  tell: Tell,
  dependencies: SealingDependencies,
): Promise<readonly string[]> => {
  const damaged = new Set<string>()
  // What a run before left half done comes first.
  await signSeal(dependencies)
  for (let more = true; more && dependencies.clock() < until; ) {
    const known = damaged.size
    const taken = await collect(now, damaged, dependencies)
    const { events, segments, gapSeconds } = taken
    more = taken.more
    const isMine = await tell((done) => ({
      events: done.events + events,
      segments: done.segments + segments,
      gapSeconds: Math.max(done.gapSeconds, gapSeconds),
    }))
    if (!isMine) break
    if (await closeSeal(dependencies)) {
      await signSeal(dependencies)
      if (!(await tell(({ seals }) => ({ seals: seals + 1 })))) break
    } else if (damaged.size === known) break // nothing waits, or another sealer is at work
  }
  return [...damaged]
}

/** As much as comes under one seal. What cannot be chained is left where it is, and makes nobody else wait: those that are `damaged` grow. */
const collect = async (now: Instant, damaged: Set<string>, dependencies: SealingDependencies) => {
  const { sealing, seal } = await readStand(dependencies.read)
  const { markers, more } = await gatherMarkers(dependencies.read, damaged)
  let waiting = markers
  let [events, segments, turn] = [0, 0, sealing.turn]
  while (waiting.length > 0 && seal.leaves.length + segments < mostLeaves) {
    const taken = waiting.slice(0, stretch)
    const made = await chained(taken, turn, dependencies)
    if (made === undefined) break // another sealer is at work, and takes the rest
    if (typeof made === 'number') {
      ;[events, segments, turn] = [events + taken.length, segments + made, turn + 1]
      waiting = waiting.slice(stretch)
    } else {
      for (const tenant of made) damaged.add(tenant)
      waiting = waiting.filter(({ tenant }) => !damaged.has(tenant))
    }
  }
  return { events, segments, more: more || waiting.length > 0, gapSeconds: gapOf(markers, sealing, now) }
}

/** The number of segments, or the tenants whose chains are damaged; undefined when another sealer is at work. */
const chained = async (taken: readonly Marker[], turn: number, dependencies: SealingDependencies) => {
  try {
    return await appendSegments(taken, turn, dependencies)
  } catch (error) {
    const broken = await brokenChains(dependencies.read, [...new Set(taken.map(({ tenant }) => tenant))])
    if (broken.size === 0) throw error
    return broken
  }
}

const gapOf = ([oldest]: readonly Marker[], { sealedAt }: Sealing, now: Instant): number => {
  if (oldest === undefined) return 0
  const last = sealedAt === null ? undefined : fromIso(sealedAt)
  const gap = Math.floor((now - Math.max(oldest.at, last ?? oldest.at)) / 1000)
  return gap > gapSeconds ? gap : 0
}

const report = ({ runId }: Run, done: Done, { log }: SealingDependencies): void => {
  if (done.gapSeconds > 0) log('WARNING', 'the audit log was not sealed for a while', { runId, ...done })
  else log('INFO', 'audit log sealed', { runId, ...done })
}
