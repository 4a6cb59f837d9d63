// `members/listInvitations`: who was offered what at a tenant, and what became of it.
import { listInvitationsInput, listInvitationsOutput } from '@latchkey/core/directory/contract/invitations'
import { isInvitationId } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../guard/definition.ts'
import { pageAfter } from '../../../platform/store/page.ts'
import type { DirectoryDependencies } from '../dependencies.ts'
import { scanPage } from '../scan-page.ts'
import { type InvitationView, invitationViewOf } from './invitation-document.ts'

export const listInvitations = ({ read }: DirectoryDependencies) =>
  operation({
    group: 'members',
    name: 'listInvitations',
    summary: 'Lists the invitations of a tenant, also accepted, withdrawn and expired ones.',
    input: listInvitationsInput,
    output: listInvitationsOutput,
    access: { permission: 'iam.invitations.list' },
    tenant: (input) => input.tenant,
    effect: 'read',
    noted: 'directory.invitations_listed',
    handler: async ({ input, tenant, now }) => {
      const after = pageAfter(input.page, isInvitationId)
      if (!after.ok) return after
      const page = await scanPage<InvitationView>({
        limit: input.limit,
        after: after.value.after,
        filtered: input.status !== undefined,
        batch: (from, size) =>
          read.list({
            collection: `tenants/${tenant}/invitations`,
            ...(from === undefined ? {} : { after: from }),
            limit: size,
          }),
        show: async (documents) =>
          documents.map((document) => {
            const view = invitationViewOf(tenant, document, now)
            return view !== undefined && [undefined, view.status].includes(input.status) ? view : undefined
          }),
      })
      return ok({ items: page.items, ...(page.last === undefined ? {} : { nextPage: page.last }) })
    },
  })
