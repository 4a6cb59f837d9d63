// Forged access tokens at our own HTTP door: whatever is not exactly what we signed, for us, now, is 401 and costs no search.
import { createHmac, createPublicKey, generateKeyPairSync, sign as signWith } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { type FirestoreProxy, firestoreProxy, grpcStatus } from '../support/firestore-proxy.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const dead = { ok: false, error: { code: 'invalid_token' } }
const unavailable = { ok: false, error: { code: 'unavailable' } }
const coded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const decoded = (part: string): Answer => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ownJwk = own.publicKey.export({ format: 'jwk' })

interface Parts {
  readonly head: string
  readonly payload: string
  readonly tail: string
  readonly header: Answer
  readonly claims: Answer
}

const signedByUs = ({ payload }: Parts, header: Answer): string => {
  const text = `${coded(header)}.${payload}`
  const signature = signWith('sha256', Buffer.from(text), { key: own.privateKey, dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}

describe('a forged access token', () => {
  let world: World
  let proxy: FirestoreProxy
  let agency: string
  let nora: Actor
  let parts: Parts
  let keySet: Answer
  let asked = 0
  /** Each from another address: one that sends many forgeries is soon turned away unheard. */
  const get = (token: string) => {
    const address = `10.${asked >> 16}.${(asked >> 8) & 255}.${asked++ & 255}`
    return world.withKey(token).call('tenants/get', { tenant: agency }, { address })
  }
  const resigned = async (claims: object, typ = 'at+jwt'): Promise<string> => {
    const made = await world.app.signing.sign('access', typ, claims)
    if (!made.ok) throw new Error(made.error.code)
    return made.value
  }
  beforeAll(async () => {
    proxy = await firestoreProxy()
    world = await makeWorld({ storeOf: proxy.store })
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    const { secret } = await newKey(nora, agency, { scopes: ['iam/tenants.readonly'] })
    const { access_token: token } = await world.withKey(secret).must('credentials/exchange', {})
    const [head = '', payload = '', tail = ''] = String(token).split('.')
    parts = { head, payload, tail, header: decoded(head), claims: decoded(payload) }
    keySet = (await world.app.signing.findKey(parts.header.kid))?.jwk
    expect(await get(token)).toMatchObject({ ok: true }) // the control
  })
  beforeEach(() => proxy.reset())
  afterAll(async () => {
    await world.close()
    await proxy.close()
  })

  const hmacs = (bytes: readonly (string | Buffer)[], { header, payload }: Parts): string[] =>
    bytes.map((secret) => {
      const text = `${coded({ ...header, alg: 'HS256' })}.${payload}`
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
    })

  it('C-056 I-12 I-17 of no algorithm, of HS256 under our public key in every spelling, or with an empty signature', async () => {
    const { head, payload, tail, header } = parts
    const pem = createPublicKey({ key: keySet, format: 'jwk' }).export({ format: 'pem', type: 'spki' })
    const spellings = [
      pem,
      ` ${pem}`,
      `\r\n${pem}`,
      `\ufeff${pem}`,
      JSON.stringify(keySet),
      Buffer.from(keySet.x, 'base64url'),
    ]
    const algorithms = [
      'none',
      'None',
      'nOnE',
      '',
      'HS256',
      'RS1',
      'RS256',
      'PS256',
      'ES384',
      'ES256K',
      'es256',
      'EdDSA',
      ['ES256'],
      null,
      256,
    ]
    const forged = [
      ...hmacs(spellings, parts),
      ...algorithms.flatMap((alg) => [
        `${coded({ ...header, alg })}.${payload}.`,
        `${coded({ ...header, alg })}.${payload}.${tail}`,
      ]),
      `${head}.${payload}.`,
      `${head}.${payload}.${Buffer.alloc(64).toString('base64url')}`, // r = s = 0
      `${head}.${payload}.${Buffer.alloc(64, 255).toString('base64url')}`,
      `${head}.${payload}.${Buffer.from(tail, 'base64url').subarray(0, 63).toString('base64url')}`,
      signedByUs(parts, header),
    ] // prettier-ignore
    for (const token of forged) expect(await get(token), token).toEqual(dead)
  })

  it('C-057 I-13 I-16 whose header brings its own key, or names one that is none of ours: nothing is fetched, nothing looked up', async () => {
    const { header } = parts
    const headers: Answer[] = [
      { ...header, jwk: ownJwk },
      { ...header, jku: 'http://127.0.0.1:1/jwks' },
      { ...header, x5u: 'http://127.0.0.1:1/x' },
      { ...header, x5c: ['AA'] },
      { ...header, crit: ['x'], x: 1 },
      { ...header, crit: [] },
      { ...header, crit: ['b64'], b64: false },
      ...[
        '../../x',
        'http://127.0.0.1:1/k',
        'k'.repeat(2_000),
        '__proto__',
        'constructor',
        '',
        'access-',
        `access-${'/'.repeat(20)}`,
      ].map((kid) => ({ ...header, kid })),
      { ...header, kid: [header.kid] },
      { ...header, kid: { $ne: '' } },
      { alg: 'ES256', typ: 'at+jwt' },
    ] // prettier-ignore
    for (const one of headers) expect(await get(signedByUs(parts, one)), JSON.stringify(one).slice(0, 80)).toEqual(dead)
    expect(proxy.counts().reads).toBe(0)
    // Of the right form it is looked for in our own set, which is kept: never in a document of that name.
    for (let index = 0; index < 200; index++)
      expect(
        await get(signedByUs(parts, { ...header, kid: `access-unknown${String(index).padStart(10, '0')}` })),
      ).toEqual(dead)
    expect(proxy.counts().reads, 'C-067').toBeLessThanOrEqual(3)
  })

  it('C-058 C-066 of another type, or by a key for another purpose', async () => {
    const { header, claims } = parts
    for (const typ of [
      'JWT',
      'jwt',
      'at+JWT',
      'application/at+jwt',
      'logout+jwt',
      'dpop+jwt',
      'secevent+jwt',
      'id_token',
      '',
      null,
    ])
      expect(await get(signedByUs(parts, { ...header, typ })), String(typ)).toEqual(dead)
    const id = await world.app.signing.sign('id', 'JWT', claims)
    expect(id).toMatchObject({ ok: true })
    if (id.ok) expect(await get(id.value)).toEqual(dead)
    if (id.ok) {
      const kid = decoded(id.value.split('.')[0] ?? '').kid
      expect(await get(signedByUs(parts, { ...header, kid }))).toEqual(dead)
    }
    expect(await get(await world.idToken('somebody'))).toEqual(dead)
    await expect(world.app.signing.sign('access', 'JWT', claims)).rejects.toThrow() // our own signer refuses to make one
  })

  it('C-059 C-060 for another audience or by another issuer, though we signed it ourselves', async () => {
    const { claims } = parts
    const { iss, aud } = claims
    const audiences = [
      `${aud}/`,
      aud.slice(0, -1),
      `${aud}x`,
      aud.toUpperCase(),
      [aud],
      [aud, 'https://b.example'],
      iss,
      '',
      null,
      17,
    ]
    const issuers = [
      `${iss}/`,
      iss.toUpperCase(),
      [iss],
      `${iss}.evil.example`,
      'https://id.evil.example',
      '',
      null,
      { a: iss },
    ]
    for (const one of audiences)
      expect(await get(await resigned({ ...claims, aud: one })), JSON.stringify(one)).toEqual(dead)
    for (const one of issuers)
      expect(await get(await resigned({ ...claims, iss: one })), JSON.stringify(one)).toEqual(dead)
    expect(await get(await resigned(claims))).toMatchObject({ ok: true }) // the control
  })

  it('I-55 C-065 with a required claim missing, of another type or out of all bounds', async () => {
    const { claims } = parts
    for (const name of ['iss', 'sub', 'aud', 'client_id', 'scope', 'tenant', 'plc', 'gid', 'jti', 'iat']) {
      const { [name]: _gone, ...rest } = claims
      expect(await get(await resigned(rest)), name).toEqual(dead)
    }
    const changes = [
      { exp: claims.exp + 0.5 },
      { iat: String(claims.iat) },
      { iat: claims.iat - 1e6 },
      { nbf: 'yesterday' },
      { nbf: claims.iat },
      { iat: -1 },
      { iat: 1e308 },
      { scope: ['iam/tenants.readonly'] },
      { scope: 'a  b' },
      { scope: { 'iam/tenants.readonly': true } },
      { tenant: [agency] },
      { tenant: { id: agency } },
      { tenant: 'platform/../x' },
      { sub: 'nora' },
      { sub: 'user:nora:admin' },
      { jti: 7 },
      { gid: 'x' },
      { gid: '../../users/nora' },
      { gid: '__proto__' },
    ] // prettier-ignore
    for (const change of changes)
      expect(await get(await resigned({ ...claims, ...change })), JSON.stringify(change)).toEqual(dead)
    for (const exp of ['2099', null, 1e308, -1]) {
      const text = JSON.stringify({ ...claims, exp: 0 }).replace('"exp":0', `"exp":${JSON.stringify(exp)}`)
      expect(await get(signedByUs({ ...parts, payload: coded(text) }, parts.header)), String(exp)).toEqual(dead)
    }
  })

  it('of another’s credential: somebody else’s name, key, tenant or placement under a true signature', async () => {
    const { claims } = parts
    await world.agency('Southridge', 'sven')
    const foreign = await newKey(nora, agency, { scopes: ['iam/tenants.readonly', 'iam/tenants.write'] })
    const changes = [
      { sub: 'user:sven' },
      { client_id: foreign.key.key },
      { gid: foreign.secret.slice(7, 29) },
      { act: { sub: 'user:nora' } },
      { cnf: { jkt: 'A'.repeat(43) } },
      { gid: '0'.repeat(22) },
    ] // prettier-ignore
    for (const change of changes)
      expect(await get(await resigned({ ...claims, ...change })), JSON.stringify(change)).toEqual(dead)
    expect(await get(await resigned({ ...claims, plc: 'elsewhere' }))).toMatchObject({ error: { code: 'not_found' } })
    const wide = await resigned({ ...claims, scope: 'iam/tenants.readonly iam/tenants.write contacts.write' })
    expect(await world.withKey(wide).call('tenants/create', { parent: agency, name: 'Wide' })).toMatchObject({
      error: { code: 'insufficient_scope' }, // the key itself has no such scope
    })
  })

  it('C-061 whose time is over or has not come: dead at its end without leeway, and a minute ahead at most', async () => {
    const { claims } = parts
    const now = Math.floor(world.app.clock() / 1000)
    const at = (iat: number, exp: number) => resigned({ ...claims, iat, exp })
    for (const [iat, exp] of [
      [now - 100, now - 1],
      [now - 600, now],
      [now + 62, now + 120],
      [now, now],
      [now, now - 1],
    ] as const)
      expect(await get(await at(iat, exp)), `${iat - now} ${exp - now}`).toEqual(dead)
    for (const [iat, exp] of [
      [now - 500, now + 60],
      [now + 50, now + 300],
    ] as const)
      expect(await get(await at(iat, exp)), `${iat - now} ${exp - now}`).toMatchObject({ ok: true })
    expect(await get(await at(now - 100, now + 550))).toEqual(dead) // longer than any token lives
  })

  it('C-062 C-063 C-071 written in any but the one way', async () => {
    const { head, payload, tail, header, claims } = parts
    const doubled = JSON.stringify(claims).replace('{', '{"sub":"user:sven",')
    const forged = [
      `${coded(JSON.stringify(header).replace('{', '{"alg":"none",'))}.${payload}.${tail}`,
      `${head}.${coded(doubled)}.${tail}`,
      `${head}.${coded(`${JSON.stringify(claims)} x`)}.${tail}`,
      `${head}=.${payload}.${tail}`,
      `${head}.${payload}.${tail}=`,
      `${head}.${payload}.${tail}==`,
      `.${payload}.${tail}`,
      `${head}..${tail}`,
      `${head}.${payload}`,
      `${head}.${payload}.${tail}.`,
      `${head}.${payload}.${tail}.${tail}.${tail}`,
      `${head}.${payload}.${tail.slice(0, -1)}${tail.endsWith('A') ? 'B' : 'A'}`,
      `${head}.${payload}.${tail.replaceAll('_', '/')}x`,
      `${head}.${coded(JSON.stringify(claims).replace('{', '{"__proto__":{"scope":"x"},'))}.${tail}`,
      `${head}.${coded('[]')}.${tail}`,
      `${head}.${coded('null')}.${tail}`,
      `${head}.${coded('"x"')}.${tail}`,
    ] // prettier-ignore
    for (const token of forged) expect(await get(token), token.slice(0, 90)).toEqual(dead)
    const twice = signedByUs({ ...parts, payload: coded(doubled) }, header)
    expect(await get(twice)).toEqual(dead)
  })

  it('C-064 of a megabyte, ten thousand levels deep, or zipped: refused in no time', async () => {
    const { head, tail, header, payload } = parts
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`
    const forged = [
      `${head}.${'A'.repeat(1_000_000)}.${tail}`,
      `${head}.${coded(deep)}.${tail}`,
      `${coded(deep)}.${payload}.${tail}`,
      `${head}.${coded(`${'['.repeat(1_200)}`)}.${tail}`,
      `${'.'.repeat(4_000)}`,
      `${coded({ ...header, zip: 'DEF' })}.${payload}.${tail}`,
      `${coded({ alg: 'PBES2-HS256+A128KW', p2c: 1e9, enc: 'A128GCM' })}.a.b.c.d`,
    ] // prettier-ignore
    for (const token of forged) {
      const start = performance.now()
      expect(await get(token), token.slice(0, 60)).toEqual(dead)
      expect(performance.now() - start).toBeLessThan(50)
    }
    expect(proxy.counts().reads).toBe(0)
  })

  it('is not called forged when the signing keys cannot be known: 503', async () => {
    const { head, payload, tail } = parts
    world.advance(10_000) // what is kept of the key set has grown old
    const stop = proxy.inject({ status: grpcStatus.unavailable, chosen: () => true })
    expect(await get(`${head}.${payload}.${tail}`)).toMatchObject(unavailable)
    stop()
    world.advance(-10_000)
  }, 60_000)
})
