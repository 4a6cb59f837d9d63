// For how long a key does what, purpose by purpose.
import { days, hours, minutes, type Seconds } from '../kernel/time.ts'
import type { Purpose } from './purpose.ts'

export interface RotationPolicy {
  /** A key signs for so long. */
  readonly activeLife: Seconds
  /** A published set is kept by its readers for so long, and no longer: the `max-age` of the document. */
  readonly cacheLife: Seconds
  /** The longest life of what is signed. */
  readonly tokenLife: Seconds
  /**
   * All that can go wrong between two clocks: the one that stamped a step and the one that takes the next may each be a minute off, and
   * so may signer and verifier; and an instance works for seconds with a copy of the ring.
   */
  readonly slack: Seconds
  /** A retired key can be looked into for so long before its private half is destroyed. */
  readonly retention: Seconds
  /** The name of a destroyed key is remembered for so long. */
  readonly memory: Seconds
}

/** Of `/.well-known/jwks.json`. */
export const keySetCacheLife = minutes(10)

const usual = {
  activeLife: days(30),
  cacheLife: keySetCacheLife,
  tokenLife: minutes(10),
  slack: minutes(5),
  retention: days(7),
  memory: days(90),
} as const satisfies RotationPolicy

export const policyOf = (purpose: Purpose): RotationPolicy => {
  switch (purpose) {
    case 'access':
      return usual
    case 'id':
      return { ...usual, tokenLife: hours(1) }
    case 'seal':
      // A seal is verified for years, by the public key that stands beside it: the key only signs for so long.
      return { ...usual, activeLife: days(365), memory: days(3650) }
  }
}
