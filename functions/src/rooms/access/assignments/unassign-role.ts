// `roles/unassign`: takes a role back, but never the last owner, and an owner's only by another owner.

import { grantsPath, userPath } from '@latchkey/core/access/assembly/documents'
import { unassignInput, unassignOutput } from '@latchkey/core/access/contract/assignments'
import type { Facts } from '@latchkey/core/access/facts'
import { ownersLeft } from '@latchkey/core/access/owners'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef, kindOf, type PrincipalRef, userOf } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import { operation } from '../../../guard/definition.ts'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { AccessDependencies } from '../dependencies.ts'

export const unassignRole = ({ commit, loadFacts, drawId }: AccessDependencies) =>
  operation({
    group: 'roles',
    name: 'unassign',
    summary: 'Takes a role back. The last owner stays.',
    input: unassignInput,
    output: unassignOutput,
    access: { permission: 'iam.roles.unassign' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: ({ input, tenant, caller, now, commit: context }) => {
      const newAccessId = drawId()
      return commit(context, {
        tenant,
        plan: async (read) => {
          const facts = await loadFacts(read, caller, tenant)
          if (!facts.ok) return facts
          const removal = await planRemoval(read, {
            tenant,
            assignment: input.assignment,
            newAccessId,
            facts: facts.value,
            now,
          })
          if (!removal.ok) return removal
          return ok({
            ...removal.value,
            event: {
              type: 'access.role_unassigned',
              targets: [`assignment:${input.assignment}`, removal.value.principal],
              ...(input.reason === undefined ? {} : { reason: input.reason }),
              details: { role: removal.value.role },
            },
            outcome: { assignment: input.assignment, removed: true as const },
          })
        },
        answer: (outcome) => outcome,
      })
    },
  })

interface Removal {
  readonly principal: PrincipalRef
  readonly role: string
  readonly writes: readonly Write[]
}

interface Removing {
  readonly tenant: TenantId
  readonly assignment: string
  readonly newAccessId: string
  readonly facts: Facts
  readonly now: Instant
}

const planRemoval = async (read: Reader, removing: Removing): Promise<Result<Removal, IamError>> => {
  const { tenant, assignment, newAccessId } = removing
  const path = `tenants/${tenant}/assignments/${assignment}`
  const [fields, node] = await read.getAll([path, `tenants/${tenant}`])
  const principal = String(fields?.['principal'])
  if (fields === undefined || node === undefined || !isPrincipalRef(principal)) return err(iamError('not_found'))
  const [grants] = await read.getAll([grantsPath(tenant, principal)])
  const { [assignment]: _removed, ...entries } = (grants?.['entries'] ?? {}) as DocumentFields // our own document
  const role = String(fields['role'])
  const owners = await ownersWithout(read, node, { principal, role }, removing)
  if (!owners.ok) return owners
  const uid = userOf(principal)
  return ok({
    principal,
    role,
    writes: [
      { kind: 'delete', path },
      {
        kind: 'set',
        path: grantsPath(tenant, principal),
        fields: { status: 'active', teams: [], ...grants, principal, entries },
      },
      ...(uid === undefined
        ? []
        : [{ kind: 'merge' as const, path: userPath(uid), fields: { accessId: newAccessId } }]),
      ...(kindOf(principal) === 'team'
        ? [{ kind: 'update' as const, path: `tenants/${tenant}`, fields: { accessId: newAccessId } }]
        : []),
      ...owners.value.map((left): Write => ({ kind: 'update', path: `tenants/${tenant}`, fields: { owners: left } })),
    ],
  })
}

/** The owners that are left, as a list of none or one; refused when nobody would be, or to whoever is no owner. */
const ownersWithout = async (
  read: Reader,
  node: DocumentFields,
  { principal, role }: Pick<Removal, 'principal' | 'role'>,
  { facts, now }: Removing,
): Promise<Result<readonly (readonly string[])[], IamError>> => {
  const uid = userOf(principal)
  if (uid === undefined || role !== `${String(node['kind'])}.owner`) return ok([])
  const owners = Array.isArray(node['owners']) ? node['owners'].map(String) : []
  const people = await read.getAll(owners.map(userPath))
  const active = new Set(owners.filter((_, index) => (people[index]?.['status'] ?? 'active') === 'active'))
  const left = ownersLeft(facts, owners, uid, { now, counts: (owner) => active.has(owner) })
  return left.ok ? ok([left.value]) : left
}
