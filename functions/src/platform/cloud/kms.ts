// Cloud KMS: wraps private keys, and signs with keys that never leave it. Every payload is checked both ways by CRC32C.
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { KeyManagementServiceClient } from '@google-cloud/kms'
import type { PublicPoint } from '@latchkey/core/tokens/check-es256'
import type { Clock } from '../clock.ts'
import { pointOf, rawSignature } from '../ecdsa.ts'
import { StoreError } from '../store/store-error.ts'
import { type Ask as AskOf, asking, type CloudCall, cloudCalls } from './call.ts'
import { type CloudSettings, clientOptions } from './client-options.ts'
import { bytesOf, checksumMatches, crc32c } from './crc32c.ts'
import { makeLocalKeys } from './local-keys.ts'

export interface Envelope {
  /** `context` is authenticated with the ciphertext: under another one it does not open. */
  readonly wrap: (plain: Uint8Array, context: string) => Promise<Uint8Array>
  /** To be overwritten once it was used. */
  readonly unwrap: (wrapped: Uint8Array, context: string) => Promise<Buffer>
}

/** It wraps our own signing keys by itself; another key is for what must not open them. */
export interface Kms extends Envelope {
  /** For the secrets of webhooks: whoever calls customers' addresses opens these, and no signing key. */
  readonly webhooks: Envelope
  /** Versions of the sealing key that can sign, or soon will, oldest first. */
  readonly signingVersions: () => Promise<readonly string[]>
  readonly createSigningVersion: () => Promise<string>
  /** Rejects for a version that cannot sign yet. */
  readonly publicPoint: (version: string) => Promise<PublicPoint>
  /** r‖s over the SHA-256 of the bytes. */
  readonly sign: (version: string, bytes: Uint8Array) => Promise<Uint8Array>
  /** Done also when it was done before. */
  readonly destroyVersion: (version: string) => Promise<void>
}

export interface KmsSettings extends CloudSettings {
  /** `projects/…/locations/…/keyRings/…`, which holds the keys `envelope`, `webhooks` and `seal`. */
  readonly kmsKeyRing: string
}

type Client = KeyManagementServiceClient
type Ask = AskOf<Client>

export const openKms = (settings: KmsSettings, clock: Clock): Kms => {
  const call = cloudCalls(clock, 'Cloud KMS')
  const ask = asking(call, () => connect(settings, call))
  const { kmsKeyRing } = settings
  return {
    ...envelope(ask, `${kmsKeyRing}/cryptoKeys/envelope`),
    webhooks: envelope(ask, `${kmsKeyRing}/cryptoKeys/webhooks`),
    ...seals(ask, `${kmsKeyRing}/cryptoKeys/seal`),
  }
}

const connect = async (settings: KmsSettings, call: CloudCall): Promise<Client> => {
  const { KeyManagementServiceClient: Client } = await import('@google-cloud/kms')
  const client = new Client(clientOptions(settings))
  if (settings.local) await makeLocalKeys(client, settings.kmsKeyRing, call)
  return client
}

export const envelope = (ask: Ask, name: string): Envelope => ({
  wrap: async (plain, context) => {
    const aad = Buffer.from(context)
    const [answer] = await ask((client, options) =>
      client.encrypt(
        {
          name,
          plaintext: plain,
          plaintextCrc32c: { value: crc32c(plain) },
          additionalAuthenticatedData: aad,
          additionalAuthenticatedDataCrc32c: { value: crc32c(aad) },
        },
        options,
      ),
    )
    const wrapped = bytesOf(answer.ciphertext)
    requireIntact(answer.verifiedPlaintextCrc32c === true, 'the plaintext')
    requireIntact(answer.verifiedAdditionalAuthenticatedDataCrc32c === true, 'the context')
    requireIntact(checksumMatches(answer.ciphertextCrc32c, wrapped), 'the ciphertext')
    return wrapped
  },
  unwrap: async (wrapped, context) => {
    const aad = Buffer.from(context)
    const [answer] = await ask((client, options) =>
      client.decrypt(
        {
          name,
          ciphertext: wrapped,
          ciphertextCrc32c: { value: crc32c(wrapped) },
          additionalAuthenticatedData: aad,
          additionalAuthenticatedDataCrc32c: { value: crc32c(aad) },
        },
        options,
      ),
    )
    return intactSecret(bytesOf(answer.plaintext), answer.plaintextCrc32c)
  },
})

/** A damaged one is given to nobody, so it is overwritten here. */
const intactSecret = (plain: Buffer, checksum: Parameters<typeof checksumMatches>[0]): Buffer => {
  const isIntact = checksumMatches(checksum, plain)
  if (!isIntact) plain.fill(0)
  requireIntact(isIntact, 'the plaintext')
  return plain
}

const live = new Set<unknown>(['ENABLED', 'PENDING_GENERATION'])

export const seals = (ask: Ask, key: string): Omit<Kms, 'wrap' | 'unwrap' | 'webhooks'> => ({
  signingVersions: async () => {
    const [versions] = await ask((client, options) => client.listCryptoKeyVersions({ parent: key }, options))
    return versions
      .flatMap(({ name, state }) => (live.has(state) && typeof name === 'string' ? [name] : []))
      .sort((a, b) => numberOf(a) - numberOf(b))
  },
  createSigningVersion: async () => {
    const [made] = await ask((client, options) => client.createCryptoKeyVersion({ parent: key }, options))
    return String(made.name)
  },
  publicPoint: async (name) => {
    await requireEnabled(ask, name)
    const [answer] = await ask((client, options) => client.getPublicKey({ name }, options))
    const pem = answer.pem ?? ''
    requireIntact(answer.name === name && checksumMatches(answer.pemCrc32c, Buffer.from(pem)), 'the public key')
    return pointOf(pem)
  },
  sign: async (name, bytes) => {
    const sha256 = createHash('sha256').update(bytes).digest()
    const [answer] = await ask((client, options) =>
      client.asymmetricSign({ name, digest: { sha256 }, digestCrc32c: { value: crc32c(sha256) } }, options),
    )
    const signature = bytesOf(answer.signature)
    requireIntact(answer.verifiedDigestCrc32c === true && answer.name === name, 'the digest')
    requireIntact(checksumMatches(answer.signatureCrc32c, signature), 'the signature')
    const raw = rawSignature(signature)
    if (raw === undefined) throw new StoreError('unavailable', 'KMS answered with something that is no signature')
    return raw
  },
  destroyVersion: async (name) => {
    const [{ state }] = await ask((client, options) => client.getCryptoKeyVersion({ name }, options))
    if (state === 'DESTROYED' || state === 'DESTROY_SCHEDULED') return
    await ask((client, options) => client.destroyCryptoKeyVersion({ name }, options))
  },
})

/** A new version is generated for about a second, and signs nothing before. */
const looks = 5
const lookMilliseconds = 250

const requireEnabled = async (ask: Ask, name: string): Promise<void> => {
  for (let look = 1; look <= looks; look++) {
    const [{ state }] = await ask((client, options) => client.getCryptoKeyVersion({ name }, options))
    if (state === 'ENABLED') return
    if (state !== 'PENDING_GENERATION') break
    if (look < looks) await delay(lookMilliseconds)
  }
  // The next run finds it among the versions, and adopts it then.
  throw new StoreError('unavailable', `${name} cannot sign yet`)
}

const numberOf = (version: string): number => Number(version.slice(version.lastIndexOf('/') + 1))

function requireIntact(intact: boolean, what: string): asserts intact {
  if (!intact) throw new StoreError('unavailable', `${what} was damaged on its way to or from KMS`)
}
