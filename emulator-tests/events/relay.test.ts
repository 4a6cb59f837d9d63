// The relay: every committed event reaches the topic `events` at least once, in a fair order, and its own marks call nobody.
import { Firestore } from '@google-cloud/firestore'
import { eventMessage } from '@latchkey/core/events/message'
import { minutes, plusSeconds } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { outboxRelay } from '../../functions/src/groups/events.ts'
import { triggerFunction } from '../../functions/src/guard/doors/background.ts'
import { timestampOf } from '../../functions/src/platform/store/reader.ts'
import { StoreError } from '../../functions/src/platform/store/store-error.ts'
import { compareOutbox } from '../../functions/src/rooms/events/relay/compare-outbox.ts'
import { type Actor, makeWorld, type World } from '../support/world.ts'

let world: World
let owner: Actor
let platform: Actor
let agency: string
let firestore: Firestore
let isDown = false
/** What no topic takes, however well it fares. */
const strange = new Set<string>()
const sent: { readonly topic: string; readonly event: string; readonly tenant: string }[] = []

const publish: World['app']['publish'] = async (topic, message) => {
  if (isDown) throw new StoreError('unavailable', 'Pub/Sub did not take the message in three seconds.')
  const parsed = eventMessage.parse(
    message instanceof Uint8Array ? JSON.parse(Buffer.from(message).toString()) : message,
  )
  if (strange.has(parsed.event)) throw new Error('Pub/Sub does not take such a message.')
  sent.push({ topic, ...parsed })
}

beforeAll(async () => {
  world = await makeWorld({ publish })
  agency = await world.agency('Relayed', 'olivia')
  owner = await world.person('olivia')
  platform = await world.platformOwner()
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
  const { read, operate } = world.app.store
  const comparison = compareOutbox({ read, operate, publish, log: world.app.log })
  const now = world.app.clock()
  let [after, repaired]: [string | undefined, number] = [undefined, 0]
  do {
    const found = await comparison.page(after, now)
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

describe('F-19 an event that cannot be relayed', () => {
  const late = async (events: readonly object[]): Promise<readonly string[]> => {
    const at = timestampOf(plusSeconds(world.app.clock(), minutes(-10)))
    const batch = firestore.batch()
    const made = events.map((fields) => ({ event: world.app.drawId('op'), fields }))
    for (const { event, fields } of made)
      batch.set(firestore.doc(`outbox/${event}`), {
        ...{ type: 'access.resource_put', at, shard: 5, toRelay: 5 },
        ...fields,
      })
    await batch.commit()
    return made.map(({ event }) => event)
  }
  const tenants = Array.from({ length: 30 }, (_, index) => `acc_${String(index).padStart(22, '0')}`)
  const parked = async (): Promise<ReadonlyMap<string, FirebaseFirestore.DocumentData>> =>
    new Map((await firestore.collection('parked').get()).docs.map((one) => [one.id, one.data()]))

  it('holds up nobody: not its own tenant, not those behind it; it is tried five times, and then parked, to be replayed', async () => {
    const [bad = '', ...good] = await late([
      { tenant: tenants[0] },
      ...tenants.map((tenant) => ({ tenant })),
      ...Array.from({ length: 60 }, () => ({ tenant: tenants[0] })),
    ])
    strange.add(bad)
    expect(await compare()).toBe(good.length)
    expect(sent.map(({ event }) => event).toSorted()).toEqual(good.toSorted())
    expect(await waiting()).toEqual([bad])
    expect(await parked()).toEqual(new Map())
    for (let tries = 2; tries < 5; tries++) expect(await compare()).toBe(0)
    expect(await waiting()).toEqual([bad])
    await compare()
    expect(await waiting()).not.toContain(bad)
    const { items } = await platform.must('jobs/listParked', {})
    expect(items).toEqual([
      expect.objectContaining({
        ...{ job: 'onOutboxCreated', topic: 'events', tries: 5 },
        reason: 'Error: Pub/Sub does not take such a message.',
        text: JSON.stringify({ event: bad, tenant: tenants[0], type: 'access.resource_put' }),
      }),
    ])
    strange.clear()
    await platform.must('jobs/replay', { parked: items[0].parked, reason: 'it is taken now' })
    expect(sent.at(-1)).toMatchObject({ event: bad, tenant: tenants[0] })
    expect(await parked()).toEqual(new Map())
  }, 60_000)

  it('because it is none: its trigger tries it five times, and parks it', async () => {
    const [bent = ''] = await late([{ tenant: tenants[1], type: 'no type of ours' }])
    for (let tries = 1; tries < 5; tries++) await expect(relay(bent)).rejects.toThrow('Invalid')
    await relay(bent)
    expect(await waiting()).not.toContain(bent)
    expect((await parked()).get(`onOutboxCreated-${bent.replace('_', '-')}`)).toMatchObject({
      ...{ tries: 5, reason: expect.stringContaining('ZodError') },
    })
  })

  it('is not counted against it while Pub/Sub is down', async () => {
    const [event = ''] = await late([{ tenant: tenants[2] }])
    isDown = true
    for (let tries = 0; tries < 7; tries++) await expect(compare()).rejects.toThrow('not relayed')
    isDown = false
    await compare()
    expect(sent.map((one) => one.event)).toContain(event)
  })
})
