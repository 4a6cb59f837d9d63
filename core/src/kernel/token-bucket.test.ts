// The bucket under calls that come out of their order, and under a clock that is set.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instantOf } from './time.ts'
import { type Level, refilled } from './token-bucket.ts'

const rate = { perSecond: 50, burst: 200 }

const passed = (moments: readonly number[]): number => {
  let level: Level = { tokens: rate.burst, at: instantOf(1_000_000) }
  let through = 0
  for (const moment of moments) {
    level = refilled(level, rate, instantOf(1_000_000 + moment))
    if (level.tokens < 1) continue
    level = { ...level, tokens: level.tokens - 1 }
    through++
  }
  return through
}

test('C-014 lets through what it holds and what was refilled, in whatever order calls come', () => {
  const jittered = fc.array(fc.integer({ min: 0, max: 150 }), { minLength: 2_000, maxLength: 4_000 })
  fc.assert(
    fc.property(jittered, (jitters) => {
      const moments = jitters.map((jitter, index) => index + 150 - jitter)
      const seconds = Math.max(...moments) / 1_000
      expect(passed(moments)).toBeLessThanOrEqual(rate.burst + seconds * rate.perSecond)
    }),
    { numRuns: 50 },
  )
})

test('C-014 two calls a second apart, in turn, refill one second', () => {
  const moments = Array.from({ length: 4_000 }, (_, index) => (index % 2) * 1_000)
  expect(passed(moments)).toBe(rate.burst + 1) // what the first call took, once
})

test('a clock that was ahead and is set right goes on from there', () => {
  const ahead: Level = { tokens: 0, at: instantOf(100_000_000) }
  const back = refilled(ahead, rate, instantOf(1_000_000))
  expect(back).toEqual({ tokens: 0, at: 1_000_000 })
  expect(refilled(back, rate, instantOf(1_001_000)).tokens).toBe(50)
})
