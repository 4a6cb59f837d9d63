// What a verification knows so far, and how it says what is wrong.
import type { Head } from '../chain.ts'
import type { SealLine, SegmentLine } from '../export-lines.ts'
import type { Anchors } from './anchors.ts'
import type { Fault, FaultKind } from './fault.ts'
import type { Host, SealKey } from './seals.ts'

export interface State {
  tenant: string
  /** Where the chain stands. */
  head: Head | undefined
  /** Where the first part began. */
  start: Head | undefined
  /** Of the segment at hand. */
  seal: SealLine | undefined
  /** The last one of the part before. */
  sealBefore: SealLine | undefined
  /** The segment at hand, and which of its events comes next. */
  open: { readonly segment: SegmentLine; next: number } | undefined
  end: { readonly head: Head | undefined } | undefined
  events: number
  segments: number
  /** By the id of the event: what was taken out of it. */
  readonly redactions: Map<string, Taken>
  /** By the id of the event: what others say was taken out of it. */
  readonly said: Map<string, Set<string>>
  /** Ids of all events so far: an event is sealed once. */
  readonly seen: Set<string>
  /** The epoch of the newest seal so far. */
  epoch: number
  readonly faults: Fault[]
}

interface Taken {
  readonly position: number
  readonly fields: readonly string[]
}

export interface Judging {
  /** As they are published. */
  readonly keys: readonly SealKey[]
  readonly host: Host
  readonly state: State
  /** What the second place says; undefined without it. */
  readonly anchors: Anchors | undefined
}

export type Place = Pick<Fault, 'position' | 'event'>

const mostFaults = 100

export const newState = (): State => ({
  tenant: '',
  head: undefined,
  start: undefined,
  seal: undefined,
  sealBefore: undefined,
  open: undefined,
  end: undefined,
  events: 0,
  segments: 0,
  redactions: new Map(),
  said: new Map(),
  seen: new Set(),
  epoch: 1,
  faults: [],
})

export const find = ({ state }: Pick<Judging, 'state'>, kind: FaultKind, sentence: string, place: Place = {}): void => {
  if (state.faults.length < mostFaults) state.faults.push({ kind, tenant: state.tenant, ...place, sentence })
}

/** Where the next event is expected. */
export const placeNow = ({ open, head }: State): Place => {
  const expected = open?.segment.events[open.next]
  if (open === undefined || expected === undefined) return { position: (head?.last ?? 0) + 1 }
  return { position: open.segment.first + open.next, event: expected.id }
}

export const isSame = (left: Head | undefined, right: Head | undefined): boolean =>
  left?.sequence === right?.sequence && left?.last === right?.last && left?.hash === right?.hash
