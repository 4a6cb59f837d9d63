// How an audit event is stored: its fields as they are hashed, the salt that the hash counts on, and what it is found by.
import type { RecordedEvent } from '@latchkey/core/audit/commitment'
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
  /** The digest of the state after the change. */
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
  ...foundBy(event, id, now),
})

/** Lists run from the smallest: the newest comes first. */
const lastMillisecond = 9_999_999_999_999
export const newestFirst = (at: Instant): string => String(lastMillisecond - at).padStart(13, '0')

/** One indexed list for every question and one indexed text for the order: whatever is asked, one index answers it (ADR 0023). */
const foundBy = (event: Pick<Recorded, 'type' | 'actor' | 'targets' | 'requestId'>, id: string, now: Instant) => ({
  terms: termsOf(event),
  newest: `${newestFirst(now)}-${id}`,
})

/** What every event is found by. */
export const everything = '*'

export const termsOf = ({
  type,
  actor,
  targets,
  requestId,
}: Pick<Recorded, 'type' | 'actor' | 'targets' | 'requestId'>): readonly string[] => [
  everything,
  `type:${type}`,
  `actor:${actor.principal}`,
  ...(actor.impersonator === undefined ? [] : [`actor:${actor.impersonator}`]),
  ...[...new Set(targets)].map((target) => `target:${target}`),
  `request:${requestId}`,
]

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
