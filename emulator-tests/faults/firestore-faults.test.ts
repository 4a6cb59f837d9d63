// A database that aborts, loses answers or is gone: nothing is lost, nothing happens twice, and nobody is let in.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import {
  always,
  everyNth,
  type FirestoreProxy,
  firestoreProxy,
  grpcStatus,
  nth,
  share,
} from '../support/firestore-proxy.ts'
import { dump, storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const seed = 20_261_122

describe('Firestore', () => {
  let world: World
  let proxy: FirestoreProxy
  let agency: string
  let nora: Actor
  let undo: (() => void)[] = []
  const inject: FirestoreProxy['inject'] = (fault) => {
    const stop = proxy.inject(fault)
    undo.push(stop)
    return stop
  }
  const calm = () => {
    for (const stop of undo) stop()
    undo = []
  }
  const create = (name: string, idempotencyKey?: string) =>
    nora.call('apiKeys/create', {
      tenant: agency,
      name,
      scopes: ['contacts.readonly'],
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    })
  const effects = async (name: string) => {
    const documents = [...(await storedDocuments(world.projectId))]
    const named = documents.filter(
      ([path, fields]) => path.includes('/apiKeys/') && fields['name']?.['stringValue'] === name,
    )
    const ids = named.map(([path]) => `key:${path.split('/').at(-1)}`)
    const text = documents.filter(([path]) => path.includes('/audit/')).map(([, fields]) => JSON.stringify(fields))
    return { keys: named.length, events: ids.map((id) => text.filter((one) => one.includes(id)).length) }
  }
  beforeAll(async () => {
    proxy = await firestoreProxy()
    world = await makeWorld({ storeOf: proxy.store })
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
  })
  beforeEach(() => proxy.reset())
  afterEach(calm)
  afterAll(async () => {
    await world.close()
    await proxy.close()
  })

  it('F-10 that aborts 30 % of commits: every call succeeds or is a clean 503, and nothing happens twice', async () => {
    inject({ method: 'Commit', status: grpcStatus.aborted, chosen: share(0.3, seed) })
    const names = Array.from({ length: 16 }, (_, index) => `Aborted ${index}`)
    const answers: Answer[] = await Promise.all(names.map((name) => create(name)))
    expect(proxy.counts().struck, `seed ${seed}`).toBeGreaterThan(2)
    calm()
    for (const [index, answer] of answers.entries()) {
      if (!answer.ok) expect(answer.error, `seed ${seed}`).toEqual({ code: 'unavailable', retryAfterSeconds: 2 })
      const { keys, events } = await effects(names[index] ?? '')
      expect(keys, `seed ${seed}`).toBe(answer.ok ? 1 : 0)
      expect(events).toEqual(answer.ok ? [1] : [])
    }
    expect(answers.filter(({ ok }) => ok).length).toBeGreaterThan(12)
  })

  it('F-10 that aborts every second commit: calls one after another all succeed, each once', async () => {
    inject({ method: 'Commit', status: grpcStatus.aborted, chosen: everyNth(2) })
    const names = ['Second 1', 'Second 2', 'Second 3']
    for (const name of names) expect(await create(name)).toMatchObject({ ok: true })
    calm()
    expect(proxy.counts().struck).toBe(2)
    for (const name of names) expect(await effects(name)).toEqual({ keys: 1, events: [1] })
  })

  it('F-14 that aborts the same commit three times: one effect, no secret of a lost run', async () => {
    let struck = 0
    inject({ method: 'Commit', status: grpcStatus.aborted, containing: 'apiKeys', chosen: () => ++struck <= 3 })
    const answer: Answer = await create('Thrice')
    expect(answer).toMatchObject({ ok: true })
    expect(struck).toBe(4)
    expect(await effects('Thrice')).toEqual({ keys: 1, events: [1] })
    expect(await nora.must('credentials/verify', { credential: answer.value.secret, tenant: agency })).toMatchObject({
      active: true,
    })
  })

  it('F-14 that loses the answer of the commit: one key, one event, and the secret that was answered works', async () => {
    inject({
      method: 'Commit',
      status: grpcStatus.unavailable,
      containing: 'apiKeys',
      chosen: nth(1),
      answerLost: true,
    })
    const answer: Answer = await create('Lost')
    expect(proxy.counts().struck).toBe(1)
    expect(answer).toMatchObject({ ok: true })
    expect(await effects('Lost')).toEqual({ keys: 1, events: [1] })
    expect(await nora.must('credentials/verify', { credential: answer.value.secret, tenant: agency })).toMatchObject({
      active: true,
    })
  })

  it('F-12 F-14 that loses answers until the call fails: the same idempotency key brings the one answer, secret included', async () => {
    const key = 'idempotency-lost-1'
    inject({ method: 'Commit', status: grpcStatus.dataLoss, containing: 'apiKeys', chosen: nth(1), answerLost: true })
    expect(await create('Lost twice', key)).toMatchObject({ ok: false })
    expect(await effects('Lost twice')).toEqual({ keys: 1, events: [1] })
    calm()
    const first: Answer = await create('Lost twice', key)
    expect(first).toMatchObject({ ok: true, value: { secret: expect.stringMatching(/^lk_api_/) } })
    expect(await create('Lost twice', key)).toEqual(first)
    expect(await effects('Lost twice')).toEqual({ keys: 1, events: [1] })
    expect(await nora.must('credentials/verify', { credential: first.value.secret, tenant: agency })).toMatchObject({
      active: true,
    })
  }, 60_000)

  it('F-14 that loses the answer of the claim: the call goes on, nobody waits for a run that is one’s own', async () => {
    const key = 'idempotency-claim-1'
    inject({
      method: 'Commit',
      status: grpcStatus.unavailable,
      containing: 'leaseUntil',
      chosen: nth(1),
      answerLost: true,
    })
    const answer = await create('Claimed', key)
    expect(proxy.counts().struck).toBe(1)
    expect(answer).toMatchObject({ ok: true })
    expect(await create('Claimed', key)).toEqual(answer)
    expect(await effects('Claimed')).toEqual({ keys: 1, events: [1] })
  })

  it('F-14 that loses the answer of a takeover’s claim: the retry goes on under the op id of the run that broke', async () => {
    const key = 'idempotency-takeover-1'
    inject({ method: 'Commit', status: grpcStatus.dataLoss, containing: 'apiKeys', chosen: nth(1) })
    expect(await create('Taken over', key)).toMatchObject({ ok: false })
    calm()
    const claim = { method: 'Commit', status: grpcStatus.unavailable, containing: 'leaseUntil' } as const
    inject({ ...claim, chosen: nth(1), answerLost: true })
    const answer = await create('Taken over', key)
    expect(answer).toMatchObject({ ok: true })
    calm()
    expect(await create('Taken over', key)).toEqual(answer)
    expect(await effects('Taken over')).toEqual({ keys: 1, events: [1] })
  })

  it('that is gone: everybody gets 503 with a time to wait, nobody an allow, and then all is well again', async () => {
    const { secret } = await newKey(nora, agency)
    const before = await dump(world.projectId, { without: [`tenants/${agency}/apiKeys/`] })
    const down = { ok: false, error: { code: 'unavailable', retryAfterSeconds: 2 } }
    const door = world.withKey(secret)
    // F-09: what is kept answers for five seconds at most, and then nothing does.
    const check = { tenant: agency, permission: 'iam.tenants.get' }
    await nora.must('access/check', check)
    inject({ status: grpcStatus.unavailable, chosen: always })
    expect(await nora.call('access/check', check)).toMatchObject({ ok: true, value: { allowed: true } })
    world.advance(5_000)
    const started = performance.now()
    const answers = await Promise.all([
      nora.call('tenants/get', { tenant: agency }),
      nora.call('access/check', check),
      door.call('credentials/verify', { credential: secret, permissions: ['contacts.read'] }),
      door.call('tenants/get', { tenant: agency }),
      nora.call('roles/assign', { tenant: agency, principal: { user: 'nora' }, role: 'agency.auditor', reach: 'node' }),
    ])
    expect(answers).toEqual(answers.map(() => down))
    expect(performance.now() - started).toBeLessThan(30_000) // a function lives no longer: the 503 is ours
    calm()
    expect(await door.call('tenants/get', { tenant: agency })).toMatchObject({ ok: true })
    expect(await dump(world.projectId, { without: [`tenants/${agency}/apiKeys/`] })).toBe(before)
  }, 90_000)

  it('F-12 whose writes alone are gone: reads are answered, a change is 503, and its retry makes it once', async () => {
    const key = 'idempotency-writes-1'
    inject({ method: 'Commit', status: grpcStatus.unavailable, chosen: always })
    expect(await nora.call('tenants/get', { tenant: agency })).toMatchObject({ ok: true })
    expect(await create('Later', key)).toEqual({ ok: false, error: { code: 'unavailable', retryAfterSeconds: 2 } })
    expect(await effects('Later')).toEqual({ keys: 0, events: [] })
    calm()
    // What was refused with 503 may still be under way, holding its claim for two minutes at most.
    world.advance(120_000)
    await expect.poll(async () => (await create('Later', key)).ok, { timeout: 20_000 }).toBe(true)
    expect(await effects('Later')).toEqual({ keys: 1, events: [1] })
  }, 90_000)
})
