// `tenants/operations`: how far a long piece of work at a tenant, or at its parent, has come.
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { toIso } from '@latchkey/core/kernel/time'
import { operationInput, operationView } from '@latchkey/core/tenancy/contract'
import { operation } from '../../guard/definition.ts'
import { instantIn } from '../../platform/store/reader.ts'
import type { TenancyDependencies } from './dependencies.ts'

export const getOperation = ({ read }: TenancyDependencies) =>
  operation({
    group: 'tenants',
    name: 'operations',
    summary: 'Shows the progress of a long operation. For a deleted agency, ask at the platform.',
    input: operationInput,
    output: operationView,
    access: { permission: 'iam.operations.get' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ input, facts }) => {
      const [fields] = await read.getAll([`operations/${input.operation}`])
      const of = String(fields?.['tenant'])
      // The tenant of a deletion is gone, so its parent may ask: the one whose power deleted it.
      const [parent] = fields === undefined ? [] : await read.getAll([`tenants/${of}`])
      const asked = facts.chain[0]?.id
      if (fields === undefined || (of !== asked && parent?.['parentId'] !== asked)) return err(iamError('not_found'))
      const startedAt = instantIn(fields['startedAt'])
      const finishedAt = instantIn(fields['finishedAt'])
      const status = fields['status']
      return ok({
        operation: input.operation,
        kind: String(fields['kind']),
        status: status === 'done' || status === 'failed' ? status : ('running' as const),
        done: Number(fields['done']),
        startedAt: startedAt === undefined ? '' : toIso(startedAt),
        ...(finishedAt === undefined ? {} : { finishedAt: toIso(finishedAt) }),
      })
    },
  })
