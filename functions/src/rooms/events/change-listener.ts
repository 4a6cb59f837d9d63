// Listens to the outbox from the first follower to a while after the last: what was told, up to when, and how old that is.
import { type Instant, instantOf, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import type { Clock } from '../../platform/clock.ts'
import type { Heard, OutboxEvent, OutboxFeed } from '../../platform/store/outbox-feed.ts'
import type { Revision } from '../../platform/store/revision.ts'
import { type ChangeLog, changeLog, earlier } from './change-log.ts'
import type { Standing } from './seats.ts'

export interface Listening {
  readonly outbox: OutboxFeed
  readonly clock: Clock
  /** One after another, in the order in which they were heard; when it rejects, the listener is over. */
  readonly told: (events: readonly OutboxEvent[]) => Promise<void>
  readonly closed: (reason: string) => void
}

export interface Listener {
  /** When the listener has begun to hear, and between two tellings. Rejects when it fails before. */
  readonly inTurn: (work: (log: ChangeLog) => Promise<void>) => Promise<void>
  readonly standing: () => Standing
  /** Writes something to hear when nothing was heard for a second. */
  readonly pulse: () => void
  readonly close: (reason: string) => void
}

/** How far back an instance knows when it begins: a service that was away for less than that misses nothing. */
const backSeconds = secondsOf(180)
const silenceMilliseconds = 1_000
/** A listener holds everything that it has matched: after this time a new one takes over. */
const renewMilliseconds = 300_000

/** From the first that was heard. */
interface Span {
  readonly log: ChangeLog
  upTo: Revision
  youngest: Instant
  /** By a clock that only goes forward, when anything was heard last. */
  heardAt: number
}

const opened = ({ upTo }: Heard, now: Instant): Span => ({
  log: changeLog(earlier(upTo, backSeconds)),
  upTo,
  youngest: instantOf(now - silenceMilliseconds),
  heardAt: performance.now(),
})

const note = (span: Span, { upTo, youngest }: Heard, now: Instant): void => {
  if (upTo > span.upTo) span.upTo = upTo
  // What a clock that is ahead has written was not written later than it is heard.
  const written = youngest === undefined ? undefined : instantOf(Math.min(youngest, now))
  if (written !== undefined && written > span.youngest) span.youngest = written
  span.heardAt = performance.now()
}

/** By the clock of who wrote it, and by how long nothing was heard at all. */
const lagOf = (span: Span, now: Instant): number =>
  Math.round(Math.max(0, now - span.youngest, performance.now() - span.heardAt))

const nothingHeard: Standing = { upTo: '0000-00-00T00:00:00.000000Z', lag: Number.MAX_SAFE_INTEGER }

export const openListener = ({ outbox, clock, told, closed }: Listening): Listener => {
  let span: Span | undefined
  const first = outcome()
  first.promise.catch(() => undefined) // told to whoever waits
  let turn: Promise<void> = first.promise
  const take = async (news: Heard): Promise<void> => {
    span ??= opened(news, clock())
    await told(span.log.add(news.events, news.upTo))
    note(span, news, clock())
  }
  const close = (reason: string): void => {
    first.reject(new Error(reason))
    stop()
    closed(reason)
  }
  const failed = (error: unknown): void => close(`what changed is not known: ${String(error)}`)
  const heard = (news: Heard): void => {
    turn = (span === undefined ? take(news).then(first.resolve) : turn.then(() => take(news))).catch(failed)
  }
  const stop = listenOn(outbox, clock, { heard, failed })
  return {
    close,
    standing: () => (span === undefined ? nothingHeard : { upTo: span.upTo, lag: lagOf(span, clock()) }),
    pulse: pulser(outbox, () => (span === undefined ? undefined : clock() - span.youngest), clock),
    inTurn: async (work) => {
      await first.promise
      const mine = turn.then(() => (span === undefined ? undefined : work(span.log)))
      turn = mine.catch(() => undefined)
      await mine
    },
  }
}

/** A promise that is settled from outside. */
const outcome = () => {
  let [resolve, reject]: [() => void, (error: Error) => void] = [() => undefined, () => undefined]
  const promise = new Promise<void>((yes, no) => {
    ;[resolve, reject] = [yes, no]
  })
  return { promise, resolve, reject }
}

/** Of many instances one is first: each is patient in its own way, and hears the pulse of the others. */
const pulser = (outbox: OutboxFeed, silence: () => number | undefined, clock: Clock): (() => void) => {
  const patience = silenceMilliseconds * (0.9 + Math.random() * 0.2)
  let pulsing = false
  return () => {
    if (pulsing || (silence() ?? 0) < patience) return
    pulsing = true
    void outbox
      .pulse(clock())
      .catch(() => undefined) // its absence is heard
      .finally(() => {
        pulsing = false
      })
  }
}

interface Ears {
  readonly heard: (news: Heard) => void
  readonly failed: (error: Error) => void
}

/** One listener after another; the one before goes when the next has begun to hear. Answers how to stop. */
const listenOn = (outbox: OutboxFeed, clock: Clock, { heard, failed }: Ears): (() => void) => {
  let stops: (() => void)[] = []
  const listen = (from: Instant): void => {
    const before = stops
    const begin = (news: Heard): void => {
      for (const stop of before.splice(0)) stop()
      heard(news)
    }
    stops = [outbox.listen(from, begin, failed)]
    stops.push(() => {
      for (const stop of before.splice(0)) stop()
    })
  }
  const renewing = setInterval(() => listen(plusSeconds(clock(), secondsOf(-60))), renewMilliseconds)
  listen(plusSeconds(clock(), secondsOf(-backSeconds)))
  return () => {
    clearInterval(renewing)
    for (const stop of stops) stop()
  }
}
