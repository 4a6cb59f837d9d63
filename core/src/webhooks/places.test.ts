import { describe, expect, test } from 'vitest'
import { instantOf, plusSeconds, secondsOf } from '../kernel/time.ts'
import { isSlow, mostPlaces, othersOn, type Places, placed, restOnPlace, waitForPlace } from './places.ts'

const now = instantOf(Date.UTC(2026, 10, 22, 12))
const until = plusSeconds(now, secondsOf(60))
const full: Places = Object.fromEntries(Array.from({ length: mostPlaces }, (_, index) => [`whk_${index}`, until]))

describe('T-46 a place for a slow endpoint', () => {
  test('is there for so many and no more, and again once somebody has left or is taken for dead', () => {
    expect(placed({}, 'whk_x', { now, until })).toEqual({ whk_x: until })
    expect(placed(full, 'whk_x', { now, until })).toBeUndefined()
    expect(placed(full, 'whk_x', { now: until, until: plusSeconds(until, secondsOf(60)) })).toBeDefined()
    expect(Object.keys(placed(othersOn(full, 'whk_0', now), 'whk_x', { now, until }) ?? {})).toHaveLength(mostPlaces)
  })

  test('is not taken twice by the same endpoint', () => {
    const later = plusSeconds(until, secondsOf(1))
    expect(placed(full, 'whk_0', { now, until: later })).toEqual({ ...full, whk_0: later })
  })

  test('is left for longer than anybody waits for it', () => {
    for (const jitter of [0, 0.5, 1]) {
      expect(waitForPlace(jitter)).toBeLessThan(restOnPlace)
      expect(waitForPlace(jitter)).toBeGreaterThanOrEqual(10)
    }
  })
})

test('an answer is slow from its second second on', () => {
  expect([0, 1_999, 2_000, 5_000].map(isSlow)).toEqual([false, false, true, true])
})
