// The long half of deleting an agency: marks its accounts one page after another, safe to run again from any point.
import type { OpId, TenantId } from '@latchkey/core/kernel/ids'
import { systemRef } from '@latchkey/core/kernel/principal'
import { ok } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import { sha256 } from '../../../platform/seal.ts'
import type { TenancyDependencies } from '../dependencies.ts'
import { statusWrites } from '../tenant-document.ts'

export interface AccountsPage {
  readonly operation: string
  /** The agency. */
  readonly tenant: TenantId
  readonly after: string | undefined
  readonly limit: number
  readonly now: Instant
}

/** Marks one page; answers how many, and where to go on (undefined: nowhere). */
export const deleteAccountsPage =
  ({ read, commit, drawId }: Pick<TenancyDependencies, 'read' | 'commit' | 'drawId'>) =>
  async ({ operation, tenant, after, limit, now }: AccountsPage) => {
    const found = await read.list({
      collection: 'tenants',
      where: { parentId: tenant },
      ...(after === undefined ? {} : { after }),
      limit,
    })
    for (const { id, fields } of found) {
      if (fields['status'] === 'deleted') continue
      const account = id as TenantId // an id of the collection `tenants`
      const opId = `op_${sha256(`${operation}/${id}`).slice(0, 22)}` as OpId // the same in every run: a second one finds its event
      await commit(
        {
          opId,
          requestId: operation,
          now,
          actor: { principal: systemRef('deleteAccounts'), credential: operation },
          recheck: undefined,
          claim: undefined,
        },
        deletion(account, drawId()),
      )
    }
    return { marked: found.length, next: found.length < limit ? undefined : found.at(-1)?.id }
  }

const deletion = (account: TenantId, accessId: string) => ({
  tenant: account,
  plan: async () =>
    ok({
      writes: statusWrites(account, 'deleted', accessId, 'its agency was deleted'),
      event: { type: 'tenancy.tenant_deleted', targets: [`tenant:${account}`], reason: 'its agency was deleted' },
      outcome: { tenant: account },
    }),
  answer: (outcome: { readonly tenant: TenantId }) => outcome,
})
