// From where and how often a key may be used: address ranges by the trusted hop alone, and a plan that all uses of a key share.
import initial from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { type Served, serve } from '../support/framework.ts'
import { send } from '../support/http.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const restricted = { ok: false, error: { code: 'restriction_failed' } }

describe('a key that is bound to addresses', () => {
  let world: World
  let agency: string
  let nora: Actor
  let asker: Actor
  const scopes = ['iam/tenants.readonly', 'iam/credentials.verify']
  const make = async (more: object): Promise<{ key: string; secret: string }> => {
    const { key, secret } = await newKey(nora, agency, { scopes, ...more })
    return { key: key.key, secret }
  }
  const from = (secret: string, address: string | undefined) =>
    world.withKey(secret).call('tenants/get', { tenant: agency }, { address: address as string })
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    asker = world.withKey((await make({})).secret)
  })
  afterAll(() => world.close())

  it('C-013 works from within, and from nowhere else: 403, not 401, and nothing when the address is not known', async () => {
    const { secret } = await make({ allowedAddresses: ['198.51.100.0/24', '2001:db8::/32'] })
    for (const address of ['198.51.100.1', '198.51.100.255', '2001:db8::1', '2001:db8:ffff::'])
      expect(await from(secret, address), address).toMatchObject({ ok: true })
    for (const address of ['198.51.101.1', '2001:db9::1', '127.0.0.1', '::1', 'unknown', '', undefined])
      expect(await from(secret, address), String(address)).toEqual(restricted)
    expect(await from((await make({})).secret, undefined)).toMatchObject({ ok: true }) // the control: one that is not bound
  })

  it('C-013 by a real request: what the client writes into X-Forwarded-For counts for nothing', async () => {
    const { secret } = await make({ allowedAddresses: ['198.51.100.0/24'] })
    const served: Served = await serve('api', { GCLOUD_PROJECT: world.projectId, LK_TRUSTED_HOPS: '1' })
    try {
      const get = (forwarded: string | undefined) =>
        send(served.origin, '/v1/ops/tenants/get', {
          headers: [
            ['Authorization', `Bearer ${secret}`],
            ...(forwarded === undefined ? [] : [['X-Forwarded-For', forwarded] as const]),
          ],
          body: JSON.stringify({ tenant: agency }),
        })
      expect((await get('198.51.100.7')).status).toBe(200) // the hop that we trust wrote it
      expect((await get('203.0.113.1, 198.51.100.7')).status).toBe(200)
      for (const forged of ['198.51.100.7, 203.0.113.1', '198.51.100.7,198.51.100.7, 203.0.113.1', undefined, ' , ']) {
        const answer = await get(forged)
        expect([answer.status, answer.body.code], String(forged)).toEqual([403, 'restriction_failed'])
      }
    } finally {
      served.stop()
    }
  }, 60_000)

  it('C-013 is verified by the address that the service asserts, and is inactive without one', async () => {
    const { secret } = await make({ allowedAddresses: ['198.51.100.0/24'] })
    const verify = (more: object): Promise<Answer> => asker.must('credentials/verify', { credential: secret, ...more })
    expect(await verify({ address: '198.51.100.9' })).toMatchObject({ active: true })
    expect(await verify({ address: '::ffff:198.51.100.9' })).toMatchObject({ active: true })
    expect(await verify({ address: '203.0.113.9' })).toEqual({ active: false, code: 'restriction_failed' })
    expect(await verify({})).toEqual({ active: false, code: 'address_required' })
    for (const address of ['localhost', '198.51.100.9, 1.1.1.1', 'fe80::1%eth0', 17])
      expect(await asker.call('credentials/verify', { credential: secret, address })).toMatchObject({
        error: { code: 'invalid_request', field: 'address' },
      })
  })

  it('C-013 binds its access tokens at our doors, and the exchange itself', async () => {
    const { secret } = await make({ allowedAddresses: ['198.51.100.0/24'] })
    const within = { address: '198.51.100.9' }
    const { access_token: token } = await world.withKey(secret).must('credentials/exchange', {}, within)
    expect(await from(token, '198.51.100.9')).toMatchObject({ ok: true })
    expect(await from(token, '203.0.113.9')).toEqual(restricted)
    expect(await world.withKey(secret).call('credentials/exchange', {}, { address: '203.0.113.9' })).toEqual(restricted)
  })

  it('C-014 uses of a key with a plan: of a thousand at once a hundred go through, and what its rate refills meanwhile', async () => {
    const { secret } = await make({ rate: { perSecond: 5, burst: 100 } })
    const started = performance.now()
    const answers: Answer[] = []
    for (let round = 0; round < 10; round++)
      answers.push(...(await Promise.all(Array.from({ length: 100 }, () => from(secret, `10.2.${round}.1`)))))
    const took = (performance.now() - started) / 1000
    const passed = answers.filter(({ ok }) => ok).length
    console.log(`rate plan of 100 + 5/s: ${passed} of 1000 uses passed in ${took.toFixed(1)} s at one instance`)
    expect(passed).toBeGreaterThanOrEqual(100)
    expect(await from((await make({})).secret, '10.2.0.9')).toMatchObject({ ok: true }) // its owner’s other keys are not made to wait
    expect(passed).toBeLessThanOrEqual(100 + Math.ceil(5 * took))
    for (const answer of answers)
      if (!answer.ok) expect(answer.error).toEqual({ code: 'rate_limited', retryAfterSeconds: 1 })
  }, 60_000)

  it('C-014 a plan is one for all uses of a key at an instance: directly, by its tokens, and verified for services', async () => {
    const { secret } = await make({ rate: { perSecond: 1, burst: 4 } })
    const { access_token: token } = await world.withKey(secret).must('credentials/exchange', {})
    expect(await from(token, '10.3.0.1')).toMatchObject({ ok: true })
    const verify = (): Promise<Answer> => asker.must('credentials/verify', { credential: secret })
    expect(await verify()).toMatchObject({ active: true })
    expect(await from(secret, '10.3.0.2')).toMatchObject({ ok: true })
    const codes = [await verify(), await verify(), await verify()].map(({ code }) => code)
    expect(codes).toContain('rate_limited')
    expect(await verify()).toMatchObject({ active: false, code: 'rate_limited', retryAfterSeconds: 1 })
    world.advance(10_000)
    expect(await verify()).toMatchObject({ active: true })
    const named = await make({ rate: 'trial' })
    expect(await nora.must('apiKeys/get', { tenant: agency, key: named.key })).toMatchObject({ rate: 'trial' })
  })

  it('I-83 passes its bounds on: what it makes is used from no more addresses, no more often, and no longer', async () => {
    const platform = await world.platformOwner()
    const keys = {
      name: 'iam/apiKeys.write',
      title: 'Make keys',
      permissions: ['iam.apiKeys.create', 'iam.apiKeys.rotate'],
      levels: ['agency'],
    }
    const document = { ...initial, version: '2027-02-01', scopes: [...initial.scopes, keys] }
    await platform.must('roles/publishCatalogue', { document, reason: 'for the test' })
    const head = async () => (await nora.must('roles/catalogue', { tenant: agency })).head
    await expect.poll(head, { timeout: 15_000, interval: 500 }).toBe(document.version)
    const bounds = { allowedAddresses: ['198.51.100.0/24'], rate: { perSecond: 10, burst: 50 } }
    const expiresAt = new Date(world.app.clock() + 3_600_000).toISOString()
    const maker = await make({ ...bounds, expiresAt, scopes: [...scopes, keys.name, 'iam/credentials.delegate'] })
    const from = { address: '198.51.100.9' }
    const create = (more: object): Promise<Answer> =>
      world.withKey(maker.secret).call('apiKeys/create', { tenant: agency, name: 'Made', scopes, ...more }, from)
    const made = await create({})
    expect(made).toMatchObject({ ok: true, value: { key: { rate: bounds.rate, expiresAt } } })
    expect((await nora.must('apiKeys/get', { tenant: agency, key: made.value.key.key })).allowedAddresses).toEqual(
      bounds.allowedAddresses,
    )
    expect(await create({ allowedAddresses: ['198.51.100.7'], rate: { perSecond: 1, burst: 1 } })).toMatchObject({
      ok: true,
    })
    const wider = [
      [{ allowedAddresses: ['198.51.0.0/16'] }, 'allowedAddresses'],
      [{ rate: 'high' }, 'rate'],
      [{ expiresAt: new Date(world.app.clock() + 7_200_000).toISOString() }, 'expiresAt'],
    ] as const
    for (const [more, field] of wider)
      expect(await create(more), field).toMatchObject({ ok: false, error: { code: 'grant_exceeds_grantor' } })
    const free = await make({})
    expect(
      await world
        .withKey(maker.secret)
        .call('apiKeys/rotate', { tenant: agency, key: free.key, overlapSeconds: 0 }, from),
    ).toMatchObject({ ok: false, error: { code: 'grant_exceeds_grantor' } })
  }, 60_000)
})
