// The tenants where the caller holds something: their memberships, and the accounts that a listed assignment names.
import { isVisible } from '@latchkey/core/access/decide'
import { isTenantId, type TenantId } from '@latchkey/core/kernel/ids'
import { idOf } from '@latchkey/core/kernel/principal'
import { ok } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import type { Caller } from '../../guard/caller.ts'
import type { TenancyDependencies } from './dependencies.ts'
import { tenantPath, tenantViewOf } from './tenant-document.ts'

/** Nobody is a member of more; a person of a larger agency gets there by a subtree, not by memberships. */
const maxMemberships = 500

interface Asking {
  readonly input: { readonly limit: number }
  readonly caller: Caller
  readonly now: Instant
}

export const myTenants = async (asking: Asking, after: string | undefined, dependencies: TenancyDependencies) => {
  const ids = await heldTenants(asking, dependencies)
  const rest = ids.filter((id) => after === undefined || id > after)
  const page = rest.slice(0, asking.input.limit)
  const found = await dependencies.read.getAll(page.map(tenantPath))
  const items = page.flatMap((id, index) => {
    const fields = found[index]
    return fields === undefined || fields['status'] === 'deleted' ? [] : [tenantViewOf(id, fields)]
  })
  const last = page.at(-1)
  return ok({ items, ...(rest.length > page.length && last !== undefined ? { nextPage: last } : {}) })
}

/** Ids in order. An expired or withdrawn assignment leaves nothing to see, whatever the membership index still says. */
const heldTenants = async (
  { caller, now }: Asking,
  { read, loadFacts }: TenancyDependencies,
): Promise<readonly TenantId[]> => {
  const held = new Set<TenantId>()
  for (const tenant of await memberships(caller, read)) {
    const facts = await loadFacts(read, caller, tenant)
    if (!facts.ok) continue
    if (isVisible(facts.value, now)) held.add(tenant)
    for (const grants of facts.value.subject.grants.filter((one) => one.at === tenant && one.status === 'active')) {
      for (const entry of grants.entries) {
        if (entry.until === undefined || now < entry.until)
          for (const account of entry.accounts.keys()) if (isTenantId(account)) held.add(account)
      }
    }
  }
  return stillVisible([...held].sort(), { caller, now, read, loadFacts })
}

type Looking = Pick<TenancyDependencies, 'read' | 'loadFacts'> & { readonly caller: Caller; readonly now: Instant }

/** A listed account may have moved away, been suspended or deleted since. */
const stillVisible = async (
  ids: readonly TenantId[],
  { caller, now, read, loadFacts }: Looking,
): Promise<readonly TenantId[]> => {
  const visible: TenantId[] = []
  for (const id of ids) {
    const facts = await loadFacts(read, caller, id)
    if (facts.ok && isVisible(facts.value, now)) visible.push(id)
  }
  return visible
}

const memberships = async (caller: Caller, read: TenancyDependencies['read']): Promise<readonly TenantId[]> => {
  if (caller.key !== undefined) return [caller.key.tenant]
  const found = await read.list({ collection: `users/${idOf(caller.principal)}/tenants`, limit: maxMemberships })
  return found.map(({ id }) => id).filter(isTenantId)
}
