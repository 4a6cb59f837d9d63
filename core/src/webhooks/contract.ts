// The wire of `webhooks/*`: endpoints that are told of events, and what became of each delivery.
import * as z from 'zod'
import { moment, opId, pageOf, pageRequest, rawName, tenantId, webhookId } from '../kernel/wire.ts'
import { filterPattern } from './event-types.ts'

/** Endpoints of one tenant. */
export const mostWebhooks = 10

const url = z.string().min(1).max(1_000).meta({ description: 'https, a name, port 443 or 8443' })
const types = z
  .array(z.string().regex(filterPattern, 'This is not a type of event, as in `directory.member_*`.'))
  .min(1)
  .max(50)
  .meta({ description: 'types of events; a star at the end stands for the rest' })
/** `subtree`: an agency's endpoint hears of its accounts, too. */
const reach = z.enum(['node', 'subtree'])

const named = { tenant: tenantId, webhook: webhookId }

export const webhookView = z.strictObject({
  webhook: webhookId,
  tenant: tenantId,
  name: z.string(),
  /** Its path and query may hold a secret of the receiver's: `list` shows them to whoever may change it, and `…` to others. */
  url: z.string(),
  types: z.array(z.string()),
  reach,
  /** `disabled`: it took nothing for three days, or said that it is gone. Switched on again by `update`. */
  status: z.enum(['active', 'paused', 'disabled']),
  createdAt: moment,
  createdBy: z.string(),
  /** Until when the secret before signs, too. */
  previousSecretUntil: moment.optional(),
  /** Since when nothing has been taken. */
  failingSince: moment.optional(),
})

/** After a change: without its address, which `list` shows. The audit log keeps answers, and an address may hold a secret of the receiver's. */
export const changedView = webhookView.omit({ url: true })

export const createWebhookInput = z.strictObject({
  tenant: tenantId,
  name: rawName,
  url,
  types,
  reach: reach.default('node'),
})
/** Of the form `whsec_…` (Standard Webhooks). */
const secret = z.string()
export const createWebhookOutput = z.strictObject({ webhook: webhookView, secret })
export const rotateWebhookSecretOutput = z.strictObject({ webhook: changedView, secret })

export const listWebhooksInput = z.strictObject({ tenant: tenantId, ...pageRequest })
export const listWebhooksOutput = pageOf(webhookView)

export const updateWebhookInput = z.strictObject({
  ...named,
  name: rawName.optional(),
  url: url.optional(),
  types: types.optional(),
  reach: reach.optional(),
  status: z.enum(['active', 'paused']).optional(),
})

export const rotateWebhookSecretInput = z.strictObject({
  ...named,
  /** How long the secret before goes on signing beside the new one: at most a week, a day when absent. */
  overlapSeconds: z.int().min(0).max(604_800).default(86_400),
})

export const webhookInput = z.strictObject(named)
export const deleteWebhookOutput = z.strictObject({ webhook: webhookId, deleted: z.literal(true) })

export const deliveryPattern = /^[0-9]{13}-op_[0-9A-Za-z]{22}$/
const deliveryId = z
  .string()
  .regex(deliveryPattern, 'This is not the id of a delivery.')
  .meta({ description: 'the id of a delivery' })

/** Why there was no answer. */
export const faults = ['address_not_allowed', 'name_not_found', 'timeout', 'tls', 'connection'] as const
export type Fault = (typeof faults)[number]

const attemptView = z.strictObject({
  at: moment,
  milliseconds: z.int(),
  /** The HTTP status of the answer; or there was none, and `fault` says why. */
  code: z.int().optional(),
  fault: z.enum(faults).optional(),
  /** The beginning of the answer, what looks like a secret taken out. */
  answer: z.string().optional(),
})

const deliveryStatus = z.enum(['pending', 'delivered', 'failed'])

export const deliveryView = z.strictObject({
  delivery: deliveryId,
  /** The `webhook-id` of every attempt. */
  event: opId,
  type: z.string(),
  /** Where it happened. */
  tenant: tenantId,
  status: deliveryStatus,
  at: moment,
  /** When it is tried next. */
  nextAt: moment.optional(),
  /** The last ten. */
  attempts: z.array(attemptView),
})

export const deliveriesInput = z.strictObject({ ...named, status: deliveryStatus.optional(), ...pageRequest })
export const deliveriesOutput = pageOf(deliveryView)

export const redeliverInput = z.strictObject({ ...named, delivery: deliveryId })
export const redeliverOutput = z.strictObject({ delivery: deliveryId, status: z.literal('pending') })
/** The id of the delivery to look for in `deliveries`. */
export const testWebhookOutput = z.strictObject({ delivery: deliveryId })
