// For the reconciler: every grants document against its assignments, and every assignment against the grants document that it should be in.
import { isTenantId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef } from '@latchkey/core/kernel/principal'
import type { Instant } from '@latchkey/core/kernel/time'
import { each } from '../../../platform/each.ts'
import type { Reader, StoredDocument } from '../../../platform/store/reader.ts'
import { type Recomputing, recompute } from './on-assignment-written.ts'

type Dependencies = Parameters<typeof recompute>[0] & { readonly read: Reader }

const pageSize = 100

/** What is written down as grants, and what assignments have no grants for. */
export const compareGrants = (dependencies: Dependencies) =>
  (['grants', 'assignments'] as const).map((name) => ({
    name,
    page: async (after: string | undefined, now: Instant) => {
      const found = await pageOf[name](dependencies.read, after)
      const named = found.flatMap((one) => namedBy(one, name))
      const once = new Map(named.map((one) => [`${one.tenant} ${one.principal}`, one]))
      const done = await each(
        [...once.values()],
        ({ tenant, principal }) => `${principal} at ${tenant}`,
        async (one) => ((await recompute(dependencies, { ...one, now })) ? 'repaired' : 'right'),
      )
      return { looked: once.size, ...done, next: found.length < pageSize ? undefined : found.at(-1)?.id }
    },
  }))

const pageOf = {
  grants: (read: Reader, after: string | undefined) =>
    read.list({ collection: 'grants', group: true, ...(after === undefined ? {} : { after }), limit: pageSize }),
  assignments: (read: Reader, after: string | undefined) =>
    read.list({ collection: 'assignments', group: true, ...(after === undefined ? {} : { after }), limit: pageSize }),
}

/** `tenants/{T}/grants/{principal}`, or the principal that an assignment names. */
const namedBy = (
  { id: path, fields }: StoredDocument,
  from: 'grants' | 'assignments',
): readonly Omit<Recomputing, 'now'>[] => {
  const [, tenant = '', , last = ''] = path.split('/')
  const principal = from === 'grants' ? last : String(fields['principal'])
  return isTenantId(tenant) && isPrincipalRef(principal) ? [{ tenant, principal }] : []
}
