// An endpoint's turn while something happens: its owner changes it, the process dies, another one is at work, or the receiver is slow.
import { minutes, type Seconds, secondsOf } from '@latchkey/core/kernel/time'
import { mostPlaces } from '@latchkey/core/webhooks/places'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { webhookSender } from '../../functions/src/groups/webhooks.ts'
import type { Post } from '../../functions/src/platform/outbound/post.ts'
import { openStore } from '../../functions/src/platform/store/open.ts'
import { StoreError } from '../../functions/src/platform/store/store-error.ts'
import type { Actor, Answer } from '../support/world.ts'
import { type Got, makeWay, type Receiver, receiver, type Way } from './support.ts'

let way: Way
let owner: Actor
let agency: string
let fast: string
let fastOwner: Actor
/** The process dies right behind its commit: nothing that it would do next is done. */
let diesAfterCommit = false
const receivers: Receiver[] = []

beforeAll(async () => {
  for (let count = 0; count < 2; count++) receivers.push(await receiver())
  way = await makeWay(receivers, {
    storeOf: (projectId, clock) => {
      const store = openStore(projectId, clock)
      const { transact, write } = store.operate
      const unlessDead = <T>(work: () => Promise<T>): Promise<T> =>
        diesAfterCommit ? Promise.reject(new StoreError('unavailable', 'the process is dead')) : work()
      return {
        ...store,
        operate: {
          write: (one) => unlessDead(() => write(one)),
          transact: (plan) => unlessDead(() => transact(plan)),
        },
      }
    },
  })
  agency = await way.world.agency('Turning', 'olivia')
  owner = await way.world.person('olivia')
  fast = await way.world.agency('Swift', 'nora')
  fastOwner = await way.world.person('nora')
  await way.pump()
}, 60_000)
afterAll(async () => {
  for (const one of receivers) one.close()
  await way.world.close()
})
beforeEach(async () => {
  diesAfterCommit = false
  for (const { webhook } of (await owner.must('webhooks/list', { tenant: agency })).items)
    await owner.must('webhooks/delete', { tenant: agency, webhook })
  for (const one of receivers) Object.assign(one, { status: 200, says: '', meanwhile: undefined })
  await way.pump()
  way.tasks.length = 0
  for (const one of receivers) one.got.length = 0
})

const at = (index: number): Receiver => {
  const found = receivers[index]
  if (found === undefined) throw new Error('no such receiver')
  return found
}
const advance = (span: Seconds): void => way.world.advance(span * 1_000)
const made = async (more: object = {}): Promise<{ webhook: string; secret: string }> => {
  const wanted = { tenant: agency, name: 'Shop', url: at(0).url, types: ['tenancy.tenant_renamed'], ...more }
  const { webhook, secret } = await owner.must('webhooks/create', wanted)
  return { webhook: webhook.webhook, secret }
}
let names = 0
const renamed = async (times: number): Promise<void> => {
  for (let count = 0; count < times; count++)
    await owner.must('tenants/update', { tenant: agency, name: `Name ${++names}` })
  await way.relay()
  await way.deliver()
}
const update = (webhook: string, changes: object) =>
  owner.must('webhooks/update', { tenant: agency, webhook, ...changes })
const endpoint = async (webhook: string): Promise<Answer> =>
  (await owner.must('webhooks/list', { tenant: agency })).items.find((one: Answer) => one.webhook === webhook)
const deliveries = async (webhook: string): Promise<Answer[]> =>
  (await owner.must('webhooks/deliveries', { tenant: agency, webhook, limit: 100 })).items
const statuses = async (webhook: string): Promise<string[]> =>
  (await deliveries(webhook)).map(({ status }) => status).toSorted()
const queueOf = async (webhook: string) =>
  (await way.world.app.store.read.getAll([`webhookQueues/${webhook}`]))[0] ?? {}
/** Once, at the first call that comes in. */
const atFirst = (one: Receiver, work: () => Promise<unknown>): void => {
  one.meanwhile = () => {
    one.meanwhile = undefined
    return work()
  }
}
const idsOf = (got: readonly Got[]) => got.map(({ headers }) => String(headers['webhook-id']))
const run = () => ({ runId: way.world.app.drawId('req'), now: way.world.app.clock() })
/** A process of its own beside the one of `way`. */
const another = (post: Post) => webhookSender({ ...way.world.app, post })
const takeTask = () => {
  const task = way.tasks.shift()
  if (task === undefined) throw new Error('nobody was called')
  return task.task
}
interface Gate {
  readonly wait: Promise<void>
  readonly open: () => void
}
const gate = (): Gate => {
  let open = (): void => undefined
  const wait = new Promise<void>((resolve) => {
    open = resolve
  })
  return { wait, open }
}

describe('what an owner changes in the middle of a turn', () => {
  it('paused: no call begins after it, and what is left waits until it is switched on', async () => {
    const { webhook } = await made()
    await renamed(12)
    atFirst(at(0), () => update(webhook, { status: 'paused' }))
    await way.work()
    expect(at(0).got.length).toBeLessThanOrEqual(4)
    const left = 12 - at(0).got.length
    expect((await statuses(webhook)).filter((one) => one === 'pending')).toHaveLength(left)
    await update(webhook, { status: 'active' })
    await way.work()
    expect(new Set(idsOf(at(0).got)).size).toBe(12)
    expect(at(0).got).toHaveLength(12)
  }, 30_000)

  it('another address: the rest goes there', async () => {
    const { webhook } = await made()
    await renamed(12)
    atFirst(at(0), () => update(webhook, { url: at(1).url }))
    await way.work()
    expect(at(0).got.length).toBeLessThanOrEqual(4)
    expect(at(0).got.length + at(1).got.length).toBe(12)
  }, 30_000)

  it('another secret, and the one before ended at once: the rest is signed with the new one alone', async () => {
    const { webhook, secret } = await made()
    await renamed(12)
    let rotated = ''
    atFirst(at(0), async () => {
      rotated = (await owner.must('webhooks/rotateSecret', { tenant: agency, webhook, overlapSeconds: 0 })).secret
    })
    await way.work()
    const isSignedWith = (key: string, { text, headers }: Got): boolean => {
      try {
        return new Webhook(key).verify(text, headers as Record<string, string>) !== undefined
      } catch {
        return false
      }
    }
    expect(at(0).got).toHaveLength(12)
    expect(at(0).got.filter((got) => isSignedWith(secret, got)).length).toBeLessThanOrEqual(4)
    expect(
      at(0)
        .got.slice(4)
        .map((got) => isSignedWith(rotated, got)),
    ).toEqual(Array.from({ length: 8 }, () => true))
  }, 30_000)

  it('deleted: no call begins after it, and nothing of its queue is left', async () => {
    const { webhook } = await made()
    await renamed(12)
    atFirst(at(0), () => owner.must('webhooks/delete', { tenant: agency, webhook }))
    await way.work()
    expect(at(0).got.length).toBeLessThanOrEqual(4)
    expect(await queueOf(webhook)).toEqual({})
  }, 30_000)
})

describe('the end of a turn overrules nobody', () => {
  it('a receiver that says it is gone switches off nothing whose address was changed meanwhile', async () => {
    const { webhook } = await made()
    await renamed(1)
    at(0).status = 410
    atFirst(at(0), () => update(webhook, { url: at(1).url }))
    await way.work()
    expect(await endpoint(webhook)).toMatchObject({ status: 'active' })
    advance(secondsOf(6))
    await way.work()
    expect(at(1).got).toHaveLength(1)
    // Where nobody changed anything it does.
    at(1).status = 410
    await renamed(1)
    await way.work()
    expect(await endpoint(webhook)).toMatchObject({ status: 'disabled' })
  }, 30_000)

  it('nor is anything switched off that was paused and switched on meanwhile', async () => {
    const { webhook } = await made()
    await renamed(1)
    at(0).status = 410
    atFirst(at(0), async () => {
      await update(webhook, { status: 'paused' })
      await update(webhook, { status: 'active' })
    })
    await way.work()
    expect(await endpoint(webhook)).toMatchObject({ status: 'active' })
  }, 30_000)

  it('what was held against an endpoint and forgotten meanwhile stays forgotten: it does not rest', async () => {
    const { webhook } = await made()
    at(0).status = 0
    await renamed(1)
    await way.work()
    expect(await endpoint(webhook)).toHaveProperty('failingSince')
    advance(minutes(2))
    atFirst(at(0), () => update(webhook, { status: 'active' }))
    await way.work()
    expect(await endpoint(webhook)).not.toHaveProperty('failingSince')
    expect(await queueOf(webhook)).not.toHaveProperty('restUntil')
    at(0).status = 200
    advance(minutes(6))
    await way.work()
    expect(await statuses(webhook)).toEqual(['delivered'])
  }, 30_000)

  it('one that was paused meanwhile has nobody called for it', async () => {
    const { webhook } = await made()
    at(0).status = 500
    await renamed(1)
    atFirst(at(0), () => update(webhook, { status: 'paused' }))
    await way.work()
    expect(way.tasks).toEqual([])
    expect(await queueOf(webhook)).not.toHaveProperty('wakeAt')
  }, 30_000)
})

describe('what is asked for is not lost when the process dies right behind the commit', () => {
  it('a delivery that is to be sent again is found by the reconciler', async () => {
    const { webhook } = await made()
    await renamed(1)
    await way.work()
    const [{ delivery }] = (await deliveries(webhook)) as [Answer]
    diesAfterCommit = true
    await owner.must('webhooks/redeliver', { tenant: agency, webhook, delivery })
    diesAfterCommit = false
    way.tasks.length = 0
    advance(minutes(2))
    expect(await way.reconcile()).toBe(1)
    await way.work()
    expect(at(0).got).toHaveLength(2)
    expect(await statuses(webhook)).toEqual(['delivered'])
  }, 30_000)

  it('an endpoint that is switched on again is called for by the reconciler, as if nothing had been held against it', async () => {
    const { webhook } = await made()
    at(0).status = 0
    await renamed(2)
    await way.work()
    await update(webhook, { status: 'paused' })
    advance(minutes(1))
    await way.work()
    way.tasks.length = 0
    at(0).status = 200
    diesAfterCommit = true
    await update(webhook, { status: 'active' })
    diesAfterCommit = false
    way.tasks.length = 0
    expect(await endpoint(webhook)).not.toHaveProperty('failingSince')
    advance(minutes(2))
    expect(await way.reconcile()).toBe(1)
    await way.work()
    expect(await statuses(webhook)).toEqual(['delivered', 'delivered'])
  }, 30_000)
})

describe('a process that comes late', () => {
  /** One that has sent what it found, and hears nothing for so long that another one takes over; its clock stands as still as it does. */
  const stalled = async (answer: { readonly code: number }, { waiting = 1 } = {}) => {
    const { webhook } = await made()
    await renamed(waiting)
    const answered = gate()
    const { app } = way.world
    const clock = app.clock()
    let calls = 0
    const slow = webhookSender({
      ...app,
      clock: () => clock,
      post: async () => {
        calls++
        await answered.wait
        return { ...answer, answer: 'late', milliseconds: 100 }
      },
    })
    const task = takeTask()
    const ended = slow.run(run(), task)
    await expect.poll(() => calls).toBe(Math.min(waiting, 4))
    return {
      ...{ webhook, task },
      calls: () => calls,
      wakes: async () => {
        answered.open()
        await ended
      },
    }
  }

  it('does not undo what another one has delivered meanwhile, and begins nothing more', async () => {
    const late = await stalled({ code: 500 })
    // While its lease holds nobody else begins.
    await way.sender.run(run(), late.task)
    expect(await way.reconcile()).toBe(0)
    expect(at(0).got).toEqual([])
    advance(minutes(2))
    expect(await way.reconcile()).toBe(1)
    await renamed(2)
    await way.work()
    expect(at(0).got).toHaveLength(3)
    await late.wakes()
    expect(late.calls()).toBe(1)
    expect(await statuses(late.webhook)).toEqual(['delivered', 'delivered', 'delivered'])
    const both = (await deliveries(late.webhook)).find(({ attempts }) => attempts.length === 2)
    expect(both.attempts.map((one: Answer) => one.code)).toEqual([200, 500])
    expect(await endpoint(late.webhook)).not.toHaveProperty('failingSince')
    expect(await queueOf(late.webhook)).not.toHaveProperty('wakeAt')
  }, 30_000)

  it('sends nothing more, although its own clock says that its lease holds', async () => {
    const late = await stalled({ code: 200 }, { waiting: 8 })
    advance(minutes(2))
    await way.reconcile()
    const answered = gate()
    at(0).meanwhile = () => answered.wait
    const working = way.work()
    await expect.poll(() => at(0).got.length).toBe(4)
    await late.wakes()
    expect(late.calls()).toBe(4)
    answered.open()
    await working
    expect(new Set(await statuses(late.webhook))).toEqual(new Set(['delivered']))
  }, 30_000)

  it('does not take for done what somebody has asked for again meanwhile', async () => {
    const late = await stalled({ code: 200 })
    const [{ delivery }] = (await deliveries(late.webhook)) as [Answer]
    advance(secondsOf(5))
    await owner.must('webhooks/redeliver', { tenant: agency, webhook: late.webhook, delivery })
    await late.wakes()
    expect(await statuses(late.webhook)).toEqual(['pending'])
    await way.work()
    expect(at(0).got).toHaveLength(1)
    expect(await statuses(late.webhook)).toEqual(['delivered'])
  }, 30_000)

  it('is believed that it was taken, when it was not before that the next one failed', async () => {
    const late = await stalled({ code: 200 })
    advance(minutes(2))
    await way.reconcile()
    at(0).status = 500
    await way.work()
    expect(await statuses(late.webhook)).toEqual(['pending'])
    await late.wakes()
    expect(await statuses(late.webhook)).toEqual(['delivered'])
  }, 30_000)

  it('sends nothing on the strength of what it read of the endpoint before it stood still', async () => {
    const { webhook } = await made()
    await renamed(1)
    const { app } = way.world
    let stands = true
    const sender = webhookSender({
      ...app,
      store: {
        ...app.store,
        read: {
          ...app.store.read,
          getAll: async (paths) => {
            const found = await app.store.read.getAll(paths)
            if (paths[0]?.includes('/audit/') === true && stands) {
              stands = false
              advance(minutes(2))
              await update(webhook, { url: at(1).url })
            }
            return found
          },
        },
      },
    })
    await sender.run(run(), takeTask())
    expect(at(0).got).toEqual([])
    await way.reconcile()
    await way.work()
    expect(at(1).got).toHaveLength(1)
  }, 30_000)
})

describe('F-17 two processes at one endpoint', () => {
  it('send each delivery once between them, however often both are called', async () => {
    const { webhook } = await made()
    await renamed(20)
    const { app } = way.world
    const [one, two] = [another(app.post), another(app.post)]
    const task = takeTask()
    for (let round = 0; round < 3; round++) {
      const waiting = [task, ...way.tasks.splice(0).map((call) => call.task)]
      await Promise.all(waiting.flatMap((call) => [one.run(run(), call), two.run(run(), call)]))
    }
    expect(at(0).got).toHaveLength(20)
    expect(new Set(idsOf(at(0).got)).size).toBe(20)
    expect(await queueOf(webhook)).not.toHaveProperty('leaseUntil')
  }, 30_000)

  it('F-14 whose every transaction and every write runs twice, as after a lost answer, send once and note it once', async () => {
    const { webhook } = await made()
    at(0).status = 500
    await renamed(3)
    const { app } = way.world
    const { operate } = app.store
    const transact: typeof operate.transact = async (plan) => {
      await operate.transact(plan)
      return operate.transact(plan)
    }
    // The database takes the repeated one for somebody else's.
    const write: typeof operate.write = async (one) => {
      await operate.write(one)
      return operate.write(one)
    }
    const sender = webhookSender({ ...app, store: { ...app.store, operate: { transact, write } } })
    await sender.run(run(), takeTask())
    at(0).status = 200
    advance(minutes(2))
    await sender.run(run(), takeTask())
    expect(at(0).got).toHaveLength(6)
    for (const { attempts, status } of await deliveries(webhook))
      expect([status, ...attempts.map((one: Answer) => one.code)]).toEqual(['delivered', 500, 200])
    expect(await queueOf(webhook)).not.toHaveProperty('wakeAt')
  }, 30_000)

  it('lose nothing when one of them dies, whichever its step and whether or not that step was still done', async () => {
    const { webhook } = await made()
    let [step, deaths] = [0, 0]
    for (let dies = true; dies; step++) {
      for (const isDone of [false, true]) {
        at(0).got.length = 0
        await renamed(3)
        dies = await dyingAt(step, isDone, takeTask())
        if (dies) deaths++
        way.tasks.length = 0
        advance(minutes(3))
        await way.reconcile()
        await way.work()
        advance(minutes(3))
        expect(await way.reconcile(), `step ${step}`).toBe(0)
        const ids = idsOf(at(0).got)
        expect(new Set(ids).size, `step ${step}`).toBe(3)
        expect(ids.length, `step ${step}`).toBeLessThanOrEqual(6) // each of the three was on its way at most once
        expect(await statuses(webhook), `step ${step}`).not.toContain('pending')
      }
    }
    console.log(`died ${deaths} times, at ${step} steps`)
    expect(deaths).toBeGreaterThan(10)
  }, 120_000)
})

/** Runs a turn in a process that does nothing any more from its nth step on: a read, a write, a call to the receiver or the queue. */
const dyingAt = async (step: number, isDone: boolean, task: unknown): Promise<boolean> => {
  const { app } = way.world
  const death = gate()
  let [steps, isDead] = [0, false]
  const mortal =
    <Given extends readonly unknown[], T>(work: (...given: Given) => Promise<T>) =>
    async (...given: Given): Promise<T> => {
      if (!isDead && steps++ === step) {
        isDead = true
        if (isDone) await work(...given)
        death.open()
      }
      return isDead ? new Promise<never>(() => undefined) : work(...given)
    }
  const { read, operate } = app.store
  const sender = webhookSender({
    ...app,
    post: mortal(app.post),
    enqueue: mortal(app.enqueue),
    store: {
      ...app.store,
      read: { getAll: mortal(read.getAll), getStamped: mortal(read.getStamped), list: mortal(read.list) },
      // Cast: of whatever type its plan is.
      operate: { write: mortal(operate.write), transact: mortal(operate.transact) as typeof operate.transact },
    },
  })
  await Promise.race([sender.run(run(), task), death.wait])
  return isDead
}

describe('T-46 a tenant with slow endpoints', () => {
  it('has so many turns at once and no more: another tenant’s endpoint has its turn, and in the end all is delivered', async () => {
    const account = (await owner.must('tenants/create', { parent: agency, name: 'Slow Shop' })).tenant
    const slow: string[] = []
    for (let count = 0; count < 8; count++) {
      const tenant = count % 2 === 0 ? agency : account
      const url = `https://slow${count}.shop.com/in`
      const wanted = { tenant, name: `Slow ${count}`, url, types: ['tenancy.tenant_renamed'] }
      slow.push((await owner.must('webhooks/create', wanted)).webhook.webhook)
    }
    const quick = await fastOwner.must('webhooks/create', {
      ...{ tenant: fast, name: 'Quick', url: at(1).url, types: ['tenancy.tenant_renamed'] },
    })
    for (let count = 0; count < 6; count++)
      for (const tenant of [agency, account]) await owner.must('tenants/update', { tenant, name: `Name ${++names}` })
    await way.relay()
    await way.deliver()
    const calls = new Map<string, number>()
    const open = new Map<string, number>()
    let held: Gate | undefined
    const sender = another(async ({ url }) => {
      const { hostname } = new URL(url)
      calls.set(hostname, (calls.get(hostname) ?? 0) + 1)
      open.set(hostname, (open.get(hostname) ?? 0) + 1)
      if (hostname.startsWith('slow')) await held?.wait
      open.set(hostname, (open.get(hostname) ?? 0) - 1)
      return { code: 200, answer: '', milliseconds: 4_000 }
    })
    const takeAll = () => {
      const due = way.tasks.filter((one) => one.at <= way.world.app.clock())
      way.tasks.splice(0, way.tasks.length, ...way.tasks.filter((one) => !due.includes(one)))
      return due.map(({ task }) => task)
    }
    const first = takeAll()
    expect(first.map(({ webhook }) => webhook).toSorted()).toEqual(slow.toSorted())
    await Promise.all(first.map((task) => sender.run(run(), task)))
    // Nobody knew them: one round each, and then they stand behind all others.
    expect([...calls.values()]).toEqual(slow.map(() => 4))

    held = gate()
    const second = takeAll()
    expect(second).toHaveLength(8)
    const working = Promise.all(second.map((task) => sender.run(run(), task)))
    await expect
      .poll(() => [...open.values()].filter((count) => count > 0).length, { timeout: 10_000 })
      .toBe(mostPlaces)
    await expect.poll(() => way.tasks.length, { timeout: 10_000 }).toBe(8 - mostPlaces) // the others come again
    await fastOwner.must('tenants/update', { tenant: fast, name: 'Swift & Sons' })
    await way.relay()
    await way.deliver()
    const [swift] = takeAll()
    expect(swift?.['webhook']).toBe(quick.webhook.webhook)
    await sender.run(run(), swift)
    expect([...open.values()].filter((count) => count > 0)).toHaveLength(mostPlaces)
    held.open()
    await working
    held = undefined
    // Whoever had a place rests for longer than the others wait.
    advance(secondsOf(21))
    const third = takeAll()
    expect(third).toHaveLength(8 - mostPlaces)
    await Promise.all(third.map((task) => sender.run(run(), task)))
    expect(slow.map((_webhook, index) => calls.get(`slow${index}.shop.com`))).toEqual(slow.map(() => 6))
    await fastOwner.must('webhooks/delete', { tenant: fast, webhook: quick.webhook.webhook })
  }, 90_000)
})
