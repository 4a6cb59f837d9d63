// How an audit event is stored: its fields as they are hashed, the salt that the hash counts on, and what it is found by.
import type { EventFields, RecordedEvent, RedactedEvent } from '@latchkey/core/audit/commitment'
import type { AuditActor, AuditEvent } from '@latchkey/core/audit/event'
import type { Json } from '@latchkey/core/kernel/canonical-json'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { type Instant, toIso } from '@latchkey/core/kernel/time'
import { type DocumentFields, instantIn, timestampOf } from './reader.ts'

export interface Recorded extends Omit<AuditEvent, 'actor'> {
  readonly id: string
  readonly tenant: TenantId
  readonly actor: AuditActor
  readonly requestId: string
  readonly now: Instant
  /** Digests of the state before and after the change. */
  readonly before: string
  readonly after: string
  readonly outcome: Json
  readonly salt: string
}

/** Everything beside what is hashed: the log says the same without it. */
const beside = new Set(['salt', 'salts', 'removed', 'terms', 'newest', 'lastEvent'])

/** The version of what an event says; a change of its meaning is another one. */
const version = 1

export const auditDocument = ({ id, now, salt, ...event }: Recorded): DocumentFields => ({
  ...event,
  version,
  at: timestampOf(now),
  salt,
  ...foundBy({ ...event, actor: { ...event.actor } }, id, now),
})

/** What is stored of an event once something was taken out of it: of what stays, everything as it was. */
export const redactedDocument = (stored: DocumentFields, { id, fields, salts, removed }: RedactedEvent) => {
  const kept = Object.entries(stored).flatMap(([name, value]) => {
    const left = fields[name]
    if (left === undefined && !beside.has(name)) return []
    return [[name, isMap(value) && isMap(left) ? membersOf(value, Object.keys(left)) : value] as const]
  })
  const { salt: _salt, ...rest } = Object.fromEntries(kept)
  const at = instantIn(stored['at'])
  return { ...rest, salts, removed, ...(at === undefined ? {} : foundBy(fields, id, at)) }
}

const membersOf = (value: object, names: readonly string[]): DocumentFields =>
  Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)))

const isMap = (value: unknown): value is { readonly [name: string]: Json | undefined } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && instantIn(value) === undefined

/** Lists run from the smallest: the newest comes first. */
const lastMillisecond = 9_999_999_999_999
export const newestFirst = (at: Instant): string => String(lastMillisecond - at).padStart(13, '0')

/** One indexed list for every question and one indexed text for the order: whatever is asked, one index answers it (ADR 0023). */
const foundBy = (event: EventFields, id: string, at: Instant) => ({
  terms: termsOf(event),
  newest: `${newestFirst(at)}-${id}`,
})

/** What every event is found by. */
export const everything = '*'

/** Follows from what the event says alone: whoever reads both can tell that a search was blinded. */
const termsOf = ({ type, actor, targets, requestId }: EventFields): readonly string[] => {
  const { principal, impersonator } = isMap(actor) ? actor : {}
  const named = Array.isArray(targets) ? [...new Set(targets.map(String))] : []
  return [
    everything,
    `type:${String(type)}`,
    ...(principal === undefined ? [] : [`actor:${String(principal)}`]),
    ...(impersonator === undefined ? [] : [`actor:${String(impersonator)}`]),
    ...named.map((target) => `target:${target}`),
    `request:${String(requestId)}`,
  ]
}

/** Whether a search finds it by what it says, at its place in time. */
export const isFindable = (id: string, stored: DocumentFields): boolean => {
  const at = instantIn(stored['at'])
  if (at === undefined) return false
  const { terms, newest } = foundBy(recordedEvent(id, stored).fields, id, at)
  const present: readonly unknown[] = Array.isArray(stored['terms']) ? stored['terms'] : []
  return newest === stored['newest'] && present.length === terms.length && terms.every((term) => present.includes(term))
}

/** The event as it is hashed; whatever was done to the document shows in the hash. */
export const recordedEvent = (id: string, stored: DocumentFields): RecordedEvent => {
  const fields = Object.fromEntries(
    Object.entries(stored).flatMap(([name, value]) => (beside.has(name) ? [] : [[name, plain(value)] as const])),
  )
  const { salt, salts, removed } = stored
  return typeof salt === 'string'
    ? { id, fields, salt }
    : { id, fields, salts: textsIn(salts), removed: textsIn(removed) }
}

/** Moments as texts; everything else is plain in the store already. */
const plain = (value: unknown): Json => {
  const at = instantIn(value)
  if (at !== undefined) return toIso(at)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value as Json // what Firestore holds beside these is plain
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
}

const textsIn = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(typeof value === 'object' && value !== null ? value : {}).map(([name, text]) => [
      name,
      String(text),
    ]),
  )
