// A member as one tenant knows them: the tenant, their membership and their grants there, read together.
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { isTeamId, type TeamId, type TenantId } from '@latchkey/core/kernel/ids'
import { idOf, kindOf, type PrincipalRef, userOf } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'

export const memberPath = (tenant: TenantId, id: string): string => `tenants/${tenant}/members/${id}`
export const grantsPath = (tenant: TenantId, principal: PrincipalRef): string => `tenants/${tenant}/grants/${principal}`

export interface MemberState {
  readonly tenant: TenantId
  readonly principal: PrincipalRef
  readonly node: DocumentFields
  readonly member: DocumentFields
  readonly grants: DocumentFields | undefined
}

export type MemberStatus = 'active' | 'suspended' | 'removed'

/** Somebody of a former agency: their membership names a placement that the tenant has left. */
export const isOfElsewhere = ({ placement }: DocumentFields, placementId: unknown): boolean =>
  placement !== undefined && placement !== placementId

/** Somebody of a former agency is as good as removed, whatever their membership says. */
export const statusOf = (member: DocumentFields, placementId: unknown): MemberStatus => {
  const { status } = member
  if (isOfElsewhere(member, placementId)) return 'removed'
  return status === 'active' || status === 'suspended' ? status : 'removed'
}

/** By a person's own document: no status is none that somebody set. */
export const isActivePerson = (user: DocumentFields | undefined): boolean => (user?.['status'] ?? 'active') === 'active'

/**
 * What a grants document says of somebody who has left. Removing lifts no suspension: what they hold in the tenants below
 * counts for nothing until they are members again.
 */
export const nothingLeft = (grants: DocumentFields | undefined): DocumentFields => ({
  status: grants?.['status'] === 'suspended' ? 'suspended' : 'removed',
  teams: [],
  attributes: {},
  entries: {},
})

export const attributesOf = (fields: DocumentFields): DocumentFields => {
  const { attributes } = fields
  return typeof attributes === 'object' && attributes !== null ? (attributes as DocumentFields) : {} // our own document
}

export const teamsOf = (fields: DocumentFields): readonly TeamId[] => {
  const { teams } = fields
  return Array.isArray(teams) ? teams.filter((id): id is TeamId => typeof id === 'string' && isTeamId(id)) : []
}

/** Members that are active or suspended; strangers, removed ones and other kinds are all not there. */
export const readMember = async (
  read: Reader,
  tenant: TenantId,
  principal: PrincipalRef,
): Promise<Result<MemberState, IamError>> => {
  const [node, member, grants] = await read.getAll([
    `tenants/${tenant}`,
    memberPath(tenant, idOf(principal)),
    grantsPath(tenant, principal),
  ])
  const there = member?.['kind'] === kindOf(principal) && statusOf(member, node?.['placementId']) !== 'removed'
  if (node === undefined || member === undefined || !there) return err(iamError('not_found', { field: 'principal' }))
  return ok({ tenant, principal, node, member, grants })
}

/** Makes the grants document when there is none yet: decisions read no other. */
export const grantsWrite = ({ tenant, principal, grants }: MemberState, changed: DocumentFields): Write => ({
  kind: 'set',
  path: grantsPath(tenant, principal),
  fields: { status: 'active', teams: [], entries: {}, ...grants, principal, ...changed },
})

export const memberWrite = ({ tenant, principal }: MemberState, changed: DocumentFields): Write => ({
  kind: 'update',
  path: memberPath(tenant, idOf(principal)),
  fields: changed,
})

/** Power that changed shuts the person's open viewers; a service account has none. */
export const accessWrites = (principal: PrincipalRef, newAccessId: string): readonly Write[] => {
  const uid = userOf(principal)
  return uid === undefined ? [] : [{ kind: 'merge', path: `users/${uid}`, fields: { accessId: newAccessId } }]
}
