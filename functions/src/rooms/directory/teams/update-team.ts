// `teams/update`: what a team is called; never what it holds.
import { teamView, updateTeamInput } from '@latchkey/core/directory/contract/teams'
import { iamError } from '@latchkey/core/kernel/errors'
import { normalizeName } from '@latchkey/core/kernel/names'
import { teamRef } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../guard/definition.ts'
import type { TeamDependencies } from './team-dependencies.ts'
import { roomForTeam, shownTeam, teamPath } from './team-document.ts'

export const updateTeam = ({ commit }: TeamDependencies) =>
  operation({
    group: 'teams',
    name: 'update',
    summary: 'Changes the name or the description of a team.',
    input: updateTeamInput,
    output: teamView,
    access: { permission: 'iam.teams.update' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: async ({ input, tenant, commit: context }) => {
      const name = input.name === undefined ? ok(undefined) : normalizeName(input.name)
      if (!name.ok) return name
      const { team, description } = input
      const changed = {
        ...(name.value === undefined ? {} : { name: name.value }),
        ...(description === undefined ? {} : { description }),
      }
      return commit(context, {
        tenant,
        plan: async (read) => {
          const [before] = await read.getAll([teamPath(tenant, team)])
          if (before === undefined) return err(iamError('not_found', { field: 'team' }))
          const room = name.value === undefined ? ok(undefined) : await roomForTeam(read, tenant, name.value, team)
          if (!room.ok) return room
          const shown = shownTeam(tenant, team, { ...before, ...changed })
          if (!shown.ok) return shown
          const writes = [{ kind: 'update' as const, path: teamPath(tenant, team), fields: changed }]
          return ok({
            writes: Object.keys(changed).length === 0 ? [] : writes,
            event: { type: 'directory.team_updated', targets: [teamRef(team)], details: changed },
            outcome: shown.value,
          })
        },
        answer: (outcome) => outcome,
      })
    },
  })
