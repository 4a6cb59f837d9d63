// `members/deleteService`: ends a service account with all that it holds at its tenant; its keys die with it.
import { maxEntriesPerPrincipal } from '@latchkey/core/access/fold-grants'
import { deleteServiceInput, deleteServiceOutput } from '@latchkey/core/directory/contract'
import { serviceRef } from '@latchkey/core/kernel/principal'
import { ok } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { freshFacts } from '../../../guard/fresh-facts.ts'
import { type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { DirectoryDependencies } from '../dependencies.ts'
import { grantsWrite, memberWrite, nothingLeft, readMember } from './member-state.ts'

const permission = 'iam.serviceAccounts.delete'

export const deleteService = (dependencies: DirectoryDependencies) =>
  operation({
    group: 'members',
    name: 'deleteService',
    summary: 'Deletes a service account: its roles and its keys end at once and for good.',
    input: deleteServiceInput,
    output: deleteServiceOutput,
    access: { permission },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: (admitted) =>
      dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: (read) => plan(read, admitted, dependencies),
        answer: (outcome) => outcome,
      }),
  })

const plan = async (
  read: Reader,
  admitted: Admitted<z.output<typeof deleteServiceInput>>,
  dependencies: DirectoryDependencies,
) => {
  const { input, tenant } = admitted
  const principal = serviceRef(input.service)
  const facts = await freshFacts(read, admitted, permission, dependencies)
  if (!facts.ok) return facts
  const found = await readMember(read, tenant, principal)
  if (!found.ok) return { ...found, error: { ...found.error, field: 'service' } }
  const assignments = await read.list({
    collection: `tenants/${tenant}/assignments`,
    where: { principal },
    limit: maxEntriesPerPrincipal,
  })
  return ok({
    writes: [
      ...assignments.map(({ id }): Write => ({ kind: 'delete', path: `tenants/${tenant}/assignments/${id}` })),
      grantsWrite(found.value, {
        ...nothingLeft(found.value.grants),
        keysNotBefore: timestampOf(dependencies.clock()),
      }),
      memberWrite(found.value, { status: 'removed', teams: [], attributes: {} }),
    ],
    event: {
      type: 'directory.service_deleted',
      targets: [principal],
      ...(input.reason === undefined ? {} : { reason: input.reason }),
      details: { assignments: assignments.length },
    },
    outcome: { service: input.service, removedAssignments: assignments.length },
  })
}
