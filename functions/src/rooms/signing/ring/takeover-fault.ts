// Whether a standby may take over by a run's own decision: not when its private half cannot be had while the active key's can.
import { activeIn } from '@latchkey/core/signing/ring'
import { StoreError } from '../../../platform/store/store-error.ts'
import type { Keeper } from './keepers.ts'
import type { StoredKey } from './ring-document.ts'

/** Undefined when it may: also where nothing can be opened at all, since instances that opened the standby before can sign with it. */
export const takeoverFault = async (
  keeper: Pick<Keeper, 'warm'>,
  keys: readonly StoredKey[],
  kid: string,
): Promise<StoreError | undefined> => {
  const active = activeIn(keys)
  const standby = keys.find((key) => key.kid === kid)
  if (active === undefined || standby === undefined || active.kid === kid) return undefined
  const fault = await faultOf(keeper.warm(standby))
  if (fault === undefined || (await faultOf(keeper.warm(active))) !== undefined) return undefined
  return fault
}

const faultOf = (work: Promise<void>): Promise<StoreError | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => new StoreError('unavailable', error),
  )
