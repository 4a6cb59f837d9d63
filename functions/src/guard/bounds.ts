// From where and how often a key may be used, whatever it may do: checked as soon as it is known whose it is.
import { isFrom } from '@latchkey/core/credentials/ip-range'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { Caller } from './caller.ts'
import type { GuardDependencies } from './dependencies.ts'
import type { Passage } from './passage.ts'

export const isBound = ({ bounds }: Caller): boolean => bounds?.addresses !== undefined || bounds?.rate !== undefined

/** A call whose address is not known did not come by an entry of ours: a bound key is not used there (CATALOGUE C-013). */
export const boundsFault = async (
  caller: Caller,
  { call, now }: Pick<Passage, 'call' | 'now'>,
  { takeUse }: Pick<GuardDependencies, 'takeUse'>,
): Promise<IamError | undefined> => {
  const { bounds } = caller
  if (bounds?.addresses !== undefined && !isFrom(bounds.addresses, call.address)) return iamError('restriction_failed')
  const wait = await takeUse(caller, now)
  return wait === 0 ? undefined : iamError('rate_limited', { retryAfterSeconds: wait })
}
