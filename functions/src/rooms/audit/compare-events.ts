// For the reconciler: every state document names its last event; one that no log holds was taken out of it, or the document was written past every door. One that is there must be found by what it says.
import { platformTenant } from '@latchkey/core/kernel/ids'
import { comparedAtOnce } from '../../platform/each.ts'
import { sideBySide } from '../../platform/side-by-side.ts'
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

/** Tenants of a page; of each, the first stretch of every kind. */
const tenantsOfPage = 40

/** The tenants after `after` come when what is left of those before is done. */
interface Place {
  readonly after?: string
  readonly left: readonly Stretch[]
}

interface Stretch {
  readonly tenant: string
  readonly kind: string
  readonly after?: string
}

type Documents = readonly (readonly [path: string, fields: DocumentFields])[]

/** What is looked at together: its own document where a tenant begins, and stretches of what lies below. */
interface Work {
  readonly tenant: string
  readonly own: Documents
  readonly stretches: readonly Stretch[]
}

export const compareEvents = ({ read }: { readonly read: Reader }) => ({
  name: 'events',
  page: async (token: string | undefined) => {
    const place: Place = token === undefined ? { left: [] } : (JSON.parse(token) as Place) // written below
    const found = place.left.length > 0 ? [] : await tenantsAfter(read, place.after)
    const works = place.left.length > 0 ? place.left.map(goingOn) : found.map(beginning)
    const looks = await sideBySide(works, comparedAtOnce, (work) => lookAt(read, work))
    const left = looks.flatMap((look) => look.left)
    const after = found.at(-1)?.id ?? place.after
    return {
      looked: looks.reduce((sum, { looked }) => sum + looked, 0),
      repaired: 0,
      drifted: looks.flatMap(({ drifted }) => drifted),
      next: works.length === 0 ? undefined : JSON.stringify({ after, left }),
    }
  },
})

const tenantsAfter = (read: Reader, after: string | undefined) =>
  read.list({ collection: 'tenants', ...(after === undefined ? {} : { after }), limit: tenantsOfPage })

const beginning = ({ id: tenant, fields }: StoredDocument): Work => ({
  tenant,
  own: [[`tenants/${tenant}`, fields]],
  stretches: kinds.map(([kind]) => ({ tenant, kind })),
})

const goingOn = (stretch: Stretch): Work => ({ tenant: stretch.tenant, own: [], stretches: [stretch] })

const lookAt = async (read: Reader, { tenant, own, stretches }: Work) => {
  const pages = await Promise.all(stretches.map((stretch) => documentsOf(read, stretch)))
  const documents = [...own, ...pages.flatMap(({ documents: some }) => some)]
  const drifted = await dangling(read, tenant, documents)
  return { looked: documents.length, drifted, left: pages.flatMap((page) => page.left) }
}

const documentsOf = async (read: Reader, stretch: Stretch) => {
  const { tenant, kind } = stretch
  const list = kinds.find(([name]) => name === kind)?.[1]
  const found = (await list?.(read, tenant, stretch.after)) ?? []
  const documents: Documents = found.map(({ id, fields }) => [`tenants/${tenant}/${kind}/${id}`, fields])
  const last = found.length === limit ? found.at(-1)?.id : undefined
  return { documents, left: last === undefined ? [] : [{ ...stretch, after: last }] }
}

/** The sentences for those whose last event is in no log that it can be in. */
const dangling = async (read: Reader, tenant: string, documents: Documents): Promise<readonly string[]> => {
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

const lookIn = async (read: Reader, logs: readonly string[], documents: Documents) => {
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
