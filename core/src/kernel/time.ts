// Moments and spans as types of their own, so that milliseconds and seconds cannot be confused.

declare const instant: unique symbol
declare const seconds: unique symbol

/** Milliseconds since the Unix epoch, UTC. */
export type Instant = number & { readonly [instant]: true }
/** A span in whole seconds. */
export type Seconds = number & { readonly [seconds]: true }

// Casts: these three are the only makers of the two brands.
export const instantOf = (epochMilliseconds: number): Instant => epochMilliseconds as Instant
export const secondsOf = (count: number): Seconds => count as Seconds
export const plusSeconds = (from: Instant, span: Seconds): Instant => (from + span * 1000) as Instant

export const minutes = (count: number): Seconds => secondsOf(count * 60)
export const hours = (count: number): Seconds => secondsOf(count * 3600)
export const days = (count: number): Seconds => secondsOf(count * 86_400)

/** Half-open: at `end` itself a thing is already dead (DESIGN.md §9: `now >= exp` is dead, without leeway). */
export const isOver = (end: Instant | undefined, now: Instant): boolean => end !== undefined && now >= end

export const toIso = (at: Instant): string => new Date(at).toISOString()

/** Reads an RFC 3339 timestamp with a zone; undefined for anything else. */
export const fromIso = (text: string): Instant | undefined => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isFinite(at) ? instantOf(at) : undefined
}

export const earliest = (...ends: readonly (Instant | undefined)[]): Instant | undefined => {
  const known = ends.filter((end) => end !== undefined)
  return known.length === 0 ? undefined : instantOf(Math.min(...known))
}
