// Who follows changes at this instance: what each still has to be told, and the telling of it.
import type { ChangeLine } from '@latchkey/core/events/changes'
import type { OutboxEvent } from '../../platform/store/outbox-feed.ts'
import { heardBy, type Listening } from './audience.ts'
import type { Parents } from './parents.ts'

export interface Follower extends Listening {
  /** What the follower's own right to listen rests on: a change of it ends the stream. */
  readonly own: readonly string[]
  readonly tell: (line: ChangeLine) => void
}

export interface Seat {
  readonly follower: Follower
  readonly pending: Set<string>
  /** By a clock that only goes forward. */
  toldAt: number
  /** What it was told last: how far it is while there is more to tell. */
  standing: Standing | undefined
  ending: boolean
}

/** Where a listener stands: up to when everything was told, and how old that is. */
export type Standing = Pick<ChangeLine, 'upTo' | 'lag'>

const heartbeatMilliseconds = 1_000
/** Containers; a line of so many stays far below what a listener takes as one. */
const mostInLine = 2_000

export const newSeat = (follower: Follower): Seat => ({
  follower,
  pending: new Set(),
  toldAt: performance.now(),
  standing: undefined,
  ending: false,
})

/** Rejects when it cannot be known whom the events concern. */
export const hear = async (seats: Iterable<Seat>, events: readonly OutboxEvent[], parents: Parents): Promise<void> => {
  const all = [...seats]
  parents.forget(events)
  // Who hears of everything needs nobody's place in the tree.
  const parentOf = all.some(({ follower }) => follower.chain.length > 1) ? await parents.know(events) : noParent
  for (const { follower, pending } of all) {
    for (const event of events) for (const one of heardBy(event, follower, parentOf)) pending.add(one)
  }
}

const noParent = (): undefined => undefined

/** Of those who listen already: somebody who comes was admitted by what is true now. */
export const endThoseTouched = (seats: Iterable<Seat>, events: readonly OutboxEvent[]): void => {
  for (const seat of seats) {
    const { own } = seat.follower
    if (events.some(({ changed }) => changed.some((container) => own.includes(container)))) seat.ending = true
  }
}

/** Who missed more than fits into a line is told to begin anew: that is less than reading it all. */
export const greet = (seat: Seat, standing: Standing, isWhole: boolean): void => {
  const whole = isWhole && seat.pending.size <= mostInLine
  if (!whole) seat.pending.clear()
  seat.standing = standing
  seat.follower.tell({ ...standing, ...taken(seat), ...(whole ? {} : { reset: true }) })
}

/** Says what is new, and at least once a second up to when nothing is. */
export const flush = (seat: Seat, standing: () => Standing): void => {
  const now = performance.now()
  if (seat.pending.size === 0 && !seat.ending && now - seat.toldAt < heartbeatMilliseconds) return
  seat.toldAt = now
  // Only the last line of several says that everything was told.
  while (seat.pending.size > mostInLine && seat.standing !== undefined)
    seat.follower.tell({ ...seat.standing, ...taken(seat) })
  seat.standing = standing()
  seat.follower.tell({ ...seat.standing, ...taken(seat), ...(seat.ending ? { end: 'authenticate again' } : {}) })
}

const taken = (seat: Seat): { readonly changed?: string[] } => {
  if (seat.pending.size === 0) return {}
  const changed = [...seat.pending].slice(0, mostInLine)
  for (const one of changed) seat.pending.delete(one)
  return { changed }
}
