// A key is shown once, taken from one place alone, and never made with an end that is none.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { type Served, serve } from '../support/framework.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const day = 86_400_000

describe('a key', () => {
  let world: World
  let agency: string
  let nora: Actor
  let served: Served
  const scopes = ['iam/tenants.readonly', 'contacts.readonly']
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    served = await serve('api', { GCLOUD_PROJECT: world.projectId, LK_TRUSTED_HOPS: '1' })
  }, 60_000)
  afterAll(async () => {
    served.stop()
    await world.close()
  })

  it('C-001 is told once, where it is made or rotated, and by nothing that is asked of it afterwards', async () => {
    const { key, secret } = await newKey(nora, agency, { scopes })
    const at = { tenant: agency, key: key.key }
    const rotated: Answer = await nora.must('apiKeys/rotate', { ...at, overlapSeconds: 3_600 })
    expect([secret, rotated.secret].every((one) => one.startsWith('lk_api_'))).toBe(true)
    const principal = { user: 'nora' }
    const asked = { tenant: agency, permission: 'iam.tenants.get' }
    const answers = [
      key,
      rotated.key,
      ...(await Promise.all([
        nora.must('apiKeys/get', at),
        nora.must('apiKeys/list', { tenant: agency, limit: 100 }),
        nora.must('apiKeys/update', { ...at, name: 'New' }),
        nora.must('access/explain', { ...asked, key: key.key }),
        nora.must('access/simulateToken', { tenant: agency, key: key.key }),
        nora.must('access/recentDenials', { tenant: agency, principal }),
        nora.must('credentials/verify', { credential: secret, tenant: agency }),
        world.withKey(secret).must('credentials/exchange', {}),
      ])),
      await nora.must('apiKeys/disable', at),
      await nora.must('apiKeys/enable', at),
      await nora.must('apiKeys/finishRotation', at),
      await nora.must('apiKeys/revoke', at),
    ].map((answer) => JSON.stringify(answer))
    for (const [index, text] of answers.entries())
      for (const one of [secret, rotated.secret]) {
        expect(text, String(index)).not.toContain(one)
        expect(text, String(index)).not.toContain(one.slice(29, 72))
      }
    expect(answers.join()).toContain(secret.slice(-4)) // the control: what lists do show of it
  })

  it('C-005 counts in the header alone: not in the query, the path, a cookie, the body, nor in another header or scheme', async () => {
    const { secret } = await newKey(nora, agency, { scopes })
    const path = '/v1/ops/tenants/get'
    const ask = async (where: string, headers: Record<string, string> = {}, more: object = {}): Promise<number> => {
      const response = await fetch(`${served.origin}${where}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': '10.8.0.1', ...headers },
        body: JSON.stringify({ tenant: agency, ...more }),
      })
      const text = await response.text()
      expect(text, where).not.toContain(secret)
      return response.status
    }
    expect(await ask(path, { authorization: `Bearer ${secret}` })).toBe(200) // the control
    const inQuery = ['access_token', 'api_key', 'key', 'token', 'authorization'].map(
      (name) => `${path}?${name}=${secret}`,
    )
    for (const where of inQuery) expect(await ask(where), where).toBe(401)
    const basic = Buffer.from(`${secret}:`).toString('base64')
    const headers = [
      { cookie: `__session=${secret}` },
      { cookie: `access_token=${secret}` },
      { 'x-api-key': secret },
      { 'x-authorization': `Bearer ${secret}` },
      { 'x-forwarded-authorization': `Bearer ${secret}` },
      { authorization: `Basic ${basic}` },
      { authorization: `Token ${secret}` },
      { authorization: secret },
    ]
    for (const one of headers)
      expect(await ask(path, one as Record<string, string>), JSON.stringify(Object.keys(one))).toBe(401)
    for (const name of ['access_token', 'credential', 'key'])
      expect(await ask(path, {}, { [name]: secret }), name).toBe(401)
    for (const where of [`${path}/${secret}`, `/${secret}${path}`, `/v1/ops/${secret}/get`])
      expect([401, 404], where).toContain(await ask(where))
  }, 60_000)

  it('C-009 is not made with an end that is past, too far, no moment or no text; without one it lives 90 days, or less where a guardrail says so', async () => {
    const create = (more: object): Promise<Answer> =>
      nora.call('apiKeys/create', { tenant: agency, name: 'K', scopes, ...more })
    const at = (milliseconds: number) => new Date(world.app.clock() + milliseconds).toISOString()
    const none = [-1, 0, 1e12, Number.MAX_SAFE_INTEGER, '', 'never', '400d', '2099', '+275760-09-13T00:00:00.000Z']
    for (const expiresAt of [
      ...none,
      null,
      true,
      [],
      {},
      at(-1),
      at(-day),
      at(400 * day + 60_000),
      '9999-12-31T23:59:59Z',
    ])
      expect(await create({ expiresAt }), JSON.stringify(expiresAt)).toMatchObject({
        error: { code: 'invalid_request', field: 'expiresAt' },
      })
    const { value } = await create({})
    expect(Date.parse(value.key.expiresAt) - Date.parse(value.key.createdAt)).toBe(90 * day)
    const guardrail = { tenant: agency, deniedPermissions: [], reason: 'for the test' }
    await nora.must('roles/setGuardrail', { ...guardrail, maxKeyLifetimeDays: 7 })
    const long = await create({ expiresAt: at(300 * day) })
    expect(Date.parse(long.value.key.expiresAt) - Date.parse(long.value.key.createdAt)).toBe(7 * day)
    const asked = async () => {
      const told: Answer = await nora.must('credentials/verify', { credential: long.value.secret, tenant: agency })
      return Date.parse(told.expiresAt) - Date.parse(long.value.key.createdAt)
    }
    await expect.poll(asked, { timeout: 10_000, interval: 500 }).toBe(7 * day)
    await nora.must('roles/setGuardrail', guardrail)
  }, 30_000)
})
