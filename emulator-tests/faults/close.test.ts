// A store that is closed under its calls: each of them ends, and nothing is thrown past its caller.
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { systemClock } from '../../functions/src/platform/clock.ts'
import { openStore } from '../../functions/src/platform/store/open.ts'
import { timestampOf } from '../../functions/src/platform/store/reader.ts'
import { clearFirestore } from '../support/stack.ts'

it('F-13 closing waits for reads, transactions and writes under way, whether or not somebody still waits for them', async () => {
  const projectId = `demo-${randomUUID().slice(0, 13)}`
  const clock = systemClock()
  const store = openStore(projectId, clock)
  const path = (index: number) => `jobs/one-${index}`
  const write = (index: number) =>
    ({ kind: 'create', path: path(index), fields: { at: timestampOf(clock()) } }) as const
  const calls = [0, 1, 2].flatMap((index) => [
    store.read.getAll([path(index)]),
    store.read.list({ collection: 'jobs', limit: 1 }),
    store.operate.write(write(index)),
    store.operate.transact(async (read) => ({ writes: [], value: await read.getAll([path(index)]) })),
  ])
  await store.close()
  // An unhandled rejection fails the run; a call that the client forgot would wait here for ever.
  expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual(calls.map(() => 'fulfilled'))
  // The client would answer none of these, and end the process.
  const late = await Promise.allSettled([
    store.read.getAll([path(0)]),
    store.read.list({ collection: 'jobs', limit: 1 }),
  ])
  expect(late).toMatchObject([{ reason: { fault: 'unavailable' } }, { reason: { fault: 'unavailable' } }])
  await store.close()
  await clearFirestore(projectId)
})
