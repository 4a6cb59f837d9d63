// Two ways to keep a private key: wrapped by KMS and used in this process, or never outside KMS at all.

import { invariant } from '@latchkey/core/kernel/invariant'
import { type Instant, isOver, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import type { Purpose } from '@latchkey/core/signing/purpose'
import { newKey } from '@latchkey/core/signing/ring'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../../platform/clock.ts'
import type { Kms } from '../../../platform/cloud/kms.ts'
import { generatePair, importPrivate, type SigningKey, signBytes } from '../../../platform/ecdsa.ts'
import { kidOf, type StoredKey } from './ring-document.ts'

export interface Keeper {
  /** A new key, for a ring that holds these already. Nothing counts before the ring knows it. */
  readonly make: (keys: readonly StoredKey[], now: Instant) => Promise<StoredKey>
  /** r‖s; rejects when the private key cannot be had. */
  readonly sign: (key: StoredKey, bytes: Uint8Array) => Promise<Uint8Array>
  /** Whether `sign` has nobody to wait for. */
  readonly isOpen: (key: StoredKey) => boolean
  /** Makes `sign` quick for a key that may be needed soon. */
  readonly warm: (key: StoredKey) => Promise<void>
  /** Done also when it was done before. */
  readonly destroy: (key: StoredKey) => Promise<void>
}

/** An instance works with an active key and a standby of each purpose. */
const maxOpened = 16

/** For tokens: thousands a second, so each instance unwraps a key once and signs by itself. */
export const envelopeKeeper = (kms: Pick<Kms, 'wrap' | 'unwrap'>, purpose: Purpose, clock: Clock): Keeper => {
  const opened = new LRUCache<string, Opening>({ max: maxOpened })
  const open = (key: StoredKey): Promise<SigningKey> => {
    const known = opened.get(key.kid)
    if (known !== undefined && counts(known, clock())) return known.key
    const opening: Opening = { key: unwrapped(kms, key), isOpen: false, failedAt: undefined }
    opened.set(key.kid, opening)
    opening.key.then(
      () => {
        opening.isOpen = true
      },
      () => {
        opening.failedAt = clock()
      },
    )
    return opening.key
  }
  return {
    make: async (_keys, now) => {
      const { point, pkcs8 } = await generatePair()
      const kid = kidOf(purpose, point)
      // The name is authenticated with it: one key's private half cannot be put in another's place.
      const wrapped = await kms.wrap(pkcs8, kid).finally(() => pkcs8.fill(0))
      return { ...newKey(kid, now), point, material: { wrapped: Buffer.from(wrapped).toString('base64') } }
    },
    sign: async (key, bytes) => signBytes(await open(key), bytes),
    isOpen: (key) => opened.peek(key.kid)?.isOpen === true,
    warm: async (key) => void (await open(key)),
    destroy: async () => undefined, // the wrapped key goes with the next writing of the ring
  }
}

interface Opening {
  readonly key: Promise<SigningKey>
  isOpen: boolean
  failedAt: Instant | undefined
}

/** KMS that refuses a key is not asked again at each signature. */
const refusedSeconds = secondsOf(5)

/** A clock that was set back shuts nobody out for longer. */
const counts = ({ failedAt }: Opening, now: Instant): boolean =>
  failedAt === undefined || (now >= failedAt && !isOver(plusSeconds(failedAt, refusedSeconds), now))

const unwrapped = async (kms: Pick<Kms, 'unwrap'>, { kid, material }: StoredKey): Promise<SigningKey> => {
  invariant(material !== undefined && 'wrapped' in material, `${kid} has no wrapped key`)
  const pkcs8 = await kms.unwrap(Buffer.from(material.wrapped, 'base64'), kid)
  return importPrivate(pkcs8).finally(() => pkcs8.fill(0))
}

/** For seals: a few a minute, and nobody must ever be able to take the key away. */
export const kmsKeeper = (kms: Omit<Kms, 'webhooks'>, purpose: Purpose): Keeper => ({
  make: async (keys, now) => {
    const version = await versionFor(kms, keys)
    const point = await kms.publicPoint(version)
    return { ...newKey(kidOf(purpose, point), now), point, material: { version } }
  },
  sign: (key, bytes) => kms.sign(versionOf(key), bytes),
  isOpen: () => false,
  warm: async () => undefined,
  destroy: (key) => kms.destroyVersion(versionOf(key)),
})

/** A version that KMS made and whose answer was lost, or whose maker was too late, is adopted before another one is made. */
const versionFor = async (kms: Omit<Kms, 'webhooks'>, keys: readonly StoredKey[]): Promise<string> => {
  const known = new Set(
    keys.flatMap(({ material }) => (material !== undefined && 'version' in material ? [material.version] : [])),
  )
  const orphan = (await kms.signingVersions()).find((version) => !known.has(version))
  return orphan ?? kms.createSigningVersion()
}

const versionOf = ({ kid, material }: StoredKey): string => {
  invariant(material !== undefined && 'version' in material, `${kid} has no version in KMS`)
  return material.version
}
