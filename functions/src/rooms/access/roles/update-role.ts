// `roles/update`: changes a role for all who hold it, by one write to its tenant's policy, however many they are.

import { policyPath } from '@latchkey/core/access/assembly/documents'
import { updateRoleInput, updateRoleOutput } from '@latchkey/core/access/contract/roles'
import type { Facts } from '@latchkey/core/access/facts'
import { type JudgedRole, judgeRole } from '@latchkey/core/access/shaping/judge-role'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { type DocumentFields, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import { roleChangeView } from './change-view.ts'
import { dryRunFault, type ShapingDependencies } from './dependencies.ts'
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
import { affectedPage, assignmentsAffected } from './role-uses.ts'

type Input = z.output<typeof updateRoleInput>

/** As many as one page of a preview. */
const shownInDryRun = 50

export const updateRole = (dependencies: ShapingDependencies) =>
  operation({
    group: 'roles',
    name: 'update',
    summary: 'Changes a role for everybody who holds it; what it gains you must hold yourself.',
    input: updateRoleInput,
    output: updateRoleOutput,
    access: { permission: 'iam.roles.update' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: (admitted) => {
      if (admitted.input.dryRun === true) return tryOut(admitted, dependencies)
      const { tenant, input, caller } = admitted
      const accessId = dependencies.drawId()
      return dependencies.commit(admitted.commit, {
        tenant,
        plan: async (read) => {
          const facts = await dependencies.loadFacts(read, caller, tenant)
          const planned = facts.ok ? await planUpdate(read, facts.value, admitted) : facts
          if (!planned.ok) return planned
          const { policy, changed, view } = planned.value
          return ok({
            writes: [
              ...policyWrites(tenant, policy, accessId),
              { kind: 'update' as const, path: rolePath(tenant, input.role), fields: changed },
            ],
            event: {
              type: 'access.role_updated',
              targets: [`role:${input.role}`],
              details: { added: view.change.added, removed: view.change.removed },
            },
            outcome: { ...view, saved: true },
          })
        },
        answer: (outcome) => outcome,
      })
    },
  })

/** The very same plan, on the facts that the call was admitted by; nothing of it is written. */
const tryOut = async (admitted: Admitted<Input>, { read }: ShapingDependencies) => {
  const fault = dryRunFault(admitted)
  if (fault !== undefined) return err(fault)
  const planned = await planUpdate(read, admitted.facts, admitted)
  if (!planned.ok) return planned
  const { view, judged } = planned.value
  const scan = await assignmentsAffected(
    read,
    admitted,
    judged.changes.map(({ role }) => role),
  ) // prettier-ignore
  const affected = affectedPage(scan, shownInDryRun, undefined)
  return ok({ ...view, saved: false, change: { ...view.change, affected } })
}

const planUpdate = async (read: Reader, facts: Facts, { tenant, input, caller, now }: Admitted<Input>) => {
  const [policy, before] = await read.getAll([policyPath(tenant), rolePath(tenant, input.role)])
  const present = facts.chain[0]?.customRoles.has(input.role)
  if (before === undefined || present !== true) return err(iamError('not_found', { field: 'role' }))
  const named = await namedAnew(read, input)
  if (!named.ok) return named
  const { role, permissions, includes } = input
  const judged = judgeRole(facts, { role, permissions, includes }, now)
  if (!judged.ok) return judged
  const changed: DocumentFields = {
    ...named.value,
    ...(input.description === undefined ? {} : { description: input.description.trim() }),
    ...redefined(facts, judged.value, input),
    updatedBy: caller.principal,
    updatedAt: timestampOf(now),
  }
  return ok({
    judged: judged.value,
    policy: { roles: { ...storedRoles(policy), [role]: storedRole(judged.value.definition) } },
    changed,
    view: {
      role: roleViewOf({ id: role, fields: { ...before, ...changed } }, 'here'),
      change: roleChangeView(facts, judged.value.changes, role),
    },
  })
}

/** What was not asked for stays as people saw it, also where a name of it has become unknown. */
const redefined = (facts: Facts, { definition }: JudgedRole, input: Input): DocumentFields => {
  const { permissions, includes } = definitionFields(facts, definition)
  return {
    ...(input.permissions === undefined ? {} : { permissions }),
    ...(input.includes === undefined ? {} : { includes }),
  }
}

const namedAnew = async (read: Reader, { tenant, role, name }: Input): Promise<Result<DocumentFields, IamError>> => {
  if (name === undefined) return ok({})
  const named = nameFields(name)
  if (!named.ok) return named
  const free = await refuseTakenName(read, { tenant, role, nameKey: named.value.nameKey })
  return free.ok ? named : free
}
