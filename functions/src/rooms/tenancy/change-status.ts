// `tenants/suspend` and `tenants/resume`: two writes each, whatever stands below; the chain does the rest.
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { reasonedTenantInput, statusOutput } from '@latchkey/core/tenancy/contract'
import { operation } from '../../guard/definition.ts'
import type { TenancyDependencies } from './dependencies.ts'
import { statusWrites, tenantPath } from './tenant-document.ts'

type Turn = {
  readonly name: 'suspend' | 'resume'
  readonly from: 'active' | 'suspended'
  readonly to: 'active' | 'suspended'
  readonly summary: string
}

const turned =
  ({ name, from, to, summary }: Turn) =>
  ({ commit, drawId }: TenancyDependencies) =>
    operation({
      group: 'tenants',
      name,
      summary,
      input: reasonedTenantInput,
      output: statusOutput,
      access: { permission: `iam.tenants.${name}` },
      tenant: (input) => input.tenant,
      effect: 'write',
      handler: ({ input, tenant, commit: context }) => {
        const accessId = drawId()
        return commit(context, {
          tenant,
          plan: async (read) => {
            const [before] = await read.getAll([tenantPath(tenant)])
            if (before === undefined || before['status'] === 'deleted') return err(iamError('not_found'))
            if (before['status'] !== from)
              return err(iamError('conflict', { detail: `It is ${String(before['status'])} already.` }))
            return ok({
              writes: statusWrites(tenant, to, accessId, input.reason),
              event: {
                type: `tenancy.tenant_${name}${name.endsWith('e') ? 'd' : 'ed'}`,
                targets: [`tenant:${tenant}`],
                reason: input.reason,
              },
              outcome: { tenant, status: to },
            })
          },
          answer: (outcome) => outcome,
        })
      },
    })

export const suspendTenant = turned({
  name: 'suspend',
  from: 'active',
  to: 'suspended',
  summary: 'Stops everything at a tenant and below it, until it is resumed from above.',
})

export const resumeTenant = turned({
  name: 'resume',
  from: 'suspended',
  to: 'active',
  summary: 'Lets a suspended tenant work again; only power from above can.',
})
