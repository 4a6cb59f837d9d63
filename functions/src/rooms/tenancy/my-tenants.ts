// The tenants where the caller holds something: their memberships, and the accounts that a listed assignment names.
import { decide } from '@latchkey/core/access/decide'
import type { Facts } from '@latchkey/core/access/facts'
import { isTenantId, type TenantId } from '@latchkey/core/kernel/ids'
import { idOf } from '@latchkey/core/kernel/principal'
import { ok } from '@latchkey/core/kernel/result'
import { type Instant, isOver } from '@latchkey/core/kernel/time'
import type { Caller } from '../../guard/caller.ts'
import type { TenancyDependencies } from './dependencies.ts'
import { tenantPath, wholeViewsOf } from './tenant-document.ts'

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
    return fields === undefined || fields['status'] === 'deleted' ? [] : wholeViewsOf(id, fields)
  })
  const last = page.at(-1)
  return ok({ items, ...(rest.length > page.length && last !== undefined ? { nextPage: last } : {}) })
}

type Looking = Pick<TenancyDependencies, 'read' | 'loadFacts'> & Omit<Asking, 'input'>

/** Ids in order: the memberships, and the accounts that a listed assignment names. What may be opened is decided by each tenant itself. */
const heldTenants = async (
  { caller, now }: Asking,
  { read, loadFacts }: TenancyDependencies,
): Promise<readonly TenantId[]> => {
  const looking = { caller, now, read, loadFacts }
  const joined = await factsOf(await memberships(caller, read), looking)
  const listed = joined.flatMap(([, facts]) => listedAccounts(facts, now))
  const accounts = await factsOf([...new Set(listed)], looking)
  const open = [...joined, ...accounts].filter(([, facts]) => mayGet(facts, now)).map(([id]) => id)
  return [...new Set(open)].sort()
}

/** An expired or withdrawn assignment leaves nothing to see, whatever the membership index still says. */
const mayGet = (facts: Facts, now: Instant): boolean =>
  decide({ permission: 'iam.tenants.get', resource: {}, request: { time: new Date(now) } }, facts, now).allowed

const listedAccounts = (facts: Facts, now: Instant): readonly TenantId[] =>
  facts.subject.grants
    .filter((grants) => grants.at === facts.chain[0]?.id && grants.status === 'active')
    .flatMap((grants) => grants.entries.filter((entry) => !isOver(entry.until, now)))
    .flatMap((entry) => [...entry.accounts.keys()].filter(isTenantId))

/** So many at a time that a long list neither waits for each one nor floods the store. */
const atOnce = 25

const factsOf = async (ids: readonly TenantId[], { caller, read, loadFacts }: Looking) => {
  const found: (readonly [TenantId, Facts])[] = []
  for (let from = 0; from < ids.length; from += atOnce) {
    const some = ids.slice(from, from + atOnce)
    const loaded = await Promise.all(some.map((id) => loadFacts(read, caller, id)))
    some.forEach((id, index) => {
      const facts = loaded[index]
      if (facts?.ok) found.push([id, facts.value])
    })
  }
  return found
}

const memberships = async (caller: Caller, read: TenancyDependencies['read']): Promise<readonly TenantId[]> => {
  if (caller.key !== undefined) return [caller.key.tenant]
  const found = await read.list({ collection: `users/${idOf(caller.principal)}/tenants`, limit: maxMemberships })
  return found.map(({ id }) => id).filter(isTenantId)
}
