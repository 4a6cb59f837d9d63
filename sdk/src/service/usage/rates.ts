// Rate plans in this process: what it was leased of a key's plan, counted here; approximate on purpose (DESIGN.md §8).
import { LRUCache } from 'lru-cache'
import type { Clocks } from '../clocks.ts'

export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** By key: its secrets and access tokens share one plan. */
export interface Rates {
  /** Takes one use; answers the seconds to wait when there is none left, or 0. */
  readonly take: (key: string, plan: Rate) => number
  /** By the steady clock, when it was leased last; undefined when it never was. */
  readonly leasedAt: (key: string) => number | undefined
  readonly lease: (key: string, perSecond: number) => void
}

/** For keys with a rate plan: this process's part of it. */
export interface Leasing {
  /** Names this process, as long as it lives. */
  readonly process: () => string
  readonly rates: Rates
}

interface Lease {
  readonly perSecond: number
  readonly at: number
}

interface Level {
  tokens: number
  at: number
}

export const maxKeys = 20_000

/**
 * The last lease holds until there is another: a process that cannot reach Latchkey neither stops its callers nor takes more.
 * Only what never had one goes by the whole plan.
 */
export const localRates = ({ steady }: Clocks): Rates => {
  const levels = new LRUCache<string, Level>({ max: maxKeys })
  const leases = new LRUCache<string, Lease>({ max: maxKeys })
  return {
    leasedAt: (key) => leases.peek(key)?.at,
    lease: (key, perSecond) => void leases.set(key, { perSecond, at: steady() }),
    take: (key, plan) => {
      const now = steady()
      const perSecond = leases.get(key)?.perSecond ?? plan.perSecond
      // The burst shrinks with the share of the plan.
      const burst = Math.max(1, plan.burst * Math.min(1, perSecond / plan.perSecond))
      const level = levels.get(key) ?? { tokens: burst, at: now }
      const tokens = Math.min(burst, level.tokens + ((now - level.at) * perSecond) / 1_000)
      const enough = tokens >= 1
      levels.set(key, { tokens: enough ? tokens - 1 : tokens, at: now })
      return enough ? 0 : Math.max(1, Math.ceil((1 - tokens) / Math.max(perSecond, 0.01)))
    },
  }
}
