// `teams/create`: a team of a tenant, which holds nothing and has nobody in it at first.
import { createTeamInput, teamView } from '@latchkey/core/directory/contract/teams'
import { prefixes, type TeamId } from '@latchkey/core/kernel/ids'
import { normalizeName } from '@latchkey/core/kernel/names'
import { teamRef } from '@latchkey/core/kernel/principal'
import { ok } from '@latchkey/core/kernel/result'
import { toIso } from '@latchkey/core/kernel/time'
import { operation } from '../../../guard/definition.ts'
import { timestampOf } from '../../../platform/store/reader.ts'
import type { TeamDependencies } from './team-dependencies.ts'
import { roomForTeam, teamPath } from './team-document.ts'

export const createTeam = ({ commit, drawId }: TeamDependencies) =>
  operation({
    group: 'teams',
    name: 'create',
    summary: 'Creates a team, which holds nothing until a role is assigned to it.',
    input: createTeamInput,
    output: teamView,
    access: { permission: 'iam.teams.create' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: async ({ input, tenant, now, commit: context }) => {
      const name = normalizeName(input.name)
      if (!name.ok) return name
      const team = drawId(prefixes.team) as TeamId // just drawn
      const about = {
        name: name.value,
        ...(input.description === undefined || input.description === '' ? {} : { description: input.description }),
      }
      return commit(context, {
        tenant,
        plan: async (read) => {
          const room = await roomForTeam(read, tenant, name.value)
          if (!room.ok) return room
          const fields = { ...about, status: 'active', createdAt: timestampOf(now) }
          return ok({
            writes: [{ kind: 'create' as const, path: teamPath(tenant, team), fields }],
            event: { type: 'directory.team_created', targets: [teamRef(team)], details: { name: name.value } },
            outcome: { team, tenant, ...about, createdAt: toIso(now) },
          })
        },
        answer: (outcome) => outcome,
      })
    },
  })
