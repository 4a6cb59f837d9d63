// When a delivery is tried again, how long an endpoint that does not answer is left alone, and when it is given up.
import { days, hours, type Instant, isOver, minutes, plusSeconds, type Seconds, secondsOf } from '../kernel/time.ts'

/** After the first, second … failed attempt. All together less than a day. */
export const pauses: readonly Seconds[] = [
  ...[secondsOf(5), minutes(1), minutes(5), minutes(30)],
  ...[hours(2), hours(4), hours(6), hours(10)],
]
/** From then on a delivery is given up, whatever was left of its attempts. */
export const deliveryLife = hours(24)

/** How often it is tried at most. */
export const mostAttempts = pauses.length + 1

/** Up to a fifth sooner, so that what failed together does not come back together. `jitter` is from 0 to 1. */
const jittered = (pause: Seconds, jitter: number): Seconds => secondsOf(Math.ceil(pause * (1 - 0.2 * jitter)))

interface Trying {
  /** How many attempts have failed. */
  readonly attempted: number
  readonly now: Instant
  /** When it is given up. */
  readonly until: Instant
  readonly jitter: number
}

/** Undefined when it is given up. */
export const nextAttempt = ({ attempted, now, until, jitter }: Trying): Instant | undefined => {
  const pause = pauses[attempted - 1]
  const next = pause === undefined ? undefined : plusSeconds(now, jittered(pause, jitter))
  return next === undefined || isOver(until, next) ? undefined : next
}

/** How an endpoint has fared since it last took something. */
export interface Standing {
  /** Failed attempts in a row, whichever the deliveries. */
  readonly failures: number
  readonly failingSince: Instant | undefined
}

export const well: Standing = { failures: 0, failingSince: undefined }

export const standingAfter = (
  { failures, failingSince }: Standing,
  { taken, failed }: { readonly taken: number; readonly failed: number },
  now: Instant,
): Standing => {
  if (failed === 0 || taken > 0) return taken > 0 ? well : { failures, failingSince }
  return { failures: failures + failed, failingSince: failingSince ?? now }
}

/** So many in a row may be these events' fault; more are the endpoint's. */
const failuresToRest = 5
const longestRest = minutes(30)

/** How long nothing is sent there, so that what waits is not spent on an endpoint that is down. Nothing when it fares well. */
export const restAfter = ({ failures }: Standing, unreachable: boolean, jitter: number): Seconds => {
  if (failures === 0 || (!unreachable && failures < failuresToRest)) return secondsOf(0)
  return jittered(secondsOf(Math.min(longestRest, 5 * 2 ** Math.min(failures - 1, 10))), jitter)
}

const hopelessAfter = days(3)
const hopelessFailures = 10

/** It took nothing for three days, and that was tried often enough: it is switched off, and its people are told. */
export const isHopeless = ({ failures, failingSince }: Standing, now: Instant): boolean =>
  failingSince !== undefined && failures >= hopelessFailures && isOver(plusSeconds(failingSince, hopelessAfter), now)
