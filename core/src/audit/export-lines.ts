// The lines of an export (NDJSON): a log line, then each segment with its events, its seal before it when it is a new one, and an end.
import * as z from 'zod'
import type { Json } from '../kernel/canonical-json.ts'

const hash = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const count = z.int().min(1)
const head = z.strictObject({ sequence: count, last: count, hash })
const json: z.ZodType<Json> = z.json()

export const sealNumber = z.object({ epoch: count, sequence: z.int().min(0) })

const logLine = z.strictObject({
  kind: z.literal('log'),
  version: z.literal(1),
  tenant: z.string(),
  /** What the export goes on after; null when it begins at the beginning. */
  after: head.nullable(),
})

const sealed = {
  epoch: count,
  sequence: count,
  previous: hash.nullable(),
  at: z.string(),
  count,
  root: hash,
  kid: z.string(),
  signature: z.string(),
}
export const sealLine = z.strictObject({ kind: z.literal('seal'), ...sealed })

const segmentLine = z.strictObject({
  kind: z.literal('segment'),
  tenant: z.string(),
  sequence: count,
  seal: count,
  previous: hash.nullable(),
  first: count,
  events: z.array(z.strictObject({ id: z.string(), hash })).min(1),
  /** Its place among the leaves of the seal, and the way from there to the root. */
  index: z.int().min(0),
  path: z.array(hash),
})

const bySlot = z.record(z.string(), hash)
const event = {
  kind: z.literal('event'),
  position: count,
  id: z.string(),
  fields: z.record(z.string().regex(/^[A-Za-z]+$/), json),
}
const wholeEventLine = z.strictObject({ ...event, salt: z.string() })
const redactedEventLine = z.strictObject({ ...event, salts: bySlot, removed: bySlot })

const endLine = z.strictObject({
  kind: z.literal('end'),
  /** Where the chain stood when this was written: an export that was cut off ends before it. */
  head: head.nullable(),
})

/** What lies in the second place: each seal with its leaves … */
export const anchorRecord = z.strictObject({
  ...sealed,
  leaves: z.array(z.strictObject({ tenant: hash, sequence: count, last: count, hash })).min(1),
})

/** … and each public key from the first seal that it signed. */
export const anchoredKey = z.object({ kid: z.string(), x: z.string(), y: z.string() })

export const exportLine = z.union([logLine, sealLine, segmentLine, wholeEventLine, redactedEventLine, endLine])

export type ExportLine = z.output<typeof exportLine>
export type SealLine = z.output<typeof sealLine>
export type SegmentLine = z.output<typeof segmentLine>
export type EventLine = z.output<typeof wholeEventLine> | z.output<typeof redactedEventLine>
export type AnchorRecord = z.output<typeof anchorRecord>
