// Signatures by WebCrypto, wherever there is one; each public key is imported once.

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

export interface EcKey {
  readonly x: string
  readonly y: string
}
export interface RsaKey {
  readonly n: string
  readonly e: string
}

const imported = new WeakMap<object, Promise<CryptoKey | undefined>>()

/** A key that cannot be imported verifies nothing. */
const keyOf = (key: object, load: () => Promise<CryptoKey>): Promise<CryptoKey | undefined> => {
  const kept = imported.get(key) ?? load().catch(() => undefined)
  imported.set(key, kept)
  return kept
}

const check = async (
  algorithm: typeof ecdsa | typeof rsa,
  key: CryptoKey | undefined,
  signature: Uint8Array,
  signed: string,
): Promise<boolean> =>
  key !== undefined &&
  crypto.subtle.verify(algorithm, key, Uint8Array.from(signature), new TextEncoder().encode(signed))

/** ES256: `r‖s` over P-256 (RFC 7518 §3.4). */
export const checkEs256 = async (key: EcKey, signature: Uint8Array, signed: string): Promise<boolean> => {
  const jwk = { kty: 'EC', crv: 'P-256', x: key.x, y: key.y }
  const load = () => crypto.subtle.importKey('jwk', jwk, ecdsa, false, ['verify'])
  return check(ecdsa, await keyOf(key, load), signature, signed)
}

/** RS256 (RFC 7518 §3.3). */
export const checkRs256 = async (key: RsaKey, signature: Uint8Array, signed: string): Promise<boolean> => {
  const jwk = { kty: 'RSA', n: key.n, e: key.e, alg: 'RS256' }
  const load = () => crypto.subtle.importKey('jwk', jwk, rsa, false, ['verify'])
  return check(rsa, await keyOf(key, load), signature, signed)
}
