// The relay: every committed event reaches the topic `events` at least once, in a fair order, and its own marks call nobody.
import { Firestore } from '@google-cloud/firestore'
import { eventMessage } from '@latchkey/core/events/message'
import { minutes, plusSeconds } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { outboxRelay } from '../../functions/src/groups/events.ts'
import { triggerFunction } from '../../functions/src/guard/doors/background.ts'
import { timestampOf } from '../../functions/src/platform/store/reader.ts'
import { compareOutbox } from '../../functions/src/rooms/events/relay/compare-outbox.ts'
import { type Actor, makeWorld, type World } from '../support/world.ts'

let world: World
let owner: Actor
let agency: string
let firestore: Firestore
let isDown = false
const sent: { readonly topic: string; readonly event: string; readonly tenant: string }[] = []

const publish: World['app']['publish'] = async (topic, message) => {
  if (isDown) throw new Error('Pub/Sub did not take the message in three seconds.')
  sent.push({ topic, ...eventMessage.parse(message) })
}

beforeAll(async () => {
  world = await makeWorld({ publish })
  agency = await world.agency('Relayed', 'olivia')
  owner = await world.person('olivia')
  firestore = new Firestore({ projectId: world.projectId })
}, 60_000)
afterAll(async () => {
  await firestore.terminate()
  await world.close()
})
beforeEach(() => {
  sent.length = 0
  isDown = false
})

const relay = (event: string) =>
  outboxRelay(world.app).run({ runId: 'req_test', now: world.app.clock() }, { event }, {})
const waiting = async (): Promise<readonly string[]> => {
  const all = await firestore.collection('outbox').get()
  return all.docs.filter((one) => one.get('toRelay') !== undefined).map(({ id }) => id)
}
/** All pages, as the reconciler turns them. */
const compare = async (): Promise<number> => {
  const comparison = compareOutbox({ read: world.app.store.read, operate: world.app.store.operate, publish })
  let [after, repaired]: [string | undefined, number] = [undefined, 0]
  do {
    const found = await comparison.page(after, world.app.clock())
    repaired += found.repaired
    after = found.next
  } while (after !== undefined)
  return repaired
}

describe('an event', () => {
  it('F-17 is handed over once it was committed, and not a second time when the trigger fires again', async () => {
    const before = new Set(await waiting())
    await owner.must('tenants/update', { tenant: agency, name: 'Relayed & Sons' })
    const [event = '', ...others] = (await waiting()).filter((id) => !before.has(id))
    expect(others).toEqual([])
    await relay(event)
    await relay(event)
    expect(sent).toEqual([{ topic: 'events', event, tenant: agency, type: 'tenancy.tenant_renamed' }])
    expect(await waiting()).not.toContain(event)
    expect((await firestore.doc(`outbox/${event}`).get()).get('toSeal')).toBeDefined()
    // What is no event, or not there any more, is nobody’s business.
    for (const other of ['pulse', `op_${'0'.repeat(22)}`, '']) await relay(other)
    expect(sent).toHaveLength(1)
  })

  it('F-16 stays marked while Pub/Sub is down: the trigger rejects, so that it is tried again', async () => {
    const [event = ''] = await waiting()
    isDown = true
    await expect(relay(event)).rejects.toThrow('did not take')
    await expect(compare()).resolves.toBe(0) // too young to be late
    world.advance(minutes(3) * 1_000)
    await expect(compare()).rejects.toThrow('not relayed')
    expect(await waiting()).toContain(event)
    isDown = false
    await relay(event)
    expect(sent.map((one) => one.event)).toEqual([event])
  })

  it('F-20 is heard of once, when it was created: the relay’s own mark on it calls nobody', () => {
    const made = triggerFunction(outboxRelay(world.app), {
      appOrigins: [],
      enforceAppCheck: false,
      boot: () => Promise.reject(new Error('not now')),
    })
    expect(made.__endpoint.eventTrigger).toMatchObject({
      eventType: 'google.cloud.firestore.document.v1.created',
      retry: true,
    })
  })
})

describe('what was left behind', () => {
  it('F-16 is relayed by the reconciler after two minutes, and nothing twice', async () => {
    world.advance(minutes(3) * 1_000)
    const left = await waiting()
    expect(left.length).toBeGreaterThan(1)
    await owner.must('tenants/update', { tenant: agency, name: 'Relayed and Sons' })
    expect(await compare()).toBe(left.length)
    expect(sent.map(({ event }) => event).toSorted()).toEqual(left.toSorted())
    expect(await waiting()).toHaveLength(1)
    expect(await compare()).toBe(0)
  })

  it('T-46 of a tenant with very much of it waits behind nobody, and others do not wait behind it', async () => {
    const at = timestampOf(plusSeconds(world.app.clock(), minutes(-10)))
    const flood = Array.from({ length: 400 }, () => ({
      event: world.app.drawId('op'),
      tenant: `acc_${'A'.repeat(22)}`,
    }))
    const quiet = ['B', 'C', 'D'].map((letter) => ({
      event: world.app.drawId('op'),
      tenant: `acc_${letter.repeat(22)}`,
    }))
    for (const [shard, some] of [[3, [...flood, ...quiet]] as const]) {
      const batch = firestore.batch()
      for (const { event, tenant } of some)
        batch.set(firestore.doc(`outbox/${event}`), { type: 'access.resource_put', tenant, at, shard, toRelay: shard })
      await batch.commit()
    }
    world.advance(minutes(3) * 1_000)
    await compare()
    const order = sent.map(({ event }) => event)
    expect(new Set(order)).toEqual(new Set([...order, ...[...flood, ...quiet].map(({ event }) => event)]))
    const places = quiet.map(({ event }) => order.indexOf(event))
    // One turn of the flood goes before them, not eight.
    expect(Math.max(...places)).toBeLessThan(60)
    expect(await waiting()).toEqual([])
  })
})
