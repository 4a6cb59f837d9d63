// The doors themselves, through the running functions: paths, headers, transports and background invokers.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signIn } from '../../dev/demo/actors.ts'
import { type Served, serve } from '../support/framework.ts'
import { bearer, callable, http, send } from '../support/http.ts'
import { endpoints } from '../support/stack.ts'

interface Demo {
  readonly agencies: Readonly<Record<'northwind' | 'cedar', { readonly tenant: string }>>
  readonly apiKey: string
  readonly provisionerKey: string
}

const demo = JSON.parse(readFileSync(`${endpoints.stateDir}/demo.json`, 'utf8')) as Demo // written by the seed
const tenant = demo.agencies.northwind.tenant

describe('the doors', () => {
  let token: string
  let served: Served
  let api: string
  beforeAll(async () => {
    served = await serve('api') // the emulator's proxy would tidy paths and headers up before they arrive
    api = served.origin
    token = await signIn(endpoints, 'olivia.hart@northwind.example')
  }, 60_000)
  afterAll(() => served.stop())

  it('answers a key at /v1/ops and refuses it at a callable, and the other way round', async () => {
    expect((await http('/v1/ops/tenants/list', { parent: 'platform' }, demo.provisionerKey)).status).toBe(200)
    expect((await callable('tenants/list', { parent: 'platform' }, demo.provisionerKey)).status).toBe(401)
    expect((await callable('tenants/get', { tenant }, token)).status).toBe(200)
    expect(await http('/v1/ops/tenants/get', { tenant }, token)).toMatchObject({
      status: 401,
      body: { code: 'invalid_token' },
    })
  }, 90_000)

  it.each([
    '/v1/ops//tenants/get',
    '/v1/ops/%74enants/get',
    '/v1/ops/tenants;x/get',
    '/v1/ops/./tenants/get',
    '/V1/OPS/TENANTS/GET',
    '/v1/ops/tenants/get/',
    '/v1/ops/tenants/get.',
    '/v1/ops/tenants%2fget',
    '/v1/ops/__proto__/get',
    '/v1/ops/tenants/constructor',
  ])(
    'I-11 denies the path %s by default',
    async (path) => {
      const reply = await send(api, path, { headers: bearer(demo.provisionerKey), body: JSON.stringify({ tenant }) })
      expect(reply.status).toBe(404)
    },
    60_000,
  )

  it('I-11 a method override changes nothing, and another method is 405', async () => {
    const overridden = await send(api, '/v1/ops/tenants/list', {
      method: 'GET',
      headers: [...bearer(demo.provisionerKey), ['X-HTTP-Method-Override', 'POST']],
    })
    expect(overridden).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
  }, 60_000)

  it('I-19 internal headers from outside open nothing', async () => {
    const internal = [
      'X-Internal-Auth',
      'X-AppEngine-Cron',
      'X-Goog-Authenticated-User-Email',
      'X-CloudScheduler',
      'x-middleware-subrequest',
    ]
    const reply = await send(api, '/v1/ops/tenants/list', {
      headers: internal.map((name) => [name, 'true'] as const),
      body: '{}',
    })
    expect(reply.status).toBe(401)
  }, 60_000)

  it.each([
    ['a tab', [['Authorization', 'Bearer\tKEY']]],
    ['two spaces', [['Authorization', 'Bearer  KEY']]],
    [
      'two headers',
      [
        ['Authorization', 'Bearer KEY'],
        ['Authorization', 'Bearer KEY'],
      ],
    ],
    ['two joined by a comma', [['Authorization', 'Bearer KEY, Bearer KEY']]],
    ['another scheme', [['Authorization', 'Basic KEY']]],
  ] as const)(
    'I-49 refuses an Authorization with %s',
    async (_what, headers) => {
      const sent = headers.map(([name, value]) => [name, value.replaceAll('KEY', demo.provisionerKey)] as const)
      expect((await send(api, '/v1/ops/tenants/list', { headers: sent, body: '{}' })).status).toBe(401)
    },
    60_000,
  )

  it('I-49 takes the scheme in any case', async () => {
    const headers = [['Authorization', `bEARER ${demo.provisionerKey}`]] as const
    expect((await send(api, '/v1/ops/tenants/list', { headers, body: '{}' })).status).toBe(200)
  }, 60_000)

  it('C-150 a body that the framework itself cannot parse shows no stack and no path', async () => {
    const reply = await send(api, '/v1/ops/tenants/list', { headers: bearer(demo.provisionerKey), body: '{"tenant":' })
    expect(reply.status).toBe(400)
    expect(JSON.stringify(reply.body)).not.toMatch(/node_modules|\.js:\d|at /)
  }, 60_000)

  it('C-005 a key in the query, a cookie or the body is no key', async () => {
    const inQuery = await send(api, `/v1/ops/tenants/list?access_token=${demo.provisionerKey}`, { body: '{}' })
    const inCookie = await send(api, '/v1/ops/tenants/list', {
      headers: [['Cookie', `__session=${demo.provisionerKey}`]],
      body: '{}',
    })
    expect([inQuery.status, inCookie.status]).toEqual([401, 401])
  }, 60_000)

  it('I-09 says private, no-store on every answer, and names the request', async () => {
    for (const key of [demo.provisionerKey, 'nonsense']) {
      const { headers } = await http('/v1/ops/tenants/list', {}, key)
      expect(headers['cache-control']).toBe('private, no-store')
      expect(headers['x-request-id']).toMatch(/^req_/)
    }
  }, 60_000)

  it('I-06 a forged Host changes nothing in an answer', async () => {
    const forged = await send(api, '/v1/ops/tenants/list', {
      headers: [...bearer('nonsense'), ['X-Forwarded-Host', 'evil.example'], ['Forwarded', 'host=evil.example']],
      body: '{}',
    })
    expect(JSON.stringify(forged)).not.toContain('evil.example')
  }, 60_000)

  it('C-154 T-27 a schedule runs for its invoker only, whatever the scheduler headers say', async () => {
    const url = '/sweepExpired-0'
    const scheduler = [
      ['X-CloudScheduler-ScheduleTime', '2026-11-22T00:00:00Z'],
      ['X-CloudScheduler-JobName', 'x'],
    ] as const
    const invoker = readFileSync(endpoints.invokerTokenFile, 'utf8').trim()
    expect((await send(endpoints.functions, url, { headers: scheduler, body: '{}' })).status).toBe(401)
    const wrong = [...scheduler, ...bearer('a'.repeat(43))]
    expect((await send(endpoints.functions, url, { headers: wrong, body: '{}' })).status).toBe(401)
    const right = [...scheduler, ...bearer(invoker)]
    expect((await send(endpoints.functions, url, { headers: right, body: '{}' })).status).toBe(200)
  }, 60_000)
})
