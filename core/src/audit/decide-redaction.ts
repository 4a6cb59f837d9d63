// What may be taken out of an event, and when: decided before anything is written.
import { type IamError, iamError } from '../kernel/errors.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { days, fromIso, type Instant, isOver, plusSeconds } from '../kernel/time.ts'
import {
  mayBeRemoved,
  type RecordedEvent,
  type RedactedEvent,
  redactEvent,
  type Sha256,
  slotsOf,
} from './commitment.ts'

/** For so long a call may come again and be answered by what its event says. */
const answerLife = days(1)

export interface Redaction {
  readonly event: RecordedEvent
  /** As `details.email`. */
  readonly fields: readonly string[]
  readonly now: Instant
}

export const decideRedaction = (sha256: Sha256, { event, fields, now }: Redaction): Result<RedactedEvent, IamError> => {
  const there = new Set(slotsOf(event.fields).map(([name]) => name))
  const refused = (detail: string) => err(iamError('invalid_request', { field: 'fields', detail }))
  const absent = fields.find((field) => !there.has(field))
  if (absent !== undefined) return refused(`This event has no \`${absent}\`, or no longer.`)
  const kept = fields.find((field) => !mayBeRemoved(field, event.fields['type']))
  if (kept !== undefined) return refused(`\`${kept}\` stays: without it the event says nothing.`)
  if (fields.some(isAnswer) && !isSettled(event, now))
    return err(iamError('conflict', { detail: 'The outcome of an event stays for a day: its call may come again.' }))
  return ok(redactEvent(sha256, event, fields))
}

const isAnswer = (field: string): boolean => field === 'outcome' || field.startsWith('outcome.')

const isSettled = ({ fields: { at } }: RecordedEvent, now: Instant): boolean => {
  const happened = typeof at === 'string' ? fromIso(at) : undefined
  return happened !== undefined && isOver(plusSeconds(happened, answerLife), now)
}
