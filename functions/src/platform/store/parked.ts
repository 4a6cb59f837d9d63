// What cannot be taken or handed over: its tries are counted, and then it is put aside, visible and replayable (`jobs/listParked`, `jobs/replay`).
import { days, type Instant, plusSeconds } from '@latchkey/core/kernel/time'
import type { Operate } from './operate.ts'
import { type DocumentFields, instantIn, timestampOf } from './reader.ts'
import { StoreError } from './store-error.ts'
import type { Write } from './write.ts'

/** Whoever comes again waits longer and longer between them; together they take minutes. */
export const mostTries = 5
const mostCharacters = 700_000

/** A service that is down is no fault of a message. */
export const isOutage = (error: unknown): boolean => error instanceof StoreError && error.fault === 'unavailable'

/** How many it were with this one; a run that comes upon it again, at the same `now`, has tried it once. */
export const countTry = (name: string, now: Instant, operate: Operate): Promise<number> =>
  operate.transact(async (read) => {
    const path = `limits/tries-${name}`
    const [before] = await read.getAll([path])
    const isCounted = instantIn(before?.['at']) === now
    const tries = Number(before?.['tries'] ?? 0) + (isCounted ? 0 : 1)
    const fields = { tries, at: timestampOf(now), expiresAt: timestampOf(plusSeconds(now, days(7))) }
    return { writes: [{ kind: 'set', path, fields }], value: tries }
  })

export interface Parked {
  readonly job: string
  readonly topic: string
  readonly reason: string
  readonly tries: number
  /** Base64. */
  readonly data: string
}

/** A message that comes again replaces itself. */
export const parkedWrite = (name: string, { data, ...facts }: Parked, now: Instant): Write => {
  const fields: DocumentFields = {
    ...facts,
    data: data.slice(0, mostCharacters),
    cut: data.length > mostCharacters,
    parkedAt: timestampOf(now),
  }
  return { kind: 'set', path: `parked/${name}`, fields }
}
