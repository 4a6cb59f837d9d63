// What asking about tenants that one cannot see may cost: whoever has a credential can name as many as they like, and each is a question to Latchkey.
import { type Instant, instantOf } from '@latchkey/core/kernel/time'
import { type Level, refilled } from '@latchkey/core/kernel/token-bucket'
import type { Clocks } from '../clocks.ts'
import { refused } from '../refused.ts'

/** More than a mistake makes, and less than somebody who guesses. */
const plan = { burst: 30, perSecond: 1 }

export interface Misses {
  /** Throws `rate_limited` for a credential that has missed too often lately. What it sees is not asked about here again. */
  readonly allow: (credential: object) => void
  readonly missed: (credential: object) => void
}

export const misses = ({ steady }: Pick<Clocks, 'steady'>): Misses => {
  const levels = new WeakMap<object, Level>()
  const levelOf = (credential: object, now: Instant): Level =>
    refilled(levels.get(credential) ?? { tokens: plan.burst, at: now }, plan, now)
  return {
    allow: (credential) => {
      const { tokens } = levelOf(credential, instantOf(steady()))
      if (tokens < 1) throw refused('rate_limited', { retryAfterSeconds: Math.ceil((1 - tokens) / plan.perSecond) })
    },
    missed: (credential) => {
      const level = levelOf(credential, instantOf(steady()))
      // Many at once make no debt: what it may see is not shut for longer than a second or two.
      levels.set(credential, { ...level, tokens: Math.max(0, level.tokens - 1) })
    },
  }
}
