// `members/createService`: a service account of a tenant, with no power until a role is given to it.
import { createServiceInput, createServiceOutput } from '@latchkey/core/directory/contract'
import { prefixes, type ServiceId } from '@latchkey/core/kernel/ids'
import { normalizeName } from '@latchkey/core/kernel/names'
import { serviceRef } from '@latchkey/core/kernel/principal'
import { ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../guard/definition.ts'
import { timestampOf } from '../../../platform/store/reader.ts'
import type { DirectoryDependencies } from '../dependencies.ts'

export const createService = ({ commit, drawId }: DirectoryDependencies) =>
  operation({
    group: 'members',
    name: 'createService',
    summary: 'Creates a service account, which holds nothing until a role is assigned to it.',
    input: createServiceInput,
    output: createServiceOutput,
    access: { permission: 'iam.serviceAccounts.create' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: async ({ input, tenant, now, commit: context }) => {
      const name = normalizeName(input.name)
      if (!name.ok) return name
      const service = drawId(prefixes.service) as ServiceId // just drawn
      return commit(context, {
        tenant,
        plan: async () =>
          ok({
            writes: [
              {
                kind: 'create',
                path: `tenants/${tenant}/members/${service}`,
                fields: { kind: 'service', displayName: name.value, status: 'active', joinedAt: timestampOf(now) },
              },
              {
                kind: 'create',
                path: `tenants/${tenant}/grants/${serviceRef(service)}`,
                fields: { principal: serviceRef(service), status: 'active', teams: [], entries: {} },
              },
            ],
            event: { type: 'directory.service_created', targets: [serviceRef(service)], details: { name: name.value } },
            outcome: { service, tenant, name: name.value },
          }),
        answer: (outcome) => outcome,
      })
    },
  })
