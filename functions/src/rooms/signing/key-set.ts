// The published key set (RFC 7517): every key that a living token may be signed with, and the one that will sign next.
import { activeIn, isPublished } from '@latchkey/core/signing/ring'
import { keySetCacheLife } from '@latchkey/core/signing/rotation-policy'
import type { PublicJwk } from '@latchkey/core/tokens/verification-key'
import type { PublicDocument } from '../../guard/doors/public-document.ts'
import { sharedRead } from '../../platform/store/shared-read.ts'
import { StoreError } from '../../platform/store/store-error.ts'
import type { SigningDependencies } from './dependencies.ts'
import { readRings, type StoredKey } from './ring/ring-document.ts'

/** `alg` and `use` are always there: a verifier that must guess can be made to guess wrong (CATALOGUE I-15). */
export const jwkOf = ({ kid, point }: Pick<StoredKey, 'kid' | 'point'>): PublicJwk => ({
  kty: 'EC',
  crv: 'P-256',
  ...point,
  alg: 'ES256',
  use: 'sig',
  kid,
})

/**
 * Both purposes in one set: the name of a key says what it is for. Never a set without the key that signs, of either purpose: somebody
 * would keep it for ten minutes. And never from a cache of ours: whoever has just heard of a change asks here for the set after it.
 */
export const keySetDocument = ({ read }: Pick<SigningDependencies, 'read'>): PublicDocument => {
  const rings = sharedRead(() => readRings(read, ['access', 'id']))
  return {
    contentType: 'application/jwk-set+json',
    maxAge: keySetCacheLife,
    read: async () => {
      const found = await rings()
      if (found.some(({ keys }) => activeIn(keys) === undefined))
        throw new StoreError('unavailable', 'no key signs yet, or none any more')
      return { keys: found.flatMap(({ keys }) => keys.filter(isPublished)).map(jwkOf) }
    },
  }
}
