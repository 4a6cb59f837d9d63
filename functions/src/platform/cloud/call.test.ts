// A service that fails: a few tries, then nobody waits; and it is believed again as soon as it answers.
import { instantOf } from '@latchkey/core/kernel/time'
import { describe, expect, it } from 'vitest'
import { cloudCalls } from './call.ts'

const failing = (code: number) => Object.assign(new Error('no'), { code })
const [unavailable, exhausted, notFound] = [14, 8, 5]

const calls = () => {
  const time = { now: 1_000_000 }
  const seen = { count: 0, answer: undefined as number | undefined }
  const call = cloudCalls(() => instantOf(time.now), 'a service')
  const ask = () =>
    call(async (options) => {
      seen.count++
      expect(options.retry).toBeNull()
      if (seen.answer !== undefined) throw failing(seen.answer)
      return 'well'
    })
  return { time, seen, ask }
}

describe('a call', () => {
  it.each([unavailable, exhausted])(
    'that ends in %i is tried three times, and then nobody waits for ten seconds',
    async (code) => {
      const { time, seen, ask } = calls()
      seen.answer = code
      await expect(ask()).rejects.toMatchObject({ name: 'StoreError', fault: 'unavailable' })
      expect(seen.count).toBe(3)
      time.now += 9_999
      for (let more = 0; more < 10; more++) await expect(ask()).rejects.toMatchObject({ fault: 'unavailable' })
      expect(seen.count).toBe(3)
    },
  )

  it('of many that wait for the ten seconds to be over one tries, and opens for all when it is answered', async () => {
    const { time, seen, ask } = calls()
    seen.answer = unavailable
    await expect(ask()).rejects.toThrow()
    time.now += 10_000
    const again = await Promise.allSettled([ask(), ask(), ask()])
    expect(again.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(seen.count).toBe(4)
    seen.answer = undefined
    time.now += 10_000
    expect(await ask()).toBe('well')
    expect(await Promise.all([ask(), ask()])).toEqual(['well', 'well'])
  })

  it('that is refused for good is refused at once, and is a sign that the service is well', async () => {
    const { time, seen, ask } = calls()
    seen.answer = unavailable
    await expect(ask()).rejects.toThrow()
    time.now += 10_000
    seen.answer = notFound
    for (let more = 0; more < 5; more++) await expect(ask()).rejects.toMatchObject({ code: notFound })
    expect(seen.count).toBe(8)
  })

  it('a clock that was set back shuts nobody out for longer', async () => {
    const { time, seen, ask } = calls()
    seen.answer = unavailable
    await expect(ask()).rejects.toThrow()
    seen.answer = undefined
    time.now -= 86_400_000
    expect(await ask()).toBe('well')
  })
})
