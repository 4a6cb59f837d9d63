// The wire of `members/*` as far as it is about people and service accounts themselves.
import * as z from 'zod'
import {
  moment,
  pageOf,
  pageRequest,
  principal,
  rawName,
  reason,
  serviceId,
  teamId,
  tenantId,
  userId,
} from '../kernel/wire.ts'

/** How many attributes a member carries at most, and how many texts one of them lists. */
export const maxAttributes = 20
const maxListed = 20

/** `id` and `kind` are the member's own: conditions read them as facts, so nobody sets them. */
export const attributeName = z.string().regex(/^(?!(?:id|kind)$)[a-z][A-Za-z0-9_]{0,39}$/, 'This names no attribute.')
const attributeText = z.string().max(200)
export const attributeValue = z.union([attributeText, z.number(), z.boolean(), z.array(attributeText).max(maxListed)])

const atMostThatMany = (attributes: object): boolean => Object.keys(attributes).length <= maxAttributes

/** What the directory knows of a member, as conditions read it: `subject.department == "sales"`. */
export const attributes = z.record(attributeName, attributeValue)

export const memberStatus = z.enum(['active', 'suspended', 'removed'])

export const memberView = z.strictObject({
  /** A uid, or the id of a service account. */
  member: z.string(),
  kind: z.enum(['user', 'service']),
  displayName: z.string(),
  email: z.string().optional(),
  status: memberStatus,
  attributes,
  teams: z.array(teamId),
  joinedAt: moment,
})

export const listMembersInput = z.strictObject({
  tenant: tenantId,
  kind: memberView.shape.kind.optional(),
  status: memberStatus.optional(),
  team: teamId.optional(),
  /** How a name, a word of it, or a mailbox begins; in any case. */
  search: z.string().min(1).max(100).optional(),
  ...pageRequest,
})
export const listMembersOutput = pageOf(memberView)

export const updateMemberInput = z.strictObject({
  tenant: tenantId,
  principal,
  displayName: rawName.optional(),
  /** Those named are set, those that are null removed; the others stay. */
  attributes: z
    .record(attributeName, attributeValue.nullable())
    .refine(atMostThatMany, `At most ${maxAttributes} attributes.`)
    .optional(),
})
export const updateMemberOutput = z.strictObject({
  principal: z.string(),
  tenant: tenantId,
  displayName: z.string(),
  attributes,
})

export const memberStatusInput = z.strictObject({ tenant: tenantId, principal, reason })
export const memberStatusOutput = z.strictObject({
  principal: z.string(),
  tenant: tenantId,
  status: z.enum(['active', 'suspended']),
})

export const removeMemberInput = z.strictObject({ tenant: tenantId, user: userId, reason: reason.optional() })
export const removeMemberOutput = z.strictObject({ user: userId, removedAssignments: z.int() })

export const createServiceInput = z.strictObject({ tenant: tenantId, name: rawName })
export const createServiceOutput = z.strictObject({ service: serviceId, tenant: tenantId, name: z.string() })

export const deleteServiceInput = z.strictObject({ tenant: tenantId, service: serviceId, reason: reason.optional() })
export const deleteServiceOutput = z.strictObject({ service: serviceId, removedAssignments: z.int() })
