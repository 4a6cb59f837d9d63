/** What the passing of time does to keys: scheduled destructions and automatic rotations. */
import type { EmulatorState } from '../state/emulator-state.ts'
import { appendVersion } from './crypto/generate.ts'
import type { CryptoKey, CryptoKeyVersion } from './state.ts'

const isDestructionDue = (version: CryptoKeyVersion, nowMs: number): boolean =>
  version.state === 'DESTROY_SCHEDULED' && version.destroyAtMs !== null && version.destroyAtMs <= nowMs

const isRotationDue = (key: CryptoKey, nowMs: number): boolean =>
  key.nextRotationAtMs !== null && key.nextRotationAtMs <= nowMs

export function hasDueEvents(state: EmulatorState, nowMs: number): boolean {
  return Object.values(state.cryptoKeys).some(
    (key) => isRotationDue(key, nowMs) || key.versions.some((version) => isDestructionDue(version, nowMs)),
  )
}

function destroy(version: CryptoKeyVersion): void {
  version.state = 'DESTROYED'
  version.destroyedAtMs = version.destroyAtMs
  version.destroyAtMs = null
  version.material = null
}

/** One new version however long the clock was away; the next date keeps its place in the rhythm. */
function rotate(key: CryptoKey, dueAtMs: number, nowMs: number): void {
  key.primary = appendVersion(key, nowMs).number
  if (key.rotationSeconds === null) {
    key.nextRotationAtMs = null
    return
  }
  const periodMs = key.rotationSeconds * 1000
  key.nextRotationAtMs = dueAtMs + (Math.floor((nowMs - dueAtMs) / periodMs) + 1) * periodMs
}

export function applyDueEvents(state: EmulatorState, nowMs: number): void {
  for (const key of Object.values(state.cryptoKeys)) {
    for (const version of key.versions) if (isDestructionDue(version, nowMs)) destroy(version)
    if (key.nextRotationAtMs !== null && isRotationDue(key, nowMs)) rotate(key, key.nextRotationAtMs, nowMs)
  }
}
