/** The checksum against the published vectors of RFC 3720, appendix B.4. */
import { describe, expect, it } from 'vitest'
import { crc32c } from './crc32c.ts'

describe('crc32c', () => {
  it.each([
    ['no bytes at all', Buffer.alloc(0), 0],
    ['the customary digits', Buffer.from('123456789'), 0xe3069283],
    ['32 bytes of zeros', Buffer.alloc(32), 0x8a9136aa],
    ['32 bytes of ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
    ['32 ascending bytes', Buffer.from(Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e],
  ])('gives the published checksum of %s', (_name, bytes, expected) => {
    expect(crc32c(bytes)).toBe(String(expected))
  })
})
