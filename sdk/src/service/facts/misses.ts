// What asking about tenants that one cannot see may cost: whoever has a credential can name as many as they like, and each is a question to Latchkey.
import type { TenantId } from '@latchkey/core/kernel/ids'
import { type Instant, instantOf } from '@latchkey/core/kernel/time'
import { type Level, refilled } from '@latchkey/core/kernel/token-bucket'
import { LRUCache } from 'lru-cache'
import type { Clocks } from '../clocks.ts'
import { refused } from '../refused.ts'
import type { Standing } from '../standing.ts'

/** More than a mistake makes, and less than somebody who guesses. */
const plan = { burst: 30, perSecond: 1 }
/** Who has missed lately, and who was seen where: about two hundred bytes each. */
const maxMissing = 10_000
const maxSeen = 20_000

/** All tokens of a key are one asker, and all sign-ins of a person: another credential of the same is no other plan. */
type Asker = Pick<Standing, 'principal' | 'credential' | 'kind'>

export interface Misses {
  /** Throws `rate_limited` for who has missed too often lately; at a tenant where they were seen they may always ask. Each that was allowed is answered once. */
  readonly allow: (asker: Asker, tenant: TenantId) => void
  /** `isSeen`: undefined when nobody knows, or nobody was asked. */
  readonly answered: (asker: Asker, tenant: TenantId, isSeen: boolean | undefined) => void
}

export const misses = ({ steady }: Pick<Clocks, 'steady'>): Misses => {
  const levels = new LRUCache<string, Level>({ max: maxMissing })
  const asking = new Map<string, number>()
  const seen = new LRUCache<string, true>({ max: maxSeen })
  const levelOf = (name: string, now: Instant): Level =>
    refilled(levels.get(name) ?? { tokens: plan.burst, at: now }, plan, now)
  return {
    allow: (asker, tenant) => {
      const name = nameOf(asker)
      const { tokens } = levelOf(name, instantOf(steady()))
      const others = asking.get(name) ?? 0
      // Whoever has missed nothing lately may ask for many at once; after that, what is not answered yet may be misses, too.
      const isSpent = tokens < 1 || (tokens < plan.burst && tokens < others + 1)
      if (isSpent && !seen.has(`${name} ${tenant}`))
        throw refused('rate_limited', { retryAfterSeconds: Math.ceil(1 / plan.perSecond) })
      asking.set(name, others + 1)
    },
    answered: (asker, tenant, isSeen) => {
      const name = nameOf(asker)
      const others = (asking.get(name) ?? 1) - 1
      if (others > 0) asking.set(name, others)
      else asking.delete(name)
      if (isSeen === true) seen.set(`${name} ${tenant}`, true)
      if (isSeen !== false) return
      seen.delete(`${name} ${tenant}`)
      const level = levelOf(name, instantOf(steady()))
      // Many at once make no debt: what it may see is not shut for longer than a second or two.
      levels.set(name, { ...level, tokens: Math.max(0, level.tokens - 1) })
    },
  }
}

const nameOf = ({ kind, principal, credential }: Asker): string =>
  kind === 'session' ? principal : `${principal} ${credential}`
