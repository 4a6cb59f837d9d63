// One principal's assignments at one tenant end in one document, in whatever order they came.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AssignmentId } from '../kernel/ids.ts'
import { instantOf } from '../kernel/time.ts'
import { type FoldableAssignment, foldGrants, maxEntriesPerPrincipal } from './fold-grants.ts'

const assignments = fc.uniqueArray(fc.stringMatching(/^asg_[0-9A-Za-z]{22}$/), { maxLength: 12 }).chain((ids) =>
  fc.tuple(
    ...ids.map((id) =>
      fc.record<FoldableAssignment>({
        assignment: fc.constant(id as AssignmentId), // in the shape of a drawn id
        role: fc.constantFrom('agency.admin', 'account.viewer'),
        reach: fc.constantFrom('node', 'subtree', 'listed'),
        accounts: fc.constantFrom(undefined, { acc_1: 'p1' }),
        placement: fc.constantFrom(undefined, 'p1'),
        condition: fc.constantFrom(undefined, 'resource.ownerId == subject.id'),
        until: fc.constantFrom(undefined, instantOf(1)),
      }),
    ),
  ),
)

test('every order gives the same document, byte by byte', () => {
  const shuffled = assignments.chain((all) =>
    fc.record({ all: fc.constant(all), other: fc.shuffledSubarray(all, { minLength: all.length }) }),
  )
  fc.assert(
    fc.property(shuffled, ({ all, other }) => {
      expect(JSON.stringify(foldGrants(other))).toBe(JSON.stringify(foldGrants(all)))
    }),
  )
})

test('every assignment is in it once, under its id, with all that it contributes', () => {
  fc.assert(
    fc.property(assignments, (all) => {
      const folded = foldGrants(all)
      expect(Object.keys(folded)).toEqual(all.map(({ assignment }) => assignment).sort())
      for (const { assignment, ...entry } of all) expect(folded[assignment]).toEqual(entry)
    }),
  )
})

test('the given list is left as it is, and an empty one folds to nothing', () => {
  const given: readonly FoldableAssignment[] = Object.freeze([])
  expect(foldGrants(given)).toEqual({})
})

test('at the limit, with a thousand accounts listed in some, a document stays far below a megabyte', () => {
  const accounts = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, i) => [`acc_${String(i).padStart(22, '0')}`, 'p'.repeat(22)]),
  )
  const all = Array.from(
    { length: maxEntriesPerPrincipal },
    (_, i): FoldableAssignment => ({
      assignment: `asg_${String(i).padStart(22, '0')}` as AssignmentId, // in the shape of a drawn id
      role: 'agency.admin',
      reach: i < 10 ? 'listed' : 'subtree',
      accounts: i < 10 ? accounts : undefined,
      placement: undefined,
      condition: 'x'.repeat(1_000).slice(0, 200),
      until: undefined,
    }),
  )
  expect(JSON.stringify(foldGrants(all)).length).toBeLessThan(1_048_576 * 0.6)
})
