// Removes what is over: shard by shard, a stretch of each at a time, until nothing is due or the time is up. No check relies on it.
import { type Instant, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { schedule } from '../../../guard/definition.ts'
import type { Run } from '../../../guard/doors/single-flight.ts'
import type { Clock } from '../../../platform/clock.ts'
import { type Log, sentenceOf } from '../../../platform/log.ts'
import { expiring, shards } from '../../../platform/store/expiring.ts'
import { StoreError } from '../../../platform/store/store-error.ts'
import type { Due, Place, Sweep } from '../../../platform/store/sweep.ts'
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
const mostSentences = 10

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
      await kindsInTurn(run, swept, dependencies)
      log('INFO', 'swept', { runId: run.runId, woken, ...swept.counts })
      if (swept.refused.length > 0) throw new Error(swept.refused.join(' '))
    },
  })

interface Sweeping {
  readonly counts: Record<string, number>
  readonly count: (name: string, more: number) => void
  /** What could not be done, as sentences; the first few. */
  readonly refused: string[]
  /** What fails makes nothing else wait, unless the store is away; whoever watches sees the run fail. */
  readonly attempt: (kind: string, work: () => Promise<void>) => Promise<void>
  /** How far each shard of each kind was looked at in this run. */
  readonly places: Map<string, Place>
  /** False when this run is over: out of time, or taken over. */
  readonly goesOn: (kind: string) => Promise<boolean>
}

const sweeping = (run: Run, { clock }: SweepDependencies): Sweeping => {
  const counts: Record<string, number> = {}
  const refused: string[] = []
  let [noted, mine] = [run.now, true]
  return {
    counts,
    refused,
    places: new Map(),
    count: (name, more) => {
      if (more > 0) counts[name] = (counts[name] ?? 0) + more
    },
    attempt: async (kind, work) => {
      try {
        await work()
      } catch (error) {
        if (error instanceof StoreError && error.fault === 'unavailable') throw error
        if (refused.length < mostSentences) refused.push(`${kind}: ${sentenceOf(error)}`)
      }
    },
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

/** Begins with the kind at which the run before stopped. */
const kindsInTurn = async (run: Run, swept: Sweeping, dependencies: SweepDependencies): Promise<void> => {
  const kinds = Object.keys(expiring)
  const left = (run.place ?? {}) as { readonly kind?: unknown } // written by `goesOn`
  const first = Math.max(0, kinds.indexOf(String(left.kind)))
  let pending = [...kinds.slice(first), ...kinds.slice(0, first)]
  for (const kind of pending) {
    const sentence = dependencies.allowed.includes(kind)
      ? undefined
      : await suspicion(kind, run.now, dependencies.sweep)
    if (sentence !== undefined) swept.refused.push(sentence)
    if (sentence !== undefined) pending = pending.filter((one) => one !== kind)
  }
  while (pending.length > 0) {
    const more: string[] = []
    for (const kind of pending) {
      if (!(await swept.goesOn(kind))) return
      await swept.attempt(kind, async () => {
        if (await stretchOf(kind, run, swept, dependencies)) more.push(kind)
      })
    }
    pending = more
  }
  await run.reached(undefined, swept.counts)
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
      if (await stretchOfShard({ kind, shard }, run, swept, dependencies)) more = true
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return more
}

interface Shard {
  readonly kind: string
  readonly shard: number
}

/** Answers whether there may be more behind it. */
const stretchOfShard = async (
  { kind, shard }: Shard,
  run: Run,
  swept: Sweeping,
  { sweep, removers }: SweepDependencies,
): Promise<boolean> => {
  const held = expiring[kind]?.held ?? []
  const remove = removers[kind] ?? ((due: readonly Due[]) => sweep.remove(due))
  const key = `${kind} ${shard}`
  const batches = inBatches(sweep.due({ kind, shard, now: run.now, limit: stretch, after: swept.places.get(key) }))
  let seen = 0
  for await (const due of batches) {
    seen += due.length
    const free = due.filter(({ fields }) => held.every((field) => fields[field] === undefined))
    swept.count(`held ${kind}`, due.length - free.length)
    await swept.attempt(kind, async () => swept.count(`removed ${kind}`, await remove(free, run)))
    // The next stretch begins behind it, also where nothing could go: what is held or fails hides nothing.
    const last = due.at(-1)
    if (last !== undefined) swept.places.set(key, last.place)
    if (!(await swept.goesOn(kind))) return true
  }
  return seen === stretch
}

async function* inBatches(all: AsyncIterable<Due>): AsyncGenerator<readonly Due[]> {
  let gathered: Due[] = []
  for await (const one of all) {
    gathered.push(one)
    if (gathered.length < batch) continue
    yield gathered
    gathered = []
  }
  if (gathered.length > 0) yield gathered
}
