// Credentials in the wrong place, shape or hands are refused, and garbage costs no read.
import { formatSecret, parseSecret } from '@latchkey/core/credentials/secret-format'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FirestoreProxy, firestoreProxy } from '../support/firestore-proxy.ts'
import { type TwoAgencies, twoAgencies } from './two-agencies.ts'

const refused = { ok: false, error: { code: 'invalid_token' } }

describe('the Authorization header', () => {
  let two: TwoAgencies
  let proxy: FirestoreProxy
  let secret: string
  let id: string
  const http = (authorization: readonly string[], input: object = {}) =>
    two.world.withKey('').call('tenants/get', { tenant: two.north.agency, ...input }, { authorization })
  beforeAll(async () => {
    proxy = await firestoreProxy()
    two = await twoAgencies({ storeOf: proxy.store })
    secret = two.north.key.secret
    id = parseSecret(secret)?.id ?? ''
  })
  beforeEach(() => proxy.reset())
  afterAll(async () => {
    await two.world.close()
    await proxy.close()
  })

  it('I-49 is a scheme in any case, one space and one token', async () => {
    for (const good of [`Bearer ${secret}`, `bearer ${secret}`, `BEARER ${secret}`])
      expect(await http([good])).toMatchObject({ ok: true })
  })

  it.each([
    ['a tab', (token: string) => [`Bearer\t${token}`]],
    ['two spaces', (token: string) => [`Bearer  ${token}`]],
    ['a space after it', (token: string) => [`Bearer ${token} `]],
    ['a newline after it', (token: string) => [`Bearer ${token}\n`]],
    ['two headers', (token: string) => [`Bearer ${token}`, `Bearer ${token}`]],
    ['the good one behind an empty one', (token: string) => ['', `Bearer ${token}`]],
    ['two tokens joined by a comma', (token: string) => [`Bearer ${token},${token}`]],
    ['two headers merged by a proxy', (token: string) => [`Bearer ${token}, Bearer ${token}`]],
    ['another scheme', (token: string) => [`Basic ${token}`]],
    ['no scheme', (token: string) => [token]],
    ['no token', () => ['Bearer ']],
    ['a non-breaking space', (token: string) => [`Bearer\u00a0${token}`]],
    ['quotes', (token: string) => [`Bearer "${token}"`]],
  ])('I-49 with %s is refused, without a read', async (_what, headers) => {
    expect(await http(headers(secret))).toMatchObject(refused)
    expect(proxy.counts().reads).toBe(0)
    expect(proxy.counts().calls).toEqual({})
  })

  it('C-004 a wrong checksum, prefix, length, alphabet or kind is refused without a store read', async () => {
    const last = secret.endsWith('0') ? '1' : '0'
    const bad = [
      secret.slice(0, -1) + last,
      secret.replace('lk_api_', 'lk_pat_'),
      secret.replace('lk_', 'sk_'),
      secret.replace('lk_api_', 'lk_test_'),
      secret.slice(0, -1),
      `${secret}0`,
      secret.slice(0, 10) + (secret[10] === 'a' ? 'b' : 'a') + secret.slice(11),
      formatSecret('inv', id as Parameters<typeof formatSecret>[1], new Uint8Array(32)), // well-formed, but no key
      'garbage',
      'a'.repeat(4_000),
    ]
    for (const token of bad) expect(await http([`Bearer ${token}`]), token).toMatchObject(refused)
    expect(proxy.counts().calls).toEqual({})
    expect(await http([`Bearer ${secret}`])).toMatchObject({ ok: true }) // the control, and it does read
    expect(proxy.counts().reads).toBeGreaterThan(0)
  })

  it('C-006 an unknown id and a wrong secret cost the same single read', async () => {
    const random = new Uint8Array(32).fill(7)
    const unknown = formatSecret('api', '0123456789abcdefABCDEF' as Parameters<typeof formatSecret>[1], random)
    const wrong = formatSecret('api', id as Parameters<typeof formatSecret>[1], random)
    for (const token of [unknown, wrong]) {
      proxy.reset()
      const answer = await http([`Bearer ${token}`])
      expect(answer).toEqual({ ok: false, error: { code: 'invalid_token' } })
      expect(proxy.counts().reads).toBe(1)
      expect(proxy.counts().writes).toBe(0)
    }
  })

  it('a refused credential is remembered: its flood costs one read', async () => {
    const wrong = formatSecret('api', id as Parameters<typeof formatSecret>[1], new Uint8Array(32).fill(9))
    for (let attempt = 0; attempt < 5; attempt++) expect(await http([`Bearer ${wrong}`])).toMatchObject(refused)
    expect(proxy.counts().reads).toBe(1)
  })

  it('C-005 a key in the body is no credential, and stays out of the log', async () => {
    const before = two.world.logs.length
    for (const field of ['access_token', 'authorization', 'apiKey', 'key', 'credential'])
      expect(await http([], { [field]: secret })).toMatchObject(refused)
    expect(two.world.logs.slice(before)).toHaveLength(5)
    expect(two.world.logs.slice(before).join()).not.toContain(secret)
    expect(proxy.counts().calls).toEqual({})
  })

  it('a token for one door is nothing at the other', async () => {
    const token = await two.world.idToken(two.north.ownerUid)
    const input = { tenant: two.north.agency }
    expect(await two.world.withToken(token).call('tenants/get', input)).toMatchObject({ ok: true })
    expect(await two.world.withToken(secret).call('tenants/get', input)).toMatchObject(refused)
    expect(await two.world.withKey(token).call('tenants/get', input)).toMatchObject(refused)
  })
})
