// `teams/listMembers`: who is in a team; it takes the permission to list people as well as the one to see the team.
import { listTeamMembersInput, listTeamMembersOutput } from '@latchkey/core/directory/contract/teams'
import { isServiceId, isUserId } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../guard/definition.ts'
import { refusalOf } from '../../../guard/fresh-facts.ts'
import { pageAfter } from '../../../platform/store/page.ts'
import { type MemberView, memberViews } from '../members/member-view.ts'
import { scanPage } from '../scan-page.ts'
import type { TeamDependencies } from './team-dependencies.ts'
import { shownTeam, teamPath } from './team-document.ts'

export const listTeamMembers = ({ read }: TeamDependencies) =>
  operation({
    group: 'teams',
    name: 'listMembers',
    summary: 'Lists the people and service accounts in a team.',
    input: listTeamMembersInput,
    output: listTeamMembersOutput,
    // The things listed are people, so it is their permission that is declared (CATALOGUE I-28).
    access: { permission: 'iam.members.list' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async (admitted) => {
      const { input, tenant, facts } = admitted
      const refusal = refusalOf(facts, 'iam.teams.get', admitted)
      if (refusal !== undefined) return err(refusal)
      const after = pageAfter(input.page, (text) => isUserId(text) || isServiceId(text))
      if (!after.ok) return after
      const [fields] = await read.getAll([teamPath(tenant, input.team)])
      const team = shownTeam(tenant, input.team, fields)
      if (!team.ok) return team
      const page = await scanPage<MemberView>({
        limit: input.limit,
        after: after.value.after,
        filtered: false,
        batch: (from, size) =>
          read.list({
            collection: `tenants/${tenant}/members`,
            contains: { field: 'teams', value: input.team },
            ...(from === undefined ? {} : { after: from }),
            limit: size,
          }),
        show: async (documents) => memberViews(read, documents, facts.chain[0]?.placementId),
      })
      return ok({ items: page.items, ...(page.last === undefined ? {} : { nextPage: page.last }) })
    },
  })
