// Forged, confused and damaged access tokens, each beside the good one that differs in one thing (CATALOGUE C-056…C-066).
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { encodeBase64url } from '../catalogue/base64url.ts'
import { instantOf } from '../kernel/time.ts'
import { maxTokenLength } from './compact.ts'
import { encoded, expected, goodClaims, keysOf, now, pair } from './tokens.fixture.ts'
import { type TokenKeys, verifyAccessToken } from './verify-access-token.ts'

const kid = 'access-0000000000000001'
const seconds = now / 1000

type Pair = Awaited<ReturnType<typeof pair>>
let ours: Pair
let good: string
let keys: TokenKeys
let asked: string[]

beforeAll(async () => {
  ours = await pair(kid)
  good = await ours.sign(goodClaims)
})

const verify = async (text: string, at: Partial<typeof expected> = {}): Promise<string> => {
  ;({ keys, asked } = keysOf(ours.jwk))
  const result = await verifyAccessToken(text, keys, { ...expected, ...at })
  return result.ok ? 'ok' : result.error
}
const verifyClaims = async (claims: unknown): Promise<string> => verify(await ours.sign(claims))
const verifyHeader = async (header: unknown): Promise<string> => verify(await ours.sign(goodClaims, header))
const without = (name: string) => Object.fromEntries(Object.entries(goodClaims).filter(([claim]) => claim !== name))

test('a good token is believed, claims and all', async () => {
  ;({ keys } = keysOf(ours.jwk))
  expect(await verifyAccessToken(good, keys, expected)).toEqual({ ok: true, value: goodClaims })
})

describe('C-056, I-12, I-17, I-32: the algorithm is the key’s, whatever the header says', () => {
  test.each(['none', 'None', 'nOnE', 'NONE', '', 'HS256', 'RS256', 'PS256', 'RS1', 'ES384', 'es256', ' ES256'])(
    'alg %j',
    async (alg) => {
      expect(await verifyHeader({ alg, typ: 'at+jwt', kid })).toBe('wrong_algorithm')
      const unsigned = `${encoded({ alg, typ: 'at+jwt', kid })}.${encoded(goodClaims)}.`
      expect(await verify(unsigned)).toBe('wrong_algorithm')
    },
  )

  test.each([[['ES256']], [null], [{}], [7], [undefined]])('alg that is no text: %j', async (alg) => {
    expect(await verifyHeader({ alg, typ: 'at+jwt', kid })).toBe('malformed')
  })

  test('I-12: an HMAC under our public key, in PEM or as JWK, with white space around it or not', async () => {
    const der = Buffer.from(await crypto.subtle.exportKey('spki', ours.publicKey))
    const pem = `-----BEGIN PUBLIC KEY-----\n${der.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END PUBLIC KEY-----`
    const secrets = [pem, ` ${pem}`, `\r\n${pem}\n`, `\uFEFF${pem}`, JSON.stringify(ours.jwk), der]
    for (const alg of ['HS256', 'ES256']) {
      for (const secret of secrets) {
        const signed = `${encoded({ alg, typ: 'at+jwt', kid })}.${encoded(goodClaims)}`
        const mac = createHmac('sha256', secret).update(signed).digest()
        expect(await verify(`${signed}.${encodeBase64url(mac)}`)).toMatch(/^(wrong_algorithm|bad_signature)$/)
      }
    }
  })

  test('the psychic signature: r = s = 0, and other numbers outside the group', async () => {
    const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
    const [zero, one] = [Buffer.alloc(32), Buffer.concat([Buffer.alloc(31), Buffer.from([1])])]
    const [head, body] = good.split('.')
    for (const r of [zero, one, order]) {
      for (const s of [zero, one, order]) {
        expect(await verify(`${head}.${body}.${encodeBase64url(Buffer.concat([r, s]))}`)).toBe('bad_signature')
      }
    }
  })

  test('a signature in DER, cut short, too long, or of another token', async () => {
    const [head, body, tail] = good.split('.')
    const other = (await ours.sign({ ...goodClaims, jti: 'j2' })).split('.')[2]
    const raw = Buffer.from(tail ?? '', 'base64url')
    const der = Buffer.concat([
      Buffer.from([0x30, 0x46, 0x02, 0x21, 0]),
      raw.subarray(0, 32),
      Buffer.from([0x02, 0x21, 0]),
      raw.subarray(32),
    ])
    for (const signature of [der, raw.subarray(0, 63), Buffer.concat([raw, Buffer.from([0])]), Buffer.alloc(0)]) {
      expect(await verify(`${head}.${body}.${encodeBase64url(signature)}`)).toBe('bad_signature')
    }
    expect(await verify(`${head}.${body}.${other}`)).toBe('bad_signature')
  })
})

describe('C-057, I-13, I-16: the header brings no key, no address and no extension', () => {
  test.each([
    ['jwk', {}],
    ['jku', 'https://evil.example/jwks.json'],
    ['x5u', 'https://evil.example/cert.pem'],
    ['x5c', ['MIIB']],
    ['x5t', 'abc'],
    ['crit', ['exp']],
    ['crit', []],
    ['crit', ['alg']],
    ['b64', false],
    ['zip', 'DEF'],
    ['cty', 'JWT'],
    ['nonce', 'n'],
  ])('%s', async (name, value) => {
    const attacker = await pair(kid)
    const header = { alg: 'ES256', typ: 'at+jwt', kid, [name]: name === 'jwk' ? attacker.jwk : value }
    expect(await verify(await attacker.sign(goodClaims, header))).toBe('malformed')
    expect(await verifyHeader(header)).toBe('malformed')
    expect(asked).toEqual([])
  })

  test.each([
    '../../x',
    'https://evil.example/key',
    '__proto__',
    'access-../../../../x',
    'access-',
    `access-${'a'.repeat(65)}`,
    'seal-0000000000000001',
    'access-0000000000000001\n',
    "access-' or 1=1 --",
  ])('a kid of another shape is not looked up: %j', async (strange) => {
    expect(await verifyHeader({ alg: 'ES256', typ: 'at+jwt', kid: strange })).toBe('unknown_key')
    expect(asked).toEqual([])
  })

  test('a kid that is a list, an object, absent, or ten thousand letters long', async () => {
    for (const strange of [[kid], { kid }, undefined, 7]) {
      expect(await verifyHeader({ alg: 'ES256', typ: 'at+jwt', kid: strange })).toBe('malformed')
    }
    expect(await verifyHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'a'.repeat(10_000) })).toBe('malformed')
  })
})

describe('C-066, I-77: a key is good for one purpose', () => {
  test('a token signed by the key for ID tokens, even when its header says that of access tokens', async () => {
    const ids = await pair('id-0000000000000001')
    const both = keysOf(ours.jwk, ids.jwk).keys
    const own = await ids.sign(goodClaims)
    const borrowed = await ids.sign(goodClaims, { alg: 'ES256', typ: 'at+jwt', kid })
    expect(await verifyAccessToken(own, both, expected)).toEqual({ ok: false, error: 'wrong_purpose' })
    expect(await verifyAccessToken(borrowed, both, expected)).toEqual({ ok: false, error: 'bad_signature' })
  })

  test('an unpublished key, and one whose time is over', async () => {
    const other = await pair('access-0000000000000002')
    expect(await verify(await other.sign(goodClaims))).toBe('unknown_key')
    expect(asked).toEqual(['access-0000000000000002'])
    const ended = (notAfter: number): TokenKeys => ({
      ...keys,
      find: async () => ({ jwk: ours.jwk, notAfter: instantOf(notAfter) }),
    })
    expect(await verifyAccessToken(good, ended(now), expected)).toEqual({ ok: false, error: 'key_ended' })
    expect(await verifyAccessToken(good, ended(now + 1), expected)).toMatchObject({ ok: true })
  })

  test('a key under another name than the one asked for', async () => {
    const other = await pair('access-0000000000000002')
    const mixed: TokenKeys = { ...keysOf().keys, find: async () => ({ jwk: { ...other.jwk }, notAfter: undefined }) }
    expect(await verifyAccessToken(await other.sign(goodClaims), mixed, expected)).toMatchObject({ ok: true })
    const named = await other.sign(goodClaims, { alg: 'ES256', typ: 'at+jwt', kid })
    expect(await verifyAccessToken(named, mixed, expected)).toEqual({ ok: false, error: 'unknown_key' })
  })

  test('a key set that cannot be known is a failure, not a refusal', async () => {
    const unknown: TokenKeys = { ...keys, find: () => Promise.reject(new Error('away')) }
    await expect(verifyAccessToken(good, unknown, expected)).rejects.toThrow('away')
  })
})

describe('C-058: another kind of token is no access token', () => {
  test.each([
    'JWT',
    'jwt',
    'AT+JWT',
    'application/at+jwt',
    'id+jwt',
    'logout+jwt',
    'dpop+jwt',
    'secevent+jwt',
    'invite',
    '',
  ])('typ %j', async (typ) => {
    expect(await verifyHeader({ alg: 'ES256', typ, kid })).toBe('wrong_type')
  })
  test('no typ at all', async () => {
    expect(await verifyHeader({ alg: 'ES256', kid })).toBe('malformed')
  })
})

describe('C-059, C-060: audience and issuer are exact', () => {
  test.each([
    ['https://api.example/', 'wrong_audience'],
    ['https://API.example', 'wrong_audience'],
    ['https://api.example.evil', 'wrong_audience'],
    ['https://api', 'wrong_audience'],
    [['https://api.example'], 'bad_claims'],
    [['https://api.example', 'https://evil.example'], 'bad_claims'],
    ['', 'bad_claims'],
    [null, 'bad_claims'],
  ])('aud %j', async (aud, fault) => {
    expect(await verifyClaims({ ...goodClaims, aud })).toBe(fault)
  })

  test('one of several names of the resource server', async () => {
    expect(await verify(good, { audiences: ['https://b.example', 'https://api.example'] })).toBe('ok')
    expect(await verify(good, { audiences: [] })).toBe('wrong_audience')
  })

  test.each([
    ['https://id.example/', 'wrong_issuer'],
    ['https://ID.example', 'wrong_issuer'],
    ['http://id.example', 'wrong_issuer'],
    ['https://id.example.evil', 'wrong_issuer'],
    [['https://id.example'], 'bad_claims'],
    [null, 'bad_claims'],
  ])('iss %j', async (iss, fault) => {
    expect(await verifyClaims({ ...goodClaims, iss })).toBe(fault)
  })
})

describe('C-061, I-55: time', () => {
  const at = (exp: unknown, iat: unknown = seconds - 30) => verifyClaims({ ...goodClaims, exp, iat })

  test('the end is strict, to the second', async () => {
    expect(await at(seconds - 1)).toBe('expired')
    expect(await at(seconds)).toBe('expired')
    expect(asked).toEqual([])
    expect(await at(seconds + 1)).toBe('ok')
    expect(asked).toEqual([kid])
    expect(await verify(good, { now: instantOf((seconds + 300) * 1000 - 1) })).toBe('ok')
    expect(await verify(good, { now: instantOf((seconds + 300) * 1000) })).toBe('expired')
  })

  test('the beginning may lie a minute ahead, and no more', async () => {
    expect(await at(seconds + 300, seconds + 60)).toBe('ok')
    expect(await at(seconds + 300, seconds + 61)).toBe('not_yet')
  })

  test('no token lives longer than ten minutes, whoever signed it, nor backwards', async () => {
    expect(await at(seconds + 570)).toBe('ok')
    expect(await at(seconds + 571)).toBe('lives_too_long')
    expect(await at(seconds + 10, seconds + 10)).toBe('lives_too_long')
    expect(await at(seconds + 10, seconds + 20)).toBe('lives_too_long')
  })

  test.each([1e308, '2099', seconds + 0.5, -1, 0, null, true, [seconds], '1e400', Number.MAX_SAFE_INTEGER])(
    'exp %j is no end',
    async (exp) => {
      expect(await at(exp)).toBe('bad_claims')
      expect(await at(seconds + 10, exp)).toBe('bad_claims')
    },
  )

  test('`nbf` is not ours: a token with one is somebody else’s', async () => {
    expect(await verifyClaims({ ...goodClaims, nbf: seconds + 3600 })).toBe('bad_claims')
    expect(await verifyClaims({ ...goodClaims, nbf: 'x' })).toBe('bad_claims')
  })
})

describe('C-065, C-071, C-072: claims have one shape', () => {
  test.each(['iss', 'sub', 'aud', 'client_id', 'scope', 'tenant', 'plc', 'gid', 'jti', 'iat', 'exp'])(
    'I-55: without %s',
    async (name) => {
      expect(await verifyClaims(without(name))).toBe('bad_claims')
    },
  )

  test.each([
    { sub: '' },
    { sub: 'user:' },
    { sub: 'root' },
    { sub: 'system:sweep' },
    { sub: ['user:a'] },
    { scope: ['contacts.readonly'] },
    { scope: 'a  b' },
    { scope: ' a' },
    { scope: 'a\tb' },
    { scope: '"' },
    { tenant: { id: 'platform' } },
    { tenant: '__proto__' },
    { tenant: 'acc_1/../../x' },
    { tenant: ['platform'] },
    { agency: 'platform' },
    { act: { sub: 'root' } },
    { act: 'user:a' },
    { cnf: { jkt: 7 } },
    { cnf: { jkt: 'a', jwk: {} } },
    { auth_time: 'yesterday' },
    { jti: 7 },
  ])('%j', async (change) => {
    expect(await verifyClaims({ ...goodClaims, ...change })).toBe('bad_claims')
  })

  test('claims that are no object', async () => {
    for (const claims of ['"text"', '[]', 'null', '7', '', '{', '{"a":1}x']) {
      expect(await verifyClaims(claims)).toBe('malformed')
    }
  })

  test('an actor, at most three deep', async () => {
    const chain = (depth: number): unknown => (depth === 0 ? undefined : { sub: 'user:a', act: chain(depth - 1) })
    expect(await verifyClaims({ ...goodClaims, act: chain(3) })).toBe('ok')
    expect(await verifyClaims({ ...goodClaims, act: chain(4) })).toBe('bad_claims')
  })

  test('what a later issuer adds is ignored', async () => {
    expect(await verifyClaims({ ...goodClaims, roles: 'admin,user', permissions: ['*'] })).toBe('ok')
  })
})

describe('C-062, C-063, C-064: there is one way to write a token', () => {
  const signed = async (header: string, claims: string): Promise<string> => ours.sign(claims, header)

  test('the same name twice, in the header or in the claims', async () => {
    const text = JSON.stringify(goodClaims)
    const head = JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid })
    expect(await verify(await signed(head, text))).toBe('ok')
    expect(await verify(await signed(head, text.replace('{', '{"sub":"user:root",')))).toBe('malformed')
    expect(await verify(await signed(head, text.replace('{', '{"\\u0073ub":"user:root",')))).toBe('malformed')
    expect(await verify(await signed(head.replace('{', '{"alg":"none",'), text))).toBe('malformed')
    expect(await verify(await signed(head, text.replace('{', '{"__proto__":{"sub":"user:root"},')))).toBe('malformed')
  })

  test('another serialization, more or fewer parts, white space, padding', async () => {
    const [head, body, tail] = good.split('.')
    const flattened = JSON.stringify({ protected: head, payload: body, signature: tail })
    const texts = [
      flattened,
      `${good}.`,
      `${good}.x`,
      `${good}.x.y`,
      `${head}.${body}`,
      ` ${good}`,
      `${good}\n`,
      `${good}=`,
      `${head}=.${body}.${tail}`,
      `${head}.${body?.slice(0, 10)} ${body?.slice(10)}.${tail}`,
      `.${body}.${tail}`,
      `${head}..${tail}`,
      '',
      '.',
      '..',
      '...',
    ]
    for (const text of texts) expect({ text, fault: await verify(text) }).toEqual({ text, fault: 'malformed' })
  })

  test('bytes that are not UTF-8, or begin with a byte order mark', async () => {
    const head = encoded({ alg: 'ES256', typ: 'at+jwt', kid })
    for (const bytes of [
      [0xff, 0xfe],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0xef, 0xbb, 0xbf, 0x7b, 0x7d],
    ]) {
      expect(await verify(`${head}.${encodeBase64url(Uint8Array.from(bytes))}.AA`)).toBe('malformed')
    }
    expect(await verifyClaims({ ...goodClaims, client_id: 'Äpfel 🍎' })).toBe('ok')
  })

  test('C-064: a megabyte, and ten thousand levels, cost nothing', async () => {
    const deep = encoded('['.repeat(1_500) + ']'.repeat(1_500))
    const head = encoded({ alg: 'ES256', typ: 'at+jwt', kid })
    const started = process.cpuUsage()
    expect(await verify('a'.repeat(1_000_000))).toBe('malformed')
    expect(await verify('.'.repeat(1_000_000))).toBe('malformed')
    expect(await verify(`${head}.${encoded('['.repeat(10_000))}.AA`)).toBe('malformed')
    expect(await verify(`${head}.${deep.slice(0, maxTokenLength - head.length - 4)}.AA`)).toBe('malformed')
    expect(process.cpuUsage(started).user).toBeLessThan(1_000_000)
    expect(asked).toEqual([])
  })

  test('C-069: the longest token that is read', async () => {
    const sized = (length: number) => ours.sign({ ...goodClaims, x: 'x'.repeat(length) })
    const base = (await sized(0)).length
    const room = Math.floor(((maxTokenLength - base) * 3) / 4)
    expect((await sized(room)).length).toBeLessThanOrEqual(maxTokenLength)
    expect(await verify(await sized(room))).toBe('ok')
    expect(await verify(await sized(room + 3))).toBe('malformed')
  })

  test('one letter changed anywhere kills it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= \n'),
        async (at, letter) => {
          fc.pre(good[at] !== letter)
          expect(await verify(good.slice(0, at) + letter + good.slice(at + 1))).not.toBe('ok')
        },
      ),
      { numRuns: 500 },
    )
  })
})
