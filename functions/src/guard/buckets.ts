// Token buckets in memory: the cheap limit in front of every read. Local to an instance, hence approximate (DESIGN.md §8).
import type { Instant } from '@latchkey/core/kernel/time'
import { type Level, refilled } from '@latchkey/core/kernel/token-bucket'
import { LRUCache } from 'lru-cache'

export interface Allowance {
  readonly perMinute: number
  readonly burst: number
}

export interface Buckets {
  /** Takes `cost` tokens; answers the seconds to wait when there are too few, or 0. */
  readonly take: (key: string, allowance: Allowance, now: Instant, cost?: number) => number
}

const maxBuckets = 20_000

export const memoryBuckets = (): Buckets => {
  const levels = new LRUCache<string, Level>({ max: maxBuckets })
  return {
    take: (key, { perMinute, burst }, now, cost = 1) => {
      const level = levels.get(key) ?? { tokens: burst, at: now }
      const { tokens, at } = refilled(level, { perSecond: perMinute / 60, burst }, now)
      const enough = tokens >= cost
      levels.set(key, { tokens: enough ? tokens - cost : tokens, at })
      return enough ? 0 : Math.max(1, Math.ceil(((cost - tokens) * 60) / perMinute))
    },
  }
}

/** Remembers refused credentials for two seconds, so that a flood of one bad key costs one read. */
export const refusedCache = () => {
  const refused = new LRUCache<string, true>({ max: 10_000, ttl: 2_000 })
  return { has: (digest: string) => refused.has(digest), add: (digest: string) => void refused.set(digest, true) }
}
