// Judges the events of a segment: each at its place, as it was sealed.
import { eventHash, mayBeRemoved } from '../commitment.ts'
import type { EventLine } from '../export-lines.ts'
import { find, type Judging, type Place, placeNow } from './judging.ts'
import { takeRedaction } from './redactions.ts'

export const takeEvent = (judging: Judging, line: EventLine): void => {
  const { state, host } = judging
  const { open } = state
  const index = open?.segment.events.findIndex(({ id }, at) => at >= open.next && id === line.id) ?? -1
  if (open === undefined || index < 0) {
    find(judging, 'foreign', `the event ${line.id} is not of this place, is there twice, or was never sealed`, {
      ...placeNow(state),
      event: line.id,
    })
    return
  }
  for (; open.next < index; open.next++) missing(judging, placeNow(state))
  if (state.seen.has(line.id)) find(judging, 'foreign', `the event ${line.id} was sealed twice`, placeNow(state))
  state.seen.add(line.id)
  const place = placeNow(state)
  open.next++
  state.events++
  const removed = 'salt' in line ? [] : Object.keys(line.removed)
  const gone = removed.find((slot) => !mayBeRemoved(slot, line.fields['type']))
  if (gone !== undefined) find(judging, 'edited', `\`${gone}\` was taken out, which nobody may`, place)
  if (line.position !== place.position)
    find(judging, 'edited', `the event says that its position is ${line.position}`, place)
  if (line.fields['tenant'] !== undefined && line.fields['tenant'] !== state.tenant)
    find(judging, 'foreign', `the event is of the tenant ${String(line.fields['tenant'])}`, place)
  else if (eventHash(host.sha256, line) !== open.segment.events[index]?.hash)
    find(judging, 'edited', 'the event is not what was sealed', place)
  else takeRedaction(judging, line, place.position ?? 0)
}

const missing = (judging: Judging, place: Place): void =>
  find(judging, 'removed', 'the event is missing, or stands elsewhere', place)

/** Whatever of the segment at hand has not come by now is missing. */
export const closeSegment = (judging: Judging): void => {
  const { state } = judging
  const { open } = state
  if (open === undefined) return
  for (; open.next < open.segment.events.length; open.next++) missing(judging, placeNow(state))
  state.open = undefined
}
