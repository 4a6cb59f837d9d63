/** Draws new key material and appends it to a key as its next version. */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { Algorithm, CryptoKey, CryptoKeyVersion } from '../state.ts'

function drawMaterial(algorithm: Algorithm): string {
  switch (algorithm) {
    case 'GOOGLE_SYMMETRIC_ENCRYPTION':
      return randomBytes(32).toString('base64')
    case 'EC_SIGN_P256_SHA256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString()
  }
}

export function appendVersion(key: CryptoKey, nowMs: number): CryptoKeyVersion {
  const version: CryptoKeyVersion = {
    number: key.versions.length + 1,
    state: 'ENABLED',
    createdAtMs: nowMs,
    destroyAtMs: null,
    destroyedAtMs: null,
    material: drawMaterial(key.algorithm),
  }
  key.versions.push(version)
  return version
}
