/** What the key service remembers about rings, keys and versions. */

export type KeyRing = { name: string; createdAtMs: number }

export type Purpose = 'ENCRYPT_DECRYPT' | 'ASYMMETRIC_SIGN'
export type Algorithm = 'GOOGLE_SYMMETRIC_ENCRYPTION' | 'EC_SIGN_P256_SHA256'
export type ProtectionLevel = 'SOFTWARE' | 'HSM'
export type VersionState = 'ENABLED' | 'DISABLED' | 'DESTROY_SCHEDULED' | 'DESTROYED'

export type CryptoKey = {
  name: string
  purpose: Purpose
  algorithm: Algorithm
  protectionLevel: ProtectionLevel
  createdAtMs: number
  labels: Record<string, string>
  destroyScheduledSeconds: number
  rotationSeconds: number | null
  nextRotationAtMs: number | null
  /** Sixteen hexadecimal digits by which a ciphertext names its key. */
  cipherId: string
  /** The number of the version that encrypts by default; signing keys have none. */
  primary: number | null
  /** In the order of their numbers, which start at 1; versions are never removed, so none is missing. */
  versions: CryptoKeyVersion[]
}

export type CryptoKeyVersion = {
  number: number
  state: VersionState
  createdAtMs: number
  destroyAtMs: number | null
  destroyedAtMs: number | null
  /** A PKCS#8 PEM or 32 bytes in base64, by the key's algorithm; gone once destroyed. */
  material: string | null
}
