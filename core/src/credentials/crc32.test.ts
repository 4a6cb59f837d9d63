// The checksum is the published CRC-32; `functions/src/platform/random.test.ts` compares it with zlib, which core cannot see.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from './crc32.ts'

test.each([
  ['', 0],
  ['123456789', 0xcbf43926],
  ['The quick brown fox jumps over the lazy dog', 0x414fa339],
])('%j gives the published value', (text, checksum) => {
  expect(crc32(text)).toBe(checksum)
})

test('one changed character always changes it', () => {
  const letter = fc.stringMatching(/^[0-9A-Za-z]$/)
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9A-Za-z]{1,80}$/), fc.nat(), letter, (text, at, other) => {
      const index = at % text.length
      const changed = text.slice(0, index) + other + text.slice(index + 1)
      return (changed === text) === (crc32(changed) === crc32(text))
    }),
  )
})
