// Base62 of fixed width is one text for one value, in both directions.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesToBase62, digits, fromBase62 } from './base62.ts'

test.each([
  [0n, 3, '000'],
  [61n, 1, 'z'],
  [62n, 2, '10'],
  [10n, 2, '0A'],
  [36n, 2, '0a'],
  [62n ** 3n - 1n, 3, 'zzz'],
])('%d in %d digits is %s', (value, width, text) => {
  expect(digits(value, width)).toBe(text)
  expect(fromBase62(text)).toBe(value)
})

test('what does not fit is refused, not cut off', () => {
  expect(digits(62n, 1)).toBeUndefined()
  expect(bytesToBase62(new Uint8Array(32).fill(255), 42)).toBeUndefined()
  expect(bytesToBase62(new Uint8Array(32).fill(255), 43)).toHaveLength(43)
  expect(bytesToBase62(new Uint8Array(16).fill(255), 22)).toHaveLength(22)
})

test.each(['-', '0_', ' 1', 'ä', '+', '/'])('%j is no base62', (text) => {
  expect(fromBase62(text)).toBeUndefined()
})

test('bytes come back as the same big-endian number, in text of exactly the width', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 32 }), (bytes) => {
      const text = bytesToBase62(bytes, 43) ?? ''
      const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
      expect(text).toMatch(/^[0-9A-Za-z]{43}$/)
      expect(fromBase62(text)).toBe(BigInt(`0x0${hex}`))
    }),
  )
})

test('text order is number order, so that equal widths sort', () => {
  const number = fc.bigInt({ min: 0n, max: 62n ** 6n - 1n })
  fc.assert(
    fc.property(number, number, (left, right) => {
      expect((digits(left, 6) ?? '') < (digits(right, 6) ?? '')).toBe(left < right)
    }),
  )
})
