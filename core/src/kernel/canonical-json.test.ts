// One value, one text: digests and golden files depend on nothing but the value.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, type Json } from './canonical-json.ts'

test.each<[Json | undefined, string]>([
  [null, 'null'],
  ['a"b\n', '"a\\"b\\n"'],
  [-0, '0'],
  [[3, 1, 2], '[3,1,2]'],
  [{ b: 1, a: { d: [], c: null } }, '{"a":{"c":null,"d":[]},"b":1}'],
  [{ a: undefined, b: 1 }, '{"b":1}'],
  [{ é: 1, z: 2, Z: 3 }, '{"Z":3,"z":2,"é":1}'],
  [{ 10: 1, 9: 2 }, '{"10":1,"9":2}'],
  [undefined, 'null'],
])('%j is written as %s', (value, text) => {
  expect(canonicalJson(value)).toBe(text)
})

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, shuffled(item)]),
  )
}
const json = fc.jsonValue() as fc.Arbitrary<Json> // fast-check's own type for the same values

test('the order in which members were written does not show', () => {
  fc.assert(fc.property(json, (value) => canonicalJson(shuffled(value) as Json) === canonicalJson(value)))
})

test('nothing is lost: the text reads back as the value', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('it is already canonical: writing what was read changes nothing', () => {
  fc.assert(fc.property(json, (value) => canonicalJson(JSON.parse(canonicalJson(value))) === canonicalJson(value)))
})
