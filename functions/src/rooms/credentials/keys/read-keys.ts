// `apiKeys/get` and `apiKeys/list`: metadata only; no secret can be read again.
import type { Facts } from '@latchkey/core/access/facts'
import { keyDetails, keyInput, keyView, listKeysInput, listKeysOutput } from '@latchkey/core/credentials/contract'
import { iamError } from '@latchkey/core/kernel/errors'
import { isKeyId } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../guard/definition.ts'
import { pageAfter, pageAnswer } from '../../../platform/store/page.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { usePath } from '../use/note-use.ts'
import { withBulkEnds } from './bulk-ends.ts'
import { keyDetailsOf, keyViewOf, readStoredKey, secretsIn } from './key-document.ts'

const idsOf = ({ chain }: Facts) => chain.map(({ id }) => id)

export const getKey = ({ read }: CredentialsDependencies) =>
  operation({
    group: 'apiKeys',
    name: 'get',
    summary: 'Shows one API key without its secrets, and where each was last used from.',
    input: keyInput,
    output: keyDetails,
    access: { permission: 'iam.apiKeys.get' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ input, tenant, now, facts }) => {
      const stored = await readStoredKey(read, tenant, input.key)
      if (stored === undefined) return err(iamError('not_found'))
      const secrets = secretsIn(stored.shown)
      const used = await read.getAll(secrets.map(usePath))
      const [shown = stored.shown] = await withBulkEnds(read, idsOf(facts), [stored.shown])
      return ok(keyDetailsOf({ ...stored, shown }, new Map(secrets.map((id, index) => [id, used[index]])), now))
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
    handler: async ({ input, tenant, now, facts }) => {
      const after = pageAfter(input.page, isKeyId)
      if (!after.ok) return after
      const found = await read.list({ collection: `tenants/${tenant}/apiKeys`, ...after.value, limit: input.limit + 1 })
      const shown = await withBulkEnds(
        read,
        idsOf(facts),
        found.map(({ fields }) => fields),
      )
      const keys = found.map(({ id, fields }, index) => ({ id, fields: shown[index] ?? fields }))
      return ok(
        pageAnswer(keys, input.limit, {
          whole: keyView,
          view: ({ id, fields }) => keyViewOf(tenant, id, fields, now),
        }),
      )
    },
  })
