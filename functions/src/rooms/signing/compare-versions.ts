// For the reconciler: the signing versions that KMS has against those that the rings name. Nothing is repaired here; the rotator adopts.
import { purposes } from '@latchkey/core/signing/purpose'
import type { Kms } from '../../platform/cloud/kms.ts'
import type { Reader } from '../../platform/store/reader.ts'
import { readRings } from './ring/ring-document.ts'

export interface VersionsDependencies {
  readonly read: Reader
  readonly kms: Pick<Kms, 'signingVersions'>
}

export const compareVersions = ({ read, kms }: VersionsDependencies) => ({
  name: 'KMS versions',
  page: async () => {
    const [there, rings] = await Promise.all([kms.signingVersions(), readRings(read, purposes)])
    const named = rings.flatMap(({ keys }) =>
      keys.flatMap(({ kid, state, material }) =>
        material !== undefined && 'version' in material && state !== 'destroyed'
          ? [{ kid, version: material.version }]
          : [],
      ),
    )
    const missing = named.filter(({ version }) => !there.includes(version))
    const unnamed = there.filter((version) => !named.some((one) => one.version === version))
    return {
      looked: named.length,
      repaired: 0,
      drifted: [
        ...missing.map(({ kid, version }) => `${kid} signs with ${version}, which KMS does not have.`),
        // One is what the next step of the rotator adopts, after an answer that was lost.
        ...(unnamed.length > 1 ? [`KMS has ${unnamed.length} versions that no ring names.`] : []),
      ],
      next: undefined,
    }
  },
})
