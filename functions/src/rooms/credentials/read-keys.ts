// `apiKeys/get` and `apiKeys/list`: metadata only; no secret can be read again.
import { keyInput, keyView, listKeysInput, listKeysOutput } from '@latchkey/core/credentials/contract'
import { iamError } from '@latchkey/core/kernel/errors'
import { isKeyId } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import { operation } from '../../guard/definition.ts'
import { pageAfter, pageAnswer } from '../../platform/store/page.ts'
import type { CredentialsDependencies } from './dependencies.ts'
import { keyPath, keyViewOf } from './key-document.ts'

export const getKey = ({ read }: CredentialsDependencies) =>
  operation({
    group: 'apiKeys',
    name: 'get',
    summary: 'Shows one API key, without its secret.',
    input: keyInput,
    output: keyView,
    access: { permission: 'iam.apiKeys.get' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ input, tenant, now }) => {
      const [fields] = await read.getAll([keyPath(tenant, input.key)])
      return fields === undefined ? err(iamError('not_found')) : ok(keyViewOf(tenant, input.key, fields, now))
    },
  })

export const listKeys = ({ read }: CredentialsDependencies) =>
  operation({
    group: 'apiKeys',
    name: 'list',
    summary: 'Lists the API keys of a tenant, also revoked and expired ones.',
    input: listKeysInput,
    output: listKeysOutput,
    access: { permission: 'iam.apiKeys.list' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ input, tenant, now }) => {
      const after = pageAfter(input.page, isKeyId)
      if (!after.ok) return after
      const found = await read.list({ collection: `tenants/${tenant}/apiKeys`, ...after.value, limit: input.limit + 1 })
      return ok(
        pageAnswer(found, input.limit, {
          whole: keyView,
          view: ({ id, fields }) => keyViewOf(tenant, id, fields, now),
        }),
      )
    },
  })
