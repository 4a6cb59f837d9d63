// Reports what was noted every ten seconds, and takes the leases of the next ten; what cannot be reported is dropped, never waited for.
import { usageOutput } from '@latchkey/core/credentials/usage'
import type { Exchange } from '../facts/transport.ts'
import type { Report, UsageNotes } from './notes.ts'
import type { Leasing } from './rates.ts'

const everyMilliseconds = 10_000

export interface Reporter {
  /** From here on every ten seconds. */
  readonly start: () => void
  readonly report: () => Promise<void>
  readonly close: () => void
}

export interface Reporting extends Leasing {
  readonly exchange: Exchange
  readonly notes: UsageNotes
}

export const usageReporter = ({ exchange, notes, rates, process }: Reporting): Reporter => {
  const report = async (): Promise<void> => {
    for (const taken of notes.take()) {
      const posted = exchange.post('/v1/usage', { process: process(), ...taken })
      const answer = usageOutput.safeParse(await posted.catch((error: unknown) => missing(taken, error)))
      if (!answer.success) return
      for (const [key, { perSecond }] of Object.entries(answer.data.leases)) rates.lease(key, perSecond)
    }
  }
  const missing = (taken: Report, error: unknown): never => {
    notes.missed(taken)
    throw error
  }
  let timer: ReturnType<typeof setInterval> | undefined
  let isClosed = false
  const start = (): void => {
    if (isClosed || timer !== undefined) return
    timer = setInterval(() => void report().catch(() => undefined), everyMilliseconds) // the next one tells of what follows
    // A process that has nothing else to do may end; browsers and the edge have no such call.
    const held: unknown = timer
    if (typeof held === 'object' && held !== null && 'unref' in held && typeof held.unref === 'function') held.unref()
  }
  const close = (): void => {
    isClosed = true
    clearInterval(timer)
  }
  return { start, report, close }
}
