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

const timestamp =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,3})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** Reads an RFC 3339 timestamp with a zone; undefined for anything else, a leap second and 30 February included. */
export const fromIso = (text: string): Instant | undefined => {
  const day = timestamp.exec(text)?.[1]
  // `Date` takes 30 February for 2 March: only a day that reads back as itself exists.
  if (day === undefined || toIso(instantOf(Date.parse(`${day}T00:00:00Z`))).slice(0, 10) !== day) return undefined
  return instantOf(Date.parse(text))
}

export const earliest = (...ends: readonly (Instant | undefined)[]): Instant | undefined => {
  const known = ends.filter((end) => end !== undefined)
  return known.length === 0 ? undefined : instantOf(Math.min(...known))
}
