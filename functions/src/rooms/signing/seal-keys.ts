// The public keys for seals: every one that ever signed, long after it has stopped; of one that was declared compromised, until when it counts.
import type { SealKey } from '@latchkey/core/audit/verify/seals'
import { toIso } from '@latchkey/core/kernel/time'
import { keySetCacheLife } from '@latchkey/core/signing/rotation-policy'
import type { PublicDocument } from '../../guard/doors/public-document.ts'
import type { Reader } from '../../platform/store/reader.ts'
import { sharedRead } from '../../platform/store/shared-read.ts'
import { jwkOf } from './key-set.ts'
import { readRing, type StoredKey } from './ring/ring-document.ts'

const sealRing = async (read: Reader) => (await readRing(read, 'seal')).keys.map((key) => ({ key, ...notAfter(key) }))

const notAfter = ({ compromisedAt }: StoredKey) =>
  compromisedAt === undefined ? {} : { notAfter: toIso(compromisedAt) }

export const sealKeys = async (read: Reader): Promise<readonly SealKey[]> =>
  (await sealRing(read)).map(({ key: { kid, point }, ...end }) => ({ kid, ...point, ...end }))

/** For whoever verifies an export: a set of its own (RFC 7517), because no token is ever verified with one of these. */
export const sealKeySetDocument = ({ read }: { readonly read: Reader }): PublicDocument => {
  const keys = sharedRead(() => sealRing(read))
  return {
    contentType: 'application/jwk-set+json',
    maxAge: keySetCacheLife,
    read: async () => ({ keys: (await keys()).map(({ key, ...end }) => ({ ...jwkOf(key), ...end })) }),
  }
}
