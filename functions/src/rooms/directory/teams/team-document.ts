// `tenants/{T}/teams/{team}`: what it is called; who is in it stands with the members, so that no team is ever a hot document.
import { maxTeams, teamView } from '@latchkey/core/directory/contract/teams'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { isTeamId, type TeamId, type TenantId } from '@latchkey/core/kernel/ids'
import { foldName } from '@latchkey/core/kernel/names'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { toIso } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import { type DocumentFields, instantIn, type Reader, type StoredDocument } from '../../../platform/store/reader.ts'

export type TeamView = z.output<typeof teamView>

export const teamPath = (tenant: TenantId, team: TeamId): string => `tenants/${tenant}/teams/${team}`

export const teamViewOf = (tenant: TenantId, { id, fields }: StoredDocument): unknown => {
  const createdAt = instantIn(fields['createdAt'])
  const { description } = fields
  return {
    team: id,
    tenant,
    name: fields['name'],
    ...(typeof description === 'string' && description !== '' ? { description } : {}),
    createdAt: createdAt === undefined ? '' : toIso(createdAt),
  }
}

/** A team is shown whole or not at all. */
export const shownTeam = (
  tenant: TenantId,
  team: TeamId,
  fields: DocumentFields | undefined,
): Result<TeamView, IamError> => {
  const view = fields === undefined ? undefined : teamView.safeParse(teamViewOf(tenant, { id: team, fields })).data
  return view === undefined ? err(iamError('not_found', { field: 'team' })) : ok(view)
}

/** The teams of a tenant, which are few; refused when the name is another one's, or when one more would be too many. */
export const roomForTeam = async (
  read: Reader,
  tenant: TenantId,
  name: string,
  except?: TeamId,
): Promise<Result<void, IamError>> => {
  const teams = await read.list({ collection: `tenants/${tenant}/teams`, limit: maxTeams + 1 })
  const others = teams.filter(({ id }) => isTeamId(id) && id !== except)
  if (others.some(({ fields }) => foldName(String(fields['name'])) === foldName(name)))
    return err(iamError('already_exists', { field: 'name', detail: 'Another team here has this name.' }))
  return others.length < maxTeams
    ? ok(undefined)
    : err(iamError('limit_exceeded', { detail: `A tenant has at most ${maxTeams} teams.` }))
}
