// Who is in a team: one list on the member, which people read, and the same on their grants, which decisions read.
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { TeamId, TenantId } from '@latchkey/core/kernel/ids'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'
import type { Planned } from '../dependencies.ts'
import {
  accessWrites,
  grantsWrite,
  type MemberState,
  memberWrite,
  readMember,
  teamsOf,
} from '../members/member-state.ts'
import { teamPath } from './team-document.ts'

export interface Membership {
  readonly state: MemberState
  readonly team: DocumentFields
  /** The teams that they are in and that still exist: ids of deleted ones are dropped when the list is next written. */
  readonly teams: readonly TeamId[]
}

export const readMembership = async (
  read: Reader,
  tenant: TenantId,
  team: TeamId,
  principal: PrincipalRef,
): Promise<Result<Membership, IamError>> => {
  const [fields] = await read.getAll([teamPath(tenant, team)])
  if (fields === undefined) return err(iamError('not_found', { field: 'team' }))
  const state = await readMember(read, tenant, principal)
  if (!state.ok) return state
  const named = teamsOf(state.value.member)
  const found = await read.getAll(named.map((id) => teamPath(tenant, id)))
  return ok({ state: state.value, team: fields, teams: named.filter((_, index) => found[index] !== undefined) })
}

export const membershipWrites = ({ state }: Membership, teams: readonly TeamId[], newAccessId: string): Planned => ({
  writes: [memberWrite(state, { teams }), grantsWrite(state, { teams }), ...accessWrites(state.principal, newAccessId)],
})
