/** Moments and durations between protobuf's seconds-and-nanos and plain numbers. */
import { invalidArgument } from './status.ts'

/** As decoded from the wire: 64-bit numbers are decimal strings. */
export type WireTime = { readonly seconds: string; readonly nanos: number }

/** As sent: the codec takes numbers too. */
export type SentTime = { seconds: number; nanos: number }

export function toTimestamp(ms: number): SentTime {
  const seconds = Math.floor(ms / 1000)
  return { seconds, nanos: Math.round(ms - seconds * 1000) * 1_000_000 }
}

export const toTimestampOrNull = (ms: number | null): SentTime | null => (ms === null ? null : toTimestamp(ms))

export const fromTimestamp = (time: WireTime): number =>
  Number(time.seconds) * 1000 + Math.floor(time.nanos / 1_000_000)

export const toDuration = (seconds: number): SentTime => ({ seconds, nanos: 0 })

/** Whole seconds within the bounds, or INVALID_ARGUMENT naming the field. */
export function secondsBetween(duration: WireTime, bounds: { field: string; min: number; max: number }): number {
  const seconds = Number(duration.seconds)
  if (duration.nanos !== 0 || seconds < bounds.min || seconds > bounds.max) {
    throw invalidArgument(
      `The field '${bounds.field}' must be a whole number of seconds between ${bounds.min}s and ${bounds.max}s.`,
    )
  }
  return seconds
}
