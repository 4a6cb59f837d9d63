// Rate plans in this process: what it was leased of a key's plan, counted here; approximate on purpose (DESIGN.md §8).
import { LRUCache } from 'lru-cache'
import type { Clocks } from '../clocks.ts'

export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

export interface Rates {
  /** Takes one use; answers the seconds to wait when there is none left, or 0. */
  readonly take: (secret: string, plan: Rate) => number
  readonly has: (secret: string) => boolean
  readonly lease: (secret: string, perSecond: number) => void
}

interface Level {
  tokens: number
  at: number
}

const maxKeys = 20_000

/**
 * The last lease holds until there is another: a process that cannot reach Latchkey neither stops its callers nor takes more.
 * Only what never had one goes by the whole plan.
 */
export const localRates = ({ steady }: Clocks): Rates => {
  const levels = new LRUCache<string, Level>({ max: maxKeys })
  const leases = new LRUCache<string, number>({ max: maxKeys })
  return {
    has: (secret) => leases.has(secret),
    lease: (secret, perSecond) => void leases.set(secret, perSecond),
    take: (secret, plan) => {
      const now = steady()
      const perSecond = leases.get(secret) ?? plan.perSecond
      // The burst shrinks with the share of the plan.
      const burst = Math.max(1, plan.burst * Math.min(1, perSecond / plan.perSecond))
      const level = levels.get(secret) ?? { tokens: burst, at: now }
      const tokens = Math.min(burst, level.tokens + ((now - level.at) * perSecond) / 1_000)
      const enough = tokens >= 1
      levels.set(secret, { tokens: enough ? tokens - 1 : tokens, at: now })
      return enough ? 0 : Math.max(1, Math.ceil((1 - tokens) / Math.max(perSecond, 0.01)))
    },
  }
}
