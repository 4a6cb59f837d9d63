// Webhooks end to end: who is told of what, signed so that a stock library believes it, again and again until it is taken, and nobody waits for another.
import { Firestore } from '@google-cloud/firestore'
import { days, hours, minutes, type Seconds, secondsOf } from '@latchkey/core/kernel/time'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { webhookSender } from '../../functions/src/groups/webhooks.ts'
import { StoreError } from '../../functions/src/platform/store/store-error.ts'
import type { Actor, Answer } from '../support/world.ts'
import { type Got, makeWay, type Receiver, receiver, type Way } from './support.ts'

let way: Way
let owner: Actor
let agency: string
let account: string
let firestore: Firestore
const receivers: Receiver[] = []

beforeAll(async () => {
  for (let count = 0; count < 3; count++) receivers.push(await receiver())
  way = await makeWay(receivers)
  agency = await way.world.agency('Hooked', 'olivia')
  owner = await way.world.person('olivia')
  account = (await owner.must('tenants/create', { parent: agency, name: 'Corner Shop' })).tenant
  firestore = new Firestore({ projectId: way.world.projectId })
  await way.pump()
}, 60_000)
afterAll(async () => {
  for (const one of receivers) one.close()
  await firestore.terminate()
  await way.world.close()
})
beforeEach(async () => {
  for (const tenant of [agency, account]) {
    for (const { webhook } of (await owner.must('webhooks/list', { tenant })).items)
      await owner.must('webhooks/delete', { tenant, webhook })
  }
  await way.pump()
  way.tasks.length = 0
  for (const one of receivers) Object.assign(one, { status: 200, says: '', got: one.got.splice(0, 0) })
  for (const one of receivers) one.got.length = 0
})

const at = (index: number): Receiver => {
  const found = receivers[index]
  if (found === undefined) throw new Error('no such receiver')
  return found
}
const advance = (span: Seconds): void => way.world.advance(span * 1_000)
const made = (more: object = {}) =>
  owner.must('webhooks/create', { tenant: agency, name: 'Shop', url: at(0).url, types: ['tenancy.*'], ...more })
let names = 0
const rename = (tenant = agency) => owner.must('tenants/update', { tenant, name: `Name ${++names}` })
const typesOf = (index: number) => at(index).got.map(({ body }) => body.type)
const deliveries = async (webhook: string, more: object = {}): Promise<Answer[]> =>
  (await owner.must('webhooks/deliveries', { tenant: agency, webhook, ...more })).items
const verified = (secret: string, { text, headers }: Got): unknown =>
  new Webhook(secret).verify(text, headers as Record<string, string>)
const auditOf = async (tenant: string, type: string) =>
  (await way.world.app.store.read.list({ collection: `tenants/${tenant}/audit`, limit: 500 })).filter(
    ({ fields }) => fields['type'] === type,
  )

describe('an endpoint', () => {
  it('C-145 is told of what it asked for, signed so that the stock library believes it, and not otherwise', async () => {
    const { webhook, secret } = await made()
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    await rename()
    await owner.must('teams/create', { tenant: agency, name: 'Sales' })
    await way.pump()
    expect(typesOf(0)).toEqual(['tenancy.tenant_renamed'])
    const [got] = at(0).got as [Got]
    expect(verified(secret, got)).toEqual(got.body)
    expect(() => verified(`whsec_${Buffer.alloc(32).toString('base64')}`, got)).toThrow('No matching signature')
    expect(() => verified(secret, { ...got, text: got.text.replace('user:olivia', 'user:mallory') })).toThrow(
      'No matching',
    )
    const old = { ...got.headers, 'webhook-timestamp': String(Number(got.headers['webhook-timestamp']) - 600) }
    expect(() => verified(secret, { ...got, headers: old })).toThrow()
    expect(got.body).toEqual({
      type: 'tenancy.tenant_renamed',
      timestamp: expect.stringMatching(/Z$/),
      data: {
        event: got.headers['webhook-id'],
        tenant: agency,
        revision: expect.stringMatching(/^\d{4}-.*\.\d{6}Z$/),
        actor: { principal: 'user:olivia' },
        targets: [`tenant:${agency}`],
      },
    })
    const [delivery] = await deliveries(webhook.webhook)
    expect(delivery).toMatchObject({ status: 'delivered', type: 'tenancy.tenant_renamed', attempts: [{ code: 200 }] })
    expect(JSON.stringify(delivery)).not.toContain(secret)
  })

  it('of an agency hears of its accounts when it says so; one of an account hears of nobody else', async () => {
    await made({ url: at(0).url, reach: 'node' })
    await made({ url: at(1).url, reach: 'subtree' })
    await owner.must('webhooks/create', { tenant: account, name: 'Own', url: at(2).url, types: ['*'] })
    await way.pump()
    for (const one of receivers) one.got.length = 0
    await rename(agency)
    await rename(account)
    await way.pump()
    expect(at(0).got.map(({ body }) => body.data.tenant)).toEqual([agency])
    expect(
      at(1)
        .got.map(({ body }) => body.data.tenant)
        .toSorted(),
    ).toEqual([account, agency].toSorted())
    expect(at(2).got.map(({ body }) => body.data.tenant)).toEqual([account])
  })

  it('F-19 of a deleted account is told to its agency, and to no endpoint of its own', async () => {
    const doomed = (await owner.must('tenants/create', { parent: agency, name: 'Doomed' })).tenant
    await owner.must('webhooks/create', { tenant: doomed, name: 'Own', url: at(2).url, types: ['*'] })
    await made({ reach: 'subtree', types: ['tenancy.tenant_deleted'] })
    await way.pump()
    for (const one of receivers) one.got.length = 0
    await owner.must('tenants/delete', { tenant: doomed, reason: 'no longer needed', confirmName: 'Doomed' })
    await way.pump()
    expect(typesOf(0)).toEqual(['tenancy.tenant_deleted'])
    expect(at(2).got).toEqual([])
  })

  it('C-149 of another tenant can neither be seen nor made, and hears nothing', async () => {
    await way.world.agency('Elsewhere', 'nora')
    const nora = await way.world.person('nora')
    const { webhook } = await made()
    for (const [operation, more] of [
      ['create', { name: 'Mine', url: at(1).url, types: ['*'] }],
      ['list', {}],
      ['update', { webhook: webhook.webhook, url: at(1).url }],
      ['rotateSecret', { webhook: webhook.webhook }],
      ['deliveries', { webhook: webhook.webhook }],
      ['test', { webhook: webhook.webhook }],
      ['delete', { webhook: webhook.webhook }],
    ] as const)
      expect(await nora.call(`webhooks/${operation}`, { tenant: agency, ...more }), operation).toMatchObject({
        ok: false,
        error: { code: 'not_found' },
      })
    await rename()
    await way.pump()
    expect(typesOf(0)).toEqual(['tenancy.tenant_renamed'])
    expect(at(1).got).toEqual([])
  })

  it('tells nobody what its maker may not read, nor farther than they may read it', async () => {
    const role = await owner.must('roles/create', {
      tenant: agency,
      name: `Hooks ${++names}`,
      permissions: ['iam.webhooks.create', 'iam.webhooks.list', 'iam.webhooks.update'],
    })
    const uid = 'hugo'
    await way.world.join(owner, uid, { tenant: agency, role: role.role, reach: 'subtree' })
    const hugo = await way.world.person(uid)
    const wanted = { tenant: agency, name: 'Mine', url: at(1).url, types: ['*'] }
    const refused = { error: { code: 'grant_exceeds_grantor', missing: ['iam.audit.read'] } }
    expect(await hugo.call('webhooks/create', wanted)).toMatchObject(refused)
    const theirs = (await made()).webhook.webhook
    expect(await hugo.call('webhooks/update', { tenant: agency, webhook: theirs, url: at(1).url })).toMatchObject(
      refused,
    )
    expect(await hugo.call('webhooks/rotateSecret', { tenant: agency, webhook: theirs })).toMatchObject(refused)
    expect(await hugo.call('webhooks/update', { tenant: agency, webhook: theirs, status: 'paused' })).toMatchObject({
      ok: true,
    })
    // With the right to read at the agency alone, that much and no more.
    await owner.must('roles/assign', {
      tenant: agency,
      principal: { user: uid },
      role: 'agency.auditor',
      reach: 'node',
    })
    expect(await hugo.call('webhooks/create', { ...wanted, reach: 'subtree' })).toMatchObject(refused)
    expect(await hugo.call('webhooks/create', wanted)).toMatchObject({ ok: true })
  })

  it('C-145 is at no address inside, asks for nothing that is not there, and there are ten at most', async () => {
    const wanted = { tenant: agency, name: 'Shop', types: ['*'] }
    for (const url of [
      'http://hooks.shop.com/',
      'https://10.0.0.1/',
      'https://localhost/',
      'https://a:b@shop.com/',
      'x',
      'http://127.0.0.1:1/',
    ])
      expect(await owner.call('webhooks/create', { ...wanted, url }), url).toMatchObject({
        error: { code: 'invalid_request', field: 'url' },
      })
    for (const type of ['signing.*', 'tenncy.*'])
      expect(
        await owner.call('webhooks/create', { ...wanted, url: at(0).url, types: ['tenancy.*', type] }),
      ).toMatchObject({
        error: { code: 'invalid_request', field: 'types[1]' },
      })
    const below = { ...wanted, tenant: account, url: at(0).url, reach: 'subtree' }
    expect(await owner.call('webhooks/create', below)).toMatchObject({
      error: { code: 'invalid_request', field: 'reach' },
    })
    const tries = await Promise.all(
      Array.from({ length: 12 }, () => owner.call('webhooks/create', { ...wanted, url: at(0).url })),
    )
    expect(tries.filter(({ ok }) => ok)).toHaveLength(10)
    expect(tries.find(({ ok }) => !ok)).toMatchObject({ error: { code: 'limit_exceeded' } })
    const first = await owner.must('webhooks/list', { tenant: agency, limit: 7 })
    const second = await owner.must('webhooks/list', { tenant: agency, limit: 7, page: first.nextPage })
    expect([first.items.length, second.items.length, second.nextPage]).toEqual([7, 3, undefined])
    expect(JSON.stringify(first)).not.toMatch(/whsec|wrapped|secrets/)
  })
})

describe('a secret', () => {
  it('is kept only as KMS wrapped it, under the name of its endpoint', async () => {
    const { webhook, secret } = await made()
    const stored = (await firestore.doc(`tenants/${agency}/webhooks/${webhook.webhook}`).get()).data()
    const text = JSON.stringify(stored)
    const bytes = Buffer.from(secret.slice(6), 'base64')
    for (const form of [secret.slice(6), bytes.toString('hex'), bytes.toString('base64url')])
      expect(text).not.toContain(form)
    const other = await made()
    // One endpoint's wrapping is nothing at another.
    await firestore.doc(`tenants/${agency}/webhooks/${other.webhook.webhook}`).update({ secrets: stored?.['secrets'] })
    await expect(
      way.world.app.kms.webhooks.unwrap(
        Buffer.from(stored?.['secrets'][0].wrapped, 'base64'),
        `webhook/${other.webhook.webhook}`,
      ),
    ).rejects.toThrow()
  })

  it('that was copied to another endpoint signs nothing there, also while it is kept in memory', async () => {
    const { webhook } = await made()
    const other = await made({ url: at(1).url })
    await rename()
    await way.pump() // both are open now
    expect([at(0).got.length, at(1).got.length]).toEqual([1, 1])
    const path = (id: string) => firestore.doc(`tenants/${agency}/webhooks/${id}`)
    await path(other.webhook.webhook).update({ secrets: (await path(webhook.webhook).get()).get('secrets') })
    await rename()
    await way.relay()
    await way.deliver()
    const [own, copied] = [webhook, other.webhook].map((one) =>
      way.tasks.find(({ task }) => task['webhook'] === one.webhook),
    )
    way.tasks.length = 0
    const run = () => ({ runId: way.world.app.drawId('req'), now: way.world.app.clock() })
    await way.sender.run(run(), own?.task)
    await expect(way.sender.run(run(), copied?.task)).rejects.toThrow()
    expect([at(0).got.length, at(1).got.length]).toEqual([2, 1])
  })

  it('is answered again to whoever asks with the same idempotency key, and to a key that may read what it will hear', async () => {
    const wanted = {
      tenant: agency,
      name: 'Shop',
      url: at(0).url,
      types: ['*'],
      idempotencyKey: `hook-of-the-shop-${++names}`,
    }
    const once = await owner.must('webhooks/create', wanted)
    expect((await owner.must('webhooks/create', wanted)).secret).toBe(once.secret)
    expect((await owner.must('webhooks/list', { tenant: agency })).items).toHaveLength(1)
    const keyWith = async (scopes: readonly string[]) =>
      way.world.withKey((await owner.must('apiKeys/create', { tenant: agency, name: 'Setup', scopes })).secret)
    const { idempotencyKey: _key, ...plain } = wanted
    expect(await (await keyWith(['webhooks.write'])).call('webhooks/create', plain)).toMatchObject({
      error: { code: 'grant_exceeds_grantor', missing: ['iam.audit.read'] },
    })
    const able = await keyWith(['webhooks.write', 'audit-logs.readonly'])
    expect(await able.call('webhooks/create', { ...plain, reach: 'subtree' })).toMatchObject({ ok: true })
  })

  it('may stand in an address, of which the audit log tells the host only', async () => {
    const url = `${at(0).url}?token=hidden-in-the-address`
    const { webhook } = await made({ url })
    await owner.must('webhooks/update', { tenant: agency, webhook: webhook.webhook, url: `${url}2` })
    const events = [
      ...(await auditOf(agency, 'webhooks.endpoint_created')),
      ...(await auditOf(agency, 'webhooks.endpoint_updated')),
    ]
    expect(events.filter(({ fields }) => String(fields['targets']) === `webhook:${webhook.webhook}`)).toHaveLength(2)
    expect(JSON.stringify(events)).not.toContain('hidden-in-the-address')
    expect(way.world.logs.join()).not.toContain('hidden-in-the-address')
  })

  it('that is rotated signs beside the new one until the overlap is over, and then no more', async () => {
    const { webhook, secret } = await made()
    const rotated = await owner.must('webhooks/rotateSecret', {
      tenant: agency,
      webhook: webhook.webhook,
      overlapSeconds: 3_600,
    })
    expect(rotated.secret).not.toBe(secret)
    expect(rotated.webhook.previousSecretUntil).toBeDefined()
    await rename()
    await way.pump()
    const [during] = at(0).got as [Got]
    expect(String(during.headers['webhook-signature']).split(' ')).toHaveLength(2)
    expect(verified(secret, during)).toEqual(during.body)
    expect(verified(rotated.secret, during)).toEqual(during.body)
    const again = await owner.must('webhooks/rotateSecret', {
      tenant: agency,
      webhook: webhook.webhook,
      overlapSeconds: 3_600,
    })
    await rename()
    await way.pump()
    expect(() => verified(secret, at(0).got[1] as Got)).toThrow('No matching')
    expect(verified(rotated.secret, at(0).got[1] as Got)).toBeDefined()
    // Whoever verifies goes by real time, so the overlap is ended by the clock of a call that is set to zero.
    await owner.must('webhooks/rotateSecret', { tenant: agency, webhook: webhook.webhook, overlapSeconds: 0 })
    await rename()
    await way.pump()
    expect(() => verified(again.secret, at(0).got[2] as Got)).toThrow('No matching')
  })
})

describe('a delivery', () => {
  it('F-17 is of the moment of its change, also when the event was redacted before it went out', async () => {
    await made()
    const { revision } = await rename()
    const found = (await auditOf(agency, 'tenancy.tenant_renamed')).find(({ fields }) =>
      JSON.stringify(fields).includes(`Name ${names}`),
    )
    const redaction = {
      tenant: agency,
      event: found?.id,
      fields: ['actor.principal'],
      reason: 'asked for by the person',
    }
    await owner.must('audit/redact', redaction)
    await way.pump()
    const [told] = at(0).got.filter(({ body }) => body.type === 'tenancy.tenant_renamed')
    expect(told?.body.data).toMatchObject({ revision, actor: { principal: 'redacted' } })
  })

  it('F-17 comes once to whoever keeps ids, however often, late and shuffled its message comes', async () => {
    const { webhook } = await made()
    for (let count = 0; count < 8; count++) await rename()
    await way.relay()
    const once = way.messages.filter(({ type }) => type === 'tenancy.tenant_renamed')
    const seed = Math.floor(Math.random() * 2 ** 31)
    console.log(`seed ${seed}`)
    let state = seed
    const random = (): number => {
      state = (state * 48_271) % 2_147_483_647
      return state / 2_147_483_647
    }
    const many = once.flatMap((one) => Array.from({ length: 2 + Math.floor(random() * 9) }, () => one))
    way.messages.splice(0, way.messages.length, ...many.toSorted(() => random() - 0.5))
    await way.deliver()
    await way.work()
    advance(hours(24))
    way.messages.push(...once)
    await way.deliver()
    await way.work()
    const ids = at(0).got.map(({ headers }) => headers['webhook-id'])
    expect(ids.toSorted()).toEqual(once.map(({ event }) => event).toSorted())
    // In the order in which it happened, for whoever keeps the newest.
    const newest = at(0)
      .got.map(({ body }) => body)
      .toSorted((a, b) => (a.data.revision < b.data.revision ? 1 : -1))[0]
    expect((await deliveries(webhook.webhook))[0].event).toBe(newest.data.event)
    expect((await deliveries(webhook.webhook, { status: 'delivered' })).length).toBe(8)
  }, 60_000)

  it('F-52 that fails is tried again later and later, with the same id and body, until it is taken', async () => {
    const { webhook } = await made()
    Object.assign(at(0), { status: 500, says: `sorry lk_api_${'a'.repeat(71)} \u001b[31m` })
    await rename()
    await way.pump()
    for (const pause of [secondsOf(5), minutes(1), minutes(5)]) {
      expect(await way.work()).toEqual([]) // not yet
      advance(pause)
      await way.work()
    }
    at(0).status = 204
    advance(minutes(30))
    await way.work()
    expect(at(0).got).toHaveLength(5)
    expect(new Set(at(0).got.map(({ text, headers }) => `${headers['webhook-id']} ${text}`)).size).toBe(1)
    const [delivery] = await deliveries(webhook.webhook)
    expect(delivery.attempts.map((one: Answer) => one.code)).toEqual([500, 500, 500, 500, 204])
    expect(delivery.status).toBe('delivered')
    expect(delivery.attempts[0].answer).toBe('sorry [secret] \ufffd[31m')
    expect(way.tasks).toEqual([])
  })

  it('F-52 is given up after a day, shown as failed, and sent again when somebody asks', async () => {
    const { webhook } = await made()
    at(0).status = 500
    await rename()
    await way.pump()
    for (let hour = 0; hour < 25; hour++) {
      advance(hours(1))
      await way.work()
    }
    const [failed] = await deliveries(webhook.webhook, { status: 'failed' })
    expect(failed).toMatchObject({ status: 'failed' })
    expect(failed.attempts.length).toBeGreaterThan(5)
    expect(way.tasks).toEqual([])
    at(0).status = 200
    await owner.must('webhooks/redeliver', { tenant: agency, webhook: webhook.webhook, delivery: failed.delivery })
    await way.work()
    const ids = at(0).got.map(({ headers }) => headers['webhook-id'])
    expect(new Set(ids)).toEqual(new Set([failed.event]))
    expect((await deliveries(webhook.webhook))[0]).toMatchObject({ status: 'delivered' })
    expect((await owner.must('webhooks/list', { tenant: agency })).items[0].failingSince).toBeUndefined()
    const unknown = `${'0'.repeat(13)}-op_${'0'.repeat(22)}`
    expect(
      await owner.call('webhooks/redeliver', { tenant: agency, webhook: webhook.webhook, delivery: unknown }),
    ).toMatchObject({ error: { code: 'not_found', field: 'delivery' } })
  })

  it('that is placed while a turn ends is sent without anybody coming to look', async () => {
    await made({ types: ['tenancy.tenant_renamed'] })
    await way.pump()
    for (let count = 0; count < 60; count++) await rename()
    await way.relay()
    const all = way.messages.splice(0)
    let isPlacing = true
    const working = (async () => {
      while (isPlacing) {
        await way.work()
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    while (all.length > 0) {
      way.messages.push(...all.splice(0, 3))
      await way.deliver()
    }
    isPlacing = false
    await working
    await way.work()
    expect(new Set(at(0).got.map(({ headers }) => headers['webhook-id'])).size).toBe(60)
    expect(way.tasks).toEqual([])
  }, 60_000)

  it('whose task came too soon, twice or not at all is made all the same, once', async () => {
    await made()
    at(0).status = 500
    await rename()
    await way.pump()
    // Beside the emulators a delay is ignored: the task comes now, and does nothing.
    const early = way.tasks.map((one) => ({ ...one, at: way.world.app.clock() }))
    way.tasks.splice(0, way.tasks.length, ...early, ...early)
    await way.work()
    expect(at(0).got).toHaveLength(1)
    at(0).status = 200
    advance(minutes(3))
    expect(await way.work()).toEqual([]) // nobody was left to come
    expect(await way.reconcile()).toBe(1)
    const [call] = way.tasks
    if (call !== undefined) way.tasks.push(call, call)
    await way.work()
    expect(at(0).got).toHaveLength(2)
    advance(minutes(3))
    expect(await way.reconcile()).toBe(0)
  })

  it('F-52 waits, and is not held against the endpoint, while KMS cannot open its secret', async () => {
    await made()
    await rename()
    await way.relay()
    await way.deliver()
    const { app } = way.world
    const unwrap = () => Promise.reject(new StoreError('unavailable', 'KMS did not answer'))
    const without = webhookSender({ ...app, kms: { ...app.kms, webhooks: { ...app.kms.webhooks, unwrap } } })
    const [call] = way.tasks
    await expect(without.run({ runId: 'req_test', now: app.clock() }, call?.task)).rejects.toThrow('KMS did not answer')
    expect(at(0).got).toEqual([])
    await way.work() // the queue tries again
    expect(at(0).got).toHaveLength(1)
    expect((await owner.must('webhooks/list', { tenant: agency })).items[0].failingSince).toBeUndefined()
  })

  it('is told by a test that goes the way of every other, and to that endpoint alone', async () => {
    const { webhook } = await made({ types: ['access.role_assigned'] })
    await made({ url: at(1).url, types: ['*'] })
    await way.pump()
    for (const one of receivers) one.got.length = 0
    const { delivery } = await owner.must('webhooks/test', { tenant: agency, webhook: webhook.webhook })
    await way.pump()
    expect(typesOf(0)).toEqual(['webhooks.endpoint_tested'])
    expect(at(1).got).toEqual([])
    expect((await deliveries(webhook.webhook)).map((one) => one.delivery)).toEqual([delivery])
    await owner.must('webhooks/update', { tenant: agency, webhook: webhook.webhook, status: 'paused' })
    expect(await owner.call('webhooks/test', { tenant: agency, webhook: webhook.webhook })).toMatchObject({
      error: { code: 'conflict' },
    })
  })
})

describe('an endpoint that is down', () => {
  it('F-52 delays no other, rests, and is sent what waited once it is back', async () => {
    const dead = await made({ url: at(0).url })
    await made({ url: at(1).url })
    at(0).status = 0
    for (let count = 0; count < 30; count++) await rename()
    await way.pump()
    expect(at(1).got).toHaveLength(30)
    // Four lanes found it dead at once; nothing more was spent on it.
    expect(at(0).got.length).toBeLessThanOrEqual(4)
    expect(
      (await owner.must('webhooks/list', { tenant: agency })).items.find(
        (one: Answer) => one.webhook === dead.webhook.webhook,
      ).failingSince,
    ).toBeDefined()
    at(0).status = 200
    for (let minute = 0; minute < 10; minute++) {
      advance(minutes(1))
      await way.work()
    }
    const ids = at(0).got.map(({ headers }) => headers['webhook-id'])
    expect(new Set(ids).size).toBe(30)
    expect(await deliveries(dead.webhook.webhook, { status: 'pending' })).toEqual([])
  }, 60_000)

  it('F-52 for more than a day recovers by itself: what is younger goes out, what is older is sent when somebody asks', async () => {
    const { webhook } = await made({ types: ['tenancy.tenant_renamed'] })
    at(0).status = 0
    await rename()
    await way.pump()
    const pass = async (count: number) => {
      for (let hour = 0; hour < count; hour++) {
        advance(hours(1))
        await way.work()
        await way.reconcile()
        await way.work()
      }
    }
    await pass(20)
    await rename()
    await way.pump()
    await pass(10)
    const listed = async () => (await owner.must('webhooks/list', { tenant: agency })).items[0]
    expect(await listed()).toMatchObject({ status: 'active', failingSince: expect.any(String) })
    at(0).status = 200
    at(0).got.length = 0
    await pass(11)
    const [younger, older] = await deliveries(webhook.webhook)
    expect([younger.status, older.status]).toEqual(['delivered', 'failed'])
    expect(at(0).got.map(({ headers }) => headers['webhook-id'])).toEqual([younger.event])
    expect(await listed()).not.toHaveProperty('failingSince')
    await owner.must('webhooks/redeliver', { tenant: agency, webhook: webhook.webhook, delivery: older.delivery })
    await rename()
    await way.pump()
    expect(at(0).got).toHaveLength(3)
    expect(new Set((await deliveries(webhook.webhook)).map(({ status }) => status))).toEqual(new Set(['delivered']))
  }, 90_000)

  it('F-52 for three days is switched off, which its people hear of; switched on it is sent to again', async () => {
    const { webhook } = await made({ types: ['tenancy.tenant_renamed'] })
    await made({ url: at(1).url, types: ['webhooks.endpoint_disabled'] })
    at(0).status = 500
    for (let day = 0; day < 4; day++) {
      await rename()
      await way.pump()
      for (let part = 0; part < 4; part++) {
        advance(hours(6))
        await way.work()
      }
    }
    await way.pump()
    const status = async () =>
      (await owner.must('webhooks/list', { tenant: agency })).items.find(
        (one: Answer) => one.webhook === webhook.webhook,
      ).status
    expect(await status()).toBe('disabled')
    expect(await auditOf(agency, 'webhooks.endpoint_disabled')).toHaveLength(1)
    expect(typesOf(1)).toEqual(['webhooks.endpoint_disabled'])
    const before = at(0).got.length
    await rename()
    await way.pump()
    advance(days(1))
    await way.work()
    await way.reconcile()
    await way.work()
    expect(at(0).got).toHaveLength(before)
    at(0).status = 200
    await owner.must('webhooks/update', { tenant: agency, webhook: webhook.webhook, status: 'active' })
    await rename()
    await way.pump()
    expect(at(0).got.length).toBeGreaterThan(before)
    expect(await status()).toBe('active')
  }, 60_000)

  it('F-52 that says that it is gone is switched off at once', async () => {
    const { webhook } = await made()
    at(0).status = 410
    await rename()
    await way.pump()
    expect((await owner.must('webhooks/list', { tenant: agency })).items[0]).toMatchObject({
      webhook: webhook.webhook,
      status: 'disabled',
    })
  })

  it('that was deleted is sent nothing of what waited', async () => {
    const { webhook } = await made()
    await rename()
    await way.relay()
    await way.deliver()
    await owner.must('webhooks/delete', { tenant: agency, webhook: webhook.webhook })
    await way.work()
    advance(minutes(5))
    await way.reconcile()
    await way.work()
    expect(at(0).got).toEqual([])
    expect(await owner.call('webhooks/deliveries', { tenant: agency, webhook: webhook.webhook })).toMatchObject({
      error: { code: 'not_found' },
    })
    expect((await firestore.doc(`webhookQueues/${webhook.webhook}`).get()).exists).toBe(false)
  })
})

describe('many events of one tenant', () => {
  it('T-46 F-45 are one task for an endpoint, not one each: another’s single event goes out in the second turn', async () => {
    const loud = await made({ url: at(0).url })
    const quiet = await owner.must('webhooks/create', {
      tenant: account,
      name: 'Own',
      url: at(2).url,
      types: ['tenancy.tenant_renamed'],
    })
    await way.pump()
    const now = way.world.app.clock()
    const template = await firestore.collection(`tenants/${agency}/audit`).limit(1).get()
    const batches = Array.from({ length: 3 }, () => firestore.batch())
    for (const batch of batches)
      for (let count = 0; count < 150; count++) {
        const event = way.world.app.drawId('op')
        batch.set(firestore.doc(`tenants/${agency}/audit/${event}`), {
          ...template.docs[0]?.data(),
          type: 'tenancy.tenant_renamed',
        })
        way.messages.push({ event, tenant: agency, type: 'tenancy.tenant_renamed' })
      }
    await Promise.all(batches.map((batch) => batch.commit()))
    await way.deliver()
    await rename(account)
    await way.relay()
    await way.deliver()
    expect(way.tasks.map(({ task }) => task['webhook'])).toEqual([loud.webhook.webhook, quiet.webhook.webhook])
    const begun = performance.now()
    const turns = await way.work()
    console.log(`450 deliveries in ${Math.round(performance.now() - begun)} ms`)
    expect(turns.slice(0, 2)).toEqual([loud.webhook.webhook, quiet.webhook.webhook])
    expect(at(2).got).toHaveLength(1)
    expect(at(0).got.length).toBe(450)
    expect(turns.length).toBeLessThan(6)
    expect(way.world.app.clock() - now).toBeLessThan(120_000)
  }, 90_000)
})

describe('F-19 a message that cannot be taken', () => {
  it('is parked with its reason after five tries, and those behind it are delivered', async () => {
    await made()
    const strange = { event: `op_${'Z'.repeat(22)}`, tenant: `acc_${'Z'.repeat(22)}`, type: 'tenancy.tenant_renamed' }
    await rename()
    await way.relay()
    const good = way.messages.splice(0)
    const take = async (message: object, messageId: string) => {
      const { takeMessage } = await import('../../functions/src/guard/doors/take-message.ts')
      const { webhookDeliverer } = await import('../../functions/src/groups/webhooks.ts')
      const data = Buffer.from(JSON.stringify(message)).toString('base64')
      return takeMessage(webhookDeliverer(way.world.app), { messageId, data }, way.world.app.guard)
    }
    for (let tries = 1; tries < 5; tries++) await expect(take(strange, 'gone')).rejects.toThrow('in no audit log')
    await take(strange, 'gone')
    await take({ ...strange, version: 2 }, 'newer')
    await take({ ...strange, event: '../../users/u1' }, 'bent')
    await take({ ...strange, type: 'x'.repeat(1_000_000) }, 'large')
    way.messages.push(...good)
    await way.deliver()
    await way.work()
    expect(typesOf(0)).toEqual(['tenancy.tenant_renamed'])
    const parked = await firestore.collection('parked').get()
    expect(Object.fromEntries(parked.docs.map((one) => [one.id, one.get('reason')]))).toEqual({
      'deliverWebhooks-gone': expect.stringContaining('in no audit log'),
      'deliverWebhooks-newer': 'It is no message of this topic.',
      'deliverWebhooks-bent': 'It is no message of this topic.',
      'deliverWebhooks-large': 'It is no message of this topic.',
    })
  })
})
