// `teams/removeMember`: takes a member out of a team, and with that all that only the team gave them.
import { teamMemberInput, teamMemberOutput } from '@latchkey/core/directory/contract/teams'
import { iamError } from '@latchkey/core/kernel/errors'
import { namedRef, teamRef } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { freshFacts } from '../../../guard/fresh-facts.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import { membershipWrites, readMembership } from './membership.ts'
import type { TeamDependencies } from './team-dependencies.ts'

const permission = 'iam.teams.removeMember'

export const removeTeamMember = (dependencies: TeamDependencies) =>
  operation({
    group: 'teams',
    name: 'removeMember',
    summary: 'Takes a member out of a team.',
    input: teamMemberInput,
    output: teamMemberOutput,
    access: { permission },
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

const plan = async (
  read: Reader,
  admitted: Admitted<z.output<typeof teamMemberInput>>,
  newAccessId: string,
  dependencies: TeamDependencies,
) => {
  const { input, tenant } = admitted
  const { team } = input
  const principal = namedRef(input.principal)
  const facts = await freshFacts(read, admitted, permission, dependencies)
  if (!facts.ok) return facts
  const membership = await readMembership(read, tenant, team, principal)
  if (!membership.ok) return membership
  const { teams } = membership.value
  if (!teams.includes(team)) return err(iamError('not_found', { field: 'principal' }))
  return ok({
    ...membershipWrites(
      membership.value,
      teams.filter((one) => one !== team),
      newAccessId,
    ),
    event: { type: 'directory.team_member_removed', targets: [teamRef(team), principal] },
    outcome: { team, principal: `${principal}`, member: false },
  })
}
