// Hundreds of thousands of names are remembered side by side, a million is the end, and the oldest go first.
import { instantOf } from '@latchkey/core/kernel/time'
import { expect, test } from 'vitest'
import { recently } from './recently.ts'

const start = 1_900_000_000_000
const nameOf = (index: number): string => `${String(index * 7_919).padStart(11, 'k')}${String(index).padStart(11, '0')}`

const remembered = (count: number): { readonly kept: number; readonly newest: number } => {
  const table = recently()
  for (let index = 0; index < count; index++) table.done(nameOf(index), instantOf(start + index * 1_000))
  const isKept = (index: number): boolean => table.last(nameOf(index)) === start + index * 1_000
  const numbers = Array.from({ length: count }, (_, index) => index)
  return { kept: numbers.filter(isKept).length / count, newest: numbers.slice(-1_000).filter(isKept).length }
}

test('four hundred thousand keys in use do not push each other out', () => {
  const { kept } = remembered(400_000)
  expect(kept).toBeGreaterThan(0.97)
})

test('more than there are places stay bounded: the newest are kept', () => {
  const { kept, newest } = remembered(1_200_000)
  expect(kept).toBeLessThan(0.85)
  expect(newest).toBe(1_000)
})

test('says when it was last done, to the second, and nothing of what it never heard of', () => {
  const table = recently()
  table.done('one', instantOf(start + 999))
  expect(table.last('one')).toBe(start)
  table.done('one', instantOf(start + 60_000))
  expect(table.last('one')).toBe(start + 60_000)
  expect(table.last('two')).toBeUndefined()
  const strangers = Array.from({ length: 100_000 }, (_, index) => nameOf(index))
  expect(strangers.filter((name) => table.last(name) !== undefined)).toEqual([])
})
