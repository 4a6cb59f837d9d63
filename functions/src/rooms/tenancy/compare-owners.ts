// For the reconciler: a tenant's list of owners against what the grants of its people say; the list follows the grants.
import { grantsPath } from '@latchkey/core/access/assembly/documents'
import { iamError } from '@latchkey/core/kernel/errors'
import { isTenantId, isUserId, type OpId, prefixes, type TenantId, type UserId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef, userOf, userRef } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import { each } from '../../platform/each.ts'
import type { DrawId } from '../../platform/random.ts'
import { bySystem } from '../../platform/store/by-system.ts'
import type { Commit } from '../../platform/store/commit.ts'
import type { DocumentFields, Reader } from '../../platform/store/reader.ts'
import { tenantPath } from './tenant-document.ts'

export interface OwnersDependencies {
  readonly read: Reader
  readonly commit: Commit
  readonly drawId: DrawId
}

const pageSize = 100

export const compareOwners = (dependencies: OwnersDependencies) => ({
  name: 'owners',
  page: async (after: string | undefined, now: Instant) => {
    const found = await dependencies.read.list({
      collection: 'tenants',
      ...(after === undefined ? {} : { after }),
      limit: pageSize,
    })
    const tenants = found.map(({ id }) => id).filter(isTenantId)
    const done = await each(tenants, String, (tenant) => compareOne(tenant, now, dependencies))
    return { looked: tenants.length, ...done, next: found.length < pageSize ? undefined : found.at(-1)?.id }
  },
})

const textsIn = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

/** Who is an owner by their grants, of all whom the list or an assignment names. */
const trueOwners = async (read: Reader, tenant: TenantId, node: DocumentFields): Promise<readonly UserId[]> => {
  const role = `${String(node['kind'])}.owner`
  const assigned = await read.list({ collection: `tenants/${tenant}/assignments`, where: { role }, limit: pageSize })
  const named = assigned.flatMap(({ fields }) => {
    const principal = String(fields['principal'])
    return isPrincipalRef(principal) ? [userOf(principal) ?? ''] : []
  })
  const listed = textsIn(node['owners'])
  const people = [...new Set([...listed, ...named])].filter(isUserId)
  const grants = await read.getAll(people.map((uid) => grantsPath(tenant, userRef(uid))))
  return people.filter((_uid, index) => {
    const found = grants[index]
    const entries = Object.values((found?.['entries'] ?? {}) as Readonly<Record<string, DocumentFields>>) // our own document
    // A suspended owner is none, and neither is one of a placement that is over (ADR 0014, 0017).
    return (
      found?.['status'] === 'active' &&
      entries.some((entry) => entry['role'] === role && [undefined, node['placementId']].includes(entry['placement']))
    )
  })
}

const isSame = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((one) => right.includes(one))

const compareOne = async (
  tenant: TenantId,
  now: Instant,
  { read, commit, drawId }: OwnersDependencies,
): Promise<string> => {
  const [node] = await read.getAll([tenantPath(tenant)])
  if (node === undefined || node['status'] === 'deleted') return 'right'
  if (isSame(await trueOwners(read, tenant, node), textsIn(node['owners']))) return 'right'
  const opId = drawId(prefixes.op) as OpId // just drawn
  const repaired = await commit(bySystem({ job: 'reconcile', opId, runId: 'reconcile', now }), {
    tenant,
    plan: async (inside) => {
      const [present] = await inside.getAll([tenantPath(tenant)])
      if (present === undefined) return err(iamError('not_found'))
      const owners = await trueOwners(inside, tenant, present)
      if (isSame(owners, textsIn(present['owners']))) return err(iamError('conflict')) // right by now
      if (owners.length === 0) return err(iamError('last_owner'))
      return ok({
        writes: [{ kind: 'update', path: tenantPath(tenant), fields: { owners } }],
        event: { type: 'tenancy.owners_repaired', targets: [`tenant:${tenant}`], details: { owners } },
        outcome: { owners: owners.length },
      })
    },
    answer: (outcome) => outcome,
  })
  if (repaired.ok) return 'repaired'
  return repaired.error.code === 'last_owner' ? `${tenant} names owners of whom none is one.` : 'right'
}
