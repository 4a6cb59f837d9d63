// How often a key may be used at our own doors: an instance counts by itself, within the part of the key's plan that it has leased.
import { leaseSeconds } from '@latchkey/core/credentials/lease'
import type { Rate } from '@latchkey/core/credentials/rate-plan'
import { type Instant, isOver, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { isSetBack, refilled } from '@latchkey/core/kernel/token-bucket'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../../../guard/caller.ts'
import { patiently } from '../../../platform/in-time.ts'
import type { LeaseRate } from './lease-rate.ts'

/** Takes one use of a key, its tokens included; answers the seconds to wait when there is none left, or 0. Only who must lease first waits. */
type TakeUse = (caller: Pick<Caller, 'bounds' | 'credential'>, now: Instant) => number | Promise<number>

interface Part {
  /** Of the whole plan, from 0 to 1: it is kept when the plan is changed. */
  readonly part: number
  readonly from: Instant
  readonly until: Instant
}

interface Counted {
  held: Part | undefined
  asking: Promise<void> | undefined
  /** After a failure the store is left alone until then. */
  askAfter: Instant | undefined
  tokens: number | undefined
  at: Instant
}

interface Use {
  readonly key: string
  readonly rate: Rate
  readonly now: Instant
}

const maxKeys = 20_000
/** Who uses a key all the time asks in the background, so that nobody waits for the next lease. */
const renewSeconds = secondsOf(4)
const patienceMilliseconds = 1_000
const pauseSeconds = secondsOf(5)
/** Of whoever cannot lease: a store that is slow stops nobody, and does not make each instance give out the whole plan. */
const partWithoutLease = 0.1

export const leasedRates = (lease: LeaseRate, process: string): TakeUse => {
  const all = new LRUCache<string, Counted>({ max: maxKeys })
  /** A lease that comes late is taken, too: the store counts on it. */
  const ask = (counted: Counted, { key, rate, now }: Use): Promise<void> => {
    counted.asking ??= lease(key, { process, perSecond: rate.perSecond, now })
      .then(
        ({ perSecond, seconds }) => {
          counted.held = { part: perSecond / rate.perSecond, from: now, until: plusSeconds(now, secondsOf(seconds)) }
        },
        () => {
          counted.askAfter = plusSeconds(now, pauseSeconds)
        },
      )
      .finally(() => {
        counted.asking = undefined
      })
    return counted.asking
  }
  return ({ bounds, credential: key }, now) => {
    if (bounds?.rate === undefined) return 0
    const counted = all.get(key) ?? unknownAt(now)
    all.set(key, counted)
    const use = { key, rate: bounds.rate, now }
    if (holds(counted.held, plusSeconds(now, renewSeconds), now)) return taken(counted, use)
    const asked = mayAsk(counted, now) ? ask(counted, use) : undefined
    if (holds(counted.held, now, now)) return taken(counted, use)
    return (asked === undefined ? Promise.resolve() : patiently(asked, patienceMilliseconds)).then(() => {
      if (!holds(counted.held, now, now)) counted.held = withoutLease(now)
      return taken(counted, use)
    })
  }
}

const unknownAt = (at: Instant): Counted => ({
  held: undefined,
  asking: undefined,
  askAfter: undefined,
  tokens: undefined,
  at,
})

/** Until `then`; a call that is older than the lease has it, too, but a clock that was set back holds nothing for longer. */
const holds = (held: Part | undefined, then: Instant, now: Instant): boolean =>
  held !== undefined && !isSetBack(held.from, now) && !isOver(held.until, then)

const mayAsk = ({ askAfter }: Counted, now: Instant): boolean =>
  askAfter === undefined || now >= askAfter || plusSeconds(now, pauseSeconds) < askAfter

const withoutLease = (now: Instant): Part => ({
  part: partWithoutLease,
  from: now,
  until: plusSeconds(now, pauseSeconds),
})

/** The burst shrinks with the part of the plan; what was used before the part changed stays used. */
const taken = (counted: Counted, { rate, now }: Use): number => {
  const part = Math.min(1, counted.held?.part ?? partWithoutLease)
  const perSecond = part * rate.perSecond
  const burst = part === 0 ? 0 : Math.max(1, part * rate.burst)
  const { tokens, at } = refilled({ tokens: counted.tokens ?? burst, at: counted.at }, { perSecond, burst }, now)
  counted.at = at
  counted.tokens = tokens >= 1 ? tokens - 1 : tokens
  if (tokens >= 1) return 0
  // There is another lease by then.
  return perSecond === 0 ? leaseSeconds : Math.min(leaseSeconds, Math.max(1, Math.ceil((1 - tokens) / perSecond)))
}
