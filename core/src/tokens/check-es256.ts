// ES256 by whatever the host has, WebCrypto everywhere and Node's own where it is there: the one signature check of every verifier.

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

/** What is needed of `node:crypto`. */
export interface NodeVerifier<Key> {
  readonly createPublicKey: (given: {
    readonly key: { readonly kty: string; readonly crv: string; readonly x: string; readonly y: string }
    readonly format: 'jwk'
  }) => Key
  readonly verify: (
    algorithm: 'sha256',
    data: Uint8Array,
    key: { readonly key: Key; readonly dsaEncoding: 'ieee-p1363' },
    signature: Uint8Array,
  ) => boolean
}

/** `r‖s` (RFC 7518 §3.4): 32 bytes each, never DER. */
export const es256SignatureLength = 64

export interface PublicPoint {
  readonly x: string
  readonly y: string
}

export type CheckSignature = (key: PublicPoint, signature: Uint8Array, signed: string) => boolean | Promise<boolean>

const maxKeys = 100

/** A public key that is not on the curve, and a signature of another length, verify nothing. Imported keys are kept. */
export const es256Checker = <Key>(subtle: SubtleVerifier<Key>): CheckSignature => {
  const keyOf = kept((point) => importOf(subtle, point))
  return async (point, signature, signed) => {
    if (signature.length !== es256SignatureLength) return false
    const key = await keyOf(point)
    if (key === undefined) return false
    return subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, new Uint8Array(signature), bytesOf(signed))
  }
}

/** The same at once: one check by one takes less than to hand it to a thread and back. */
export const es256CheckerAtOnce = <Key>({ createPublicKey, verify }: NodeVerifier<Key>): CheckSignature => {
  const keyOf = kept(({ x, y }) => {
    try {
      return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
    } catch {
      return undefined // not on the curve
    }
  })
  return (point, signature, signed) => {
    if (signature.length !== es256SignatureLength) return false
    const key = keyOf(point)
    return key !== undefined && verify('sha256', bytesOf(signed), { key, dsaEncoding: 'ieee-p1363' }, signature)
  }
}

const kept = <Key>(make: (point: PublicPoint) => Key): ((point: PublicPoint) => Key) => {
  const imported = new Map<string, Key>()
  return (point) => {
    const name = `${point.x}.${point.y}`
    const found = imported.get(name)
    if (found !== undefined) return found
    if (imported.size >= maxKeys) imported.clear()
    const made = make(point)
    imported.set(name, made)
    return made
  }
}

/** What was signed is ASCII. */
const bytesOf = (signed: string): Uint8Array<ArrayBuffer> => {
  const data = new Uint8Array(signed.length)
  for (let index = 0; index < signed.length; index++) data[index] = signed.charCodeAt(index)
  return data
}

const importOf = <Key>(subtle: SubtleVerifier<Key>, { x, y }: PublicPoint): Promise<Key | undefined> =>
  subtle
    .importKey('jwk', { kty: 'EC', crv: 'P-256', x, y }, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
    .catch(() => undefined)
