// Compositions: a cycle, too deep a stack or too wide a fan is refused, and refused quickly (CATALOGUE C-105).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { empty } from '../../catalogue/permission-set.ts'
import type { CustomRole } from '../facts.ts'
import { maxComposition } from '../roles.ts'
import { compositionFault, includersOf, maxInclusions } from './compose-role.ts'

type Roles = ReadonlyMap<string, CustomRole>

const roles = (includes: Readonly<Record<string, readonly string[]>>): Roles =>
  new Map(Object.entries(includes).map(([id, included]) => [id, { permissions: empty, includes: included }]))

/** r0 includes r1, which includes r2, and so on. */
const stack = (depth: number): Roles =>
  roles(Object.fromEntries(Array.from({ length: depth }, (_, i) => [`r${i}`, i + 1 < depth ? [`r${i + 1}`] : []])))

describe('a composition', () => {
  test('of built-in roles and of one another is fine', () => {
    const sound = roles({ a: ['b', 'account.viewer'], b: ['c'], c: ['account.user'], d: ['c'] })
    for (const role of sound.keys()) expect(compositionFault(sound, role)).toBeUndefined()
  })

  test.each([
    ['itself', { a: ['account.viewer', 'a'] }, 'includes[1]'],
    ['what includes it', { a: ['b'], b: ['a'] }, 'includes[0]'],
    ['what includes it by way of others', { a: ['x', 'b'], x: [], b: ['c'], c: ['d'], d: ['a'] }, 'includes[1]'],
  ])('C-105 that includes %s is refused by the inclusion at fault', (_, includes, field) => {
    expect(compositionFault(roles(includes), 'a')).toMatchObject({ code: 'invalid_request', field })
  })

  test('C-105 stands as deep as a decision unfolds, and no deeper, seen from wherever it is edited', () => {
    const [deepest, tooDeep] = [stack(maxComposition), stack(maxComposition + 1)]
    for (const role of deepest.keys()) expect(compositionFault(deepest, role)).toBeUndefined()
    for (const role of tooDeep.keys()) {
      expect(compositionFault(tooDeep, role)).toMatchObject({ code: 'invalid_request', field: 'includes' })
    }
  })

  test('C-105 a fan in every floor is refused although it is not deep, in no time', () => {
    const floors = Array.from({ length: maxComposition }, (_, floor) =>
      Array.from({ length: 20 }, (_unused, i) => `f${floor}r${i}`),
    )
    const hostile = roles(
      Object.fromEntries(floors.flatMap((ids, floor) => ids.map((id) => [id, floors[floor + 1] ?? []]))),
    )
    const started = performance.now()
    expect(compositionFault(hostile, 'f9r0')).toMatchObject({ code: 'limit_exceeded', field: 'includes' })
    expect(compositionFault(hostile, 'f0r0')).toMatchObject({ code: 'limit_exceeded' })
    expect(performance.now() - started).toBeLessThan(500)
  })

  test('a circle among stored roles, which only damage can make, stops nothing and is refused to whoever includes it', () => {
    const damaged = roles({ a: ['b'], b: ['c'], c: ['b'], other: ['account.viewer'] })
    expect(compositionFault(damaged, 'a')).toMatchObject({ code: 'invalid_request', field: 'includes' })
    expect(compositionFault(damaged, 'other')).toBeUndefined()
  })

  test('whatever is let through unfolds within the bounds, and whatever is refused does not', () => {
    const ids = Array.from({ length: 8 }, (_, i) => `r${i}`)
    const graph = fc.dictionary(fc.constantFrom(...ids), fc.uniqueArray(fc.constantFrom(...ids, 'account.viewer')))
    fc.assert(
      fc.property(graph, fc.constantFrom(...ids), (includes, edited) => {
        const all = roles({ ...Object.fromEntries(ids.map((id) => [id, []])), ...includes })
        const within = includersOf(all, edited).every((id) => unfolds(all, id, 1) <= maxInclusions)
        expect(compositionFault(all, edited) === undefined).toBe(within)
      }),
      { numRuns: 300 },
    )
  })
})

/** The inclusions of a role, counted by walking them; endless when deeper than allowed. */
const unfolds = (all: Roles, role: string, depth: number): number => {
  if (depth > maxComposition) return Number.POSITIVE_INFINITY
  let count = 0
  for (const included of all.get(role)?.includes ?? []) {
    count += 1 + (all.has(included) ? unfolds(all, included, depth + 1) : 0)
    if (count > maxInclusions) return count
  }
  return count
}
