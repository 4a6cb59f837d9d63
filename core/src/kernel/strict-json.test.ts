// What JSON parsers read differently is refused before anybody reads it (CATALOGUE C-102, T-20).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseStrictJson } from './strict-json.ts'

const faultAt = (text: string): string | undefined => {
  const result = parseStrictJson(text)
  return result.ok ? undefined : result.error.path
}
const twice = 'The same key appears twice.'
const forbidden = 'This key is not allowed.'
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

describe('a duplicate key is refused', () => {
  test.each([
    ['at the top', '{"a":1,"a":1}', 'a'],
    ['below an object', '{"a":{"b":1,"b":2}}', 'a.b'],
    ['below an array', '{"a":[{},{"b":{"c":1,"c":2}}]}', 'a[1].b.c'],
    ['in an array at the top', '[{"a":1,"a":2}]', '[0].a'],
    ['spelled with an escape', '{"a":1,"\\u0061":2}', 'a'],
    ['spelled with an escape first', '{"\\u0061":1,"a":2}', 'a'],
    ['spelled with a short escape', '{"a/b":1,"a\\/b":2}', 'a/b'],
    ['with an escaped quote inside', '{"a\\"":1,"a\\"":2}', 'a"'],
    ['ending in a backslash', '{"a\\\\":1,"a\\\\":2}', 'a\\'],
    ['that is empty', '{"":1,"":2}', ''],
    ['far from the first', '{"a":1,"b":"}","c":["{"],"a":2}', 'a'],
    ['between any white space', '{ "a"\t:\n1\r, "a" :2 }', 'a'],
    ['after values of every kind', '{"a":null,"b":-1.5e3,"c":true,"d":"\\\\","e":[],"f":{},"a":0}', 'a'],
  ])('%s', (_, text, path) => {
    expect(parseStrictJson(text)).toEqual({ ok: false, error: { path, reason: twice } })
  })

  test('but the same key in two objects is not one', () => {
    expect(parseStrictJson('{"a":{"a":1},"b":[{"a":1},{"a":2}]}').ok).toBe(true)
    expect(parseStrictJson('{"a":1,"A":2}').ok).toBe(true)
    expect(parseStrictJson('{"a":"a","b":"a"}').ok).toBe(true)
  })
})

describe('a name that bends prototypes is refused', () => {
  test.each([
    ['__proto__', '{"__proto__":{"admin":true}}', '__proto__'],
    ['constructor, deep down', '{"a":[{"constructor":{}}]}', 'a[0].constructor'],
    ['prototype', '{"prototype":1}', 'prototype'],
    ['__proto__ spelled with an escape', '{"__\\u0070roto__":1}', '__proto__'],
  ])('%s', (_, text, path) => {
    expect(parseStrictJson(text)).toEqual({ ok: false, error: { path, reason: forbidden } })
  })

  test('but as a value it is only a word', () => {
    expect(parseStrictJson('{"a":"__proto__","b":["constructor"],"proto":1}').ok).toBe(true)
  })
})

describe('depth', () => {
  test('of 32 levels is read, and one more is not', () => {
    expect(parseStrictJson(nested(33)).ok).toBe(true)
    expect(faultAt(nested(34))).toBe('[0]'.repeat(33))
  })

  test('of a hundred thousand levels is refused, not a crash', () => {
    expect(parseStrictJson(nested(100_000)).ok).toBe(false)
    expect(parseStrictJson('{"a":'.repeat(100_000)).ok).toBe(false)
  })
})

test.each([
  '',
  ' ',
  '{',
  '{"a":1,}',
  '[1,]',
  "{'a':1}",
  '{a:1}',
  '01',
  'NaN',
  '{"a":1}x',
  '\ufeff{}',
  '{"a":"\n"}',
  '//',
])('what is no JSON is refused: %j', (text) => {
  expect(parseStrictJson(text)).toEqual({ ok: false, error: { path: '', reason: 'It is not valid JSON.' } })
})

test('whatever JSON.stringify writes is read back as the same value, with or without white space', () => {
  const safe = fc
    .jsonValue({ maxDepth: 6 })
    .filter((value) => !/"(__proto__|constructor|prototype)"/.test(JSON.stringify(value)))
  fc.assert(
    fc.property(safe, fc.constantFrom(0, 2, '\t'), (value, space) => {
      const text = JSON.stringify(value, undefined, space)
      expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) })
    }),
  )
})

test('any object with one key written twice is refused, however the second is spelled', () => {
  const escaped = (key: string): string =>
    `"${[...key].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]{1,10}$/), fc.jsonValue(), fc.boolean(), (key, value, spelled) => {
      const [first, second] = [JSON.stringify(key), spelled ? escaped(key) : JSON.stringify(key)]
      const text = `{"before":{"${'x'}":1},${first}:${JSON.stringify(value)},${second}:0}`
      expect(parseStrictJson(text).ok).toBe(false)
    }),
  )
})
