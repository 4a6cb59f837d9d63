// `apiKeys/revoke`: ends a key for good, at once; revoking it again says the same.
import { keyView, revokeKeyInput } from '@latchkey/core/credentials/contract'
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { operation } from '../../guard/definition.ts'
import { timestampOf } from '../../platform/store/reader.ts'
import type { CredentialsDependencies } from './dependencies.ts'
import { credentialPath } from './find-secret.ts'
import { keyPath, keyViewOf } from './key-document.ts'

export const revokeKey = ({ commit }: CredentialsDependencies) =>
  operation({
    group: 'apiKeys',
    name: 'revoke',
    summary: 'Ends a key for good, at once.',
    input: revokeKeyInput,
    output: keyView,
    access: { permission: 'iam.apiKeys.revoke' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: ({ input, tenant, now, commit: context }) =>
      commit(context, {
        tenant,
        plan: async (read) => {
          const path = keyPath(tenant, input.key)
          const [before] = await read.getAll([path])
          if (before === undefined) return err(iamError('not_found'))
          const fields = before['status'] === 'revoked' ? {} : { status: 'revoked', revokedAt: timestampOf(now) }
          const credential = String(before['credential'])
          return ok({
            writes:
              before['status'] === 'revoked'
                ? []
                : [
                    { kind: 'update' as const, path, fields },
                    { kind: 'update' as const, path: credentialPath(credential), fields },
                  ],
            frames: [`credential:${credential}`],
            event: {
              type: 'credentials.key_revoked',
              targets: [`key:${input.key}`],
              ...(input.reason === undefined ? {} : { reason: input.reason }),
            },
            outcome: keyViewOf(tenant, input.key, { ...before, ...fields }, now),
          })
        },
        answer: (outcome) => outcome,
      }),
  })
