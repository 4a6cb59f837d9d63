// `apiKeys/rotate`: a second secret for the same key; the old one goes on for as long as asked, and is then dead by itself.
import { createKeyOutput, rotateKeyInput } from '@latchkey/core/credentials/contract'
import { keyStatus, runningRotation } from '@latchkey/core/credentials/rotation'
import { maskSecret } from '@latchkey/core/credentials/secret-format'
import { err, ok } from '@latchkey/core/kernel/result'
import { earliest, plusSeconds, secondsOf, toIso } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { sha256 } from '../../../platform/seal.ts'
import { instantIn, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { changing, type Ground, type PlannedChange, stateFault } from '../keys/change-key.ts'
import { drawSecret } from '../keys/create-key.ts'
import { rotationIn } from '../keys/key-document.ts'
import { reviveFault, strangerFault } from '../keys/key-power.ts'
import { keyWrite, secretWrite, whole } from '../keys/key-writes.ts'
import { credentialPath } from '../use/find-secret.ts'

type Input = z.output<typeof rotateKeyInput>
type Drawn = ReturnType<typeof drawSecret>

const permission = 'iam.apiKeys.rotate'

export const rotateKey = (dependencies: CredentialsDependencies) =>
  operation({
    group: 'apiKeys',
    name: 'rotate',
    summary: 'Gives a key a new secret, shown once; the old one works beside it for up to 30 days.',
    input: rotateKeyInput,
    output: createKeyOutput,
    access: { permission },
    tenant: (input) => input.tenant,
    effect: 'write',
    secrets: ['secret'],
    handler: (admitted) => {
      const drawn = drawSecret(dependencies)
      return dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: changing(admitted, permission, dependencies, (ground) => plan(ground, drawn, admitted, dependencies)),
        answer: (outcome) => ({ key: outcome, secret: drawn.secret }),
      })
    },
  })

const plan = async (
  ground: Ground,
  drawn: Drawn,
  admitted: Admitted<Input>,
  { loadFacts }: CredentialsDependencies,
) => {
  const { now, input } = admitted
  const { stored, caller } = ground
  const status = keyStatus(stored.shown['status'], instantIn(stored.shown['notAfter']), now)
  if (status !== 'active') return stateFault(`This key is ${status}: there is nothing to rotate.`)
  if (runningRotation(rotationIn(stored.shown), now) !== undefined)
    return stateFault('A rotation of this key is running: finish or cancel it first.')
  const refusal = (await reviveFault(ground, { admitted, loadFacts })) ?? strangerFault(stored, caller)
  return refusal === undefined ? ok(rotated(stored, drawn, admitted, input.overlapSeconds)) : err(refusal)
}

const rotated = (
  stored: Ground['stored'],
  { credential, secret }: Drawn,
  { now, caller }: Admitted<Input>,
  overlap: number,
): PlannedChange => {
  const { shown, current, old } = stored
  const endsAt = earliest(plusSeconds(now, secondsOf(overlap)), instantIn(shown['notAfter'])) ?? now
  const goesOn = endsAt > now
  const hint = maskSecret(secret)
  const rotation = {
    old: current.id,
    oldHint: shown['hint'],
    startedAt: timestampOf(now),
    endsAt: timestampOf(endsAt),
  }
  const dead = { status: 'revoked', revokedAt: timestampOf(now) }
  const { hash: _hash, ...carried } = current.fields
  // Of a key that draws secrets, these are known to whoever has it: they end with it when it leaks.
  const drawn = { drawnBy: caller.key === undefined ? undefined : caller.credential, drawnAt: timestampOf(now) }
  const writes: readonly Write[] = [
    keyWrite(stored, {
      credential,
      hint,
      rotation: goesOn ? rotation : undefined,
      previousUsedAt: goesOn ? shown['lastUsedAt'] : undefined,
      lastUsedAt: goesOn ? undefined : shown['lastUsedAt'],
    }),
    { kind: 'create', path: credentialPath(credential), fields: whole({ ...carried, ...drawn, hash: sha256(secret) }) },
    secretWrite(current, goesOn ? { endsAt: timestampOf(endsAt) } : dead),
    ...(old === undefined ? [] : [secretWrite(old, dead)]),
  ]
  return {
    writes,
    event: {
      type: 'credentials.key_rotated',
      details: { hint, oldHint: String(shown['hint']), oldEndsAt: toIso(endsAt) },
    },
  }
}
