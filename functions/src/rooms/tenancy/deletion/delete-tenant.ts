// `tenants/delete`: a tombstone that stays for ever; the accounts of an agency are marked by an operation that can be resumed.
import { iamError } from '@latchkey/core/kernel/errors'
import { type OperationId, prefixes } from '@latchkey/core/kernel/ids'
import { foldName } from '@latchkey/core/kernel/names'
import { err, ok } from '@latchkey/core/kernel/result'
import { deleteTenantInput, deleteTenantOutput } from '@latchkey/core/tenancy/contract'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { TenancyDependencies } from '../dependencies.ts'
import { statusWrites, tenantPath } from '../tenant-document.ts'

type Input = z.output<typeof deleteTenantInput>

const operationsTopic = 'operations'

export const deleteTenant = (dependencies: TenancyDependencies) =>
  operation({
    group: 'tenants',
    name: 'delete',
    summary: 'Deletes a tenant for good, with everything below it. Type its name again; sign in freshly.',
    input: deleteTenantInput,
    output: deleteTenantOutput,
    access: { permission: 'iam.tenants.delete' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: async (admitted) => {
      const drawn = {
        accessId: dependencies.drawId(),
        operation: dependencies.drawId(prefixes.operation) as OperationId, // just drawn
      }
      const deleted = await dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: (read) => plan(read, admitted, drawn),
        answer: (outcome) => outcome,
      })
      // Already out of reach by the chain; a lost message only delays the marking, the sweep sends it again.
      if (deleted.ok && deleted.value.operation !== undefined) {
        await dependencies.publish(operationsTopic, { operation: deleted.value.operation }).catch(() => undefined)
      }
      return deleted
    },
  })

interface Drawn {
  readonly accessId: string
  readonly operation: OperationId
}

const plan = async (read: Reader, { input, tenant, now }: Admitted<Input>, { accessId, operation: id }: Drawn) => {
  const [before] = await read.getAll([tenantPath(tenant)])
  if (before === undefined || before['status'] === 'deleted') return err(iamError('not_found'))
  if (foldName(input.confirmName) !== foldName(String(before['name']))) {
    return err(iamError('invalid_request', { field: 'confirmName', detail: 'It is not the name of this tenant.' }))
  }
  const long = before['kind'] === 'agency'
  const at = timestampOf(now)
  const started: Write = {
    kind: 'create',
    path: `operations/${id}`,
    fields: { kind: 'delete_accounts', tenant, status: 'running', done: 0, startedAt: at, leaseUntil: at },
  }
  return ok({
    writes: [...statusWrites(tenant, 'deleted', accessId, input.reason), ...(long ? [started] : [])],
    event: {
      type: 'tenancy.tenant_deleted',
      targets: [`tenant:${tenant}`],
      reason: input.reason,
      details: { name: String(before['name']) },
    },
    outcome: { tenant, status: 'deleted' as const, ...(long ? { operation: id } : {}) },
  })
}
