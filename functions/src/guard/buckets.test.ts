// The cheap limit lets a burst through, refills with time, and tells how long to wait.
import { type Instant, instantOf } from '@latchkey/core/kernel/time'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryBuckets, refusedCache } from './buckets.ts'

const start = instantOf(1_900_000_000_000)
const after = (seconds: number): Instant => instantOf(start + seconds * 1000)
const allowance = { perMinute: 60, burst: 3 }

describe('a bucket', () => {
  test('lets a burst through and refuses the next, saying when to come back', () => {
    const { take } = memoryBuckets()
    expect([1, 2, 3, 4].map(() => take('a', allowance, start))).toEqual([0, 0, 0, 1])
  })

  test('refills with time, and never beyond the burst', () => {
    const { take } = memoryBuckets()
    for (let count = 0; count < 3; count++) take('a', allowance, start)
    expect(take('a', allowance, instantOf(start + 999))).toBe(1)
    expect(take('a', allowance, after(1))).toBe(0)
    expect([1, 2, 3, 4].map(() => take('a', allowance, after(3_600)))).toEqual([0, 0, 0, 1])
  })

  test('is one per key', () => {
    const { take } = memoryBuckets()
    for (let count = 0; count < 5; count++) take('a', allowance, start)
    expect(take('b', allowance, start)).toBe(0)
    expect(take('__proto__', allowance, start)).toBe(0)
  })

  test('charges what a call costs, and a refused call nothing', () => {
    const { take } = memoryBuckets()
    expect(take('a', allowance, start, 2)).toBe(0)
    expect(take('a', allowance, start, 2)).toBe(1)
    expect(take('a', allowance, start, 1)).toBe(0)
    expect(take('a', { perMinute: 6, burst: 3 }, start, 2)).toBe(20)
  })

  test('gives nothing for a clock that runs backwards', () => {
    const { take } = memoryBuckets()
    for (let count = 0; count < 3; count++) take('a', allowance, start)
    expect(take('a', allowance, after(-3_600))).toBeGreaterThan(0)
  })

  test('forgets the least used key at 20,000, not all', () => {
    const { take } = memoryBuckets()
    const once = { perMinute: 1, burst: 1 }
    for (let key = 0; key < 20_001; key++) take(`k${key}`, once, start)
    expect(take('k20000', once, start)).toBeGreaterThan(0)
    expect(take('k0', once, start)).toBe(0)
  })

  test('whatever is asked when, no more passes than burst and refill allow', () => {
    const calls = fc.array(fc.record({ wait: fc.nat({ max: 5_000 }), cost: fc.integer({ min: 1, max: 3 }) }), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(calls, (list) => {
        const { take } = memoryBuckets()
        let [at, spent] = [start, 0]
        for (const { wait, cost } of list) {
          at = instantOf(at + wait)
          if (take('a', allowance, at, cost) === 0) spent += cost
        }
        expect(spent).toBeLessThanOrEqual(allowance.burst + ((at - start) * allowance.perMinute) / 60_000 + 1e-6)
      }),
    )
  })

  test('after the told wait the call passes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 20 }), (perMinute, burst) => {
        const { take } = memoryBuckets()
        take('a', { perMinute, burst }, start, burst)
        const wait = take('a', { perMinute, burst }, start, burst)
        expect(wait).toBeGreaterThan(0)
        expect(take('a', { perMinute, burst }, after(wait), burst)).toBe(0)
      }),
    )
  })
})

test('a refused credential is remembered, and no other', () => {
  const refused = refusedCache()
  expect(refused.has('a')).toBe(false)
  refused.add('a')
  expect(refused.has('a')).toBe(true)
  expect(refused.has('b')).toBe(false)
})
