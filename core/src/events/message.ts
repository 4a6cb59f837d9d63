// The message of the topic `events`: where an event is. What it says is read there, never taken from the message (DESIGN.md §6).
import * as z from 'zod'
import { opId, tenantId } from '../kernel/wire.ts'

/** Its form is its version: a consumer that knows less parks what it does not know, to be sent again once it does. */
export const eventMessage = z.strictObject({
  event: opId,
  /** Whose audit log holds it. */
  tenant: tenantId,
  /** For subscriptions that filter; consumers read it again. */
  type: z
    .string()
    .regex(/^[a-z]+\.[a-z_]+$/)
    .max(100),
})

export const eventTopic = 'events'
