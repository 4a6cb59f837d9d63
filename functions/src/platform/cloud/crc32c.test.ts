// The checksum that KMS and Secret Manager mean, against the values of RFC 3720 §B.4.
import { describe, expect, it } from 'vitest'
import { bytesOf, checksumMatches, crc32c } from './crc32c.ts'

describe('CRC32C', () => {
  it.each([
    [Buffer.alloc(32), 0x8a9136aa],
    [Buffer.alloc(32, 0xff), 0x62a8ab43],
    [Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e],
    [Buffer.from(Array.from({ length: 32 }, (_, index) => 31 - index)), 0x113fdb5c],
    [Buffer.from('123456789'), 0xe3069283],
    [Buffer.alloc(0), 0],
  ])('of %o', (bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected)
  })

  it('matches in whatever form the client hands it over, and an absent one matches nothing', () => {
    const bytes = Buffer.from('123456789')
    for (const value of [0xe3069283, '3808858755', { toString: () => '3808858755' }])
      expect(checksumMatches({ value }, bytes)).toBe(true)
    for (const sent of [undefined, null, {}, { value: null }, { value: undefined }, { value: 0 }, { value: '' }])
      expect(checksumMatches(sent, bytes)).toBe(false)
    expect(checksumMatches({}, Buffer.alloc(0))).toBe(false)
    expect(checksumMatches({ value: 3808858756 }, bytes)).toBe(false)
  })

  it('I-82: the bytes of an answer are the client’s own and no copy, so that a secret is overwritten where it is', () => {
    const whole = Uint8Array.of(1, 2, 3, 4, 5)
    for (const value of [whole.subarray(1, 4), Buffer.from(whole.buffer, 1, 3)]) {
      whole.set([1, 2, 3, 4, 5])
      expect([...bytesOf(value)]).toEqual([2, 3, 4])
      bytesOf(value).fill(0)
      expect([...whole]).toEqual([1, 0, 0, 0, 5])
    }
    expect([...bytesOf('AQI=')]).toEqual([1, 2])
    for (const nothing of [undefined, null, '']) expect(bytesOf(nothing)).toHaveLength(0)
  })
})
