// `roles/unassign`: takes a role back, but never the last owner, and an owner's only by another owner.
import { unassignInput, unassignOutput } from '@latchkey/core/access/contract'
import type { Facts } from '@latchkey/core/access/facts'
import { missingFor } from '@latchkey/core/access/held'
import { rolePermissions } from '@latchkey/core/access/roles'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { idOf, isPrincipalRef, type PrincipalRef, userOf } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import { operation } from '../../guard/definition.ts'
import type { DocumentFields, Reader } from '../../platform/store/reader.ts'
import type { Write } from '../../platform/store/write.ts'
import type { AccessDependencies } from './dependencies.ts'
import { grantsPath, userPath } from './documents.ts'

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
          const removal = await planRemoval(read, { tenant, assignment: input.assignment, newAccessId })
          if (!removal.ok) return removal
          const refusal = ownerRefusal(facts.value, removal.value, now)
          if (refusal !== undefined) return err(refusal)
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
  readonly tookOwner: boolean
  readonly writes: readonly Write[]
  readonly frames: readonly string[]
}

interface Removing {
  readonly tenant: TenantId
  readonly assignment: string
  readonly newAccessId: string
}

const planRemoval = async (
  read: Reader,
  { tenant, assignment, newAccessId }: Removing,
): Promise<Result<Removal, IamError>> => {
  const path = `tenants/${tenant}/assignments/${assignment}`
  const [fields, node] = await read.getAll([path, `tenants/${tenant}`])
  const principal = String(fields?.['principal'])
  if (fields === undefined || node === undefined || !isPrincipalRef(principal)) return err(iamError('not_found'))
  const [grants] = await read.getAll([grantsPath(tenant, principal)])
  const { [assignment]: _removed, ...entries } = (grants?.['entries'] ?? {}) as DocumentFields // our own document
  const role = String(fields['role'])
  const owners = ownersWithout(node, principal, role)
  if (!owners.ok) return owners
  const uid = userOf(principal)
  return ok({
    principal,
    role,
    tookOwner: owners.value.length > 0,
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
      ...owners.value.map((left): Write => ({ kind: 'update', path: `tenants/${tenant}`, fields: { owners: left } })),
    ],
    frames: [`grant:${tenant}/${principal}`, ...(uid === undefined ? [] : [`user:${idOf(principal)}`])],
  })
}

/** The owners that are left, as a list of none or one; refused when nobody would be. */
const ownersWithout = (
  node: DocumentFields,
  principal: PrincipalRef,
  role: string,
): Result<readonly string[][], IamError> => {
  const uid = userOf(principal)
  if (uid === undefined || role !== `${String(node['kind'])}.owner`) return ok([])
  const owners = Array.isArray(node['owners']) ? node['owners'].map(String) : []
  const left = owners.filter((owner) => owner !== uid)
  // An account without owners of its own belongs to its agency; an agency must keep one.
  if (left.length === 0 && node['kind'] !== 'account') return err(iamError('last_owner'))
  return ok([left])
}

/** Whoever is no owner cannot unmake one. */
const ownerRefusal = (facts: Facts, removal: Removal, now: Instant): IamError | undefined => {
  if (!removal.tookOwner) return undefined
  const at = facts.chain[0]?.id ?? ''
  const permissions = rolePermissions(facts, removal.role, at)
  const missing = missingFor(facts, { permissions, reach: 'subtree', accounts: [], until: undefined }, now)
  return missing.length === 0 ? undefined : iamError('grant_exceeds_grantor', { missing })
}
