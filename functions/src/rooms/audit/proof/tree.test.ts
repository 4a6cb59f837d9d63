// The tree of a seal: every leaf has a way to the root, of its place alone.
import { pathsOf, rootFrom, rootOf } from '@latchkey/core/audit/merkle'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../../platform/seal.ts'

const leavesOf = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `leaf ${at}`)
const places = fc
  .integer({ min: 1, max: 70 })
  .chain((count) => fc.record({ count: fc.constant(count), index: fc.nat(count - 1), other: fc.nat(count - 1) }))

describe('a tree', () => {
  test('leads from every leaf at its place to the root', () => {
    fc.assert(
      fc.property(places, ({ count, index }) => {
        const leaves = leavesOf(count)
        const path = pathsOf(sha256, leaves)[index] ?? []
        expect(rootFrom(sha256, `leaf ${index}`, { index, count, path })).toBe(rootOf(sha256, leaves))
      }),
    )
  })

  test('leads nowhere from another place, from another leaf, or by a way that is longer or shorter', () => {
    fc.assert(
      fc.property(places, ({ count, index, other }) => {
        const leaves = leavesOf(count)
        const path = pathsOf(sha256, leaves)[index] ?? []
        const root = rootOf(sha256, leaves)
        expect(rootFrom(sha256, 'leaf x', { index, count, path })).not.toBe(root)
        expect(rootFrom(sha256, `leaf ${index}`, { index, count, path: [...path, root] })).toBeUndefined()
        expect(rootFrom(sha256, `leaf ${index}`, { index: count, count, path })).toBeUndefined()
        if (other !== index) expect(rootFrom(sha256, `leaf ${index}`, { index: other, count, path })).not.toBe(root)
        if (path.length > 0)
          expect(rootFrom(sha256, `leaf ${index}`, { index, count, path: path.slice(1) })).toBeUndefined()
      }),
    )
  })

  test('is not one of inner nodes taken for leaves', () => {
    const [first = '', second = ''] = [rootOf(sha256, leavesOf(2)), rootOf(sha256, ['leaf 2', 'leaf 3'])]
    expect(rootOf(sha256, [first, second])).not.toBe(rootOf(sha256, leavesOf(4)))
  })
})
