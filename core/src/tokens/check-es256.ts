// ES256 by whatever WebCrypto the host has (server, worker, browser): the one signature check of every verifier.
import type { PublicJwk } from './verification-key.ts'

/** What is needed of `SubtleCrypto`; core names no host, so the host hands in its own. */
export interface SubtleVerifier<Key> {
  readonly importKey: (
    format: 'jwk',
    jwk: { readonly kty: string; readonly crv: string; readonly x: string; readonly y: string },
    algorithm: { readonly name: 'ECDSA'; readonly namedCurve: 'P-256' },
    extractable: false,
    usages: 'verify'[],
  ) => Promise<Key>
  readonly verify: (
    algorithm: { readonly name: 'ECDSA'; readonly hash: 'SHA-256' },
    key: Key,
    signature: Uint8Array<ArrayBuffer>,
    data: Uint8Array<ArrayBuffer>,
  ) => Promise<boolean>
}

/** `r‖s` (RFC 7518 §3.4): 32 bytes each, never DER. */
export const es256SignatureLength = 64

export type CheckSignature = (jwk: PublicJwk, signature: Uint8Array, signed: string) => Promise<boolean>

/** A public key that is not on the curve, and a signature of another length, verify nothing. Keys are imported once per JWK object. */
export const es256Checker = <Key>(subtle: SubtleVerifier<Key>): CheckSignature => {
  const imported = new WeakMap<PublicJwk, Promise<Key | undefined>>()
  const keyOf = (jwk: PublicJwk): Promise<Key | undefined> => {
    const known = imported.get(jwk) ?? importOf(subtle, jwk)
    imported.set(jwk, known)
    return known
  }
  return async (jwk, signature, signed) => {
    if (signature.length !== es256SignatureLength) return false
    const key = await keyOf(jwk)
    if (key === undefined) return false
    const data = new Uint8Array(signed.length)
    for (let index = 0; index < signed.length; index++) data[index] = signed.charCodeAt(index)
    return subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, new Uint8Array(signature), data)
  }
}

const importOf = <Key>(subtle: SubtleVerifier<Key>, { kty, crv, x, y }: PublicJwk): Promise<Key | undefined> =>
  subtle
    .importKey('jwk', { kty, crv, x, y }, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
    .catch(() => undefined)
