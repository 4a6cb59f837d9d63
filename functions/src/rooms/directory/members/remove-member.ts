// `members/remove`: takes everything that a person holds at one tenant, in one transaction; the last owner stays.

import type { Facts } from '@latchkey/core/access/facts'
import { maxEntriesPerPrincipal } from '@latchkey/core/access/fold-grants'
import { removeMemberInput, removeMemberOutput } from '@latchkey/core/directory/contract'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { TenantId, UserId } from '@latchkey/core/kernel/ids'
import { userRef } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import { operation } from '../../../guard/definition.ts'
import { freshFacts } from '../../../guard/fresh-facts.ts'
import { type DocumentFields, type Reader, type StoredDocument, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { DirectoryDependencies } from '../dependencies.ts'
import { nothingLeft } from './member-state.ts'
import { holdsOwnerRole, ownersOf, ownersWithout } from './owner-status.ts'

const permission = 'iam.members.remove'

export const removeMember = (dependencies: DirectoryDependencies) =>
  operation({
    group: 'members',
    name: 'remove',
    summary: 'Removes a person from a tenant, with every role that they hold there.',
    input: removeMemberInput,
    output: removeMemberOutput,
    access: { permission },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: (admitted) => {
      const { input, tenant, now } = admitted
      const newAccessId = dependencies.drawId()
      return dependencies.commit(admitted.commit, {
        tenant,
        plan: async (read) => {
          const facts = await freshFacts(read, admitted, permission, dependencies)
          if (!facts.ok) return facts
          const leaving = await readLeaving(read, tenant, input.user)
          if (!leaving.ok) return leaving
          const owners = await ownersAfter(read, leaving.value, input.user, { facts: facts.value, now })
          if (!owners.ok) return owners
          return ok({
            // By the clock of this moment: a key that was made since the call began is older, too.
            writes: removalWrites(tenant, input.user, leaving.value, {
              ...{ now: dependencies.clock(), newAccessId, owners: owners.value },
            }),
            event: {
              type: 'directory.member_removed',
              targets: [userRef(input.user)],
              ...(input.reason === undefined ? {} : { reason: input.reason }),
              details: { assignments: leaving.value.assignments.length },
            },
            outcome: { user: input.user, removedAssignments: leaving.value.assignments.length },
          })
        },
        answer: (outcome) => outcome,
      })
    },
  })

interface Leaving {
  readonly node: DocumentFields
  readonly grants: DocumentFields | undefined
  readonly assignments: readonly StoredDocument[]
}

const readLeaving = async (read: Reader, tenant: TenantId, user: UserId): Promise<Result<Leaving, IamError>> => {
  const [node, member, grants] = await read.getAll([
    `tenants/${tenant}`,
    `tenants/${tenant}/members/${user}`,
    `tenants/${tenant}/grants/${userRef(user)}`,
  ])
  if (node === undefined || member?.['kind'] !== 'user' || member['status'] === 'removed')
    return err(iamError('not_found', { field: 'user' }))
  const assignments = await read.list({
    collection: `tenants/${tenant}/assignments`,
    where: { principal: userRef(user) },
    limit: maxEntriesPerPrincipal,
  })
  return ok({ node, grants, assignments })
}

/** The owners that are left, as a list of none or one. A suspended owner is no owner now, but only owners take that role too. */
const ownersAfter = async (
  read: Reader,
  leaving: Leaving,
  user: UserId,
  by: { readonly facts: Facts; readonly now: Instant },
): Promise<Result<readonly (readonly string[])[], IamError>> => {
  if (!ownersOf(leaving.node).includes(user) && !holdsOwnerRole(leaving)) return ok([])
  const left = await ownersWithout(read, { node: leaving.node, ...by }, user)
  return left.ok ? ok([left.value]) : left
}

interface After {
  readonly now: Instant
  readonly newAccessId: string
  readonly owners: readonly (readonly string[])[]
}

const removalWrites = (
  tenant: TenantId,
  user: UserId,
  { grants, assignments }: Leaving,
  after: After,
): readonly Write[] => [
  ...assignments.map(({ id }): Write => ({ kind: 'delete', path: `tenants/${tenant}/assignments/${id}` })),
  {
    kind: 'set',
    path: `tenants/${tenant}/grants/${userRef(user)}`,
    // Keys made before this moment stay dead, also when the person comes back.
    fields: {
      ...grants,
      principal: userRef(user),
      ...nothingLeft(grants),
      keysNotBefore: timestampOf(after.now),
    },
  },
  {
    kind: 'update',
    path: `tenants/${tenant}/members/${user}`,
    fields: { status: 'removed', teams: [], attributes: {} },
  },
  { kind: 'delete', path: `users/${user}/tenants/${tenant}` },
  { kind: 'merge', path: `users/${user}`, fields: { accessId: after.newAccessId } },
  ...after.owners.map((left): Write => ({ kind: 'update', path: `tenants/${tenant}`, fields: { owners: left } })),
]
