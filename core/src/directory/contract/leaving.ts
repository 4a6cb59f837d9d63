// The wire of `members/listOwned` and `members/transfer`: what somebody who leaves would leave behind.
import * as z from 'zod'
import { pageRequest, principal, reason, serviceId, tenantId, userId } from '../../kernel/wire.ts'

/** What one call of `members/transfer` moves or revokes at most. */
export const maxTransferred = 30

export const ownedKind = z.enum(['apiKey', 'invitation', 'resource', 'team'])
export type OwnedKind = z.output<typeof ownedKind>

export const ownedView = z.strictObject({
  kind: ownedKind,
  id: z.string(),
  /** A key's name, an invitation's role, a resource's type, a team's name; never a mailbox. */
  label: z.string(),
})

export const listOwnedInput = z.strictObject({ tenant: tenantId, user: userId, ...pageRequest })
export const listOwnedOutput = z.strictObject({
  items: z.array(ownedView),
  nextPage: z.string().optional(),
  /** Kinds that the caller may not list here, so that nobody takes silence for "nothing there". */
  withheld: z.array(ownedKind),
})

export const transferInput = z.strictObject({
  tenant: tenantId,
  user: userId,
  /** Their API keys end, or go on as those of a service account of this tenant. */
  keys: z.union([z.literal('revoke'), z.strictObject({ service: serviceId })]),
  /** Who gets their registered resources; without it these stay where they are. */
  resources: principal.optional(),
  reason,
})
export const transferOutput = z.strictObject({
  moved: z.int(),
  revoked: z.int(),
  /** There is more: call again. */
  remaining: z.boolean(),
})
