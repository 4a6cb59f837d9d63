// The text form agrees with the vectors of RFC 4648 and has one spelling for each byte string.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64url, encodeBase64url } from './base64url.ts'

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

test.each([
  ['', ''],
  ['f', 'Zg'],
  ['fo', 'Zm8'],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg'],
  ['fooba', 'Zm9vYmE'],
  ['foobar', 'Zm9vYmFy'],
  ['\xfb\xff\xfe', '-__-'],
])('RFC 4648 §10 writes %j as %j and reads it back', (plain, text) => {
  expect(encodeBase64url(ascii(plain))).toBe(text)
  expect(decodeBase64url(text)).toEqual(ascii(plain))
})

test.each(['Zg==', 'Zh', 'Zm9', 'Z', 'Zm9vY', '+//+', 'Zm 9', 'Zg\n', 'Zm8\u00e9'])('refuses %j', (text) => {
  expect(decodeBase64url(text)).toBeUndefined()
})

test('every byte string comes back as it was', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(decodeBase64url(encodeBase64url(bytes))).toEqual(bytes)
    }),
  )
})

test('whatever can be read is spelt in the only possible way', () => {
  const text = fc.string({ unit: fc.constantFrom(...'AQgwBZz09-_+/= '), maxLength: 12 })
  fc.assert(
    fc.property(text, (candidate) => {
      const bytes = decodeBase64url(candidate)
      return bytes === undefined || encodeBase64url(bytes) === candidate
    }),
  )
})
