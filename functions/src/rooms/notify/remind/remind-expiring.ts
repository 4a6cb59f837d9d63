// The schedule `remindExpiring`: says thirty, seven and one day before something ends that it will, each once, by an event that people are told of.
import { iamError } from '@latchkey/core/kernel/errors'
import type { OpId } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import { hours, type Instant, plusSeconds, toIso } from '@latchkey/core/kernel/time'
import { type DaysBefore, planReminder } from '@latchkey/core/notify/reminders'
import { schedule } from '../../../guard/definition.ts'
import type { Run } from '../../../guard/doors/single-flight.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'
import { bySystem, opIdOf } from '../../../platform/store/by-system.ts'
import type { Commit } from '../../../platform/store/commit.ts'
import { shards } from '../../../platform/store/expiring.ts'
import { instantIn, type Reader } from '../../../platform/store/reader.ts'
import { reminded } from '../../../platform/store/reminded.ts'
import type { Remindable, Reminders } from '../../../platform/store/reminders.ts'
import { endings, type KeyStatus } from './endings.ts'

export interface RemindDependencies {
  readonly read: Reader
  readonly commit: Commit
  readonly reminders: Reminders
  readonly keyStatus: KeyStatus
  /** A sentence when the clock of this instance cannot be trusted. */
  readonly clockFault: (now: Instant) => Promise<string | undefined>
  readonly clock: Clock
  readonly log: Log
}

/** So many of one kind and shard, then it is the next one's turn: one tenant with a million makes nobody else wait for long (CATALOGUE T-46). */
const stretch = 100
const atOnce = 4
/** What could not be said is tried again by the next run but one at the latest. */
const againSeconds = hours(1)

export const remindExpiring = (dependencies: RemindDependencies) =>
  schedule({
    name: 'remindExpiring',
    summary: 'Reminds people of keys, roles and old secrets that end in thirty, seven and one day.',
    run: async (run) => {
      const { clockFault, log } = dependencies
      const fault = await clockFault(run.now)
      if (fault !== undefined) throw new Error(fault) // by a wrong clock people would be told a wrong day
      const reminding = { run, counts: {} as Record<string, number>, failures: [] as unknown[] }
      await inTurn(reminding, dependencies)
      log('INFO', 'reminded', { runId: run.runId, ...reminding.counts })
      const { failures } = reminding
      if (failures.length > 0)
        throw new AggregateError(failures, `${failures.length} failed: ${failures.slice(0, 3).map(String).join(' ')}`)
    },
  })

interface Reminding {
  readonly run: Run
  readonly counts: Record<string, number>
  readonly failures: unknown[]
}

/** What was looked at is due later or never, so what is left is found by asking again: a run after a crash needs to know no place. */
const inTurn = async (reminding: Reminding, dependencies: RemindDependencies): Promise<void> => {
  const { run, counts } = reminding
  let pending = Object.keys(reminded).flatMap((kind) => shards.map((shard) => ({ kind, shard })))
  while (pending.length > 0) {
    const more: typeof pending = []
    for (const one of pending) {
      if (dependencies.clock() >= run.until) return
      if (await stretchOf(one, reminding, dependencies)) more.push(one)
    }
    if (!(await run.reached(undefined, counts))) return
    pending = more
  }
}

/** Answers whether there may be more. */
const stretchOf = async (
  { kind, shard }: { readonly kind: string; readonly shard: number },
  { run, counts, failures }: Reminding,
  dependencies: RemindDependencies,
): Promise<boolean> => {
  const waiting = [...(await dependencies.reminders.due(kind, shard, run.now, stretch))]
  const isFull = waiting.length === stretch
  let moved = 0
  const worker = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      try {
        const said = await remindOf(kind, one, run, dependencies)
        moved++
        if (said) counts[`reminded ${kind}`] = (counts[`reminded ${kind}`] ?? 0) + 1
      } catch (error) {
        failures.push(error)
        // Behind what waits now: however many fail, they hide nobody else's.
        const held = await dependencies.reminders.moveOn(one, plusSeconds(run.now, againSeconds)).catch(() => 'held')
        if (held === undefined) moved++
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return isFull && moved > 0 // where nothing moves, asking again would find the same
}

const remindOf = async (
  kind: string,
  one: Remindable,
  run: Run,
  dependencies: RemindDependencies,
): Promise<boolean> => {
  const { read, reminders, keyStatus } = dependencies
  const end = instantIn(one.fields[reminded[kind]?.end ?? ''])
  const ending = end === undefined ? undefined : await endings[kind]?.({ read, ...one, keyStatus })
  if (end === undefined || ending === undefined) {
    await reminders.moveOn(one, undefined)
    return false
  }
  const { due, next } = planReminder(end, ending.since, run.now)
  const said = due !== undefined && !ending.silent && (await say({ kind, path: one.path, end, due }, run, dependencies))
  await reminders.moveOn(one, next)
  return said
}

interface Reminder {
  readonly kind: string
  readonly path: string
  readonly end: Instant
  readonly due: DaysBefore
}

/** The same reminder of the same end is the same event: said again, it is there already. */
const eventOf = ({ path, end, due }: Reminder): OpId => opIdOf(`${path} ${end} ${due}`)

/** Looks again in the transaction: what was renewed or ended since is not spoken of. */
const say = async (reminder: Reminder, run: Run, { read, commit, keyStatus }: RemindDependencies): Promise<boolean> => {
  const { kind, path, end, due } = reminder
  const describe = async (reader: Reader) => {
    const [fields] = await reader.getAll([path])
    if (fields === undefined || instantIn(fields[reminded[kind]?.end ?? '']) !== end) return undefined
    return endings[kind]?.({ read: reader, path, fields, keyStatus })
  }
  const ending = await describe(read)
  if (ending === undefined || ending.silent) return false
  const context = bySystem({ job: 'remindExpiring', opId: eventOf(reminder), runId: run.runId, now: run.now })
  const done = await commit(context, {
    tenant: ending.tenant,
    plan: async (reader) => {
      const still = await describe(reader)
      if (still === undefined) return err(iamError('conflict'))
      const { type, targets, details } = still
      return ok({
        writes: [],
        event: { type, targets, details: { ...details, endsAt: toIso(end), days: due } },
        outcome: { days: due },
      })
    },
    answer: (outcome) => outcome,
  })
  return done.ok
}
