// Who waits for something slow: a room of so many places, shared out by whoever pays for the call.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fairWaiting } from './fair-waiting.ts'

/** Work that goes on until it is told to end. */
const slow = () => {
  let end = (): void => undefined
  const done = new Promise<'done'>((resolve) => {
    end = () => resolve('done')
  })
  return { work: () => done, end: () => end() }
}
const outcome = (waiting: Promise<string>): Promise<string> => waiting.catch(() => 'shed')
const countOf = (outcomes: readonly string[], what: string): number => outcomes.filter((one) => one === what).length

describe('a waiting room', () => {
  test('F-08 gives all its places to one who is alone, and then no more', async () => {
    const wait = fairWaiting(40)
    const { work, end } = slow()
    const all = Array.from({ length: 100 }, () => outcome(wait('a', work)))
    end()
    expect(countOf(await Promise.all(all), 'done')).toBe(40)
    expect(await outcome(wait('a', async () => 'done'))).toBe('done') // places are free again
  })

  test('F-08 takes places from a crowd for those who come later, and never from these for the crowd', async () => {
    const wait = fairWaiting(40)
    const { work, end } = slow()
    const crowd = Array.from({ length: 200 }, () => outcome(wait('crowd', work)))
    const few = Array.from({ length: 5 }, () => outcome(wait('few', work)))
    crowd.push(...Array.from({ length: 200 }, () => outcome(wait('crowd', work))))
    end()
    expect(countOf(await Promise.all(few), 'done')).toBe(5)
    expect(countOf(await Promise.all(crowd), 'done')).toBe(35)
  })

  test('lets a failure through as it is, and frees its place', async () => {
    const wait = fairWaiting(1)
    await expect(wait('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await wait('a', async () => 'done')).toBe('done')
  })

  test('whoever comes in whatever order, nobody with fewer than an equal share is refused, and the room is never overfull', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 60 }), async (payers) => {
        const wait = fairWaiting(10)
        const { work, end } = slow()
        const all = payers.map((payer) => outcome(wait(`${payer}`, work)))
        end()
        const outcomes = await Promise.all(all)
        expect(countOf(outcomes, 'done')).toBe(Math.min(10, payers.length))
        for (const payer of new Set(payers)) {
          const mine = outcomes.filter((_, index) => payers[index] === payer)
          expect(countOf(mine, 'done')).toBeGreaterThanOrEqual(Math.min(mine.length, Math.floor(10 / 5)))
        }
      }),
    )
  })
})
