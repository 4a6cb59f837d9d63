// Exchange and leak reports through the deployed function `api`, as a client and a scanner call it: paths, headers and raw bodies.
import { generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { type Served, serve } from '../support/framework.ts'
import { bearer, type Reply, send } from '../support/http.ts'
import { endpoints } from '../support/stack.ts'
import { type Actor, makeWorld, type World } from '../support/world.ts'

const scanner = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const keyId = 'served-scanner-01'

describe('the function api', () => {
  let world: World
  let served: Served
  let agency: string
  let nora: Actor
  const post = (path: string, body: string, headers: readonly (readonly [string, string])[]): Promise<Reply> =>
    send(served.origin, path, { body, headers })
  const get = (credential: string) =>
    post('/v1/ops/tenants/get', JSON.stringify({ tenant: agency }), bearer(credential))
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    const spki = scanner.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
    served = await serve('api', {
      GCLOUD_PROJECT: world.projectId,
      LK_KMS_ENDPOINT: endpoints.kms,
      LK_SCANNER_KEYS: `${keyId} ${spki}`,
    })
  }, 60_000)
  afterAll(async () => {
    served.stop()
    await world.close()
  })

  it('C-065 exchanges a key at its own path, and takes the token at every other', async () => {
    const { secret } = await newKey(nora, agency, { scopes: ['iam/tenants.readonly', 'contacts.readonly'] })
    const answer = await post('/v1/credentials/exchange', '{"scopes":["iam/tenants.readonly"]}', bearer(secret))
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    expect(answer.headers['cache-control']).toBe('private, no-store')
    expect(answer.body).toMatchObject({ token_type: 'Bearer', scope: 'iam/tenants.readonly', expires_in: 600 })
    const token = answer.body.access_token
    expect((await get(token)).status).toBe(200)
    expect((await get(`${token}x`)).status).toBe(401)
    const again = await post('/v1/credentials/exchange', '{}', bearer(token))
    expect([again.status, again.body.code]).toEqual([403, 'permission_denied'])
    const wide = await post('/v1/credentials/exchange', '{"scopes":["contacts.write"]}', bearer(secret))
    expect([wide.status, wide.body.code, wide.body.missing]).toEqual([403, 'insufficient_scope', ['contacts.write']])
    for (const path of [
      '/v1/credentials/exchange/',
      '/v1/Credentials/exchange',
      '//v1/credentials/exchange',
      '/v1/ops/credentials/exchange',
    ])
      expect((await post(path, '{}', bearer(secret))).status, path).toBe(404)
    expect(
      (await send(served.origin, '/v1/credentials/exchange', { method: 'GET', headers: bearer(secret) })).status,
    ).toBe(405)
    expect((await post('/v1/credentials/exchange', '{}', [])).status).toBe(401)
  }, 60_000)

  it('C-012 takes a scanner’s report over exactly the bytes that were signed', async () => {
    const { secret } = await newKey(nora, agency, { scopes: ['iam/tenants.readonly'] })
    // As somebody else's serializer writes it: our own would write other bytes.
    const body = `[ {"token" :"${secret}",\n"type":"latchkey_api_key","url":"https:\\/\\/github.example\\/x","source":"content"} ]`
    const signature = sign('sha256', Buffer.from(body), scanner.privateKey).toString('base64')
    const headers = [
      ['Github-Public-Key-Identifier', keyId],
      ['Github-Public-Key-Signature', signature],
    ] as const
    expect((await post('/v1/leaks', `${body} `, headers)).status).toBe(401)
    expect((await post('/v1/leaks', body, headers.slice(0, 1))).status).toBe(401)
    expect((await post('/v1/leaks', body, bearer(secret))).status).toBe(401)
    expect((await get(secret)).status).toBe(200)
    const answer = await post('/v1/leaks', body, headers)
    expect([answer.status, answer.body[0]?.label]).toEqual([200, 'true_positive'])
    expect((await get(secret)).status).toBe(401)
  }, 60_000)
})
