// `members/list`: the people and service accounts of a tenant, page by page; mail addresses come from here and never from a live document.
import { listMembersInput, listMembersOutput, memberView } from '@latchkey/core/directory/contract'
import { isServiceId, isUserId } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import { toIso } from '@latchkey/core/kernel/time'
import { operation } from '../../../guard/definition.ts'
import { pageAfter, pageAnswer } from '../../../platform/store/page.ts'
import { type DocumentFields, instantIn, type StoredDocument } from '../../../platform/store/reader.ts'
import type { DirectoryDependencies } from '../dependencies.ts'

export const listMembers = ({ read }: DirectoryDependencies) =>
  operation({
    group: 'members',
    name: 'list',
    summary: 'Lists the people and service accounts of a tenant.',
    input: listMembersInput,
    output: listMembersOutput,
    access: { permission: 'iam.members.list' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ input, tenant }) => {
      const after = pageAfter(input.page, (text) => isUserId(text) || isServiceId(text))
      if (!after.ok) return after
      const found = await read.list({ collection: `tenants/${tenant}/members`, ...after.value, limit: input.limit + 1 })
      const people = found.slice(0, input.limit).filter(({ fields }) => fields['kind'] === 'user')
      const users = await read.getAll(people.map(({ id }) => `users/${id}`))
      const emails = new Map(people.map(({ id }, index) => [id, users[index]?.['email']]))
      return ok(
        pageAnswer(found, input.limit, { whole: memberView, view: (member) => viewOf(member, emails.get(member.id)) }),
      )
    },
  })

const viewOf = ({ id, fields }: StoredDocument, email: unknown) => ({
  member: id,
  kind: fields['kind'] === 'service' ? ('service' as const) : ('user' as const),
  displayName: String(fields['displayName']),
  ...(typeof email === 'string' && email !== '' ? { email } : {}),
  status: statusOf(fields),
  joinedAt: toIsoOr(instantIn(fields['joinedAt'])),
})

const statusOf = (fields: DocumentFields): 'active' | 'suspended' | 'removed' => {
  const status = fields['status']
  return status === 'active' || status === 'suspended' ? status : 'removed'
}

const toIsoOr = (at: ReturnType<typeof instantIn>): string => (at === undefined ? '' : toIso(at))
