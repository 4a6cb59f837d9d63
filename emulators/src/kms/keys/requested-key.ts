/** Reads what a caller asks of a new key, and refuses what the emulator would have to pretend. */
import { requireLabels } from '../../wire/labels.ts'
import { invalidArgument, notEmulated } from '../../wire/status.ts'
import { secondsBetween, type WireTime } from '../../wire/wire-time.ts'
import type { Algorithm, CryptoKey, ProtectionLevel, Purpose } from '../state.ts'
import { type RotationFields, readRotation } from './rotation.ts'

export type RequestedKey = RotationFields & {
  readonly name: string
  readonly purpose: string
  readonly versionTemplate: { readonly protectionLevel: string; readonly algorithm: string } | null
  readonly labels: Record<string, string>
  readonly destroyScheduledDuration: WireTime | null
  readonly importOnly: boolean
}

type Described = Pick<
  CryptoKey,
  | 'purpose'
  | 'algorithm'
  | 'protectionLevel'
  | 'labels'
  | 'destroyScheduledSeconds'
  | 'rotationSeconds'
  | 'nextRotationAtMs'
>

const DAY_SECONDS = 86_400
const DESTROY_AFTER = { field: 'destroy_scheduled_duration', min: DAY_SECONDS, max: 120 * DAY_SECONDS }
const DEFAULT_DESTROY_AFTER_SECONDS = 30 * DAY_SECONDS

const ALGORITHM_OF: Readonly<Record<Purpose, Algorithm>> = {
  ENCRYPT_DECRYPT: 'GOOGLE_SYMMETRIC_ENCRYPTION',
  ASYMMETRIC_SIGN: 'EC_SIGN_P256_SHA256',
}

const UNSPECIFIED = 'CRYPTO_KEY_VERSION_ALGORITHM_UNSPECIFIED'

function readPurpose(purpose: string): Purpose {
  if (purpose === 'ENCRYPT_DECRYPT' || purpose === 'ASYMMETRIC_SIGN') return purpose
  if (purpose === 'CRYPTO_KEY_PURPOSE_UNSPECIFIED') throw invalidArgument("The field 'crypto_key.purpose' is required.")
  throw notEmulated(`The purpose ${purpose}`)
}

/** Signing keys must name their algorithm; for the other purpose there is only one. */
function readAlgorithm(purpose: Purpose, algorithm: string): Algorithm {
  const expected = ALGORITHM_OF[purpose]
  if (algorithm === expected || (algorithm === UNSPECIFIED && purpose === 'ENCRYPT_DECRYPT')) return expected
  const fits = purpose === 'ASYMMETRIC_SIGN' && /_SIGN_/.test(algorithm)
  if (fits) throw notEmulated(`The algorithm ${algorithm}`)
  throw invalidArgument(`The algorithm ${algorithm} cannot be used by a key whose purpose is ${purpose}.`)
}

function readProtectionLevel(level: string): ProtectionLevel {
  if (level === 'PROTECTION_LEVEL_UNSPECIFIED' || level === 'SOFTWARE') return 'SOFTWARE'
  if (level === 'HSM') return 'HSM'
  throw notEmulated(`The protection level ${level}`)
}

export function readRequestedKey(requested: RequestedKey | null): Described {
  if (requested === null) throw invalidArgument("The field 'crypto_key' is required.")
  if (requested.importOnly) throw notEmulated('A key for imports only')
  const purpose = readPurpose(requested.purpose)
  const template = requested.versionTemplate
  return {
    purpose,
    algorithm: readAlgorithm(purpose, template?.algorithm ?? UNSPECIFIED),
    protectionLevel: readProtectionLevel(template?.protectionLevel ?? 'SOFTWARE'),
    labels: requireLabels(requested.labels),
    destroyScheduledSeconds:
      requested.destroyScheduledDuration === null
        ? DEFAULT_DESTROY_AFTER_SECONDS
        : secondsBetween(requested.destroyScheduledDuration, DESTROY_AFTER),
    ...readRotation(requested, purpose),
  }
}
