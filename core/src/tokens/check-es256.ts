// ES256 by whatever WebCrypto the host has (server, worker, browser): the one signature check of every verifier.

/** What is needed of `SubtleCrypto`; core names no host, so the host hands in its own. */
export interface SubtleVerifier<Key> {
  readonly importKey: (
    ...[format, jwk, algorithm, extractable, usages]: [
      'jwk',
      { readonly kty: string; readonly crv: string; readonly x: string; readonly y: string },
      { readonly name: 'ECDSA'; readonly namedCurve: 'P-256' },
      false,
      'verify'[],
    ]
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

export interface PublicPoint {
  readonly x: string
  readonly y: string
}

export type CheckSignature = (key: PublicPoint, signature: Uint8Array, signed: string) => Promise<boolean>

const maxKeys = 100

/** A public key that is not on the curve, and a signature of another length, verify nothing. Imported keys are kept. */
export const es256Checker = <Key>(subtle: SubtleVerifier<Key>): CheckSignature => {
  const imported = new Map<string, Promise<Key | undefined>>()
  const keyOf = (point: PublicPoint): Promise<Key | undefined> => {
    const name = `${point.x}.${point.y}`
    const kept = imported.get(name)
    if (kept !== undefined) return kept
    if (imported.size >= maxKeys) imported.clear()
    const made = importOf(subtle, point)
    imported.set(name, made)
    return made
  }
  return async (point, signature, signed) => {
    if (signature.length !== es256SignatureLength) return false
    const key = await keyOf(point)
    if (key === undefined) return false
    const data = new Uint8Array(signed.length)
    for (let index = 0; index < signed.length; index++) data[index] = signed.charCodeAt(index)
    return subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, new Uint8Array(signature), data)
  }
}

const importOf = <Key>(subtle: SubtleVerifier<Key>, { x, y }: PublicPoint): Promise<Key | undefined> =>
  subtle
    .importKey('jwk', { kty: 'EC', crv: 'P-256', x, y }, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
    .catch(() => undefined)
