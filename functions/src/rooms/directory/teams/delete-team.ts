// `teams/delete`: the team and all that it holds, in one transaction that touches no member, however many there are.
import { maxEntriesPerPrincipal } from '@latchkey/core/access/fold-grants'
import { deleteTeamOutput, teamInput } from '@latchkey/core/directory/contract/teams'
import { iamError } from '@latchkey/core/kernel/errors'
import { teamRef } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { freshFacts } from '../../../guard/fresh-facts.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import { grantsPath } from '../members/member-state.ts'
import type { TeamDependencies } from './team-dependencies.ts'
import { teamPath } from './team-document.ts'

const permission = 'iam.teams.delete'

export const deleteTeam = (dependencies: TeamDependencies) =>
  operation({
    group: 'teams',
    name: 'delete',
    summary: 'Deletes a team with every role that it holds.',
    input: teamInput,
    output: deleteTeamOutput,
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
  admitted: Admitted<z.output<typeof teamInput>>,
  newAccessId: string,
  dependencies: TeamDependencies,
) => {
  const { input, tenant } = admitted
  const principal = teamRef(input.team)
  const facts = await freshFacts(read, admitted, permission, dependencies)
  if (!facts.ok) return facts
  const [team] = await read.getAll([teamPath(tenant, input.team)])
  if (team === undefined) return err(iamError('not_found', { field: 'team' }))
  const assignments = await read.list({
    collection: `tenants/${tenant}/assignments`,
    where: { principal },
    limit: maxEntriesPerPrincipal,
  })
  return ok({
    writes: [
      ...assignments.map(({ id }): Write => ({ kind: 'delete', path: `tenants/${tenant}/assignments/${id}` })),
      { kind: 'delete' as const, path: grantsPath(tenant, principal) },
      { kind: 'delete' as const, path: teamPath(tenant, input.team) },
      // Members keep the id, which means nothing any more; the node's access id shuts their viewers, here and below.
      { kind: 'update' as const, path: `tenants/${tenant}`, fields: { accessId: newAccessId } },
    ],
    event: {
      type: 'directory.team_deleted',
      targets: [principal],
      details: { name: String(team['name']), assignments: assignments.length },
    },
    outcome: { team: input.team, removedAssignments: assignments.length },
  })
}
