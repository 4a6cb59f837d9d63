// SHA-256 of a whole text (FIPS 180-4), at once: caches are keyed by it, so that no credential is kept in memory (CATALOGUE I-75).
import { encodeBase64url } from '@latchkey/core/catalogue/base64url'
import { nodeModule } from './node-module.ts'

type Hash = (algorithm: 'sha256', text: string, encoding: 'base64url') => string

const fast = nodeModule<{ readonly hash?: Hash }>('node:crypto')?.hash

export const digestOf = (text: string): string =>
  fast === undefined ? plainDigest(text) : fast('sha256', text, 'base64url')

const constants = Uint32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)))
const initial = Uint32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)))

function primes(count: number): readonly number[] {
  const found: number[] = []
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate)
  }
  return found
}

/** The first 32 bits behind the point. */
function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 2 ** 32)
}

const rotate = (value: number, by: number): number => (value >>> by) | (value << (32 - by))

/** The same in plain arithmetic. */
export const plainDigest = (text: string): string => {
  const bytes = new TextEncoder().encode(text)
  const padded = new Uint8Array(((bytes.length + 72) >>> 6) << 6)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(padded.length - 4, bytes.length * 8)
  const state = initial.slice()
  for (let at = 0; at < padded.length; at += 64) compress(state, view, at)
  const digest = new DataView(new ArrayBuffer(32))
  state.forEach((word, index) => void digest.setUint32(index * 4, word))
  return encodeBase64url(new Uint8Array(digest.buffer))
}

const compress = (state: Uint32Array, view: DataView, at: number): void => {
  const words = new Uint32Array(64)
  for (let index = 0; index < 16; index++) words[index] = view.getUint32(at + index * 4)
  for (let index = 16; index < 64; index++) {
    const near = words[index - 15] ?? 0
    const far = words[index - 2] ?? 0
    const low = rotate(near, 7) ^ rotate(near, 18) ^ (near >>> 3)
    const high = rotate(far, 17) ^ rotate(far, 19) ^ (far >>> 10)
    words[index] = (words[index - 16] ?? 0) + low + (words[index - 7] ?? 0) + high
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let index = 0; index < 64; index++) {
    const high = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const one = (h + high + ((e & f) ^ (~e & g)) + (constants[index] ?? 0) + (words[index] ?? 0)) | 0
    const low = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const two = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g]
  }
  ;[a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = (state[index] ?? 0) + word
  })
}
