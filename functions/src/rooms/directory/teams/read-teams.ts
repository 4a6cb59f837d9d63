// `teams/get` and `teams/list`.
import { listTeamsInput, listTeamsOutput, teamInput, teamView } from '@latchkey/core/directory/contract/teams'
import { isTeamId } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../guard/definition.ts'
import { pageAfter, pageAnswer } from '../../../platform/store/page.ts'
import type { TeamDependencies } from './team-dependencies.ts'
import { shownTeam, teamPath, teamViewOf } from './team-document.ts'

export const getTeam = ({ read }: TeamDependencies) =>
  operation({
    group: 'teams',
    name: 'get',
    summary: 'Shows one team.',
    input: teamInput,
    output: teamView,
    access: { permission: 'iam.teams.get' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ input, tenant }) => {
      const [fields] = await read.getAll([teamPath(tenant, input.team)])
      return shownTeam(tenant, input.team, fields)
    },
  })

export const listTeams = ({ read }: TeamDependencies) =>
  operation({
    group: 'teams',
    name: 'list',
    summary: 'Lists the teams of a tenant.',
    input: listTeamsInput,
    output: listTeamsOutput,
    access: { permission: 'iam.teams.list' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ input, tenant }) => {
      const after = pageAfter(input.page, isTeamId)
      if (!after.ok) return after
      const found = await read.list({ collection: `tenants/${tenant}/teams`, ...after.value, limit: input.limit + 1 })
      return ok(pageAnswer(found, input.limit, { whole: teamView, view: (one) => teamViewOf(tenant, one) }))
    },
  })
