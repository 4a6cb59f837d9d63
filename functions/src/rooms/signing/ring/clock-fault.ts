// Whether this instance's clock can be trusted with issuing and rotating: a token's life is only as right as the clock that stamped it.
import { type Instant, instantOf, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { newestMoment } from '@latchkey/core/signing/ring'
import { toleratedSeconds } from '../../../platform/store/clock-check.ts'
import { momentOf } from '../../../platform/store/revision.ts'
import { StoreError } from '../../../platform/store/store-error.ts'
import type { SigningDependencies } from '../dependencies.ts'
import type { Ring } from './ring-document.ts'

/**
 * Four clocks meet in a token's life (of the instance
 * that stamps a step, of the one that takes the next, of signer and verifier): together they must stay within a policy's `slack`.
 */
export const tolerated = toleratedSeconds
/** Two clocks that are both lived with, one fast and one slow. */
const apart = secondsOf(2 * tolerated)

/** Undefined when the clock is right, as far as that can be known: by the database's clock, and by whoever wrote the ring before. */
export const clockFault = (
  { keys, asOf }: Ring,
  now: Instant,
  { trueTime, logSeldom }: Pick<SigningDependencies, 'trueTime' | 'logSeldom'>,
): StoreError | undefined => {
  const there = timeThere(asOf, trueTime)
  const isFast = there !== undefined && now > plusSeconds(there, tolerated)
  const isSlow =
    (there !== undefined && plusSeconds(now, tolerated) < there) || plusSeconds(now, apart) < newestMoment(keys)
  if (!isFast && !isSlow) return undefined
  logSeldom('ERROR', 'the clock of this instance is wrong: nothing is signed', {
    now,
    there,
    newest: newestMoment(keys),
  })
  return new StoreError('unavailable', 'the clock of this instance is wrong')
}

/** What is stamped where a wrong clock must not stand in the way: our own time when it is right, else the database's. */
export const rightTime = (
  ring: Ring,
  now: Instant,
  dependencies: Pick<SigningDependencies, 'trueTime' | 'logSeldom'>,
): Instant =>
  clockFault(ring, now, dependencies) === undefined
    ? now
    : (timeThere(ring.asOf, dependencies.trueTime) ?? newestMoment(ring.keys))

const timeThere = (asOf: Ring['asOf'], trueTime: SigningDependencies['trueTime']): Instant | undefined =>
  trueTime?.(instantOf(momentOf(asOf)))
