// A rate plan at several instances of ours: together they keep it, within the stated error, and a slow store stops nobody.
import { type Leases, leaseFor, leaseSeconds } from '@latchkey/core/credentials/lease'
import { instantOf } from '@latchkey/core/kernel/time'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LeaseRate } from './lease-rate.ts'
import { leasedRates } from './leased-rates.ts'

const rate = { perSecond: 50, burst: 200 }
const start = 1_900_000_000_000
const keyWith = (plan: typeof rate, credential = 'key_a') => ({
  credential,
  bounds: { addresses: undefined, rate: plan, endsAt: undefined },
})

/** Leases as they are stored, and how often somebody asked. */
const leaser = () => {
  const stored = new Map<string, Leases>()
  const asked: string[] = []
  const lease: LeaseRate = async (key, asking) => {
    asked.push(asking.process)
    const given = leaseFor(stored.get(key) ?? {}, asking)
    stored.set(key, given.leases)
    return { perSecond: given.lease.perSecond, seconds: leaseSeconds }
  }
  return { lease, asked }
}

/** Uses that pass when each of `instances` is asked `perSecond` times in every of `seconds`. */
const passing = async (
  instances: readonly ReturnType<typeof leasedRates>[],
  { from, seconds, perSecond, key = keyWith(rate) }: Load,
): Promise<number> => {
  let passed = 0
  for (let step = 0; step < seconds * perSecond; step++)
    for (const take of instances)
      if ((await take(key, instantOf(from + Math.floor((step * 1_000) / perSecond)))) === 0) passed++
  return passed
}

interface Load {
  readonly from: number
  readonly seconds: number
  readonly perSecond: number
  readonly key?: ReturnType<typeof keyWith>
}

describe('a rate plan', () => {
  test('C-014 is whole where one instance serves its key', async () => {
    const { lease, asked } = leaser()
    const one = leasedRates(lease, 'a')
    const passed = await passing([one], { from: start, seconds: 60, perSecond: 200 })
    expect(passed).toBeGreaterThanOrEqual(rate.burst + 59 * rate.perSecond)
    expect(passed).toBeLessThanOrEqual(rate.burst + 60 * rate.perSecond)
    expect(asked.length).toBeLessThanOrEqual(8) // one transaction in eight seconds, however often the key is used
  })

  test.each([2, 3, 8])(
    'C-014 is kept by %i instances together: at most twice until all know of each other, then once',
    async (count) => {
      const { lease } = leaser()
      const instances = Array.from({ length: count }, (_, index) => leasedRates(lease, `p${index}`))
      const first = await passing(instances, { from: start, seconds: leaseSeconds, perSecond: 100 })
      expect(first).toBeLessThanOrEqual(2 * (rate.burst + leaseSeconds * rate.perSecond) + count)
      const later = await passing(instances, { from: start + leaseSeconds * 1_000, seconds: 48, perSecond: 100 })
      expect(later).toBeLessThanOrEqual(48 * rate.perSecond + rate.burst / 10)
      expect(later).toBeGreaterThanOrEqual(0.95 * 48 * rate.perSecond)
    },
  )

  test('C-014 refuses hardly anybody who uses little of it, however many instances begin at once', async () => {
    const { lease } = leaser()
    const instances = Array.from({ length: 8 }, (_, index) => leasedRates(lease, `p${index}`))
    expect(await passing(instances, { from: start, seconds: 12, perSecond: 1 })).toBeGreaterThan(0.8 * 12 * 8)
    expect(await passing(instances, { from: start + 12_000, seconds: 30, perSecond: 1 })).toBe(30 * 8)
  })

  test('C-014 counts no interval twice when calls come out of their order', async () => {
    const one = leasedRates(leaser().lease, 'a')
    let passed = 0
    for (let call = 0; call < 4_000; call++) {
      const late = (call * 7_919) % 150
      if ((await one(keyWith(rate), instantOf(start + call - late))) === 0) passed++
    }
    expect(passed).toBeGreaterThan(rate.burst)
    expect(passed).toBeLessThanOrEqual(rate.burst + 4 * rate.perSecond)
  })

  test('C-014 a call that began before the lease did takes nothing of it away, while the store hangs', async () => {
    const { lease } = leaser()
    let hangs = false
    const one = leasedRates((key, asking) => (hangs ? new Promise(() => undefined) : lease(key, asking)), 'a')
    await one(keyWith(rate), instantOf(start))
    hangs = true
    expect(await one(keyWith(rate), instantOf(start - 5))).toBe(0)
    let passed = 0
    for (let call = 0; call < 100; call++) if ((await one(keyWith(rate), instantOf(start + call))) === 0) passed++
    expect(passed).toBe(100)
  })

  test('C-014 of another key is another: nobody pays for a neighbour', async () => {
    const { lease } = leaser()
    const instances = ['a', 'b', 'c'].map((name) => leasedRates(lease, name))
    await passing(instances, { from: start, seconds: 5, perSecond: 200 })
    const key = keyWith(rate, 'key_b')
    expect(await passing(instances.slice(0, 1), { from: start + 5_000, seconds: 1, perSecond: 100, key })).toBe(100)
  })

  test('is taken at once by its part when it is made narrower, and a key without one takes nothing', async () => {
    const { lease, asked } = leaser()
    const take = leasedRates(lease, 'a')
    expect(await take(keyWith(rate), instantOf(start))).toBe(0)
    const narrow = { perSecond: 1, burst: 1 }
    expect(await passing([take], { from: start, seconds: 5, perSecond: 100, key: keyWith(narrow) })).toBe(5)
    expect(take({ credential: 'free', bounds: undefined } as never, instantOf(start))).toBe(0) // what a session has
    expect(asked).toHaveLength(1)
  })
})

describe('a store that does not answer', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('F-09 keeps a newcomer waiting for a second, once, and then gives a tenth of the plan until it is asked again', async () => {
    let asked = 0
    const take = leasedRates(() => {
      asked++
      return new Promise(() => undefined)
    }, 'a')
    const waiting = Promise.all(Array.from({ length: 50 }, () => take(keyWith(rate), instantOf(start))))
    await vi.advanceTimersByTimeAsync(1_000)
    expect((await waiting).filter((wait) => wait === 0)).toHaveLength(rate.burst / 10)
    expect(await passing([take], { from: start, seconds: 4, perSecond: 100 })).toBe((4 * rate.perSecond) / 10 - 1)
    expect(asked).toBe(1)
  })

  test('F-09 takes nothing from whoever holds a lease, to its end, and gives the whole again afterwards', async () => {
    const { lease } = leaser()
    let down = false
    const take = leasedRates((key, asking) => (down ? Promise.reject(new Error('down')) : lease(key, asking)), 'a')
    await take(keyWith(rate), instantOf(start))
    down = true
    expect(await passing([take], { from: start + 4_000, seconds: 8, perSecond: 20 })).toBe(160)
    const later = await passing([take], { from: start + 14_000, seconds: 4, perSecond: 100 })
    expect(later).toBeLessThanOrEqual((rate.burst + 6 * rate.perSecond) / 10)
    down = false
    const again = await passing([take], { from: start + 30_000, seconds: 10, perSecond: 100 })
    expect(again).toBeGreaterThanOrEqual(10 * rate.perSecond)
  })
})
