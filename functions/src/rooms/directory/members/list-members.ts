// `members/list`: the people and service accounts of a tenant, page by page, filtered as asked.
import { listMembersInput, listMembersOutput } from '@latchkey/core/directory/contract'
import { isServiceId, isUserId } from '@latchkey/core/kernel/ids'
import { foldName } from '@latchkey/core/kernel/names'
import { ok } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import { operation } from '../../../guard/definition.ts'
import { pageAfter } from '../../../platform/store/page.ts'
import type { DirectoryDependencies } from '../dependencies.ts'
import { scanPage } from '../scan-page.ts'
import { type MemberView, memberViews } from './member-view.ts'

type Input = z.output<typeof listMembersInput>

export const listMembers = ({ read }: DirectoryDependencies) =>
  operation({
    group: 'members',
    name: 'list',
    summary: 'Lists the people and service accounts of a tenant, those that fit the filters.',
    input: listMembersInput,
    output: listMembersOutput,
    access: { permission: 'iam.members.list' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ input, tenant, facts }) => {
      const after = pageAfter(input.page, (text) => isUserId(text) || isServiceId(text))
      if (!after.ok) return after
      const { kind, team } = input
      const placementId = facts.chain[0]?.placementId
      const page = await scanPage<MemberView>({
        limit: input.limit,
        after: after.value.after,
        filtered: input.status !== undefined || input.search !== undefined,
        batch: (from, size) =>
          read.list({
            collection: `tenants/${tenant}/members`,
            ...(kind === undefined ? {} : { where: { kind } }),
            ...(team === undefined ? {} : { contains: { field: 'teams', value: team } }),
            ...(from === undefined ? {} : { after: from }),
            limit: size,
          }),
        show: async (documents) =>
          (await memberViews(read, documents, placementId)).map((view) =>
            view !== undefined && fits(view, input) ? view : undefined,
          ),
      })
      return ok({ items: page.items, ...(page.last === undefined ? {} : { nextPage: page.last }) })
    },
  })

/** A status is partly a fact of where the tenant stands now, and a search looks into words: neither is a query. */
const fits = (view: MemberView, { status, search }: Input): boolean => {
  if (status !== undefined && view.status !== status) return false
  if (search === undefined) return true
  const wanted = foldName(search)
  const name = foldName(view.displayName)
  return [name, ...name.split(/\s+/u), view.email?.toLowerCase() ?? ''].some((text) => text.startsWith(wanted))
}
