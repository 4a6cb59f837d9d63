// Pub/Sub is down for ten minutes: the API answers, revoking works at once, and afterwards every event arrives, for whoever keeps ids once.
import { type Message, PubSub, type Topic } from '@google-cloud/pubsub'
import { minutes } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { outboxRelay } from '../../functions/src/groups/events.ts'
import { reconciler } from '../../functions/src/groups/reconcile.ts'
import { webhookDeliverer } from '../../functions/src/groups/webhooks.ts'
import { takeMessage } from '../../functions/src/guard/doors/take-message.ts'
import { type Publish, pubSubPublisher } from '../../functions/src/platform/publish.ts'
import { fly } from '../support/fly.ts'
import { endpoints } from '../support/stack.ts'
import { type TcpProxy, tcpProxy } from '../support/tcp-proxy.ts'
import type { Actor } from '../support/world.ts'
import { makeWay, type Receiver, receiver, type Way } from './support.ts'

let proxy: TcpProxy
let hook: Receiver
let way: Way
let owner: Actor
let agency: string
let outside: PubSub
let topic: Topic
let publisher: Publish | undefined

beforeAll(async () => {
  proxy = await tcpProxy(endpoints.pubsub)
  hook = await receiver()
  const publish: Publish = async (name, message) => {
    if (name !== 'events') return
    publisher ??= pubSubPublisher(way.world.projectId)
    await publisher(name, message)
  }
  way = await makeWay([hook], { publish })
  outside = new PubSub({ projectId: way.world.projectId })
  topic = (await outside.createTopic('events'))[0]
  process.env['PUBSUB_EMULATOR_HOST'] = proxy.host // read by the client of the relay, when it is made
  agency = await way.world.agency('Enduring', 'olivia')
  owner = await way.world.person('olivia')
}, 60_000)
afterAll(async () => {
  process.env['PUBSUB_EMULATOR_HOST'] = endpoints.pubsub
  hook.close()
  await outside.close()
  await way.world.close()
  await proxy.close()
})

const waiting = async (): Promise<readonly string[]> =>
  (await way.world.app.store.read.list({ collection: 'outbox', limit: 500 }))
    .filter(({ fields }) => fields['toRelay'] !== undefined)
    .map(({ id }) => id)
const trigger = (event: string) =>
  outboxRelay(way.world.app).run({ runId: 'req_test', now: way.world.app.clock() }, { event }, {})

it('F-16 loses nothing, tells nobody twice who keeps ids, answers its callers meanwhile, and revokes at once', async () => {
  const [subscription] = await topic.createSubscription('webhooks', { ackDeadlineSeconds: 10 })
  await owner.must('webhooks/create', { tenant: agency, name: 'All', url: hook.url, types: ['*'] })
  for (const event of await waiting()) await trigger(event) // Pub/Sub is well: these go out at once
  expect(await waiting()).toEqual([])
  const { key, secret } = await owner.must('apiKeys/create', {
    tenant: agency,
    name: 'Shop',
    scopes: ['iam/tenants.readonly'],
  })

  proxy.cut()
  for (let count = 0; count < 20; count++) {
    await owner.must('tenants/update', { tenant: agency, name: `Enduring ${count}` })
    way.world.advance(30_000)
  }
  expect(await way.world.withKey(secret).call('tenants/get', { tenant: agency })).toMatchObject({ ok: true })
  await owner.must('apiKeys/revoke', { tenant: agency, key: key.key })
  expect(await way.world.withKey(secret).call('tenants/get', { tenant: agency })).toMatchObject({
    error: { code: 'invalid_token' },
  })
  const left = await waiting()
  expect(left).toHaveLength(22)
  const tries = await Promise.allSettled(left.map(trigger))
  expect(tries.map(({ status }) => status)).toEqual(left.map(() => 'rejected'))
  await expect(fly(reconciler(way.world.app), way.world.app)).rejects.toThrow('not relayed')
  expect(await waiting()).toHaveLength(left.length + (await newSince(left)))

  proxy.mend()
  way.world.advance(minutes(3) * 1_000)
  // The client finds the way back by itself, a little later.
  await vi.waitFor(async () => expect(await relayed()).toEqual([]), { timeout: 60_000, interval: 500 })

  const taken = new Map<string, number>()
  const atWork = new Set<Promise<void>>()
  let failures = 0
  const consumer = webhookDeliverer({
    ...way.world.app,
    enqueue: async (...call) => {
      // Its handler throws now and then: the message comes again.
      if (++failures % 2 === 1) throw new Error('thrown by the handler')
      await way.world.app.enqueue(...call)
    },
  })
  subscription.on('message', (message: Message) => {
    const { event } = JSON.parse(message.data.toString()) as { event: string }
    taken.set(event, (taken.get(event) ?? 0) + 1)
    const handled = takeMessage(
      consumer,
      { messageId: message.id, data: message.data.toString('base64') },
      way.world.app.guard,
    ).then(
      () => message.ack(),
      () => message.nack(),
    )
    atWork.add(handled)
    void handled.finally(() => atWork.delete(handled))
  })
  await vi.waitFor(() => expect(left.filter((event) => !taken.has(event))).toEqual([]), { timeout: 30_000 })
  await vi.waitFor(
    async () => {
      await way.work()
      const told = new Set(hook.got.map(({ headers }) => headers['webhook-id']))
      expect(left.filter((event) => !told.has(event))).toEqual([])
    },
    { timeout: 30_000 },
  )
  await subscription.close()
  await Promise.allSettled(atWork)
  const ids = hook.got.map(({ headers }) => headers['webhook-id'])
  expect(ids).toHaveLength(new Set(ids).size)
  expect(failures).toBeGreaterThan(0)
}, 150_000)

/** What the reconciler leaves when it could not relay, and by that time has committed itself. */
const newSince = async (left: readonly string[]): Promise<number> =>
  (await waiting()).filter((event) => !left.includes(event)).length

const relayed = async (): Promise<readonly string[]> => {
  await fly(reconciler(way.world.app), way.world.app).catch(() => undefined)
  way.world.advance(minutes(3) * 1_000)
  return waiting()
}
