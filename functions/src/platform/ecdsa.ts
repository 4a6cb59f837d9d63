// ECDSA over P-256 with SHA-256, on WebCrypto and checked by Node's own at once: signatures are r‖s (RFC 7518 §3.4), private keys cannot be taken out of the process again.
import { createPublicKey, verify, webcrypto } from 'node:crypto'
import { es256CheckerAtOnce, type PublicPoint } from '@latchkey/core/tokens/check-es256'
import { sha256 } from './seal.ts'

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const

export type SigningKey = webcrypto.CryptoKey

/** RFC 7638: required members only, in the order of their names. */
export const thumbprint = ({ x, y }: PublicPoint): string => sha256(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }))

/** A new pair; the private half as PKCS #8, to be wrapped and then overwritten. */
export const generatePair = async (): Promise<{ readonly point: PublicPoint; readonly pkcs8: Buffer }> => {
  const { publicKey, privateKey } = await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify'])
  const { x = '', y = '' } = await webcrypto.subtle.exportKey('jwk', publicKey)
  return { point: { x, y }, pkcs8: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey)) }
}

/** Not extractable: what reads this process can sign with it while it runs, and take nothing away (CATALOGUE I-82). */
export const importPrivate = (pkcs8: Uint8Array): Promise<SigningKey> =>
  webcrypto.subtle.importKey('pkcs8', pkcs8, curve, false, ['sign'])

export const signBytes = async (key: SigningKey, bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await webcrypto.subtle.sign(signing, key, bytes))

/** Whether a signature is by this public key. */
export const checkSignature = es256CheckerAtOnce({ createPublicKey, verify })

/** The public point of a PEM, which is how KMS hands out public keys. */
export const pointOf = async (pem: string): Promise<PublicPoint> => {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  const { x = '', y = '' } = await webcrypto.subtle.exportKey(
    'jwk',
    await webcrypto.subtle.importKey('spki', der, curve, true, ['verify']),
  )
  return { x, y }
}

const half = 32

/** KMS signs in DER (RFC 3279 §2.2.3), a JWS wants r‖s: each number without its sign byte, padded to 32 bytes. Undefined for anything else. */
export const rawSignature = (der: Uint8Array): Uint8Array | undefined => {
  // A P-256 signature is shorter than 128 bytes, so every length is one byte.
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return undefined
  const r = integerAt(der, 2)
  const s = r === undefined ? undefined : integerAt(der, r.end)
  if (r === undefined || s === undefined || s.end !== der.length) return undefined
  const raw = new Uint8Array(2 * half)
  raw.set(r.bytes, half - r.bytes.length)
  raw.set(s.bytes, 2 * half - s.bytes.length)
  return raw
}

const integerAt = (der: Uint8Array, at: number): { readonly bytes: Uint8Array; readonly end: number } | undefined => {
  const end = at + 2 + (der[at + 1] ?? 0)
  const bytes = der.subarray(at + 2, end)
  const isPositive = bytes.length > 0 && (bytes[0] ?? 0) < 0x80
  const isShortest = bytes.length === 1 || bytes[0] !== 0 || (bytes[1] ?? 0) >= 0x80
  if (der[at] !== 0x02 || end > der.length || !isPositive || !isShortest) return undefined
  const unsigned = bytes[0] === 0 ? bytes.subarray(1) : bytes
  return unsigned.length <= half ? { bytes: unsigned, end } : undefined
}
