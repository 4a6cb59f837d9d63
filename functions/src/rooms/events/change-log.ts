// The changes of the last minutes in memory, for services that come back: what they missed, or the word that this cannot be told.
import { type Instant, instantOf, plusSeconds, secondsOf, toIso } from '@latchkey/core/kernel/time'
import type { OutboxEvent } from '../../platform/store/outbox-feed.ts'
import type { Revision } from '../../platform/store/revision.ts'

/** What was heard up to a moment is told again from so much earlier: two instances do not hear in the same order. */
export const replaySeconds = secondsOf(60)
const keptSeconds = secondsOf(15 * 60)
const maxEvents = 200_000

export interface ChangeLog {
  /** Answers those that are new. */
  readonly add: (events: readonly OutboxEvent[], upTo: Revision) => readonly OutboxEvent[]
  /** Undefined: not everything since then is known here. */
  readonly since: (cursor: Revision) => readonly OutboxEvent[] | undefined
}

/** `completeFrom`: everything committed since then is going to be added. */
export const changeLog = (completeFrom: Revision): ChangeLog => {
  const known = new Map<string, OutboxEvent>()
  let start = completeFrom
  const prune = (upTo: Revision): void => {
    const oldest = earlier(upTo, keptSeconds)
    for (const [id, { committedAt }] of known) {
      if (committedAt >= oldest && known.size <= maxEvents) break
      known.delete(id)
      if (committedAt > start) start = committedAt
    }
    if (oldest > start) start = oldest
  }
  return {
    add: (events, upTo) => {
      const fresh = events.filter(({ id }) => !known.has(id))
      for (const event of fresh) known.set(event.id, event)
      prune(upTo)
      return fresh
    },
    since: (cursor) => {
      const from = earlier(cursor, replaySeconds)
      return from < start ? undefined : [...known.values()].filter(({ committedAt }) => committedAt > from)
    },
  }
}

/** Casts: arithmetic on the text of a revision, to the millisecond downwards. */
export const earlier = (revision: Revision, span: ReturnType<typeof secondsOf>): Revision =>
  `${toIso(plusSeconds(instantOf(Date.parse(revision)), secondsOf(-span)) as Instant).slice(0, -1)}000Z` as Revision
