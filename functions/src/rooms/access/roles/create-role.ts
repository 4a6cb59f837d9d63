// `roles/create`: a role of an agency or account, of permissions that its author holds over the whole tenant.

import { policyPath } from '@latchkey/core/access/assembly/documents'
import { createRoleInput, roleView } from '@latchkey/core/access/contract/roles'
import { judgeRole } from '@latchkey/core/access/shaping/judge-role'
import type { IamError } from '@latchkey/core/kernel/errors'
import { prefixes, type RoleId } from '@latchkey/core/kernel/ids'
import { ok, type Result } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { type DocumentFields, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { ShapingDependencies } from './dependencies.ts'
import {
  definitionFields,
  nameFields,
  policyWrites,
  refuseTakenName,
  rolePath,
  roleViewOf,
  storedRole,
  storedRoles,
} from './role-document.ts'

type Input = z.output<typeof createRoleInput>

export const createRole = (dependencies: ShapingDependencies) =>
  operation({
    group: 'roles',
    name: 'create',
    summary: 'Makes a role of your own, at most as wide as what you hold there yourself.',
    input: createRoleInput,
    output: roleView,
    access: { permission: 'iam.roles.create' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: async (admitted) => {
      const { tenant, input } = admitted
      const named = nameFields(input.name)
      if (!named.ok) return named
      const role = dependencies.drawId(prefixes.role) as RoleId // just drawn
      const accessId = dependencies.drawId()
      return dependencies.commit(admitted.commit, {
        tenant,
        plan: async (read) => {
          const planned = await planWithin(read, admitted, { role, ...named.value }, dependencies)
          if (!planned.ok) return planned
          const { policy, fields } = planned.value
          return ok({
            writes: [
              ...policyWrites(tenant, policy, accessId),
              { kind: 'create' as const, path: rolePath(tenant, role), fields },
            ],
            event: {
              type: 'access.role_created',
              targets: [`role:${role}`],
              details: { name: named.value.name },
            },
            outcome: roleViewOf({ id: role, fields }, 'here'),
          })
        },
        answer: (outcome) => outcome,
      })
    },
  })

interface NewRole {
  readonly role: RoleId
  readonly name: string
  readonly nameKey: string
}

interface Planned {
  readonly policy: DocumentFields
  readonly fields: DocumentFields
}

/** On facts read in the transaction: two authors at once must not pass the limit, nor both take a name. */
const planWithin = async (
  read: Reader,
  { caller, tenant, input, now }: Admitted<Input>,
  { role, ...named }: NewRole,
  { loadFacts }: ShapingDependencies,
): Promise<Result<Planned, IamError>> => {
  const facts = await loadFacts(read, caller, tenant)
  if (!facts.ok) return facts
  const judged = judgeRole(facts.value, { role, permissions: input.permissions, includes: input.includes ?? [] }, now)
  if (!judged.ok) return judged
  const free = await refuseTakenName(read, { tenant, role, nameKey: named.nameKey })
  if (!free.ok) return free
  const [policy] = await read.getAll([policyPath(tenant)])
  return ok({
    policy: { roles: { ...storedRoles(policy), [role]: storedRole(judged.value.definition) } },
    fields: {
      ...named,
      description: input.description?.trim() ?? '',
      ...definitionFields(facts.value, judged.value.definition),
      level: facts.value.chain[0]?.kind,
      createdBy: caller.principal,
      createdAt: timestampOf(now),
      updatedBy: caller.principal,
      updatedAt: timestampOf(now),
    },
  })
}
