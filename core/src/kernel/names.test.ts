// A name has one spelling, shows all it holds, and cannot pose as part of the system (CATALOGUE C-147, C-162, T-45).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldName, normalizeName } from './names.ts'

const detail = (name: string): string | undefined => {
  const result = normalizeName(name)
  return result.ok ? undefined : result.error.detail
}
const tooLong = 'It is longer than 100 characters.'
const hidden = 'It contains an invisible character.'

describe('a name', () => {
  test.each([
    ['Acme & Söhne', 'Acme & Söhne'],
    ['  Acme   West ', 'Acme West'],
    ['Acme\u00a0West', 'Acme West'],
    ['Ａｃｍｅ', 'Acme'],
    ['Cafe\u0301', 'Café'],
    ['ﬁne', 'fine'],
    ['株式会社', '株式会社'],
    ['I ❤\ufe0f tacos', 'I ❤\ufe0f tacos'],
    ['Admin Services', 'Admin Services'],
  ])('%j becomes %j', (raw, name) => {
    expect(normalizeName(raw)).toEqual({ ok: true, value: name })
  })

  test.each(['', ' ', '\u00a0', '\u0301', '\ufe0f'])('is never empty: %j', (raw) => {
    expect(detail(raw)).toBe('It is empty.')
  })

  test('has at most 100 characters, counted after normalising', () => {
    expect(normalizeName('x'.repeat(100)).ok).toBe(true)
    expect(detail('x'.repeat(101))).toBe(tooLong)
    expect(detail('\ufdfa'.repeat(10))).toBe(tooLong) // each becomes 18
    expect(normalizeName(` ${'x'.repeat(100)} `).ok).toBe(true)
  })

  test('tells in which field it was wrong', () => {
    expect(normalizeName('', 'confirmName')).toEqual({
      ok: false,
      error: { code: 'invalid_request', field: 'confirmName', detail: 'It is empty.' },
    })
  })
})

describe('C-147 C-162 an invisible character is refused', () => {
  test.each([
    ['line feed', '\n'],
    ['carriage return', '\r'],
    ['tab', '\t'],
    ['escape, which starts a terminal sequence', '\u001b'],
    ['delete', '\u007f'],
    ['next line', '\u0085'],
    ['line separator', '\u2028'],
    ['soft hyphen', '\u00ad'],
    ['zero-width space', '\u200b'],
    ['zero-width joiner', '\u200d'],
    ['right-to-left mark', '\u200f'],
    ['right-to-left override', '\u202e'],
    ['isolate', '\u2066'],
    ['byte order mark', '\ufeff'],
    ['combining grapheme joiner', '\u034f'],
    ['Hangul filler', '\u3164'],
    ['half-width Hangul filler', '\uffa0'],
    ['blank Braille cell', '\u2800'],
    ['Mongolian vowel separator', '\u180e'],
    ['tag letter', '\u{e0061}'],
    ['private use', '\ue000'],
    ['lone surrogate', '\ud800'],
    ['unassigned', '\u0378'],
  ])('%s', (_, character) => {
    expect(detail(`Ac${character}me`)).toBe(hidden)
    expect(detail(character)).toBe(hidden)
    expect(normalizeName('Acme').ok).toBe(true)
  })
})

describe('T-45 a reserved name is refused', () => {
  test.each([
    ...['system', 'default', '(default)', 'platform', 'latchkey', 'null', 'undefined', 'admin', 'root', '*'],
    ...['__proto__', 'constructor', 'prototype', 'NaN', 'true', 'false'],
    ...['PLATFORM', ' Platform ', 'ｐｌａｔｆｏｒｍ', 'ⓢystem', 'ﬆem'.replace('ﬆ', 'sy\u017ft')],
  ])('%s', (name) => {
    expect(detail(name)).toBe('This name is reserved.')
  })

  test.each(['Platform West', 'systems', 'admin.', 'default 1'])('and one that only contains it is not: %s', (name) => {
    expect(normalizeName(name).ok).toBe(true)
  })
})

test('normalising twice changes nothing, and never makes a refused name', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  fc.assert(
    fc.property(fc.oneof(text, fc.string()), (raw) => {
      const once = normalizeName(raw)
      if (once.ok) expect(normalizeName(once.value)).toEqual(once)
    }),
    { numRuns: 2_000 },
  )
})

test('names that differ only in case or width are the same name', () => {
  expect(foldName('ＡＣＭＥ West')).toBe(foldName('acme west'))
  expect(foldName('Acme West')).not.toBe(foldName('Acme East'))
})

test.each(['ѕystem', 'plаtform', 'Nоrthwind Growth', 'Αcme'])(
  'C-162 refuses letters of two alphabets in one word: %s',
  (name) => {
    expect(normalizeName(name)).toMatchObject({ ok: false, error: { code: 'invalid_request' } })
  },
)

test.each(['Северный ветер', 'Βόρειος Άνεμος', 'Café Москва', '北風 Agency'])(
  'takes a name of any one alphabet a word: %s',
  (name) => {
    expect(normalizeName(name).ok).toBe(true)
  },
)
