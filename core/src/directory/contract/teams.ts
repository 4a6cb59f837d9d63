// The wire of `teams/*`.
import * as z from 'zod'
import {
  agencyOrAccountId,
  moment,
  pageOf,
  pageRequest,
  principal,
  rawName,
  teamId,
  tenantId,
} from '../../kernel/wire.ts'
import { memberView } from '../contract.ts'

/** Teams of one tenant, and teams that one person is in. */
export const maxTeams = 200
export const maxTeamsPerMember = 50

const description = z.string().max(500)

export const teamView = z.strictObject({
  team: teamId,
  tenant: tenantId,
  name: z.string(),
  description: z.string().optional(),
  createdAt: moment,
})

/** Not at the platform: of a team's members nobody knows which viewers are open below, and every tenant is below the platform. */
export const createTeamInput = z.strictObject({
  tenant: agencyOrAccountId,
  name: rawName,
  description: description.optional(),
})
export const teamInput = z.strictObject({ tenant: tenantId, team: teamId })
export const listTeamsInput = z.strictObject({ tenant: tenantId, ...pageRequest })
export const listTeamsOutput = pageOf(teamView)
/** An empty description takes the old one away. */
export const updateTeamInput = z.strictObject({
  tenant: tenantId,
  team: teamId,
  name: rawName.optional(),
  description: description.optional(),
})
export const deleteTeamOutput = z.strictObject({ team: teamId, removedAssignments: z.int() })

export const teamMemberInput = z.strictObject({ tenant: tenantId, team: teamId, principal })
export const teamMemberOutput = z.strictObject({ team: teamId, principal: z.string(), member: z.boolean() })

export const listTeamMembersInput = z.strictObject({ tenant: tenantId, team: teamId, ...pageRequest })
export const listTeamMembersOutput = pageOf(memberView)
