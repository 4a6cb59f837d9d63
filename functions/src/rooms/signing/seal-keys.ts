// The public keys for seals: every one that ever signed, long after it has stopped; of one that was declared compromised, until which seal it counts.
import type { SealNumber } from '@latchkey/core/audit/chain'
import type { SealKey } from '@latchkey/core/audit/verify/seals'
import { keySetCacheLife } from '@latchkey/core/signing/rotation-policy'
import type { PublicJwk } from '@latchkey/core/tokens/verification-key'
import type { PublicDocument } from '../../guard/doors/public-document.ts'
import type { Kms } from '../../platform/cloud/kms.ts'
import type { Reader } from '../../platform/store/reader.ts'
import { sharedRead } from '../../platform/store/shared-read.ts'
import { jwkOf } from './key-set.ts'
import { kidOf, readRing, type StoredKey } from './ring/ring-document.ts'

const sealRing = async (read: Reader) => (await readRing(read, 'seal')).keys.map((key) => ({ key, ...endOf(key) }))

/** Where nobody knows which seal was the last, none counts. */
const endOf = ({ compromisedAt, lastSeal = noSeal }: StoredKey) => (compromisedAt === undefined ? {} : { lastSeal })

const noSeal: SealNumber = { epoch: 1, sequence: 0 }

export const sealKeys = async (read: Reader): Promise<readonly SealKey[]> =>
  (await sealRing(read)).map(({ key: { kid, point }, ...end }) => ({ kid, ...point, ...end }))

/** The public half of a key of the ring as KMS has it; undefined when KMS does not, whatever the ring says. */
export const sealKeyInKms =
  ({ read, kms }: { readonly read: Reader; readonly kms: Pick<Kms, 'signingVersions' | 'publicPoint'> }) =>
  async (kid: string): Promise<PublicJwk | undefined> => {
    const { keys } = await readRing(read, 'seal')
    const material = keys.find((key) => key.kid === kid)?.material
    if (material === undefined || !('version' in material)) return undefined
    if (!(await kms.signingVersions()).includes(material.version)) return undefined
    const point = await kms.publicPoint(material.version)
    return kidOf('seal', point) === kid ? jwkOf({ kid, point }) : undefined
  }

/** For whoever verifies an export: a set of its own (RFC 7517), because no token is ever verified with one of these. */
export const sealKeySetDocument = ({ read }: { readonly read: Reader }): PublicDocument => {
  const keys = sharedRead(() => sealRing(read))
  return {
    contentType: 'application/jwk-set+json',
    maxAge: keySetCacheLife,
    read: async () => ({ keys: (await keys()).map(({ key, ...end }) => ({ ...jwkOf(key), ...end })) }),
  }
}
