// A token bucket: what is in it at a moment. Calls read the time when they begin and take a token later, so they come out of their order.
import { type Instant, plusSeconds, secondsOf } from './time.ts'

export interface Level {
  readonly tokens: number
  readonly at: Instant
}

/** Calls are never so much older than another one: then it was the clock that was set. */
const toleratedSeconds = secondsOf(30)

export const isSetBack = (at: Instant, now: Instant): boolean => plusSeconds(now, toleratedSeconds) < at

/** No interval is counted twice: what an older call finds was refilled up to a later moment, and stays so. */
export const refilled = (
  level: Level,
  { perSecond, burst }: { readonly perSecond: number; readonly burst: number },
  now: Instant,
): Level => {
  const passed = Math.max(0, now - level.at) / 1_000
  const at = isSetBack(level.at, now) || now > level.at ? now : level.at
  return { tokens: Math.min(burst, level.tokens + passed * perSecond), at }
}
