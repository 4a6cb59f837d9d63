// Whether a change of a key only takes away: that may be done by whoever may change it; anything else gives power.
import type { Instant } from '../kernel/time.ts'
import { areWithin } from './ip-range.ts'
import { isRateWithin, type Rate } from './rate-plan.ts'

/** What a key can do at most, and what holds it back. */
export interface KeyExtent {
  readonly scopes: readonly string[]
  /** Account → placement; undefined: the whole tenant and what is below. */
  readonly accounts: ReadonlyMap<string, string> | undefined
  readonly notAfter: Instant
  readonly addresses: readonly string[] | undefined
  readonly rate: Rate | undefined
}

const areAmong = (next: KeyExtent['accounts'], before: KeyExtent['accounts']): boolean => {
  if (before === undefined) return true
  return next !== undefined && [...next].every(([account, placement]) => before.get(account) === placement)
}

/** Equal counts as narrower: a change of the name alone gives nothing. */
export const onlyNarrows = (before: KeyExtent, next: KeyExtent): boolean =>
  next.scopes.every((scope) => before.scopes.includes(scope)) &&
  areAmong(next.accounts, before.accounts) &&
  next.notAfter <= before.notAfter &&
  areWithin(next.addresses, before.addresses) &&
  isRateWithin(next.rate, before.rate)
