// The wire of `members/*` as far as it is about invitations.
import * as z from 'zod'
import { assignInput } from '../../access/contract/assignments.ts'
import { roleName } from '../../access/contract/names.ts'
import { accountId, invitationId, moment, pageOf, pageRequest, reason, tenantId } from '../../kernel/wire.ts'

/** The same shape as an assignment, but for a mailbox instead of a person. */
export const inviteInput = z.strictObject({
  tenant: tenantId,
  email: z.email().max(254),
  displayName: z.string().min(1).max(200).optional(),
  role: roleName,
  reach: assignInput.shape.reach,
  accounts: assignInput.shape.accounts,
  condition: assignInput.shape.condition,
  /** When the assignment that it leads to ends; not the invitation. */
  assignmentExpiresAt: moment.optional(),
  reason: reason.optional(),
})
export const inviteOutput = z.strictObject({
  invitation: invitationId,
  /** Shown once: it goes to the mailbox and is never readable again. */
  secret: z.string(),
  expiresAt: moment,
})

export const acceptInput = z.strictObject({ secret: z.string().max(200) })
export const acceptOutput = z.strictObject({ tenant: tenantId, role: z.string() })

export const invitationView = z.strictObject({
  invitation: invitationId,
  tenant: tenantId,
  email: z.string(),
  role: z.string(),
  reach: assignInput.shape.reach,
  accounts: z.array(accountId).optional(),
  invitedBy: z.string(),
  invitedAt: moment,
  expiresAt: moment,
  /** `expired` goes by the clock; such an invitation can be sent again. */
  status: z.enum(['pending', 'accepted', 'revoked', 'expired']),
})

export const listInvitationsInput = z.strictObject({
  tenant: tenantId,
  status: invitationView.shape.status.optional(),
  ...pageRequest,
})
export const listInvitationsOutput = pageOf(invitationView)

export const revokeInvitationInput = z.strictObject({
  tenant: tenantId,
  invitation: invitationId,
  reason: reason.optional(),
})
export const revokeInvitationOutput = z.strictObject({ invitation: invitationId, status: z.literal('revoked') })

export const resendInvitationInput = z.strictObject({ tenant: tenantId, invitation: invitationId })
