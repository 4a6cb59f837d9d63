// Verifies an export line by line, holding one segment at a time: whatever is not exactly what was sealed is named (DESIGN.md §8, audit).
import type { Head } from '../chain.ts'
import { type ExportLine, exportLine } from '../export-lines.ts'
import { type Anchors, livesIn, lossesIn } from './anchors.ts'
import type { Report } from './fault.ts'
import { find, isSame, type Judging, newState, placeNow } from './judging.ts'
import { findUncovered, redactionsOf } from './redactions.ts'
import type { Host, SealKey } from './seals.ts'
import { closeSegment, takeEvent } from './take-event.ts'
import { takeSeal, takeSegment } from './take-segment.ts'

export interface Verification {
  /** One line as it was parsed, whatever it is. */
  readonly line: (value: unknown) => void
  readonly finish: () => Report
}

export interface Trusted {
  /** The public keys for seals, from where one trusts them. */
  readonly keys: readonly SealKey[]
  /** What the second place says of this tenant: with it an end that was cut off is found, and a log that was written anew. */
  readonly anchors?: Anchors
  /** False of a stretch that stops before the end of the chain: then whatever comes after it says nothing. */
  readonly isEnd?: boolean
  /** Of a stretch: what other events are known to say was taken out, by the event that it was taken out of. */
  readonly redactedLater?: ReadonlyMap<string, readonly string[]>
}

export const verifyLog = (trusted: Trusted, host: Host): Verification => {
  const { keys, anchors, isEnd = true, redactedLater = new Map() } = trusted
  const state = newState()
  const judging: Judging = { keys, host, state, anchors }
  return {
    line: (value) => {
      const parsed = exportLine.safeParse(value)
      if (parsed.success) take(judging, parsed.data)
      else find(judging, 'malformed', 'a line is none of an export', placeNow(state))
    },
    finish: () => finish(judging, isEnd, redactedLater),
  }
}

const take = (judging: Judging, line: ExportLine): void => {
  const { state } = judging
  if (line.kind === 'log') begin(judging, line.tenant, line.after ?? undefined)
  else if (state.tenant === '') find(judging, 'malformed', 'an export begins with its log line', placeNow(state))
  else if (state.end !== undefined) find(judging, 'malformed', 'something comes after the end', placeNow(state))
  else if (line.kind === 'seal') takeSeal(judging, line)
  else if (line.kind === 'segment') takeSegment(judging, line)
  else if (line.kind === 'event') takeEvent(judging, line)
  else {
    closeSegment(judging)
    state.end = { head: line.head ?? undefined }
  }
}

/** An export may come in parts, each of which goes on where the one before stopped. */
const begin = (judging: Judging, tenant: string, after: Head | undefined): void => {
  const { state } = judging
  closeSegment(judging)
  if (state.tenant === '') {
    state.tenant = tenant
    state.start = after
    state.head = after
  } else if (state.end === undefined) find(judging, 'truncated', 'a part has no end', placeNow(state))
  if (tenant !== state.tenant) find(judging, 'foreign', `a part is of the tenant ${tenant}`, placeNow(state))
  if (!isSame(after, state.head))
    find(judging, 'chain', 'a part does not go on where the one before stopped', placeNow(state))
  state.sealBefore = state.seal ?? state.sealBefore
  state.seal = undefined
  state.end = undefined
}

const finish = (judging: Judging, isEnd: boolean, redactedLater: ReadonlyMap<string, readonly string[]>): Report => {
  closeSegment(judging)
  const { state, anchors } = judging
  if (state.end === undefined) find(judging, 'truncated', 'there is no end line', placeNow(state))
  else if (!isSame(state.end.head, state.head))
    find(judging, 'truncated', `the chain goes on to position ${state.end.head?.last ?? 0}`, placeNow(state))
  if (anchors !== undefined) finishAnchors(judging, anchors, isEnd)
  const redactions = redactionsOf(state, redactedLater)
  findUncovered(judging, redactions)
  return {
    tenant: state.tenant,
    segments: state.segments,
    events: state.events,
    after: state.start?.last ?? 0,
    last: state.head?.last ?? 0,
    redactions,
    anchors: anchors?.size ?? 0,
    faults: state.faults,
  }
}

const finishAnchors = (judging: Judging, anchors: Anchors, isEnd: boolean): void => {
  const { state } = judging
  for (const sentence of anchors.faults) find(judging, 'anchor', sentence)
  if (anchors.isEmpty && state.segments > 0) find(judging, 'anchor', 'in the second place there is no seal')
  const beyond = isEnd ? anchoredBeyond(judging, anchors) : undefined
  if (beyond !== undefined)
    find(judging, 'truncated', `in the second place the chain goes on to position ${beyond}`, placeNow(state))
  for (const { epoch, first, sequence, from, to } of lossesIn(anchors)) {
    const under = sequence === first ? `seal ${first}` : `seals ${first} to ${sequence}`
    const sentence = `a restore lost the events to position ${to}, which were under ${under} before epoch ${epoch}`
    find(judging, 'lost', sentence, { position: from })
  }
}

/** The last position that the second place knows of this tenant, when it is beyond the end. */
const anchoredBeyond = ({ state }: Judging, anchors: Anchors): number | undefined => {
  const last = state.seal ?? state.sealBefore
  const newest = anchors.newest.epoch
  // Of an end that a restore lost, what came after it there is missing as well as what the log says since.
  const isNow = last === undefined || livesIn(anchors, last, newest)
  const epochs = isNow ? [newest] : [newest, last.epoch]
  let beyond: number | undefined
  for (const leaf of [...anchors.leaves.values()].flat())
    if (leaf.segment > (state.head?.sequence ?? 0) && epochs.some((epoch) => livesIn(anchors, leaf, epoch)))
      beyond = Math.max(beyond ?? 0, leaf.last)
  return beyond
}
