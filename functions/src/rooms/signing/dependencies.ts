// What the room of signing keys needs.
import type { Instant } from '@latchkey/core/kernel/time'
import type { Purpose } from '@latchkey/core/signing/purpose'
import type { RotationPolicy } from '@latchkey/core/signing/rotation-policy'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { DrawId } from '../../platform/random.ts'
import type { Cache } from '../../platform/store/cache.ts'
import type { Commit } from '../../platform/store/commit.ts'
import type { Reader } from '../../platform/store/reader.ts'
import type { Keeper } from './ring/keepers.ts'

export interface SigningDependencies {
  readonly clock: Clock
  readonly read: Reader
  /** What a signer and our own doors read the ring with: at most a few seconds old. */
  readonly cache: Cache
  readonly commit: Commit
  readonly drawId: DrawId
  readonly log: Log
  /** For what may be said at each signature: once in ten seconds is enough. */
  readonly logSeldom: Log
  readonly keepers: Readonly<Record<Purpose, Keeper>>
  readonly policyOf: (purpose: Purpose) => RotationPolicy
  /** The database's time in the time of our clock, to tell how wrong our clock is; undefined where the clock is set by hand. */
  readonly trueTime: ((asOf: Instant) => Instant) | undefined
}
