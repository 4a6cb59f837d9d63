// One listener an instance for all services that follow changes here: it listens while anybody does, and hears itself pulse.
import type { Clock } from '../../platform/clock.ts'
import { type Log, seldomLog } from '../../platform/log.ts'
import type { OutboxFeed } from '../../platform/store/outbox-feed.ts'
import type { Revision } from '../../platform/store/revision.ts'
import { type Listener, openListener } from './change-listener.ts'
import type { Parents } from './parents.ts'
import { endThoseTouched, type Follower, flush, greet, hear, newSeat, type Seat } from './seats.ts'

export interface ChangeHub {
  /** Answers how to leave. The first line says whether what was loaded before still counts. */
  readonly join: (follower: Follower, since: Revision | undefined) => Promise<() => void>
}

export interface HubDependencies {
  readonly outbox: OutboxFeed
  readonly clock: Clock
  readonly parents: Parents
  readonly log: Log
}

const tickMilliseconds = 100
/** A service that comes back soon finds the listener still there. */
const lingerMilliseconds = 30_000
/** A revocation is heard within two seconds (DESIGN.md §10). */
const lateMilliseconds = 2_000

export const changeHub = (dependencies: HubDependencies): ChangeHub => {
  const { parents } = dependencies
  const seats = new Set<Seat>()
  let current: Listener | undefined
  const listening = (): Listener => {
    current ??= listenFor(seats, dependencies, () => {
      current = undefined
    })
    return current
  }
  const leave = (seat: Seat, listener: Listener): void => {
    seats.delete(seat)
    if (seats.size > 0) return
    const timer = setTimeout(() => {
      if (seats.size === 0) listener.close('nobody listens')
    }, lingerMilliseconds)
    timer.unref()
  }
  return {
    join: async (follower, since) => {
      const listener = listening()
      const seat = newSeat(follower)
      await listener.inTurn(async (log) => {
        const missed = since === undefined ? undefined : log.since(since)
        await hear([seat], missed ?? [], parents)
        seats.add(seat)
        greet(seat, listener.standing(), missed !== undefined)
      })
      return () => leave(seat, listener)
    },
  }
}

const listenFor = (seats: Set<Seat>, dependencies: HubDependencies, closed: () => void): Listener => {
  const { outbox, clock, parents } = dependencies
  const logSeldom = seldomLog(dependencies.log, clock)
  parents.forgetAll()
  const listener = openListener({
    outbox,
    clock,
    told: async (events) => {
      endThoseTouched(seats, events)
      await hear(seats, events, parents)
    },
    closed: (reason) => {
      clearInterval(ticking)
      for (const { follower } of seats) follower.tell({ ...listener.standing(), end: reason })
      seats.clear()
      closed()
    },
  })
  const ticking = setInterval(() => {
    listener.pulse()
    const { lag } = listener.standing()
    // Who sits here was let in when something had been heard.
    if (seats.size > 0 && lag > lateMilliseconds) logSeldom('WARNING', 'changes are heard late', { lag })
    for (const seat of seats) flush(seat, listener.standing)
  }, tickMilliseconds)
  return listener
}
