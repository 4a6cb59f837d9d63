// The way of an event in one test process: outbox, message, list of an endpoint, task, receiver; each step driven by hand.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Instant } from '@latchkey/core/kernel/time'
import { outboxRelay } from '../../functions/src/groups/events.ts'
import { webhookDeliverer, webhookSender } from '../../functions/src/groups/webhooks.ts'
import { takeMessage } from '../../functions/src/guard/doors/take-message.ts'
import { compareQueues } from '../../functions/src/rooms/webhooks/queue/compare-queues.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

export interface Got {
  readonly headers: IncomingHttpHeaders
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: what was sent; tests assert on its fields.
  readonly body: any
}

export interface Receiver {
  readonly host: string
  readonly url: string
  readonly got: Got[]
  /** The status of the next answers; 0 answers nothing at all. */
  status: number
  /** What it answers with. */
  says: string
  /** What happens before it answers. */
  meanwhile: ((got: Got) => Promise<unknown>) | undefined
  readonly close: () => void
}

export const receiver = async (): Promise<Receiver> => {
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    request.on('end', () => {
      const got = { headers: request.headers, text, body: JSON.parse(text) }
      made.got.push(got)
      void Promise.resolve(made.meanwhile?.(got)).then(() => {
        if (made.status === 0) request.socket.destroy()
        else response.writeHead(made.status).end(made.says)
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const made: Receiver = {
    host,
    url: `http://${host}/in`,
    got: [],
    status: 200,
    says: '',
    meanwhile: undefined,
    close: () => void server.close(),
  }
  return made
}

export interface Task {
  readonly queue: string
  readonly task: Readonly<Record<string, string>>
  readonly at: Instant
}

export interface Way {
  readonly world: World
  readonly tasks: Task[]
  readonly messages: Readonly<Record<string, string>>[]
  /** The process that sends. */
  readonly sender: ReturnType<typeof webhookSender>
  /** Fires the trigger for everything that waits in the outbox. */
  readonly relay: () => Promise<void>
  /** Hands every message to the consumer. */
  readonly deliver: () => Promise<void>
  /** Runs what is due in the queue, in its order, until nothing is. Answers whose turns they were. */
  readonly work: () => Promise<readonly string[]>
  /** All three. */
  readonly pump: () => Promise<void>
  /** What the reconciler does about lists that wait. */
  readonly reconcile: () => Promise<number>
}

export const makeWay = async (receivers: readonly Receiver[], options: WorldOptions = {}): Promise<Way> => {
  const tasks: Task[] = []
  const messages: Readonly<Record<string, string>>[] = []
  const world = await makeWorld({
    env: { LK_WEBHOOK_ALLOW: receivers.map(({ host }) => host).join(',') },
    publish: async (topic, message) => {
      if (topic === 'events') messages.push(message as Readonly<Record<string, string>>)
    },
    enqueue: async (queue, task, at) => void tasks.push({ queue, task, at }),
    ...options,
  })
  const { app } = world
  const run = () => ({ runId: app.drawId('req'), now: app.clock() })
  const sender = webhookSender(app)
  const relay = async () => {
    const trigger = outboxRelay(app)
    for (let after: string | undefined, more = true; more; ) {
      const found = await app.store.read.list({
        collection: 'outbox',
        ...(after === undefined ? {} : { after }),
        limit: 300,
      })
      await Promise.all(found.map(({ id }) => trigger.run(run(), { event: id }, {})))
      after = found.at(-1)?.id
      more = found.length === 300
    }
  }
  const deliver = async () => {
    const consumer = webhookDeliverer(app)
    while (messages.length > 0) {
      // As many at once as an instance takes.
      const taken = messages.splice(0, 40).map((message) => {
        const data = Buffer.from(JSON.stringify(message)).toString('base64')
        return takeMessage(consumer, { messageId: app.drawId(), data }, app.guard)
      })
      await Promise.all(taken)
    }
  }
  const work = async () => {
    const turns: string[] = []
    for (;;) {
      const due = tasks.findIndex(({ at }) => at <= app.clock())
      const [next] = due < 0 ? [] : tasks.splice(due, 1)
      if (next === undefined) return turns
      turns.push(next.task['webhook'] ?? '')
      await sender.run(run(), next.task)
    }
  }
  return {
    ...{ world, tasks, messages, sender, relay, deliver, work },
    pump: async () => {
      await relay()
      await deliver()
      await work()
    },
    reconcile: async () => {
      const comparison = compareQueues({ read: app.store.read, enqueue: app.enqueue })
      let [after, repaired]: [string | undefined, number] = [undefined, 0]
      do {
        const found = await comparison.page(after, app.clock())
        repaired += found.repaired
        after = found.next
      } while (after !== undefined)
      return repaired
    },
  }
}
