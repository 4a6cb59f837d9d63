// For the reconciler: every state document names its last event; one that no log holds was taken out of it, or the document was written past every door. One that is there must be found by what it says.
import { platformTenant } from '@latchkey/core/kernel/ids'
import { isFindable } from '../../platform/store/audit-document.ts'
import type { DocumentFields, Reader, StoredDocument } from '../../platform/store/reader.ts'

const limit = 100

type ListPage = (read: Reader, tenant: string, after: string | undefined) => Promise<readonly StoredDocument[]>

/** In the order of the walk; each by its literal name, which the check of indexes reads. */
const kinds: readonly (readonly [name: string, list: ListPage])[] = [
  [
    'members',
    (read, tenant, after) =>
      read.list({ collection: `tenants/${tenant}/members`, ...(after === undefined ? {} : { after }), limit }),
  ],
  [
    'assignments',
    (read, tenant, after) =>
      read.list({ collection: `tenants/${tenant}/assignments`, ...(after === undefined ? {} : { after }), limit }),
  ],
  [
    'roles',
    (read, tenant, after) =>
      read.list({ collection: `tenants/${tenant}/roles`, ...(after === undefined ? {} : { after }), limit }),
  ],
  [
    'teams',
    (read, tenant, after) =>
      read.list({ collection: `tenants/${tenant}/teams`, ...(after === undefined ? {} : { after }), limit }),
  ],
  [
    'apiKeys',
    (read, tenant, after) =>
      read.list({ collection: `tenants/${tenant}/apiKeys`, ...(after === undefined ? {} : { after }), limit }),
  ],
]

/** A page is one stretch of one kind at one tenant: `acc_…`, or `acc_…/members`, or `acc_…/members/<the last of it>`. */
export const compareEvents = ({ read }: { readonly read: Reader }) => ({
  name: 'events',
  page: async (place: string | undefined) => {
    const [tenant, kind, after] = (place ?? '').split('/')
    if (tenant === undefined || tenant === '' || kind === undefined) return nextTenant(read, tenant)
    const at = kinds.findIndex(([name]) => name === kind)
    const found = (await kinds[at]?.[1](read, tenant, after)) ?? []
    const drifted = await dangling(
      read,
      tenant,
      found.map(({ id, fields }) => [`tenants/${tenant}/${kind}/${id}`, fields]),
    )
    const following = kinds[at + 1]?.[0]
    const rest = found.length === limit ? `${tenant}/${kind}/${found.at(-1)?.id}` : undefined
    return {
      looked: found.length,
      repaired: 0,
      drifted,
      next: rest ?? (following === undefined ? tenant : `${tenant}/${following}`),
    }
  },
})

/** The tenant after that one, with its own two documents. */
const nextTenant = async (read: Reader, before: string | undefined) => {
  const after = before === '' ? undefined : before
  const [found] = await read.list({ collection: 'tenants', ...(after === undefined ? {} : { after }), limit: 1 })
  if (found === undefined) return { looked: 0, repaired: 0, next: undefined }
  const drifted = await dangling(read, found.id, [[`tenants/${found.id}`, found.fields]])
  return { looked: 1, repaired: 0, drifted, next: `${found.id}/members` }
}

/** The sentences for those whose last event is in no log that it can be in. */
const dangling = async (
  read: Reader,
  tenant: string,
  documents: readonly (readonly [path: string, fields: DocumentFields])[],
): Promise<readonly string[]> => {
  let missing = documents
  const hidden = new Set<string>()
  for (const logs of [async () => [tenant], () => othersOf(read, tenant)]) {
    if (missing.length === 0) continue
    const looked = await lookIn(read, await logs(), missing)
    missing = looked.missing
    for (const path of looked.hidden) hidden.add(path)
  }
  return [
    ...missing.map(([path, { lastEvent }]) => `${path} names the event ${String(lastEvent)}, which is in no log.`),
    ...[...hidden].map((path) => `${path} is not found by what it says.`),
  ]
}

const lookIn = async (
  read: Reader,
  logs: readonly string[],
  documents: readonly (readonly [path: string, fields: DocumentFields])[],
) => {
  const there = await Promise.all(
    logs.map(async (log) => {
      const names = documents.map(([, { lastEvent }]) => nameOf(lastEvent))
      const found = await read.getAll(names.map((name) => `tenants/${log}/audit/${name}`))
      return names.map((name, index) => ({ path: `tenants/${log}/audit/${name}`, name, stored: found[index] }))
    }),
  )
  return {
    missing: documents.filter((_document, index) => there.every((found) => found[index]?.stored === undefined)),
    hidden: there.flat().flatMap(({ path, name, stored }) => (stored && !isFindable(name, stored) ? [path] : [])),
  }
}

/** What is no id at all is the id of nothing. */
const nameOf = (lastEvent: unknown): string =>
  typeof lastEvent === 'string' && /^[A-Za-z0-9_]+$/.test(lastEvent) ? lastEvent : 'none'

/** What made an account is in the log of the agency that it belonged to then. */
const othersOf = async (read: Reader, tenant: string): Promise<readonly string[]> => {
  const [node] = await read.getAll([`tenants/${tenant}`])
  const moves = await read.list({
    collection: `tenants/${tenant}/audit`,
    contains: { field: 'terms', value: 'type:tenancy.tenant_moved' },
    within: { field: 'newest', above: '', upTo: '~' },
    limit,
  })
  const before = moves.flatMap(({ fields }) => {
    const from = (fields['details'] as DocumentFields | undefined)?.['from']
    return typeof from === 'string' ? [from] : []
  })
  const parent = node?.['parentId']
  return [...new Set([platformTenant, ...(typeof parent === 'string' ? [parent] : []), ...before])]
}
