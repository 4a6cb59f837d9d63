// Verifies an export line by line, holding one segment at a time: whatever is not exactly what was sealed is named (DESIGN.md §8, audit).
import { type Head, tenantKey } from '../chain.ts'
import { type ExportLine, exportLine } from '../export-lines.ts'
import type { Report } from './fault.ts'
import { find, isSame, type Judging, newState, placeNow } from './judging.ts'
import { type Host, readAnchors, type Trusted } from './seals.ts'
import { closeSegment, takeEvent } from './take-event.ts'
import { takeSeal, takeSegment } from './take-segment.ts'

export interface Verification {
  /** One line as it was parsed, whatever it is. */
  readonly line: (value: unknown) => void
  readonly finish: () => Report
}

export const verifyLog = (trusted: Trusted, host: Host): Verification => {
  const state = newState()
  const judging: Judging = { ...trusted, host, state, leaves: undefined, anchored: readAnchors(trusted, host) }
  return {
    line: (value) => {
      const parsed = exportLine.safeParse(value)
      if (parsed.success) take(judging, parsed.data)
      else find(judging, 'malformed', 'a line is none of an export', placeNow(state))
    },
    finish: () => finish(judging),
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

const finish = (judging: Judging): Report => {
  closeSegment(judging)
  const { state, anchored } = judging
  for (const sentence of anchored.faults) find(judging, 'anchor', sentence)
  if (state.end === undefined) find(judging, 'truncated', 'there is no end line', placeNow(state))
  else if (!isSame(state.end.head, state.head))
    find(judging, 'truncated', `the chain goes on to position ${state.end.head?.last ?? 0}`, placeNow(state))
  const beyond = anchoredBeyond(judging)
  if (beyond !== undefined)
    find(judging, 'truncated', `in the second place the chain goes on to position ${beyond}`, placeNow(state))
  return {
    tenant: state.tenant,
    segments: state.segments,
    events: state.events,
    after: state.start?.last ?? 0,
    last: state.head?.last ?? 0,
    redacted: state.redacted,
    anchors: anchored.bySequence.size,
    faults: state.faults,
  }
}

/** The last position that the second place knows of this tenant, when it is beyond the end. */
const anchoredBeyond = ({ state, anchored, host }: Judging): number | undefined => {
  const key = tenantKey(host.sha256, state.tenant)
  const known = [...anchored.bySequence.values()]
    .flatMap(({ leaves }) => leaves)
    .filter(({ tenant, sequence }) => tenant === key && sequence > (state.head?.sequence ?? 0))
  return known.length === 0 ? undefined : Math.max(...known.map(({ last }) => last))
}
