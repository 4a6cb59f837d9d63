// `signing/rotate`: the standby signs from now on. Nothing that was signed before is refused.
import { iamError } from '@latchkey/core/kernel/errors'
import { platformTenant } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import { type Instant, toIso } from '@latchkey/core/kernel/time'
import { rotateInput, rotateOutput } from '@latchkey/core/signing/contract'
import { longestPublished, readyToSign } from '@latchkey/core/signing/plan-rotation'
import { applyStep, heardAt } from '@latchkey/core/signing/ring'
import type { RotationPolicy } from '@latchkey/core/signing/rotation-policy'
import { operation } from '../../../guard/definition.ts'
import type { SigningDependencies } from '../dependencies.ts'
import { readRing, type StoredKey } from '../ring/ring-document.ts'
import { takeoverFault } from '../ring/takeover-fault.ts'
import { changeRing } from './change-ring.ts'

/** The ring is one document: whoever rotates by hand again and again waits until old keys are forgotten. */
const maxKeys = 100

export const rotateKey = (dependencies: SigningDependencies) =>
  operation({
    group: 'signing',
    name: 'rotate',
    summary: 'Lets the published standby sign from now on. What was signed before stays valid until it expires.',
    input: rotateInput,
    output: rotateOutput,
    access: { permission: 'iam.signing.rotate' },
    tenant: () => platformTenant,
    effect: 'write',
    handler: async (admitted) => {
      const { purpose } = admitted.input
      const { keys } = await readRing(admitted.read, purpose)
      const standby = readyToSign(keys, dependencies.policyOf(purpose), admitted.now)
      const cold = standby && (await takeoverFault(dependencies.keepers[purpose], keys, standby.kid))
      if (cold !== undefined) throw cold
      return changeRing(
        admitted,
        {
          purpose,
          event: 'signing.rotated',
          kid: undefined,
          isUrgent: false,
          change: (keys, now) => promoted(keys, dependencies.policyOf(purpose), now),
        },
        dependencies,
      )
    },
  })

const promoted = (keys: readonly StoredKey[], policy: RotationPolicy, now: Instant) => {
  if (keys.length >= maxKeys) return err(iamError('conflict', { detail: 'There are too many old keys; rotate later.' }))
  const ready = readyToSign(keys, policy, now)
  if (ready !== undefined) return ok(applyStep(keys, { kind: 'activate', kid: ready.kid }, now))
  const standby = longestPublished(keys)
  const heard = standby === undefined ? undefined : heardAt(standby, policy)
  const when =
    heard === undefined ? 'There is no standby yet' : `The standby is known to everybody from ${toIso(heard)}`
  return err(iamError('conflict', { detail: `${when}; until then verifiers would refuse what it signs.` }))
}
