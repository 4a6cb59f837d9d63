// `roles/delete`: removes a role that nobody holds and no other role includes.

import { policyPath } from '@latchkey/core/access/assembly/documents'
import { deleteRoleInput, deleteRoleOutput } from '@latchkey/core/access/contract/roles'
import type { Facts } from '@latchkey/core/access/facts'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { freshFacts } from '../../../guard/fresh-facts.ts'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'
import type { ShapingDependencies } from './dependencies.ts'
import { policyWrites, rolePath, storedRoles } from './role-document.ts'
import { usesOf } from './role-uses.ts'

type Input = z.output<typeof deleteRoleInput>

/** Counted up to here; whoever has more to take back first, has enough to do. */
const maxCounted = 100

export const deleteRole = (dependencies: ShapingDependencies) =>
  operation({
    group: 'roles',
    name: 'delete',
    summary: 'Removes a role of your own that nobody holds any more and no other role includes.',
    input: deleteRoleInput,
    output: deleteRoleOutput,
    access: { permission: 'iam.roles.delete' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: (admitted) => {
      const { tenant, input } = admitted
      const accessId = dependencies.drawId()
      return dependencies.commit(admitted.commit, {
        tenant,
        plan: async (read) => {
          const facts = await freshFacts(read, admitted, 'iam.roles.delete', dependencies)
          const planned = facts.ok ? await planRemoval(read, facts.value, admitted) : facts
          if (!planned.ok) return planned
          return ok({
            writes: [
              ...policyWrites(tenant, { roles: planned.value.roles }, accessId),
              { kind: 'delete' as const, path: rolePath(tenant, input.role) },
            ],
            event: {
              type: 'access.role_deleted',
              targets: [`role:${input.role}`],
              ...(input.reason === undefined ? {} : { reason: input.reason }),
              details: { name: planned.value.name },
            },
            outcome: { role: input.role, deleted: true as const },
          })
        },
        answer: (outcome) => outcome,
      })
    },
  })

interface Removal {
  readonly roles: DocumentFields
  readonly name: string
}

const planRemoval = async (
  read: Reader,
  facts: Facts,
  { tenant, input }: Admitted<Input>,
): Promise<Result<Removal, IamError>> => {
  const [policy, before] = await read.getAll([policyPath(tenant), rolePath(tenant, input.role)])
  const { [input.role]: stored, ...roles } = storedRoles(policy)
  if (stored === undefined || before === undefined) return err(iamError('not_found', { field: 'role' }))
  const includers = [...(facts.chain[0]?.customRoles ?? [])].filter(([, { includes }]) => includes.includes(input.role))
  if (includers.length > 0) {
    const some = includers.slice(0, 3).map(([id]) => id)
    return err(iamError('conflict', { detail: `${includers.length} other roles include it: ${some.join(', ')}.` }))
  }
  const uses = await usesOf(read, { owner: tenant, role: input.role, bound: maxCounted })
  if (uses > 0) {
    const count = uses < maxCounted ? String(uses) : `${maxCounted} or more`
    return err(
      iamError('conflict', { detail: `Assignments that give it, here or below: ${count}. Take them back first.` }),
    )
  }
  return ok({ roles, name: String(before['name']) })
}
