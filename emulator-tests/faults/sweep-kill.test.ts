// A sweep whose process is killed in the middle: the next run removes the rest, nothing else, and no tenant waits for another's heap.

import { Firestore } from '@google-cloud/firestore'
import { hours, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../functions/src/app.ts'
import { sweep } from '../../functions/src/groups/sweep.ts'
import { timestampOf } from '../../functions/src/platform/store/reader.ts'
import type { Due } from '../../functions/src/platform/store/sweep.ts'
import { applyWrites } from '../../functions/src/platform/store/write.ts'
import { fly } from '../support/fly.ts'
import { makeWorld, type World } from '../support/world.ts'

const many = 3_000
let world: World
let firestore: Firestore

beforeAll(async () => {
  world = await makeWorld()
  firestore = new Firestore({ projectId: world.projectId })
}, 60_000)
afterAll(async () => {
  await firestore.terminate()
  await world.close()
})

const plant = async (tenantOf: (index: number) => string, name: string): Promise<void> => {
  for (let from = 0; from < many; from += 500) {
    const batch = firestore.batch()
    const writes = Array.from({ length: 500 }, (_, index) => ({
      kind: 'set' as const,
      path: `idempotency/${name}-${from + index}`,
      fields: {
        tenant: tenantOf(from + index),
        expiresAt: timestampOf(plusSeconds(world.app.clock(), hours((from + index) % 3 === 0 ? 5 : -5))),
      },
    }))
    applyWrites(batch, writes, { firestore, door: 'operate' })
    await batch.commit()
  }
}
const left = async (): Promise<number> => (await firestore.collection('idempotency').count().get()).data().count
/** The same app, whose door of removal tells what it removes. */
const watched = (removing: (due: readonly Due[]) => Promise<void>): App => {
  const { store } = world.app
  const remove = async (due: readonly Due[]): Promise<number> => {
    await removing(due)
    return store.sweep.remove(due)
  }
  return { ...world.app, store: { ...store, sweep: { ...store.sweep, remove } } }
}

describe('a sweep', () => {
  it('F-23 F-24 F-54 killed at 37 of 100 is finished by the next one; what has not ended stays, what ended meanwhile goes too', async () => {
    await plant((index) => `tenant${index % 40}`, 'a')
    let removed = 0
    const dying = watched(async (due) => {
      if (removed > many * (2 / 3) * 0.37) await new Promise(() => undefined) // killed: it never goes on
      removed += due.length
    })
    void fly(sweep(dying), dying)
    await expect.poll(() => removed, { timeout: 30_000 }).toBeGreaterThan(many * (2 / 3) * 0.37)
    await fly(sweep(world.app), world.app)
    expect(await left()).toBeGreaterThan(many / 3) // the lease of the dead one still holds
    world.advance(minutes(3) * 1_000)
    await fly(sweep(world.app), world.app)
    expect(await left()).toBe(many / 3)
    world.advance(hours(7) * 1_000)
    await fly(sweep(world.app), world.app)
    expect(await left()).toBe(0)
  }, 120_000)

  it('T-46 takes from every shard in turn: a heap of one tenant is not in the way of another’s few', async () => {
    // All of the noisy one are in one shard, whichever it is, so those of quiet ones in other shards go meanwhile.
    await plant((index) => (index < many - 300 ? 'noisy' : `quiet${index % 40}`), 'b')
    const order: string[] = []
    const telling = watched(async (due) => void order.push(...due.map(({ fields }) => String(fields['tenant']))))
    await fly(sweep(telling), telling)
    const noisy = order.lastIndexOf('noisy')
    const before = order.slice(0, noisy).filter((tenant) => tenant.startsWith('quiet')).length
    const all = order.filter((tenant) => tenant.startsWith('quiet')).length
    expect(all).toBe(200)
    expect(before).toBeGreaterThan(all / 2)
  }, 120_000)
})
