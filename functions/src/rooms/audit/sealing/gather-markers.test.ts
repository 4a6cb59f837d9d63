// What is gathered when a chain is damaged: its events wait, and those of all others are found behind them.

import { instantOf } from '@latchkey/core/kernel/time'
import { expect, it } from 'vitest'
import { outboxShards } from '../../../platform/store/commit.ts'
import { type Reader, timestampOf } from '../../../platform/store/reader.ts'
import { gatherMarkers } from './gather-markers.ts'

const waiting = 600

/** One shard: the damaged tenant's markers are the oldest. */
const outbox = [
  ...Array.from({ length: waiting }, (_, at) => ({
    id: `op_a${String(at).padStart(4, '0')}`,
    tenant: 'acc_damaged',
    at,
  })),
  ...Array.from({ length: 3 }, (_, at) => ({ id: `op_b${at}`, tenant: 'acc_whole', at: waiting + at })),
].map(({ id, tenant, at }) => ({ id, fields: { tenant, toSeal: 0, at: timestampOf(instantOf(at)) } }))

const read: Reader = {
  getStamped: async () => [],
  getAll: async () => [],
  list: async ({ where, limit }) => (where?.['toSeal'] === 0 ? outbox.slice(0, limit) : []),
}

it('F-36 finds what waits behind a chain that is damaged, however much of that waits', async () => {
  expect(outboxShards).toBeGreaterThan(1)
  const first = await gatherMarkers(read)
  expect(new Set(first.markers.map(({ tenant }) => tenant))).toEqual(new Set(['acc_damaged']))
  expect(first.more).toBe(true)
  const behind = await gatherMarkers(read, new Set(['acc_damaged']))
  expect(behind.markers.map(({ id }) => id)).toEqual(['op_b0', 'op_b1', 'op_b2'])
  expect(behind.more).toBe(false)
})
