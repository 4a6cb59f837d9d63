// A sealed answer opens with the client's own secret in its own place, or not at all.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemRandom } from './random.ts'
import { openText, sameDigest, sealText, sha256 } from './seal.ts'

const sealed = sealText('lk_api_secret', 'idempotency-key', 'user:maria apiKeys/create', systemRandom)
const open = (text: string, secret = 'idempotency-key', context = 'user:maria apiKeys/create') =>
  openText(text, secret, context)

describe('a sealed text', () => {
  test('opens with its secret and context', () => {
    expect(open(sealed)).toBe('lk_api_secret')
  })

  test('whatever it says, and shows nothing of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.string(), (plain, secret, context) => {
        const text = sealText(plain, secret, context, systemRandom)
        expect(text).toMatch(/^[\w-]{38,}$/)
        expect(openText(text, secret, context)).toBe(plain)
      }),
      { numRuns: 50 },
    )
  })

  test.each([
    ['another secret', () => open(sealed, 'idempotency-key2')],
    ['no secret', () => open(sealed, '')],
    ['another context', () => open(sealed, undefined, 'user:omar apiKeys/create')],
    ['its end cut off', () => open(sealed.slice(0, -4))],
    ['its beginning cut off', () => open(sealed.slice(4))],
    ['nothing left', () => open('')],
    ['less than a nonce and a tag', () => open('A'.repeat(36))],
    ['text that was never sealed', () => open('lk_api_secret'.repeat(5))],
  ])('does not open with %s', (_, opening) => {
    expect(opening()).toBeUndefined()
  })

  test('does not open when any one bit was changed', () => {
    const bytes = Buffer.from(sealed, 'base64url')
    fc.assert(
      fc.property(fc.nat({ max: bytes.length * 8 - 1 }), (bit) => {
        const changed = Buffer.from(bytes)
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(open(changed.toString('base64url'))).toBeUndefined()
      }),
    )
  })

  test('is another text each time, since its nonce is drawn', () => {
    expect(sealText('x', 'y', 'z', systemRandom)).not.toBe(sealText('x', 'y', 'z', systemRandom))
  })
})

describe('a digest', () => {
  test('is SHA-256 in base64url', () => {
    expect(sha256('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
    expect(sha256('ü')).not.toBe(sha256('u'))
  })

  test('is compared whole: same text, same length, nothing else', () => {
    expect(sameDigest(sha256('a'), sha256('a'))).toBe(true)
    expect(sameDigest(sha256('a'), sha256('b'))).toBe(false)
    expect(sameDigest(sha256('a'), sha256('a').slice(0, -1))).toBe(false)
    expect(sameDigest(sha256('a'), '')).toBe(false)
    expect(sameDigest('', '')).toBe(true)
  })
})
