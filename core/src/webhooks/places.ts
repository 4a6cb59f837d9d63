// Slow endpoints take turns for a few places of their agency: what one customer's receivers waste is never more than that of the queue.
import { type Instant, isOver, type Seconds, secondsOf } from '../kernel/time.ts'

/** Of the two hundred turns that the queue has at once. */
export const mostPlaces = 4

const slowMilliseconds = 2_000

/** Whoever takes so long to answer needs a place. */
export const isSlow = (milliseconds: number): boolean => milliseconds >= slowMilliseconds

const longestWait = secondsOf(20)
/** After a turn on a place: longer than others wait before they come again, so that one of them finds it free. */
export const restOnPlace: Seconds = secondsOf(30)

/** How long whoever found no place waits. `jitter` is from 0 to 1. */
export const waitForPlace = (jitter: number): Seconds => secondsOf(Math.ceil(longestWait * (1 - jitter / 2)))

/** Who has a place, and until when at most. */
export type Places = Readonly<Record<string, Instant>>

/** Those that count at this moment, but for one's own. */
export const othersOn = (places: Places, own: string, now: Instant): Places =>
  Object.fromEntries(Object.entries(places).filter(([holder, until]) => holder !== own && !isOver(until, now)))

/** With one's own beside the others'; undefined when all are taken. */
export const placed = (
  places: Places,
  own: string,
  { now, until }: { readonly now: Instant; readonly until: Instant },
): Places | undefined => {
  const others = othersOn(places, own, now)
  return Object.keys(others).length < mostPlaces ? { ...others, [own]: until } : undefined
}
