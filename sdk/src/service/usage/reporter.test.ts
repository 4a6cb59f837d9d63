// A report that does not arrive costs counts, and never the time of a last use.
import { expect, it } from 'vitest'
import type { Exchange } from '../facts/transport.ts'
import type { Standing } from '../standing.ts'
import { usageNotes } from './notes.ts'
import { localRates } from './rates.ts'
import { usageReporter } from './reporter.ts'

it('tells of a last use again when the report that told of it was refused', async () => {
  const rates = localRates({ wall: () => 0, steady: () => 0 })
  const notes = usageNotes(rates)
  const posted: unknown[] = []
  const post: Exchange['post'] = async (_path, body) => {
    posted.push(body)
    if (posted.length === 1) throw new Error('unreachable')
    return { leases: {} }
  }
  const get: Exchange['get'] = () => Promise.reject(new Error('nothing is loaded'))
  const reporter = usageReporter({ exchange: { get, post }, notes, rates, process: () => 'process-of-a-test' })
  // What the notes look at.
  const standing = { credential: 'key_a', secret: 'a'.repeat(22), isRotatedAway: false } as unknown as Standing
  notes.used(standing, 1_000)
  await expect(reporter.report()).rejects.toThrow('unreachable')
  for (const now of [2_000, 3_000]) {
    notes.used(standing, now)
    await reporter.report()
  }
  expect(posted).toMatchObject([1_000, 2_000, 0].map((lastUsedAt) => ({ uses: [{ count: 1, lastUsedAt }] })))
})
