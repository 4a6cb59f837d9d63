// `apiKeys/disable` and `apiKeys/enable`: a pause that can be taken back, unlike revoking.
import { keyView, revokeKeyInput } from '@latchkey/core/credentials/contract'
import { err, ok } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { timestampOf } from '../../../platform/store/reader.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { changing, type Ground, stateFault } from './change-key.ts'
import { reviveFault } from './key-power.ts'
import { inAll } from './key-writes.ts'

type Input = z.output<typeof revokeKeyInput>

export const disableKey = (dependencies: CredentialsDependencies) =>
  operation({
    group: 'apiKeys',
    name: 'disable',
    summary: 'Stops a key until it is enabled again.',
    input: revokeKeyInput,
    output: keyView,
    access: { permission: 'iam.apiKeys.disable' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: (admitted) =>
      dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: changing(admitted, 'iam.apiKeys.disable', dependencies, ({ stored }) => {
          const { status } = stored.shown
          if (status !== 'active' && status !== 'disabled') return stateFault('This key is revoked, for good.')
          const fields = { status: 'disabled', disabledAt: timestampOf(admitted.now) }
          return ok({
            writes: status === 'active' ? inAll(stored, fields) : [],
            event: { type: 'credentials.key_disabled' },
          })
        }),
        answer: (outcome) => outcome,
      }),
  })

/** Whoever brings a key back gives all that it carries. */
export const enableKey = (dependencies: CredentialsDependencies) =>
  operation({
    group: 'apiKeys',
    name: 'enable',
    summary: 'Lets a disabled key work again; you must hold what it carries.',
    input: revokeKeyInput,
    output: keyView,
    access: { permission: 'iam.apiKeys.enable' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: (admitted) =>
      dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: changing(admitted, 'iam.apiKeys.enable', dependencies, (ground) =>
          enabled(ground, admitted, dependencies),
        ),
        answer: (outcome) => outcome,
      }),
  })

const enabled = async (ground: Ground, admitted: Admitted<Input>, { loadFacts }: CredentialsDependencies) => {
  const { stored } = ground
  const event = { type: 'credentials.key_enabled' }
  if (stored.shown['status'] === 'active') return ok({ writes: [], event })
  if (stored.shown['status'] !== 'disabled') return stateFault('This key is revoked, for good.')
  const refusal = await reviveFault(ground, { admitted, loadFacts })
  if (refusal !== undefined) return err(refusal)
  return ok({ writes: inAll(stored, { status: 'active', disabledAt: undefined }), event })
}
