// The change from one secret of a key to the next: both work for a while, and at its end the old one is dead without anybody doing anything.
import { type Instant, isOver } from '../kernel/time.ts'

export interface Rotation {
  /** The credential that goes. */
  readonly old: string
  readonly oldHint: string
  readonly startedAt: Instant
  /** Half-open: at this very moment the old one is dead. */
  readonly endsAt: Instant
}

/** What runs now; one that has ended is none, whether or not anybody has tidied up. */
export const runningRotation = (rotation: Rotation | undefined, now: Instant): Rotation | undefined =>
  rotation === undefined || isOver(rotation.endsAt, now) ? undefined : rotation

export type KeyStatus = 'active' | 'disabled' | 'revoked' | 'expired'

/** `expired` is a fact of the clock, not of the store (CATALOGUE I-61); what is not known is revoked. */
export const keyStatus = (stored: unknown, notAfter: Instant | undefined, now: Instant): KeyStatus => {
  if (stored !== 'active' && stored !== 'disabled') return 'revoked'
  return notAfter === undefined || isOver(notAfter, now) ? 'expired' : stored
}
