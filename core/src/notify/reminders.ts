// When somebody is reminded that something ends: thirty, seven and one day before, each once, and never afterwards.
import { days, type Instant, isOver, plusSeconds, secondsOf } from '../kernel/time.ts'

export const daysBefore = [30, 7, 1] as const
export type DaysBefore = (typeof daysBefore)[number]

const momentOf = (end: Instant, count: number): Instant => plusSeconds(end, secondsOf(-days(count)))

/** The first reminder after `since`; what lives for less than a day has none. */
export const firstReminder = (end: Instant, since: Instant | undefined): Instant | undefined =>
  daysBefore.map((count) => momentOf(end, count)).find((at) => since === undefined || at > since)

export interface ReminderPlan {
  /** What is to be said now; undefined when there is nothing to say. */
  readonly due: DaysBefore | undefined
  /** When to look again. */
  readonly next: Instant | undefined
}

/**
 * After an outage the nearest one is said, late, and those that were missed are not. `since`: the thing is no older, so that nobody is
 * told right after making it that it will end.
 */
export const planReminder = (end: Instant, since: Instant | undefined, now: Instant): ReminderPlan => {
  if (isOver(end, now)) return { due: undefined, next: undefined }
  const reached = daysBefore.findLast((count) => momentOf(end, count) <= now)
  const due = reached !== undefined && momentOf(end, reached) > (since ?? 0) ? reached : undefined
  return { due, next: firstReminder(end, now) }
}
