// Who is touched by a change: the assignments that name a role, wherever in its tree they lie, and the holders of grants at one tenant.

import { policyPath, readPolicy } from '@latchkey/core/access/assembly/documents'
import type { Facts, NodeFacts, Reach } from '@latchkey/core/access/facts'
import { roleAt } from '@latchkey/core/access/roles'
import { empty, intersect, type PermissionSet, size, union } from '@latchkey/core/catalogue/permission-set'
import { type AssignmentId, isAssignmentId, isTenantId, type TenantId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef } from '@latchkey/core/kernel/principal'
import { isOver } from '@latchkey/core/kernel/time'
import type { Admitted } from '../../../guard/admitted.ts'
import { refusalOf } from '../../../guard/fresh-facts.ts'
import { type DocumentFields, instantIn, type Reader, type StoredDocument } from '../../../platform/store/reader.ts'
import { readGrants } from '../facts/documents.ts'

/** What one preview looks at, at most; more is said to be more. */
export const maxLookedAt = 1_000

export interface Affected {
  readonly key: string
  readonly tenant: TenantId
  readonly principal: string
  readonly assignment?: AssignmentId
  readonly role?: string
  readonly reach?: Reach
  readonly loses?: number
}

export interface AffectedScan {
  readonly all: readonly Affected[]
  readonly complete: boolean
}

type Asking = Pick<Admitted<unknown>, 'facts' | 'now' | 'request'>

/** Ids of custom roles are unique everywhere; a built-in role's name here would read every tenant's assignments. */
const assignmentsOf = (read: Reader, role: string, limit: number): Promise<readonly StoredDocument[]> =>
  read.list({ collection: 'assignments', group: true, where: { role }, limit })

/** The live assignments of these custom roles, at the tenants where the caller may list assignments. */
export const assignmentsAffected = async (
  read: Reader,
  asking: Asking,
  roles: readonly string[],
): Promise<AffectedScan> => {
  const found: StoredDocument[] = []
  for (const role of roles) {
    if (found.length > maxLookedAt) break
    found.push(...(await assignmentsOf(read, role, maxLookedAt + 1 - found.length)))
  }
  const all = found.slice(0, maxLookedAt).flatMap((one) => affectedBy(one, asking))
  const open = await listable(read, asking, new Set(all.map(({ tenant }) => tenant)))
  return { all: all.filter(({ tenant }) => open.has(tenant)), complete: found.length <= maxLookedAt }
}

const affectedBy = ({ id, fields }: StoredDocument, { now }: Asking): readonly Affected[] => {
  const [, tenant = '', , assignment = ''] = id.split('/')
  if (!isTenantId(tenant) || !isAssignmentId(assignment) || isOver(instantIn(fields['until']), now)) return []
  const shown = { principal: String(fields['principal']), role: String(fields['role']) }
  return [{ key: assignment, tenant, assignment, ...shown, reach: fields['reach'] as Reach }] // written by planGrant
}

/** Decided with the power that comes from above, as `tenants/list` does: a preview shows no more than the lists would. */
const listable = async (
  read: Reader,
  asking: Asking,
  tenants: ReadonlySet<TenantId>,
): Promise<ReadonlySet<TenantId>> => {
  const { facts } = asking
  const [here] = facts.chain
  const below = [...tenants].filter((tenant) => tenant !== here?.id)
  const policies = await read.getAll(below.map(policyPath))
  const nodes = policies.flatMap((fields, index) => {
    const id = below[index]
    const node = fields === undefined || id === undefined ? undefined : readPolicy(id, fields)
    return node === undefined || node.parentId !== here?.id ? [] : [node]
  })
  const chains = [facts.chain, ...nodes.map((node) => [adopting(node, here), ...facts.chain])]
  const allowed = chains.filter((chain) => mayList({ ...facts, chain }, asking))
  return new Set(allowed.flatMap((chain) => chain[0]?.id ?? []))
}

/** An account decides by the catalogue that its agency adopted. */
export const adopting = (node: NodeFacts, above: NodeFacts | undefined): NodeFacts => ({
  ...node,
  catalogueVersion: node.kind === 'account' && above !== undefined ? above.catalogueVersion : node.catalogueVersion,
})

const mayList = (facts: Facts, asking: Asking): boolean =>
  refusalOf(facts, 'iam.assignments.list', asking) === undefined

/** Whoever holds, by an assignment at this very tenant, something that `taken` names. */
export const holdersAffected = async (read: Reader, asking: Asking, taken: PermissionSet): Promise<AffectedScan> => {
  const tenant = asking.facts.chain[0]?.id
  if (tenant === undefined || !mayList(asking.facts, asking)) return { all: [], complete: true }
  const found = await read.list({ collection: `tenants/${tenant}/grants`, limit: maxLookedAt + 1 })
  const all = found.slice(0, maxLookedAt).flatMap(({ id, fields }) => {
    if (!isPrincipalRef(id)) return []
    const { status, entries } = readGrants(tenant, id, fields)
    const live = status === 'active' ? entries.filter(({ until }) => !isOver(until, asking.now)) : []
    const held = live.reduce((set, { role }) => union(set, roleAt(asking.facts, role, 0)), empty)
    const loses = size(intersect(held, taken))
    return loses === 0 ? [] : [{ key: id, tenant, principal: id, loses }]
  })
  return { all, complete: found.length <= maxLookedAt }
}

/** One page of those found, in the order of their keys: what the caller may not see is on no page and in no token. */
export const affectedPage = ({ all, complete }: AffectedScan, limit: number, after: string | undefined) => {
  const sorted = all.toSorted((left, right) => (left.key < right.key ? -1 : 1))
  const left = sorted.filter(({ key }) => after === undefined || key > after)
  const last = left[limit - 1]
  return {
    items: left.slice(0, limit).map(({ key: _key, ...shown }) => shown),
    ...(left.length > limit && last !== undefined ? { nextPage: last.key } : {}),
    total: all.length,
    complete,
  }
}

/** How many assignments at `owner` and below name its role, up to a bound; those of deleted or departed accounts are none any more. */
export const usesOf = async (
  read: Reader,
  { owner, role, bound }: { readonly owner: TenantId; readonly role: string; readonly bound: number },
): Promise<number> => {
  let uses = 0
  let after: string | undefined
  for (let looked = 0; looked < maxLookedAt && uses < bound; looked += bound) {
    const found = await read.list({
      collection: 'assignments',
      group: true,
      where: { role },
      ...(after === undefined ? {} : { after }),
      limit: bound,
    })
    const tenants = found.map(({ id }) => id.split('/')[1] ?? '')
    const named = [...new Set(tenants)].filter(isTenantId)
    const policies = await read.getAll(named.map(policyPath))
    const live = new Set<string>(named.filter((tenant, index) => isBelow(owner, tenant, policies[index])))
    uses += tenants.filter((tenant) => live.has(tenant)).length
    if (found.length < bound) break
    after = found.at(-1)?.id
  }
  return Math.min(uses, bound)
}

const isBelow = (owner: TenantId, tenant: TenantId, policy: DocumentFields | undefined): boolean =>
  policy !== undefined && policy['status'] !== 'deleted' && (tenant === owner || policy['parentId'] === owner)
