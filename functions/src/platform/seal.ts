// Hashing, comparing and sealing: the few cryptographic steps that are not a token's.
import { createCipheriv, createDecipheriv, createHash, hash, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { RandomBytes } from './random.ts'

/** SHA-256 as base64url. Enough for secrets of 256 random bits: they need no slow hash and no pepper (DESIGN.md §8). */
export const sha256 = (text: string): string => hash('sha256', text, 'base64url')

/** An even spread of ids over `count` ≤ 256 shards; `count` divides 256. */
export const shardOf = (id: string, count: number): number => (createHash('sha256').update(id).digest()[0] ?? 0) % count

/** Compares two digests in constant time. */
export const sameDigest = (left: string, right: string): boolean => {
  const a = Buffer.from(left, 'utf8')
  const b = Buffer.from(right, 'utf8')
  return a.length === b.length && timingSafeEqual(a, b)
}

const keyFrom = (secret: string, context: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, context, 'latchkey/stored-answer/v1', 32))

/** AES-256-GCM under a key derived from a secret that only the client keeps: iv, ciphertext and tag as base64url. */
export const sealText = (plain: string, secret: string, context: string, random: RandomBytes): string => {
  const iv = random(12)
  const cipher = createCipheriv('aes-256-gcm', keyFrom(secret, context), iv).setAAD(Buffer.from(context))
  return Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

/** The sealed text, or undefined when the secret or the context is another one, or the text was tampered with. */
export const openText = (sealed: string, secret: string, context: string): string | undefined => {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < 28) return undefined
  const decipher = createDecipheriv('aes-256-gcm', keyFrom(secret, context), bytes.subarray(0, 12))
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-16))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
