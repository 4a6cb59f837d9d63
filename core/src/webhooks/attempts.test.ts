import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { days, hours, instantOf, minutes, plusSeconds } from '../kernel/time.ts'
import { deliveryLife, isHopeless, mostAttempts, nextAttempt, restAfter, standingAfter, well } from './attempts.ts'

const noon = instantOf(Date.UTC(2026, 10, 22, 12))

describe('a delivery that fails', () => {
  test('F-52 is tried nine times within a day, each pause longer than the one before, whatever the jitter', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20, maxLength: 20 }), (jitters) => {
        const until = plusSeconds(noon, deliveryLife)
        const moments = [noon]
        for (let attempted = 1; attempted < 20; attempted++) {
          const now = moments.at(-1) ?? noon
          const next = nextAttempt({ attempted, now, until, jitter: jitters[attempted] ?? 0 })
          if (next === undefined) break
          moments.push(next)
        }
        expect(moments).toHaveLength(mostAttempts)
        expect(moments.at(-1)).toBeLessThan(until)
        expect((moments.at(-1) ?? 0) - noon).toBeGreaterThan(17 * 3_600_000)
        const pauses = moments.slice(1).map((at, index) => at - (moments[index] ?? 0))
        expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
      }),
    )
  })

  test('is given up when its day is over, although attempts are left', () => {
    const until = plusSeconds(noon, deliveryLife)
    expect(nextAttempt({ attempted: 5, now: plusSeconds(noon, hours(23)), until, jitter: 0 })).toBeUndefined()
    expect(nextAttempt({ attempted: 4, now: plusSeconds(noon, hours(23)), until, jitter: 0 })).toBeDefined()
  })
})

describe('an endpoint', () => {
  test('that takes anything fares well again; what was not tried says nothing', () => {
    const failing = standingAfter(well, { taken: 0, failed: 3 }, noon)
    expect(failing).toEqual({ failures: 3, failingSince: noon })
    const later = plusSeconds(noon, minutes(5))
    expect(standingAfter(failing, { taken: 0, failed: 1 }, later)).toEqual({ failures: 4, failingSince: noon })
    expect(standingAfter(failing, { taken: 1, failed: 3 }, later)).toEqual(well)
    expect(standingAfter(failing, { taken: 0, failed: 0 }, later)).toEqual(failing)
  })

  test('rests when it cannot be reached, longer and longer, up to half an hour; a few bad answers are no reason', () => {
    const at = (failures: number) => ({ failures, failingSince: noon })
    expect(restAfter(well, true, 0)).toBe(0)
    expect(restAfter(at(4), false, 0)).toBe(0)
    expect(restAfter(at(5), false, 0)).toBeGreaterThan(0)
    const rests = [1, 2, 3, 8, 9, 50].map((failures) => restAfter(at(failures), true, 0))
    expect(rests).toEqual([5, 10, 20, 640, 1280, 1800])
  })

  test('F-52 is switched off after three days without a success, and only when that was tried', () => {
    const since = { failures: 10, failingSince: noon }
    expect(isHopeless(since, plusSeconds(noon, days(3)))).toBe(true)
    expect(isHopeless(since, instantOf(plusSeconds(noon, days(3)) - 1))).toBe(false)
    expect(isHopeless({ ...since, failures: 9 }, plusSeconds(noon, days(30)))).toBe(false)
    expect(isHopeless(well, plusSeconds(noon, days(30)))).toBe(false)
  })
})
