// Where tenants stand is forgotten with every move, whoever listens, and found for more tenants than are remembered.
import { expect, it } from 'vitest'
import type { OutboxEvent } from '../../platform/store/outbox-feed.ts'
import type { Reader } from '../../platform/store/reader.ts'
import type { Revision } from '../../platform/store/revision.ts'
import { tenantParents } from './parents.ts'
import { hear, newSeat } from './seats.ts'

const account = (index: number): string => `acc_${String(index).padStart(22, '0')}`
const event = (tenants: readonly string[], changed: readonly string[]): OutboxEvent => ({
  id: 'op_1',
  committedAt: '2031-01-01T00:00:00.000000Z' as Revision, // in its form
  tenants,
  changed,
})

const storeOf = (parents: Map<string, string>) => {
  let reads = 0
  const getAll = async (paths: readonly string[]) => {
    reads += paths.length
    return paths.map((path) => ({ parentId: parents.get(path) ?? '' }))
  }
  return { read: { getAll } as unknown as Reader, reads: () => reads } // all that is asked of it
}

const follower = (chain: readonly string[]) => newSeat({ chain, own: [], tell: () => undefined })

it('F-29 after a move heard by nobody but the platform, the new agency hears and the old one does not', async () => {
  const x = account(1)
  const places = new Map([[x, 'agy_A']])
  const { read } = storeOf(places)
  const parents = tenantParents(read, (tenant) => tenant)
  const [platform, a, b] = [follower(['platform']), follower(['agy_A', 'platform']), follower(['agy_B', 'platform'])]
  await hear([a], [event([x], [`grant:${x}/user:u`])], parents)
  expect([...a.pending]).toEqual([`grant:${x}/user:u`])
  a.pending.clear()
  places.set(x, 'agy_B')
  await hear([platform], [event([x, 'agy_A', 'agy_B'], [`tenant:${x}`, `policy:${x}`])], parents)
  await hear([a, b], [event([x], [`grant:${x}/user:u`])], parents)
  expect([...a.pending]).toEqual([])
  expect([...b.pending]).toEqual([`grant:${x}/user:u`])
})

it('finds the place of each of sixty thousand accounts of one replay', async () => {
  const many = Array.from({ length: 60_000 }, (_, index) => account(index))
  const { read } = storeOf(new Map(many.map((one) => [one, 'agy_A'])))
  const seat = follower(['agy_A', 'platform'])
  await hear(
    [seat],
    many.map((one) => event([one], [`grant:${one}/user:u`])),
    tenantParents(read, (tenant) => tenant),
  )
  expect(seat.pending.size).toBe(60_000)
})

it('keeps what it knows: the second event of an account costs no read', async () => {
  const { read, reads } = storeOf(new Map([[account(1), 'agy_A']]))
  const parents = tenantParents(read, (tenant) => tenant)
  for (let times = 0; times < 3; times++)
    await hear([follower(['agy_A', 'platform'])], [event([account(1)], [])], parents)
  expect(reads()).toBe(1)
  parents.forgetAll()
  await hear([follower(['agy_A', 'platform'])], [event([account(1)], [])], parents)
  expect(reads()).toBe(2)
})
