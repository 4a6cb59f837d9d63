// The wire of `roles/*` and `access/*`.
import * as z from 'zod'
import { accountId, assignmentId, moment, pageOf, pageRequest, principal, reason, tenantId } from '../kernel/wire.ts'
import { type AttributeMap, maxConditionLength } from './condition.ts'

export const roleName = z
  .string()
  .regex(/^([a-z]+\.[a-zA-Z]+|rol_[0-9A-Za-z]{22})$/, 'This is not a role.')
  .meta({ description: 'a built-in role such as `account.admin`, or the id of a custom role' })

export const permissionName = z
  .string()
  .max(80)
  .regex(
    /^[a-z][A-Za-z0-9-]*(\/[a-z][A-Za-z0-9-]*)*(\.[a-z][A-Za-z0-9-]*)+$/,
    'This is not a permission: names are exact, without wildcards.',
  )

/** Firestore would take more; a longer list belongs to `subtree` or to a team (DESIGN.md §2). */
export const maxListedAccounts = 1_000

export const assignInput = z.strictObject({
  tenant: tenantId,
  principal,
  role: roleName,
  /** `node`: this tenant only; `subtree`: it and all below, also future ones; `listed`: the named accounts, not the agency. */
  reach: z.enum(['node', 'subtree', 'listed']),
  accounts: z.array(accountId).min(1).max(maxListedAccounts).optional(),
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
  principal: principal.optional(),
  ...pageRequest,
})
export const listAssignmentsOutput = pageOf(assignmentView)

/** Attributes that the asking service vouches for; it needs `iam.attributes.assert`. */
const attributeValue = z.union([z.string().max(500), z.number(), z.boolean(), z.array(z.string().max(200)).max(50)])
export const resourceInput = z.strictObject({
  type: z.string().max(80).optional(),
  id: z.string().max(200).optional(),
  ownerId: z.string().max(200).optional(),
  properties: z.record(z.string().max(80), attributeValue).optional(),
})

/** The attributes that a condition sees as `resource`; a property named like the type, the id or the owner is none of them. */
export const attributesOf = ({ properties = {}, ...named }: z.output<typeof resourceInput>): AttributeMap => {
  const { type: _type, id: _id, ownerId: _ownerId, ...others } = properties
  return { ...others, ...named }
}

export const checkInput = z.strictObject({
  tenant: tenantId,
  permission: permissionName,
  /** Whose right is asked about; the caller's own when absent. */
  principal: principal.optional(),
  resource: resourceInput.optional(),
})
export const checkOutput = z.strictObject({
  allowed: z.boolean(),
  /** `allowed`, or the stable reason of the denial. */
  code: z.string(),
  permission: z.string(),
  missing: z.array(z.string()).optional(),
})
