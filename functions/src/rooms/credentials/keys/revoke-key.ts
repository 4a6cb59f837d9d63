// `apiKeys/revoke`: ends a key for good, at once, with every secret of it; revoking it again says the same.
import { keyView, revokeKeyInput } from '@latchkey/core/credentials/contract'
import { ok } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import { operation } from '../../../guard/definition.ts'
import { timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { changing } from './change-key.ts'
import type { StoredKey } from './key-document.ts'
import { inAll } from './key-writes.ts'

export const revokeKey = (dependencies: CredentialsDependencies) =>
  operation({
    group: 'apiKeys',
    name: 'revoke',
    summary: 'Ends a key for good, at once.',
    input: revokeKeyInput,
    output: keyView,
    access: { permission: 'iam.apiKeys.revoke' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: (admitted) =>
      dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: changing(admitted, 'iam.apiKeys.revoke', dependencies, ({ stored }) =>
          ok({ writes: revoked(stored, admitted.now), event: { type: 'credentials.key_revoked' } }),
        ),
        answer: (outcome) => outcome,
      }),
  })

export const revoked = (stored: StoredKey, now: Instant): readonly Write[] =>
  stored.shown['status'] === 'revoked' ? [] : inAll(stored, { status: 'revoked', revokedAt: timestampOf(now) })
