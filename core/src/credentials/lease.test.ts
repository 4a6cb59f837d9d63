// Leases of a rate plan: however processes come, go and come back, together they hold at most twice the plan.
import { describe, expect, test } from 'vitest'
import { type Leases, leaseFor, leaseSeconds } from './lease.ts'

const total = (leases: Leases, now: number): number =>
  Object.values(leases).reduce((sum, { perSecond, until }) => sum + (until > now ? perSecond : 0), 0)

describe('leases of a plan', () => {
  test('give one process all, and two half each from their next report on', () => {
    const first = leaseFor({}, { process: 'a', perSecond: 50, now: 0 })
    expect(first.lease).toEqual({ perSecond: 50, until: leaseSeconds * 1_000 })
    const second = leaseFor(first.leases, { process: 'b', perSecond: 50, now: 1_000 })
    expect(second.lease.perSecond).toBe(25)
    expect(total(second.leases, 1_000)).toBe(75)
    const renewed = leaseFor(second.leases, { process: 'a', perSecond: 50, now: 10_000 })
    expect(renewed.lease.perSecond).toBe(25)
    expect(total(renewed.leases, 10_000)).toBe(50)
  })

  test('leave something to each of a dozen that come at one moment', () => {
    let leases: Leases = {}
    for (let count = 0; count < 12; count++) {
      const given = leaseFor(leases, { process: `p${count}`, perSecond: 50, now: 0 })
      expect(given.lease.perSecond).toBeGreaterThan(0)
      leases = given.leases
    }
    expect(total(leases, 0)).toBeLessThanOrEqual(100)
    for (let count = 0; count < 12; count++)
      leases = leaseFor(leases, { process: `p${count}`, perSecond: 50, now: 8_000 }).leases
    for (const { perSecond } of Object.values(leases)) expect(perSecond).toBeCloseTo(50 / 12, 1)
  })

  test('of processes that ended go back after twelve seconds', () => {
    const one = leaseFor({}, { process: 'a', perSecond: 50, now: 0 })
    const later = leaseFor(one.leases, { process: 'b', perSecond: 50, now: leaseSeconds * 1_000 })
    expect(later.lease.perSecond).toBe(50)
    expect(Object.keys(later.leases)).toEqual(['b'])
  })

  test('never come to more than twice the plan, at whatever moments a hundred processes come and renew', () => {
    let seed = 7
    const draw = (count: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * count)
    }
    let leases: Leases = {}
    let [now, most] = [0, 0]
    for (let step = 0; step < 20_000; step++) {
      now += draw(400)
      leases = leaseFor(leases, { process: `p${draw(100)}`, perSecond: 50, now }).leases
      most = Math.max(most, total(leases, now))
    }
    expect(most).toBeLessThanOrEqual(100 + 1e-6)
    expect(most).toBeGreaterThan(50)
  })
})
