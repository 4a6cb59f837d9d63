// The digest that caches are keyed by: the same as WebCrypto's for every text, and of the whole of it.
import { describe, expect, it } from 'vitest'
import { digestOf, plainDigest } from './digest.ts'

const webDigest = async (text: string): Promise<string> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString('base64url')

describe('the digest of a credential', () => {
  it('is SHA-256 in plain arithmetic and by the platform alike, at every length around a block', async () => {
    for (const length of [0, 1, 54, 55, 56, 57, 63, 64, 65, 111, 119, 120, 128, 1_000, 4_096]) {
      const text = 'ä€x'.repeat(length).slice(0, length)
      const expected = await webDigest(text)
      expect(plainDigest(text), `length ${length}`).toBe(expected)
      expect(digestOf(text), `length ${length}`).toBe(expected)
    }
  })

  it.each([51, 52, 53, 71, 72, 73, 200, 4_096])(
    'I-75 tells two texts apart that differ behind character %i only',
    (length) => {
      const same = 'k'.repeat(length)
      expect(plainDigest(`${same}a`)).not.toBe(plainDigest(`${same}b`))
      expect(digestOf(`${same}é`)).not.toBe(digestOf(`${same}è`))
    },
  )
})
