// The wire of `audit/search`, `audit/get`, `audit/verify`, `audit/redact`, `audit/beginEpoch` and `GET /v1/audit/export`.
import * as z from 'zod'
import type { Json } from '../kernel/canonical-json.ts'
import { drawn, prefixes } from '../kernel/ids.ts'
import { moment, pageOf, pageRequest, reason, tenantId } from '../kernel/wire.ts'

const eventId = z
  .string()
  .regex(drawn(prefixes.op), 'This is not the id of an event.')
  .meta({ description: 'an event id' })

/** `user:…`, `service:…` or `system:…`, as events name who acts. */
const actor = z.string().regex(/^(user|service|system|installation):[A-Za-z0-9_.@-]{1,128}$/, 'This is not an actor.')

export const searchInput = z.strictObject({
  tenant: tenantId,
  /** Who acted, or was impersonated. */
  actor: actor.optional(),
  /** What was changed, as events name it: `member:…`, `key:…`. */
  target: z.string().min(3).max(300).optional(),
  /** `<room>.<what happened>`. */
  type: z
    .string()
    .regex(/^[a-z_]+\.[a-z_]+$/, 'This is not a kind of event.')
    .optional(),
  /** The request that caused it. */
  request: z.string().max(100).optional(),
  /** From this moment on … */
  from: moment.optional(),
  /** … and before this one. */
  until: moment.optional(),
  ...pageRequest,
})

// Cast: an event was JSON when it was written; what its details are is its type's own business.
const json = z.unknown() as unknown as z.ZodType<Json>

const shownEvent = {
  event: eventId,
  tenant: tenantId,
  type: z.string(),
  /** Parts of it may have been taken out since, as of anything below. */
  actor: z.strictObject({
    principal: z.string().optional(),
    credential: z.string().optional(),
    token: z.string().optional(),
    impersonator: z.string().optional(),
  }),
  targets: z.array(z.string()),
  reason: z.string().optional(),
  details: z.record(z.string(), json).optional(),
  request: z.string(),
  at: moment,
  /** What was taken out for good, by name; the hash of the event holds without it. */
  removed: z.array(z.string()).optional(),
}

export const eventView = z.strictObject(shownEvent)
export const searchOutput = pageOf(eventView)

export const getInput = z.strictObject({ tenant: tenantId, event: eventId })
export const getOutput = z.strictObject({
  ...shownEvent,
  /** Digests of the state before and after the change. */
  before: z.string(),
  after: z.string(),
  /** As the log line of its commit says it, and the segment that it is sealed in. */
  hash: z.string(),
})

const sequence = z.int().min(0)

export const verifyInput = z.strictObject({
  tenant: tenantId,
  /** `next` of the answer before: the segment after which to go on. */
  after: sequence.optional(),
  /** At most so many segments. */
  limit: z.int().min(1).max(100).default(50),
})

export const verifyOutput = z.strictObject({
  segments: z.int(),
  events: z.int(),
  /** The position of the last event that was looked at. */
  last: z.int(),
  /** How many seals were compared with the second place. */
  anchors: z.int(),
  /** Empty when all is well. */
  faults: z.array(
    z.strictObject({
      kind: z.string(),
      tenant: z.string(),
      position: z.int().optional(),
      event: z.string().optional(),
      sentence: z.string(),
    }),
  ),
  /** Events of which something was taken out, and whether a later event says so of each of these fields. */
  redactions: z.array(
    z.strictObject({ event: z.string(), position: z.int(), fields: z.array(z.string()), covered: z.boolean() }),
  ),
  /** Where to go on; absent at the end of the chain. */
  next: sequence.optional(),
})

export const redactInput = z.strictObject({
  tenant: tenantId,
  event: eventId,
  /** What is taken out, as `details.email`, `actor.credential`, `targets`, `reason` or `outcome.name`. */
  fields: z
    .array(z.string().regex(/^[A-Za-z]+(\.[^\s]{1,100})?$/, 'This is not a field of an event.'))
    .min(1)
    .max(50),
  reason,
})
export const redactOutput = z.strictObject({
  event: eventId,
  /** Everything that was taken out of it until now. */
  removed: z.array(z.string()),
})

export const exportInput = z.strictObject({
  tenant: tenantId,
  /** The segment after which to go on: the sequence of the last one that was received. */
  after: z
    .string()
    .regex(/^(0|[1-9]\d{0,9})$/, 'This is not the number of a segment.')
    .optional(),
})

export const beginEpochInput = z.strictObject({ reason })
export const beginEpochOutput = z.strictObject({
  epoch: z.int(),
  /** The last seal that both places hold: the epoch goes on from there. */
  after: sequence,
})
