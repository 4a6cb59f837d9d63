// `apiKeys/cancelRotation` and `apiKeys/finishRotation`: one of the two secrets goes, the other is the key's only one.
import { keyInput, keyView } from '@latchkey/core/credentials/contract'
import { keyStatus, type Rotation, runningRotation } from '@latchkey/core/credentials/rotation'
import type { IamError } from '@latchkey/core/kernel/errors'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import { operation } from '../../../guard/definition.ts'
import { instantIn, timestampOf } from '../../../platform/store/reader.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { changing, type Ground, type KeyAdmitted, type PlannedChange, stateFault } from '../keys/change-key.ts'
import { rotationIn, type StoredKey, type StoredSecret } from '../keys/key-document.ts'
import { reviveFault, strangerFault } from '../keys/key-power.ts'
import { keyWrite, secretWrite } from '../keys/key-writes.ts'

const permission = 'iam.apiKeys.rotate'

type End = (
  running: Running,
  ground: Ground,
  admitted: KeyAdmitted,
) => Promise<Result<PlannedChange, IamError>> | Result<PlannedChange, IamError>

const ending = (
  dependencies: CredentialsDependencies,
  { name, summary }: { readonly name: string; readonly summary: string },
  end: End,
) =>
  operation({
    group: 'apiKeys',
    name,
    summary,
    input: keyInput,
    output: keyView,
    access: { permission },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: (admitted) =>
      dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: changing(admitted, permission, dependencies, async (ground) => {
          const running = runningIn(ground.stored, admitted.now)
          return running === undefined
            ? stateFault('No rotation of this key is running.')
            : end(running, ground, admitted)
        }),
        answer: (outcome) => outcome,
      }),
  })

interface Running {
  readonly rotation: Rotation
  readonly old: StoredSecret
}

/** Also of a disabled key; one that has ended has two dead secrets, between which there is nothing to choose. */
const runningIn = ({ shown, old }: StoredKey, now: Instant): Running | undefined => {
  const rotation = runningRotation(rotationIn(shown), now)
  const status = keyStatus(shown['status'], instantIn(shown['notAfter']), now)
  const live = status === 'active' || status === 'disabled'
  return rotation === undefined || old === undefined || !live ? undefined : { rotation, old }
}

const dead = (now: Instant) => ({ status: 'revoked', revokedAt: timestampOf(now) })

/** The old secret would have died: letting it live gives it all that the key carries. */
export const cancelRotation = (dependencies: CredentialsDependencies) =>
  ending(
    dependencies,
    { name: 'cancelRotation', summary: 'Takes a rotation back: the new secret ends at once, the old one lives on.' },
    async ({ rotation, old }, ground, admitted) => {
      const { stored, caller } = ground
      const { loadFacts } = dependencies
      const refusal = (await reviveFault(ground, { admitted, loadFacts })) ?? strangerFault(stored, caller)
      if (refusal !== undefined) return err(refusal)
      const key = {
        credential: old.id,
        hint: rotation.oldHint,
        rotation: undefined,
        lastUsedAt: stored.shown['previousUsedAt'],
        previousUsedAt: undefined,
      }
      return ok({
        writes: [
          keyWrite(stored, key),
          secretWrite(stored.current, dead(admitted.now)),
          secretWrite(old, { endsAt: undefined }),
        ],
        event: { type: 'credentials.key_rotation_cancelled', details: { hint: rotation.oldHint } },
      })
    },
  )

export const finishRotation = (dependencies: CredentialsDependencies) =>
  ending(
    dependencies,
    { name: 'finishRotation', summary: 'Ends the old secret of a rotation at once, before its time.' },
    ({ rotation, old }, { stored }, { now }) =>
      ok({
        writes: [keyWrite(stored, { rotation: undefined, previousUsedAt: undefined }), secretWrite(old, dead(now))],
        event: { type: 'credentials.key_rotation_finished', details: { oldHint: rotation.oldHint } },
      }),
  )
