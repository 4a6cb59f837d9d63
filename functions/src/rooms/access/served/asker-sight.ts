// What a service may load: everything of its tenant and below it, and of what stands above only what reaches down to it.
import { type DocumentFields, policyPath } from '@latchkey/core/access/assembly/documents'
import type { NodeFacts } from '@latchkey/core/access/facts'
import { isTenantId, platformTenant, type TenantId } from '@latchkey/core/kernel/ids'
import type { Reader } from '../../../platform/store/reader.ts'

/** `above`: a tenant over the asker's own. `chain`: the tenant asked about first, then what stands over it. */
export interface Sight {
  readonly side: 'within' | 'above'
  readonly chain: readonly TenantId[]
}

/** Undefined for a tenant that the asker cannot see: nobody can tell it from one that does not exist. `chain` is the asker's own. */
export const sightOf = async (
  read: Reader,
  chain: readonly NodeFacts[],
  tenant: TenantId,
): Promise<Sight | undefined> => {
  const ids = chain.map((node) => node.id)
  const index = ids.indexOf(tenant)
  if (index >= 0) return { side: index === 0 ? 'within' : 'above', chain: ids.slice(index) }
  const [policy] = await read.getAll([policyPath(tenant)])
  const parent = policy?.['parentId']
  if (typeof parent !== 'string' || !isTenantId(parent)) return undefined
  const [home] = ids
  if (home === platformTenant) {
    return { side: 'within', chain: parent === platformTenant ? [tenant, parent] : [tenant, parent, platformTenant] }
  }
  return parent === home ? { side: 'within', chain: [tenant, ...ids] } : undefined
}

/** Of grants stored above: the entries that reach the asker's tenant or what is below it; other accounts stay unnamed. */
export const reachingDown = (fields: DocumentFields, home: NodeFacts): DocumentFields => {
  const entries = fields['entries']
  if (typeof entries !== 'object' || entries === null) return fields
  const kept = Object.entries(entries).flatMap(([id, entry]: [string, unknown]) => {
    const narrowed = narrowedTo(entry, home)
    return narrowed === undefined ? [] : [[id, narrowed]]
  })
  return { ...fields, entries: Object.fromEntries(kept) }
}

const narrowedTo = (entry: unknown, { id }: NodeFacts): unknown => {
  if (typeof entry !== 'object' || entry === null || !('reach' in entry)) return undefined
  if (entry.reach === 'subtree') return entry
  const accounts = entry.reach === 'listed' && 'accounts' in entry ? entry.accounts : undefined
  const placement = typeof accounts === 'object' && accounts !== null ? Reflect.get(accounts, id) : undefined
  return placement === undefined ? undefined : { ...entry, accounts: { [id]: placement } }
}
