// The wire of giving roles: `roles/assign`, `roles/unassign`, `roles/listAssignments`.
import * as z from 'zod'
import {
  accountId,
  assignmentId,
  moment,
  pageOf,
  pageRequest,
  principalOrTeam,
  reason,
  tenantId,
} from '../../kernel/wire.ts'
import { maxConditionLength } from '../condition.ts'
import { roleName } from './names.ts'

/** Firestore would take more; a longer list belongs to `subtree` (DESIGN.md §2), and is refused as `reach_too_large`. */
export const maxListedAccounts = 1_000
/** What is read at all before that refusal. */
const mostReadable = 5_000

export const assignInput = z.strictObject({
  tenant: tenantId,
  principal: principalOrTeam,
  role: roleName,
  /** `node`: this tenant only; `subtree`: it and all below, also future ones; `listed`: the named accounts, not the agency. */
  reach: z.enum(['node', 'subtree', 'listed']),
  accounts: z.array(accountId).min(1).max(mostReadable).optional(),
  /** CEL over subject, resource, action and request, as in `resource.ownerId == subject.id`. */
  condition: z.string().min(1).max(maxConditionLength).optional(),
  expiresAt: moment.optional(),
  reason: reason.optional(),
})

export const assignmentView = z.strictObject({
  assignment: assignmentId,
  tenant: tenantId,
  principal: z.string(),
  role: z.string(),
  reach: z.enum(['node', 'subtree', 'listed']),
  accounts: z.array(accountId).optional(),
  condition: z.string().optional(),
  expiresAt: moment.optional(),
  reason: z.string().optional(),
  grantedBy: z.string(),
  grantedAt: moment,
})

export const unassignInput = z.strictObject({ tenant: tenantId, assignment: assignmentId, reason: reason.optional() })
export const unassignOutput = z.strictObject({ assignment: assignmentId, removed: z.literal(true) })

export const listAssignmentsInput = z.strictObject({
  tenant: tenantId,
  principal: principalOrTeam.optional(),
  ...pageRequest,
})
export const listAssignmentsOutput = pageOf(assignmentView)
