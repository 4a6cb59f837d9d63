// When a rotation runs and what state a key is in: facts of the clock, half-open to the millisecond.
import { expect, it } from 'vitest'
import { instantOf } from '../kernel/time.ts'
import { keyStatus, runningRotation } from './rotation.ts'

const rotation = { old: 'a', oldHint: 'lk_api_a…z', startedAt: instantOf(1_000), endsAt: instantOf(2_000) }

it('C-010 a rotation runs until exactly its end', () => {
  expect(runningRotation(rotation, instantOf(1_999))).toBe(rotation)
  for (const at of [2_000, 2_001]) expect(runningRotation(rotation, instantOf(at))).toBeUndefined()
  expect(runningRotation(undefined, instantOf(0))).toBeUndefined()
})

it.each([
  ['active', 2_000, 1_999, 'active'],
  ['active', 2_000, 2_000, 'expired'],
  ['disabled', 2_000, 1_999, 'disabled'],
  ['disabled', 2_000, 2_000, 'expired'],
  ['revoked', 2_000, 1_999, 'revoked'],
  ['revoked', 2_000, 2_001, 'revoked'],
  ['something', 2_000, 1_999, 'revoked'],
  [undefined, 2_000, 1_999, 'revoked'],
  ['active', undefined, 1_999, 'expired'],
] as const)('I-61 a key stored as %s that ends at %s is at %s %s', (stored, end, at, status) => {
  expect(keyStatus(stored, end === undefined ? undefined : instantOf(end), instantOf(at))).toBe(status)
})
