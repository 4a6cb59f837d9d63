/** Finds rings, keys and versions, or refuses in the words of the key service. */
import type { EmulatorState } from '../state/emulator-state.ts'
import { failedPrecondition, notFound } from '../wire/status.ts'
import { requireName, splitVersionName, versionName } from './names.ts'
import type { CryptoKey, CryptoKeyVersion, KeyRing, Purpose } from './state.ts'

export type FoundVersion = { readonly key: CryptoKey; readonly version: CryptoKeyVersion; readonly name: string }

export function findKeyRing(state: EmulatorState, name: string, field?: string): KeyRing {
  const keyRing = state.keyRings[requireName('keyRing', name, field)]
  if (keyRing === undefined) throw notFound(`KeyRing ${name}`)
  return keyRing
}

export function findKey(state: EmulatorState, name: string, field?: string): CryptoKey {
  const key = state.cryptoKeys[requireName('cryptoKey', name, field)]
  if (key === undefined) throw notFound(`CryptoKey ${name}`)
  return key
}

export function findVersionOf(key: CryptoKey, number: number): FoundVersion {
  const name = versionName(key.name, number)
  const version = key.versions.find((one) => one.number === number)
  if (version === undefined) throw notFound(`CryptoKeyVersion ${name}`)
  return { key, version, name }
}

export function findVersion(state: EmulatorState, name: string, field?: string): FoundVersion {
  const { cryptoKey, number } = splitVersionName(name, field)
  return findVersionOf(findKey(state, cryptoKey), number)
}

export function requirePurpose(key: CryptoKey, purpose: Purpose, name: string): void {
  if (key.purpose === purpose) return
  throw failedPrecondition(`Operation requested for Key ${name} has incorrect key purpose: ${key.purpose}`)
}

/** @returns the key material of a version that may be used. */
export function requireEnabled({ version, name }: FoundVersion): string {
  if (version.state === 'ENABLED' && version.material !== null) return version.material
  throw failedPrecondition(`${name} is not enabled, current state is: ${version.state}.`)
}
