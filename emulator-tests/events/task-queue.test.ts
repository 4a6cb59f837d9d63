// The task queue as deployed: from the first call to the receiver through the real queue, which beside the emulators knows no delay.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { webhookSender } from '../../functions/src/groups/webhooks.ts'
import { taskFunction } from '../../functions/src/guard/doors/background.ts'
import { taskEnqueuer } from '../../functions/src/platform/enqueue.ts'
import { instantIn } from '../../functions/src/platform/store/reader.ts'
import { endpoints } from '../support/stack.ts'
import type { Actor } from '../support/world.ts'
import { makeWay, type Receiver, receiver, type Way } from './support.ts'

process.env['CLOUD_TASKS_EMULATOR_HOST'] = endpoints.tasks
process.env['FUNCTIONS_EMULATOR'] = 'true'

let hook: Receiver
let way: Way
let owner: Actor
let agency: string
let server: Server

const deployed = () => {
  const { guard, config } = way.world.app
  return taskFunction(webhookSender(way.world.app), {
    appOrigins: [],
    enforceAppCheck: false,
    boot: async () => ({ guard, config }),
  })
}

beforeAll(async () => {
  hook = await receiver()
  let enqueue: ReturnType<typeof taskEnqueuer> | undefined
  way = await makeWay([hook], {
    enqueue: (...call) => {
      enqueue ??= taskEnqueuer(way.world.projectId)
      return enqueue(...call)
    },
  })
  const made = deployed()
  server = express()
    .use(express.json())
    .post('/', (request, response) => void made(request as never, response as never))
    .listen(0, '127.0.0.1')
  await new Promise<void>((resolve) => server.once('listening', resolve))
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const queue = `http://${endpoints.tasks}/projects/${way.world.projectId}/locations/us-central1/queues/attemptWebhooks`
  const headers = { 'content-type': 'application/json' }
  await fetch(queue, {
    method: 'POST',
    headers,
    body: JSON.stringify({ defaultUri: uri, retryConfig: { maxAttempts: 3 } }),
  })
  agency = await way.world.agency('Queued', 'olivia')
  owner = await way.world.person('olivia')
  await way.relay()
  way.messages.splice(0)
}, 60_000)
afterAll(async () => {
  server.close()
  hook.close()
  await way.world.close()
})

it('brings an event to its receiver; a task that comes before its time sends nothing, and the reconciler calls again', async () => {
  await owner.must('webhooks/create', { tenant: agency, name: 'All', url: hook.url, types: ['tenancy.tenant_renamed'] })
  hook.status = 503
  await owner.must('tenants/update', { tenant: agency, name: 'Queued at last' })
  await way.relay()
  await way.deliver()
  await vi.waitFor(() => expect(hook.got).toHaveLength(1), { timeout: 20_000 })
  await vi.waitFor(async () => expect(await isEnded()).toBe(true), { timeout: 20_000 })
  hook.status = 200
  // When exactly it is to be called again is left to chance; after that it is late by more than the reconciler allows.
  way.world.advance((instantIn((await queue())['wakeAt']) ?? 0) - way.world.app.clock() + 80_000)
  expect(await way.reconcile()).toBe(1)
  await vi.waitFor(() => expect(hook.got).toHaveLength(2), { timeout: 20_000 })
  await vi.waitFor(async () => expect(await queue()).not.toHaveProperty('wakeAt'), { timeout: 20_000 })
}, 90_000)

const queue = async () =>
  (await way.world.app.store.read.list({ collection: 'webhookQueues', limit: 1 }))[0]?.fields ?? {}

/** The turn has ended: somebody is to come, and nobody is at work. */
const isEnded = async (): Promise<boolean> => {
  const { wakeAt, leaseUntil } = await queue()
  return wakeAt !== undefined && leaseUntil === undefined
}

it('is made by the guard: private, limited, tried again; what is no task is dropped with a word', async () => {
  const made = deployed()
  expect(made.__endpoint).toMatchObject({
    concurrency: 40,
    taskQueueTrigger: {
      invoker: ['private'],
      rateLimits: { maxConcurrentDispatches: 200 },
      retryConfig: { maxAttempts: 5 },
    },
  })
  for (const data of [{}, { tenant: agency }, { tenant: agency, webhook: '../../users' }, 'x', null])
    await made.run({ data } as never)
  expect(way.world.logs.filter((line) => line.includes('task dropped'))).toHaveLength(5)
})
