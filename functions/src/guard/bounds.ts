// From where and how often a key may be used, whatever it may do: checked as soon as it is known whose it is.
import { isFrom } from '@latchkey/core/credentials/ip-range'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { Instant } from '@latchkey/core/kernel/time'
import type { Buckets } from './buckets.ts'
import type { Caller } from './caller.ts'
import type { Passage } from './passage.ts'

/** Of this instance's uses of a key, its tokens included; the plan is local, hence kept once an instance (DESIGN.md §8). */
export const waitFor = ({ bounds, credential }: Caller, now: Instant, buckets: Buckets): number =>
  bounds?.rate === undefined
    ? 0
    : buckets.take(`key:${credential}`, { perMinute: bounds.rate.perSecond * 60, burst: bounds.rate.burst }, now)

/** A call whose address is not known did not come by an entry of ours: a bound key is not used there (CATALOGUE C-013). */
export const boundsFault = (
  caller: Caller,
  { call, now }: Pick<Passage, 'call' | 'now'>,
  { buckets }: { readonly buckets: Buckets },
): IamError | undefined => {
  const { bounds } = caller
  if (bounds?.addresses !== undefined && !isFrom(bounds.addresses, call.address)) return iamError('restriction_failed')
  const wait = waitFor(caller, now, buckets)
  return wait === 0 ? undefined : iamError('rate_limited', { retryAfterSeconds: wait })
}
