// `tenants/update`: renames a tenant.
import { iamError } from '@latchkey/core/kernel/errors'
import { normalizeName } from '@latchkey/core/kernel/names'
import { err, ok } from '@latchkey/core/kernel/result'
import { tenantView, updateTenantInput } from '@latchkey/core/tenancy/contract'
import { operation } from '../../guard/definition.ts'
import type { TenancyDependencies } from './dependencies.ts'
import { tenantPath, tenantViewOf } from './tenant-document.ts'

export const updateTenant = ({ commit }: TenancyDependencies) =>
  operation({
    group: 'tenants',
    name: 'update',
    summary: 'Renames a tenant.',
    input: updateTenantInput,
    output: tenantView,
    access: { permission: 'iam.tenants.update' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: async ({ input, tenant, commit: context }) => {
      const name = normalizeName(input.name)
      if (!name.ok) return name
      return commit(context, {
        tenant,
        plan: async (read) => {
          const [before] = await read.getAll([tenantPath(tenant)])
          if (before === undefined || before['status'] === 'deleted') return err(iamError('not_found'))
          return ok({
            writes: [{ kind: 'update' as const, path: tenantPath(tenant), fields: { name: name.value } }],
            event: {
              type: 'tenancy.tenant_renamed',
              targets: [`tenant:${tenant}`],
              details: { from: String(before['name']), to: name.value },
            },
            outcome: tenantViewOf(tenant, { ...before, name: name.value }),
          })
        },
        answer: (outcome) => outcome,
      })
    },
  })
