/** Everything the emulators remember, as it stands in memory and in the state file. */
import type { CryptoKey, KeyRing } from '../kms/state.ts'
import type { Secret } from '../secrets/state.ts'

export type EmulatorState = {
  format: 1
  /** Counts up with every etag drawn, so that an etag never comes back. */
  revision: number
  keyRings: Record<string, KeyRing>
  cryptoKeys: Record<string, CryptoKey>
  secrets: Record<string, Secret>
}

export const emptyState = (): EmulatorState => ({
  format: 1,
  revision: 0,
  keyRings: {},
  cryptoKeys: {},
  secrets: {},
})
