// A crowd at one read: nobody pays for each, and nobody hears of a state from before he asked.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sharedRead } from './shared-read.ts'

describe('a shared read', () => {
  it('answers nobody with what was read before he asked, however questions, reads and writes fall', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom('ask', 'write'), { maxLength: 12 }),
        async (s, acts) => {
          let state = 0
          const ask = sharedRead(async () => {
            const seen = state
            await s.schedule(Promise.resolve())
            return seen
          })
          const asked = acts.map((act) =>
            s.schedule(Promise.resolve(act)).then(async () => {
              if (act === 'write') state++
              const atLeast = state
              expect(await ask()).toBeGreaterThanOrEqual(atLeast)
            }),
          )
          await s.waitFor(Promise.all(asked))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('costs two reads for a thousand who come at once, and a failed one is nobody else’s answer', async () => {
    let reads = 0
    const ask = sharedRead(async () => {
      if (++reads === 1) throw new Error('no')
      return reads
    })
    const all = await Promise.allSettled(Array.from({ length: 1_000 }, () => ask()))
    expect(reads).toBe(2)
    expect(all.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    expect(await ask()).toBe(3)
  })
})
