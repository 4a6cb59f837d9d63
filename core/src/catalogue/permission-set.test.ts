// The bitset behaves as the mathematical set that it stands for, and has one text form.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as permissionSet from './permission-set.ts'

const { add, empty, equals, fromBase64url, has, intersect, isEmpty, isSubsetOf, minus, of, size, toBase64url } =
  permissionSet
const { MAX_PERMISSION_NUMBER, toNumbers, union } = permissionSet

const sorted = (numbers: Iterable<number>): readonly number[] => [...new Set(numbers)].sort((a, b) => a - b)
const numbers = fc.uniqueArray(fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 2000 })))
const sets = numbers.map(of)

describe('a set of permissions', () => {
  test('holds exactly what was put in', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 2000 }), (list, probe) => {
        expect(toNumbers(of(list))).toEqual(sorted(list))
        expect(size(of(list))).toBe(list.length)
        expect(has(of(list), probe)).toBe(list.includes(probe))
      }),
    )
  })

  test('agrees with Set on union, intersection, difference and inclusion', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const [x, y] = [new Set(a), new Set(b)]
        expect(toNumbers(union(of(a), of(b)))).toEqual(sorted([...a, ...b]))
        expect(toNumbers(intersect(of(a), of(b)))).toEqual(sorted(a.filter((n) => y.has(n))))
        expect(toNumbers(minus(of(a), of(b)))).toEqual(sorted(a.filter((n) => !y.has(n))))
        expect(isSubsetOf(of(a), of(b))).toBe(a.every((n) => y.has(n)))
        expect(equals(of(a), of(b))).toBe(x.size === y.size && a.every((n) => y.has(n)))
      }),
    )
  })

  test('obeys the laws that decisions lean on', () => {
    fc.assert(
      fc.property(sets, sets, sets, (a, b, c) => {
        expect(equals(union(a, b), union(b, a))).toBe(true)
        expect(equals(intersect(a, union(b, c)), union(intersect(a, b), intersect(a, c)))).toBe(true)
        expect(equals(minus(a, union(b, c)), intersect(minus(a, b), minus(a, c)))).toBe(true)
        expect(isSubsetOf(intersect(a, b), a)).toBe(true)
        expect(isSubsetOf(a, union(a, b))).toBe(true)
        expect(isEmpty(intersect(minus(a, b), b))).toBe(true)
        expect(equals(union(minus(a, b), intersect(a, b)), a)).toBe(true)
      }),
    )
  })

  test('is one and the same however it was made', () => {
    const shrunk = minus(of([3, 900]), of([900]))
    expect(equals(shrunk, of([3]))).toBe(true)
    expect(toBase64url(shrunk)).toBe(toBase64url(of([3, 3])))
    for (const other of [of([4]), of([3, 4]), of([3, 900]), empty]) {
      expect(equals(of([3]), other)).toBe(false)
      expect(equals(other, of([3]))).toBe(false)
    }
    expect(isEmpty(minus(shrunk, shrunk))).toBe(true)
    expect(isEmpty(shrunk)).toBe(false)
  })

  test('never changes: adding gives another set', () => {
    const before = of([1, 40])
    const after = add(before, 41)
    expect(toNumbers(before)).toEqual([1, 40])
    expect(toNumbers(after)).toEqual([1, 40, 41])
    expect(toNumbers(add(empty, 7))).toEqual([7])
    expect(isEmpty(empty)).toBe(true)
  })

  test.each([0, -1, -31, 1.5, 31.9, Number.NaN, Number.POSITIVE_INFINITY, MAX_PERMISSION_NUMBER + 1, 2 ** 32 + 1])(
    'cannot hold %d, which is no permission number',
    (n) => {
      const all = of(Array.from({ length: 64 }, (_, i) => i + 1))
      expect(has(all, n)).toBe(false)
      expect(isEmpty(of([n]))).toBe(true)
      expect(equals(add(all, n), all)).toBe(true)
    },
  )

  test('holds the first and the last number, and the edges of a word', () => {
    const edges = [1, 31, 32, 33, 63, 64, MAX_PERMISSION_NUMBER]
    expect(toNumbers(of(edges))).toEqual(edges)
    expect(fromBase64url(toBase64url(of(edges)))).toEqual(of(edges))
  })
})

describe('the text form', () => {
  test('comes back as the same set', () => {
    fc.assert(
      fc.property(sets, (set) => {
        const back = fromBase64url(toBase64url(set))
        return back !== undefined && equals(back, set)
      }),
    )
  })

  test('is what readers of older versions expect', () => {
    expect(toBase64url(empty)).toBe('')
    expect(toBase64url(of([1]))).toBe('Ag')
    expect(toBase64url(of([1, 2, 8, 33]))).toBe('BgEAAAI')
    expect(toBase64url(of(Array.from({ length: 255 }, (_, i) => i + 1)))).toHaveLength(43)
  })

  test.each([
    ['padding', 'Ag=='],
    ['stray bits', 'Ah'],
    ['another alphabet', '+g'],
    ['a trailing zero byte', 'AgA'],
    ['nothing but zero', 'AA'],
    ['the number 0', 'Aw'],
    ['a length no text can have', 'AgAAA'],
    ['more than the largest number', `${'A'.repeat(10_924)}Ag`],
  ])('refuses %s', (_, text) => {
    expect(fromBase64url(text)).toBeUndefined()
  })

  test('has one spelling for each set', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ABCQgwZz09-_'), maxLength: 16 })
    fc.assert(
      fc.property(text, (candidate) => {
        const set = fromBase64url(candidate)
        return set === undefined || toBase64url(set) === candidate
      }),
    )
  })
})
