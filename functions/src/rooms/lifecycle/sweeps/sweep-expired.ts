// Removes what is over: shard by shard, a stretch of each at a time, until nothing is due or the time is up. No check relies on it.
import { type Instant, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { schedule } from '../../../guard/definition.ts'
import type { Run } from '../../../guard/doors/single-flight.ts'
import type { Clock } from '../../../platform/clock.ts'
import { type Log, sentenceOf } from '../../../platform/log.ts'
import { expiring, shards } from '../../../platform/store/expiring.ts'
import type { Due, Sweep } from '../../../platform/store/sweep.ts'
import type { WatchJobs } from '../jobs/watch-jobs.ts'
import { suspicion } from './suspicion.ts'
import type { WakeOperations } from './wake-operations.ts'

export interface SweepDependencies {
  readonly sweep: Sweep
  /** Kinds that people see go in a transaction with an event; all others are simply removed. Answers how many went. */
  readonly removers: Readonly<Record<string, (due: readonly Due[], run: Run) => Promise<number>>>
  readonly wakeOperations: WakeOperations
  /** A sentence when the clock of this instance cannot be trusted. */
  readonly clockFault: (now: Instant) => Promise<string | undefined>
  /** Kinds of which, this once, however many may go: somebody has looked. */
  readonly allowed: readonly string[]
  readonly watchJobs: WatchJobs
  readonly clock: Clock
  readonly log: Log
}

/** So many of one kind and shard, then it is the next one's turn: a million of one tenant make nobody else wait for long. */
const stretch = 20_000
const batch = 400
const atOnce = 4
const noteSeconds = secondsOf(15)

export const sweepExpired = (dependencies: SweepDependencies) =>
  schedule({
    name: 'sweepExpired',
    summary: 'Removes what is over and kept long enough, and wakes long operations that stopped.',
    run: async (run) => {
      const { clockFault, wakeOperations, watchJobs, log } = dependencies
      await watchJobs(run)
      const fault = await clockFault(run.now)
      if (fault !== undefined) throw new Error(fault) // what is over by a wrong clock may be somebody's to keep
      const woken = await wakeOperations(run.now)
      const swept = sweeping(run, dependencies)
      const refused = await kindsInTurn(run, swept, dependencies)
      log('INFO', 'swept', { runId: run.runId, woken, ...swept.counts })
      if (refused.length > 0) throw new Error(refused.join(' '))
    },
  })

interface Sweeping {
  readonly counts: Record<string, number>
  /** False when this run is over: out of time, or taken over. */
  readonly goesOn: (kind: string) => Promise<boolean>
}

const sweeping = (run: Run, { clock }: SweepDependencies): Sweeping => {
  const counts: Record<string, number> = {}
  let [noted, mine] = [run.now, true]
  return {
    counts,
    goesOn: async (kind) => {
      const now = clock()
      if (mine && now >= plusSeconds(noted, noteSeconds)) {
        noted = now
        mine = await run.reached({ kind }, counts)
      }
      return mine && now < run.until
    },
  }
}

/** Begins with the kind at which the run before stopped. Answers what it refused to do. */
const kindsInTurn = async (run: Run, swept: Sweeping, dependencies: SweepDependencies): Promise<readonly string[]> => {
  const kinds = Object.keys(expiring)
  const left = (run.place ?? {}) as { readonly kind?: unknown } // written by `goesOn`
  const first = Math.max(0, kinds.indexOf(String(left.kind)))
  const refused: string[] = []
  let pending = [...kinds.slice(first), ...kinds.slice(0, first)]
  for (const kind of pending) {
    const sentence = dependencies.allowed.includes(kind)
      ? undefined
      : await suspicion(kind, run.now, dependencies.sweep)
    if (sentence !== undefined) refused.push(sentence)
    if (sentence !== undefined) pending = pending.filter((one) => one !== kind)
  }
  while (pending.length > 0) {
    const more: string[] = []
    for (const kind of pending) {
      if (!(await swept.goesOn(kind))) return refused
      // What cannot be swept makes nothing else wait; whoever watches sees the run fail.
      const goesOn = await stretchOf(kind, run, swept, dependencies).catch((error: unknown) => {
        refused.push(`${kind}: ${sentenceOf(error)}`)
        return false
      })
      if (goesOn) more.push(kind)
    }
    pending = more
  }
  await run.reached(undefined, swept.counts)
  return refused
}

/** A stretch of every shard; answers whether there may be more. */
const stretchOf = async (
  kind: string,
  run: Run,
  swept: Sweeping,
  dependencies: SweepDependencies,
): Promise<boolean> => {
  const waiting = [...shards]
  let more = false
  const worker = async (): Promise<void> => {
    for (let shard = waiting.shift(); shard !== undefined; shard = waiting.shift()) {
      if (await stretchOfShard(kind, shard, { run, swept, dependencies })) more = true
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return more
}

interface Stretch {
  readonly run: Run
  readonly swept: Sweeping
  readonly dependencies: SweepDependencies
}

const stretchOfShard = async (kind: string, shard: number, { run, swept, dependencies }: Stretch): Promise<boolean> => {
  const { sweep, removers } = dependencies
  const held = expiring[kind]?.held ?? []
  const remove = removers[kind] ?? ((due: readonly Due[]) => sweep.remove(due))
  const count = (name: string, more: number): void => {
    if (more > 0) swept.counts[name] = (swept.counts[name] ?? 0) + more
  }
  let [seen, gathered, removed]: [number, Due[], number] = [0, [], 0]
  const go = async (): Promise<void> => {
    const due = gathered
    gathered = []
    const gone = due.length === 0 ? 0 : await remove(due, run)
    removed += gone
    count(`removed ${kind}`, gone)
  }
  for await (const due of sweep.due(kind, shard, run.now, stretch)) {
    seen++
    if (held.some((field) => due.fields[field] !== undefined)) count(`held ${kind}`, 1)
    else gathered.push(due)
    if (gathered.length < batch) continue
    await go()
    if (!(await swept.goesOn(kind))) return true
  }
  await go()
  return seen === stretch && removed > 0 // where nothing went, asking again would find the same
}
