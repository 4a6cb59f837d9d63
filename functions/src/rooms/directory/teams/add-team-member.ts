// `teams/addMember`: gives a member all that a team holds, so whoever adds must hold it too.
import { maxTeamsPerMember, teamMemberInput, teamMemberOutput } from '@latchkey/core/directory/contract/teams'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { TeamId } from '@latchkey/core/kernel/ids'
import { namedRef, teamRef } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import { missingOfTeam } from '../held-by-member.ts'
import { type Membership, membershipWrites, readMembership } from './membership.ts'
import type { TeamDependencies } from './team-dependencies.ts'

type Input = z.output<typeof teamMemberInput>

export const addTeamMember = (dependencies: TeamDependencies) =>
  operation({
    group: 'teams',
    name: 'addMember',
    summary: 'Puts a member into a team whose every role you hold yourself.',
    input: teamMemberInput,
    output: teamMemberOutput,
    access: { permission: 'iam.teams.addMember' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: async (admitted) => {
      const newAccessId = dependencies.drawId()
      return dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: (read) => plan(read, admitted, newAccessId, dependencies),
        answer: (outcome) => outcome,
      })
    },
  })

const plan = async (read: Reader, admitted: Admitted<Input>, newAccessId: string, dependencies: TeamDependencies) => {
  const { input, tenant } = admitted
  const { team } = input
  const principal = namedRef(input.principal)
  // This permission mints: the guard has decided it again in this transaction already.
  const facts = await dependencies.loadFacts(read, admitted.caller, tenant)
  if (!facts.ok) return facts
  const membership = await readMembership(read, tenant, team, principal)
  if (!membership.ok) return membership
  const fault = membershipFault(membership.value, team)
  if (fault !== undefined) return err(fault)
  const asking = { facts: facts.value, now: admitted.now, entries: 'all' } as const
  const missing = await missingOfTeam(read, { tenant, team }, asking, dependencies)
  if (missing.length > 0) return err(iamError('grant_exceeds_grantor', { missing }))
  return ok({
    ...membershipWrites(membership.value, [...membership.value.teams, team], newAccessId),
    event: { type: 'directory.team_member_added', targets: [teamRef(team), principal] },
    outcome: { team, principal: `${principal}`, member: true },
  })
}

const membershipFault = ({ state, teams }: Membership, team: TeamId): IamError | undefined => {
  const conflict = (detail: string) => iamError('conflict', { field: 'principal', detail })
  if (state.member['status'] !== 'active') return conflict('They are suspended here; restore them first.')
  // A team's members are members where it lives: who only works here for the agency is put into a team of the agency.
  if (state.member['placement'] !== undefined)
    return conflict('They are of the agency and only hold a role here; a team takes members of this tenant itself.')
  if (teams.includes(team)) return iamError('already_exists', { detail: 'They are in this team already.' })
  return teams.length < maxTeamsPerMember
    ? undefined
    : iamError('limit_exceeded', { detail: `Nobody is in more than ${maxTeamsPerMember} teams of one tenant.` })
}
