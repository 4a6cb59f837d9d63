// A key's plan is one, whichever of its secrets are used, and however many keys with plans a process meets.
import { describe, expect, it } from 'vitest'
import type { Clocks } from '../clocks.ts'
import type { Standing } from '../standing.ts'
import { usageNotes } from './notes.ts'
import { localRates } from './rates.ts'

const rate = { perSecond: 5, burst: 10 }

/** By secret: `a` is the key's first one. */
const using = (key: number, secret = 'a', isRotatedAway = false): Standing =>
  // What the notes look at.
  ({
    credential: `key_${key}`,
    secret: `${secret}${String(key).padStart(21, '0')}`,
    rate,
    isRotatedAway,
  }) as unknown as Standing

const process = () => {
  const state = { now: 0 }
  const clocks: Clocks = { wall: () => state.now, steady: () => state.now }
  const rates = localRates(clocks)
  const notes = usageNotes(rates)
  const passes = (standing: Standing, times: number): number =>
    Array.from({ length: times }, () => notes.used(standing, state.now)).filter((wait) => wait === 0).length
  return { state, rates, notes, passes }
}

describe('when a key was last used', () => {
  const hour = 3_600_000
  /** Of one report: how often it was used, and when it says that it was. */
  const told = ({ notes, passes }: ReturnType<typeof process>, standing: Standing) => {
    passes(standing, 2)
    const [report] = notes.take()
    return report?.uses.map(({ count, lastUsedAt }) => [count, lastUsedAt])
  }

  it('is told at its first use and then once an hour; it is counted every time', () => {
    const one = process()
    one.state.now = 1_000
    expect(told(one, using(1))).toEqual([[2, 1_000]])
    one.state.now = hour
    expect(told(one, using(1))).toEqual([[2, 0]])
    one.state.now = hour + 1_000
    expect(told(one, using(1))).toEqual([[2, hour + 1_000]])
    one.state.now = 500 // a clock that was set back by more than an hour tells at once
    expect(told(one, using(1))).toEqual([[2, 500]])
  })

  it('is told with every report while its secret is rotated away, and of the new one once', () => {
    const one = process()
    const times = [1_000, 11_000, 21_000]
    const both = times.map((now) => {
      one.state.now = now
      return [told(one, using(1, 'a', true)), told(one, using(1, 'b'))]
    })
    expect(both.map(([old]) => old)).toEqual(times.map((now) => [[2, now]]))
    expect(both.map(([, young]) => young)).toEqual([[[2, 1_000]], [[2, 0]], [[2, 0]]])
  })

  it('is told again with the next report when one did not arrive', () => {
    const one = process()
    one.state.now = 1_000
    one.passes(using(1), 1)
    for (const report of one.notes.take()) one.notes.missed(report)
    one.state.now = 11_000
    expect(told(one, using(1))).toEqual([[2, 11_000]])
    one.state.now = 21_000
    for (const report of one.notes.take()) one.notes.missed(report)
    expect(told(one, using(1))).toEqual([[2, 0]])
  })

  it('is remembered of twenty thousand keys and no more: of the others it is told again', () => {
    const one = process()
    for (let key = 0; key < 20_001; key++) {
      one.state.now = 1_000 + key
      one.notes.used(using(key), one.state.now)
      if (key % 500 === 0) one.notes.take()
    }
    one.notes.take()
    expect(told(one, using(20_000))).toEqual([[2, 0]])
    expect(told(one, using(0))).toEqual([[2, one.state.now]])
  })
})

describe('the plan of a key', () => {
  it('is one for both of its secrets while it is rotated, and another key’s is its own', () => {
    const { state, rates, notes, passes } = process()
    expect(passes(using(1), 7) + passes(using(1, 'b'), 7)).toBe(rate.burst)
    expect(passes(using(2), 14)).toBe(rate.burst)
    const [report] = notes.take()
    expect(report?.uses).toHaveLength(3)
    expect(report?.leases).toEqual([using(1, 'b').secret, using(2).secret])
    rates.lease('key_1', 2)
    state.now += 60_000
    expect(passes(using(1), 7) + passes(using(1, 'b'), 7)).toBe(4)
  })

  it('is leased a hundred in a report, and nobody’s counts are told twice', () => {
    const { notes, passes } = process()
    for (let key = 0; key < 250; key++) passes(using(key), 2)
    const reports = notes.take()
    expect(reports.map(({ leases }) => leases.length)).toEqual([100, 100, 50])
    expect(new Set(reports.flatMap(({ leases }) => leases)).size).toBe(250)
    expect(reports.map(({ uses }) => uses.length)).toEqual([250, 0, 0])
    expect(notes.take()).toEqual([])
  })

  it('is leased in turn where there are more than can be asked for at once: who waits for the longest comes first', () => {
    const { state, rates, notes, passes } = process()
    const leased = new Map<string, number>()
    for (let turn = 1; turn <= 4; turn++) {
      state.now += 10_000
      for (let key = 0; key < 2_500; key++) passes(using(key), 1)
      for (const secret of notes.take().flatMap(({ leases }) => leases)) {
        rates.lease(`key_${Number(secret.slice(1))}`, 1)
        leased.set(secret, (leased.get(secret) ?? 0) + 1)
      }
      expect(leased.size).toBe(Math.min(2_500, turn * 1_000))
    }
    expect(Math.max(...leased.values())).toBe(2)
  })
})
