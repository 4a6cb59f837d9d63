// How wrong a clock is, by the database's own time: a minute either way and ten seconds are lived with, and not a millisecond more; and what that means for the life of a token.
import { type Instant, instantOf, plusSeconds } from '@latchkey/core/kernel/time'
import { purposes } from '@latchkey/core/signing/purpose'
import { emptyAt, heardAt, newKey } from '@latchkey/core/signing/ring'
import { policyOf } from '@latchkey/core/signing/rotation-policy'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asRevision } from '../../../platform/store/revision.ts'
import { clockFault, rightTime, tolerated } from './clock-fault.ts'
import type { Ring } from './ring-document.ts'

const there = Date.UTC(2026, 10, 22, 9, 30, 0, 123)
const asOf = asRevision('2026-11-22T09:30:00.123456Z')
if (asOf === undefined) throw new Error('a revision')
const most = tolerated * 1000
const point = { x: '', y: '' }
const ring = (newest?: number): Ring => ({
  asOf,
  keys: newest === undefined ? [] : [{ ...newKey('access-1', instantOf(newest)), point, material: undefined }],
})
const judge = (now: number, from: Ring, trueTime?: (asOf: Instant) => Instant) => {
  const logged: string[] = []
  const fault = clockFault(from, instantOf(now), { trueTime, logSeldom: (severity) => void logged.push(severity) })
  expect(logged).toEqual(fault === undefined ? [] : ['ERROR'])
  return fault?.fault ?? 'right'
}
const real = (at: Instant): Instant => at

describe('F-33: a clock', () => {
  it.each([
    [0, 'right'],
    [most, 'right'],
    [-most, 'right'],
    [60_000, 'right'],
    [-60_000, 'right'],
    [most + 1, 'unavailable'],
    [-most - 1, 'unavailable'],
  ])('%i ms off the database’s is %s', (off, expected) => {
    expect(judge(there + off, ring(), real)).toBe(expected)
  })

  it('that is set by hand is compared with nothing but the ring', () => {
    for (const off of [-86_400_000, 86_400_000]) expect(judge(there + off, ring())).toBe('right')
    expect(judge(there, ring(there + 2 * most))).toBe('right')
    expect(judge(there, ring(there + 2 * most + 1))).toBe('unavailable')
    expect(judge(there + 86_400_000, ring(there))).toBe('right')
  })
})

describe('F-33: clocks that are all lived with', () => {
  const age = { min: 0, max: 4_000 }
  /** A clock that is judged right by a reading of some age; its limits come often. */
  const judged = fc
    .record({
      off: fc.oneof(fc.constantFrom(-most - 4_000, -most, most), fc.integer({ min: -600_000, max: 600_000 })),
      age: fc.integer(age),
    })
    .filter(({ off, age }) => judge(there + age + off, ring(), real) === 'right')
    .map(({ off }) => off)
  const verifiers = fc.oneof(fc.constantFrom(-60_000, 60_000), fc.integer({ min: -60_000, max: 60_000 }))
  const stamped = (at: number) => ({
    ...newKey('access-1', instantOf(at)),
    publishedAt: instantOf(at),
    retiringAt: instantOf(at),
  })

  it('refuse no valid token: it has died before its key leaves the set, whoever stamps, steps, signs and verifies', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...purposes),
        fc.record({ stamps: judged, steps: judged, signs: judged }),
        verifiers,
        fc.integer(age),
        (purpose, { stamps, steps, signs }, verifies, copyAge) => {
          const policy = policyOf(purpose)
          // All in true time, in which the signer's copy of the ring is some seconds behind the takeover.
          const leaves = (emptyAt(stamped(there + stamps), policy) ?? 0) - steps
          const dies = plusSeconds(instantOf(there + copyAge + signs), policy.tokenLife) - verifies
          expect(dies).toBeLessThanOrEqual(leaves)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('let no key sign before every copy of the set that lacks it has ended', () => {
    fc.assert(
      fc.property(fc.constantFrom(...purposes), judged, judged, (purpose, stamps, steps) => {
        const policy = policyOf(purpose)
        const signs = (heardAt(stamped(there + stamps), policy) ?? 0) - steps
        expect(signs).toBeGreaterThanOrEqual(plusSeconds(instantOf(there), policy.cacheLife))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('the moment of what cannot wait', () => {
  const moment = (now: number, from: Ring, trueTime?: (asOf: Instant) => Instant) =>
    rightTime(from, instantOf(now), { trueTime, logSeldom: () => undefined })

  it('is ours when our clock is right, else the database’s, else the newest that is known', () => {
    expect(moment(there + most, ring(), real)).toBe(there + most)
    for (const off of [-3_600_000, 3_600_000]) expect(moment(there + off, ring(there), real)).toBe(there)
    expect(moment(there - 3_600_000, ring(there + 5))).toBe(there + 5)
  })
})
