// The tenants where the caller holds something: their memberships, and the accounts that a listed assignment names.
import { decide } from '@latchkey/core/access/decide'
import type { Facts } from '@latchkey/core/access/facts'
import { isTenantId, prefixes, type TenantId } from '@latchkey/core/kernel/ids'
import { idOf } from '@latchkey/core/kernel/principal'
import { ok } from '@latchkey/core/kernel/result'
import { type Instant, isOver } from '@latchkey/core/kernel/time'
import type { Caller } from '../../guard/caller.ts'
import type { TenancyDependencies } from './dependencies.ts'
import { tenantPath, wholeViewsOf } from './tenant-document.ts'

/** Memberships beyond these are not listed: whoever works for so many tenants is given a subtree of an agency instead. */
const maxMemberships = 500

interface Asking {
  readonly input: { readonly limit: number }
  readonly caller: Caller
  readonly now: Instant
}

/** Candidates in order of id; only as many are looked at as the page needs. */
export const myTenants = async (asking: Asking, after: string | undefined, dependencies: TenancyDependencies) => {
  const candidates = (await candidatesOf(asking, dependencies)).filter((id) => after === undefined || id > after)
  const { limit } = asking.input
  const open: TenantId[] = []
  for (let from = 0; from < candidates.length && open.length <= limit; from += atOnce) {
    open.push(...(await openOnes(candidates.slice(from, from + atOnce), asking, dependencies)))
  }
  const page = open.slice(0, limit)
  const found = await dependencies.read.getAll(page.map(tenantPath))
  const last = page.at(-1)
  return ok({
    items: page.flatMap((id, index) => wholeViewsOf(id, found[index] ?? {})),
    ...(open.length > limit && last !== undefined ? { nextPage: last } : {}),
  })
}

/** So many at a time that a long list neither waits for each one nor floods the store. */
const atOnce = 25

/** An expired or withdrawn assignment leaves nothing to see, whatever the membership index still says. */
const openOnes = async (
  ids: readonly TenantId[],
  { caller, now }: Asking,
  { read, loadFacts }: TenancyDependencies,
): Promise<readonly TenantId[]> => {
  const loaded = await Promise.all(ids.map((id) => loadFacts(read, caller, id)))
  return ids.filter((_id, index) => {
    const facts = loaded[index]
    return facts?.ok === true && mayOpen(facts.value, now)
  })
}

/** Conditions are about records, not about the tenant: a sales rep who sees only their own records still opens the shop. */
const mayOpen = (facts: Facts, now: Instant): boolean => {
  const grants = facts.subject.grants.map((one) => ({
    ...one,
    entries: one.entries.map((entry) => ({ ...entry, condition: undefined })),
  }))
  const subject = { ...facts.subject, grants }
  return decide({ permission: 'iam.tenants.get', resource: {}, action: {}, request: {} }, { ...facts, subject }, now)
    .allowed
}

/** The memberships, the accounts that a listed assignment names at an agency, and what a key was narrowed to. */
const candidatesOf = async (
  { caller, now }: Asking,
  { read, loadFacts }: TenancyDependencies,
): Promise<readonly TenantId[]> => {
  const joined = await memberships(caller, read)
  const agencies = joined.filter((id) => id.startsWith(`${prefixes.agency}_`))
  const loaded = await Promise.all(agencies.map((id) => loadFacts(read, caller, id)))
  const listed = loaded.flatMap((facts) => (facts.ok ? listedAccounts(facts.value, now) : []))
  return [...new Set([...joined, ...listed, ...listedByKey(caller)])].sort()
}

const listedByKey = ({ key }: Caller): readonly TenantId[] => [...(key?.accounts?.keys() ?? [])].filter(isTenantId)

const listedAccounts = (facts: Facts, now: Instant): readonly TenantId[] =>
  facts.subject.grants
    .filter((grants) => grants.at === facts.chain[0]?.id && grants.status === 'active')
    .flatMap((grants) => grants.entries.filter((entry) => !isOver(entry.until, now)))
    .flatMap((entry) => [...entry.accounts.keys()].filter(isTenantId))

const memberships = async (caller: Caller, read: TenancyDependencies['read']): Promise<readonly TenantId[]> => {
  if (caller.key !== undefined) return [caller.key.tenant]
  const found = await read.list({ collection: `users/${idOf(caller.principal)}/tenants`, limit: maxMemberships })
  return found.map(({ id }) => id).filter(isTenantId)
}
