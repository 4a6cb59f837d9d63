// `tenants/get`: one tenant, to whoever may see it, also while it is suspended.
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { tenantInput, tenantView } from '@latchkey/core/tenancy/contract'
import { operation } from '../../guard/definition.ts'
import type { TenancyDependencies } from './dependencies.ts'
import { tenantPath, tenantViewOf } from './tenant-document.ts'

export const getTenant = ({ read }: TenancyDependencies) =>
  operation({
    group: 'tenants',
    name: 'get',
    summary: 'Shows one tenant.',
    input: tenantInput,
    output: tenantView,
    access: { permission: 'iam.tenants.get' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ tenant }) => {
      const [fields] = await read.getAll([tenantPath(tenant)])
      return fields === undefined ? err(iamError('not_found')) : ok(tenantViewOf(tenant, fields))
    },
  })
