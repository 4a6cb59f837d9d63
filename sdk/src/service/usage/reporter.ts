// Reports what was noted every ten seconds, and takes the leases of the next ten; what cannot be reported is dropped, never waited for.
import { usageOutput } from '@latchkey/core/credentials/usage'
import type { Exchange } from '../facts/transport.ts'
import type { UsageNotes } from './notes.ts'
import type { Rates } from './rates.ts'

const everyMilliseconds = 10_000

export interface Reporter {
  /** From here on every ten seconds. */
  readonly start: () => void
  readonly report: () => Promise<void>
  readonly close: () => void
}

export interface Reporting {
  readonly exchange: Exchange
  readonly notes: UsageNotes
  readonly rates: Rates
  /** Names this process, as long as it lives. */
  readonly process: () => string
}

export const usageReporter = ({ exchange, notes, rates, process }: Reporting): Reporter => {
  const report = async (): Promise<void> => {
    const taken = notes.take()
    if (taken === undefined) return
    const answer = usageOutput.safeParse(await exchange.post('/v1/usage', { process: process(), ...taken }))
    if (!answer.success) return
    for (const [secret, { perSecond }] of Object.entries(answer.data.leases)) rates.lease(secret, perSecond)
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
