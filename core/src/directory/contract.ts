// The wire of `members/*`.
import * as z from 'zod'
import { assignInput } from '../access/contract/assignments.ts'
import { roleName } from '../access/contract/names.ts'
import {
  agencyOrAccountId,
  invitationId,
  moment,
  pageOf,
  pageRequest,
  rawName,
  reason,
  serviceId,
  tenantId,
  userId,
} from '../kernel/wire.ts'

export const memberView = z.strictObject({
  /** A uid, or the id of a service account. */
  member: z.string(),
  kind: z.enum(['user', 'service']),
  displayName: z.string(),
  email: z.string().optional(),
  status: z.enum(['active', 'suspended', 'removed']),
  joinedAt: moment,
})

export const listMembersInput = z.strictObject({ tenant: tenantId, ...pageRequest })
export const listMembersOutput = pageOf(memberView)

export const removeMemberInput = z.strictObject({ tenant: agencyOrAccountId, user: userId, reason: reason.optional() })
export const removeMemberOutput = z.strictObject({ user: userId, removedAssignments: z.int() })

/** The same shape as an assignment, but for a mailbox instead of a person. */
export const inviteInput = z.strictObject({
  tenant: agencyOrAccountId,
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

export const createServiceInput = z.strictObject({ tenant: tenantId, name: rawName })
export const createServiceOutput = z.strictObject({ service: serviceId, tenant: tenantId, name: z.string() })

export const acceptInput = z.strictObject({ secret: z.string().max(200) })
export const acceptOutput = z.strictObject({ tenant: tenantId, role: z.string() })
