// `/.well-known/jwks.json` as it is served: for stock clients, with the headers that the whole of rotation counts on.
import { randomUUID } from 'node:crypto'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, createApp } from '../../functions/src/app.ts'
import { type Served, serve } from '../support/framework.ts'
import { clearFirestore, endpoints } from '../support/stack.ts'
import { audience, claimsAt, issuer } from './support/tokens.ts'

const path = '/.well-known/jwks.json'
const projectId = `demo-${randomUUID().slice(0, 13)}`
let served: Served
let app: App
beforeAll(async () => {
  await clearFirestore(projectId)
  const env = { GCLOUD_PROJECT: projectId, LK_KMS_ENDPOINT: endpoints.kms, LK_ISSUER: issuer }
  served = await serve('oauth', env)
  app = createApp({ ...env, FIRESTORE_EMULATOR_HOST: endpoints.firestore }, { log: () => undefined })
}, 60_000)
afterAll(async () => {
  served.stop()
  await app.store.close()
  await clearFirestore(projectId)
})

const url = () => `${served.origin}${path}`
const sign = async (purpose: 'access' | 'id', typ: string): Promise<string> => {
  const signed = await app.signing.sign(purpose, typ, claimsAt(app.clock()))
  if (!signed.ok) throw new Error(signed.error.code)
  return signed.value
}

describe('before there is any key', () => {
  it('is unavailable and kept by nobody: never an empty set', async () => {
    const response = await fetch(url())
    expect(response.status).toBe(503)
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await response.json()).toMatchObject({ code: 'unavailable' })
  })

  it('is unavailable also with the keys of one purpose only: the other’s first token would be refused for ten minutes', async () => {
    await sign('id', 'JWT')
    expect((await fetch(url())).status).toBe(503)
    await sign('access', 'at+jwt')
    expect((await fetch(url())).status).toBe(200)
  })
})

describe('the key set', () => {
  beforeAll(async () => {
    await sign('access', 'at+jwt')
    await sign('id', 'JWT')
  }, 30_000)

  it('I-15 every key has alg, use and kid, and nothing that is private', async () => {
    const { keys } = await (await fetch(url())).json()
    for (const key of keys) {
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
      expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' })
      expect(key.kid).toMatch(/^(access|id)-[A-Za-z0-9_-]{43}$/)
    }
    expect(new Set(keys.map(({ kid }: { kid: string }) => kid)).size).toBe(4)
  })

  it('may be kept for ten minutes by anybody, and read by any page', async () => {
    const response = await fetch(url(), { headers: { origin: 'https://shop.example' } })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'public, max-age=600, s-maxage=0',
      'content-type': 'application/jwk-set+json; charset=utf-8',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    })
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
    expect(response.headers.get('vary')).not.toMatch(/authorization|cookie|origin/i)
  })

  it('answers 304 to who has it already, and in full to who has another one', async () => {
    const etag = (await fetch(url())).headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const response = await fetch(url(), { headers: { 'if-none-match': known } })
      expect([response.status, await response.text()]).toEqual([304, ''])
    }
    expect((await fetch(url(), { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
  })

  it('tells nobody the number of another’s request', async () => {
    const asked = { headers: { 'x-request-id': 'mine-1' } }
    expect((await fetch(url(), asked)).headers.get('x-request-id')).not.toBe('mine-1')
    // An answer that nobody keeps still has it.
    expect((await fetch(url(), { ...asked, method: 'POST' })).headers.get('x-request-id')).toBe('mine-1')
  })

  it('answers HEAD without a body, and nothing but GET and HEAD', async () => {
    const head = await fetch(url(), { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const response = await fetch(url(), { method })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    }
    expect((await fetch(`${url()}/`)).status).toBe(404)
  })

  it('is all that jose needs to verify our tokens, and a forged one is refused', async () => {
    const keys = createRemoteJWKSet(new URL(url()))
    const token = await sign('access', 'at+jwt')
    const options = { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'] }
    const { payload, protectedHeader } = await jwtVerify(token, keys, options)
    expect(payload['client_id']).toBe('svc_0000000000000000000000')
    expect(protectedHeader.kid).toMatch(/^access-/)
    const [head, , signature] = token.split('.')
    const other = Buffer.from(JSON.stringify({ ...payload, scope: 'everything' })).toString('base64url')
    await expect(jwtVerify(`${head}.${other}.${signature}`, keys, options)).rejects.toThrow(
      'signature verification failed',
    )
  })
})
