// Calls to a cloud service: a deadline, a few tries, and a breaker, so that a slow service makes answers late once and not always.
import { setTimeout as delay } from 'node:timers/promises'
import { type Instant, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import type { Clock } from '../clock.ts'
import { StoreError } from '../store/store-error.ts'

/** Options of every call: one try, because the client by itself would go on for minutes. */
export interface CallOptions {
  readonly timeout: number
  readonly retry: null
}

export type CloudCall = <T>(work: (options: CallOptions) => Promise<T>) => Promise<T>

/** All tries and pauses together stay below seven seconds (CATALOGUE F-06). */
const tries = 3
const tryMilliseconds = 2_000
const pauseMilliseconds = 150
/** So many failures in a row, and nobody is kept waiting for some time. */
const failuresToOpen = 3
const openSeconds = secondsOf(10)

// google.rpc.Code: worth another try, and a sign that the service is not well.
const transient = new Set<unknown>([4, 8, 13, 14])

const isTransient = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && transient.has(error.code)

/** Shuts after failures in a row. Once its time is over one call is let through; how that goes opens it or shuts it again. */
const breaker = (clock: Clock, service: string) => {
  let failures = 0
  let shutUntil: Instant | undefined
  return {
    admit: (): void => {
      if (shutUntil === undefined) return
      const now = clock()
      // A clock that was set back shuts nobody out for longer.
      if (now < shutUntil && plusSeconds(now, openSeconds) >= shutUntil)
        throw new StoreError('unavailable', `${service} did not answer a moment ago`)
      shutUntil = plusSeconds(now, openSeconds)
    },
    answered: (): void => {
      failures = 0
      shutUntil = undefined
    },
    failed: (): void => {
      if (++failures >= failuresToOpen) shutUntil = plusSeconds(clock(), openSeconds)
    },
  }
}

/** What a service refuses for good (a wrong name, say) is thrown as it is; what it could not answer is `unavailable`. */
export const cloudCalls = (clock: Clock, service: string): CloudCall => {
  const { admit, answered, failed } = breaker(clock, service)
  return async (work) => {
    for (let left = tries - 1; ; left--) {
      admit()
      try {
        const answer = await work({ timeout: tryMilliseconds, retry: null })
        answered()
        return answer
      } catch (error) {
        // A refusal is an answer, too.
        if (!isTransient(error)) {
          answered()
          throw error
        }
        failed()
        if (left === 0) throw new StoreError('unavailable', error)
        // Not all at once: whoever failed together would come back together.
        await delay(pauseMilliseconds * (tries - left) * (0.5 + Math.random()))
      }
    }
  }
}

/** One call to a client, with the options of every call. */
export type Ask<Client> = <T>(work: (client: Client, options: CallOptions) => Promise<T>) => Promise<T>

/** Clients cost a quarter of a second to load, so each is loaded and connected at its first call. */
export const asking = <Client>(call: CloudCall, connect: () => Promise<Client>): Ask<Client> => {
  let opened: Promise<Client> | undefined
  const open = (): Promise<Client> => {
    if (opened !== undefined) return opened
    opened = connect()
    opened.catch(() => {
      opened = undefined
    })
    return opened
  }
  return async (work) => {
    const client = await open()
    return call((options) => work(client, options))
  }
}
