// Forged access tokens at a service's door: whatever is not exactly what the issuer signed, for this service, now, is 401 and nobody is asked about it.
import { createHmac, createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { account, bearing, staged, type Written } from '../latchkey.fixture.ts'
import { LatchkeyRefusal } from '../refused.ts'

const code = (error: unknown): unknown => (error instanceof LatchkeyRefusal ? error.code : error)
const coded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const other = `acc_${'2'.repeat(22)}`

/** A service that has met a good token, and what it says of another one; the keys are there, so all that is asked for is a fault. */
const service = async () => {
  const { latchkey, calls, ...stage } = await staged()
  const good = await stage.token()
  const caller = await latchkey.authenticate(bearing(good))
  await caller.require('contacts.read', { tenant: account }) // the control
  const says = async (text: string): Promise<unknown> => {
    const before = calls.length
    const found = await latchkey.authenticate(bearing(text)).then(() => 'let in', code)
    expect(calls.slice(before)).toEqual([])
    return found
  }
  return { ...stage, good, says, calls, latchkey }
}

const refusesEach = (cases: Readonly<Record<string, Written>>): void => {
  it.each(Object.entries(cases))('%s', async (_, written) => {
    const { token, says } = await service()
    expect(await says(await token({ claims: { jti: 'another' } }))).toBe('let in')
    expect(await says(await token(written))).toBe('invalid_token')
  })
}

const duplicate = (name: string, value: unknown) => ({
  payload: (usual: object) => `{${JSON.stringify(name)}:${JSON.stringify(value)},${JSON.stringify(usual).slice(1)}`,
})
const without = (name: string) => ({ claims: { [name]: undefined } })

describe('C-058 C-066 of another type, or named after a key for something else, is refused:', () => {
  refusesEach({
    ...Object.fromEntries(
      [
        'JWT',
        'jwt',
        'AT+JWT',
        'at+jwt ',
        'application/at+jwt',
        'id_token',
        'logout+jwt',
        'dpop+jwt',
        'secevent+jwt',
      ].map((typ) => [typ, { header: { typ } }]),
    ),
    'no type': { header: { typ: undefined } },
    'a key for ID tokens': { header: { kid: `id-${'1'.repeat(43)}` } },
    'a name of another shape': { header: { kid: '../../keys' } },
  })
})

describe('C-057 I-13 whose header brings more than it may is refused:', () => {
  refusesEach({
    jwk: { header: { jwk: { kty: 'EC' } } },
    jku: { header: { jku: 'https://evil.example/keys' } },
    x5u: { header: { x5u: 'https://evil.example/cert' } },
    'crit of nothing': { header: { crit: [] } },
    'crit of something': { header: { crit: ['x'], x: 1 } },
    'an unencoded payload': { header: { b64: false } },
    'a compressed payload': { header: { zip: 'DEF' } },
  })
})

describe('C-059 C-060 for another service or by another issuer is refused:', () => {
  const audience = 'https://calendar.example'
  refusesEach({
    'another audience': { claims: { aud: 'https://mail.example' } },
    'a list': { claims: { aud: [audience] } },
    'a list with more': { claims: { aud: [audience, 'https://mail.example'] } },
    'a beginning of it': { claims: { aud: audience.slice(0, -1) } },
    'more than it': { claims: { aud: `${audience}/` } },
    'another issuer': { claims: { iss: 'https://evil.example' } },
    'the issuer with a slash': { claims: { iss: 'https://id.example/' } },
    'the issuer in capitals': { claims: { iss: 'https://ID.example' } },
    'a list of issuers': { claims: { iss: ['https://id.example'] } },
  })
})

describe('C-061 whose time is over, has not come, or is written in another way is refused:', () => {
  const at = 1_900_000_000
  refusesEach({
    'over now': { claims: { iat: at - 600, exp: at } },
    'over a second ago': { claims: { iat: at - 601, exp: at - 1 } },
    'made in 61 seconds': { claims: { iat: at + 61, exp: at + 600 } },
    'not before': { claims: { nbf: at - 1 } },
    'for longer than ten minutes': { claims: { exp: at + 601 } },
    'a float': { claims: { exp: at + 599.5 } },
    'a word': { claims: { exp: String(at + 600) } },
    'no end': without('exp'),
    'an end beyond all': { claims: { exp: 1e308 } },
  })

  it('and is let in at the last second of it, or made a minute ahead by a clock that is early', async () => {
    const { token, says } = await service()
    expect(await says(await token({ claims: { iat: at - 599, exp: at + 1 } }))).toBe('let in')
    expect(await says(await token({ claims: { iat: at + 60, exp: at + 600 } }))).toBe('let in')
  })
})

describe('C-062 C-063 C-071 written in any but the one way is refused:', () => {
  refusesEach({
    'a name twice': duplicate('sub', 'user:eve'),
    'a tenant twice': duplicate('tenant', other),
    'a prototype': duplicate('__proto__', { tenant: other }),
    'a list': { payload: (usual) => `[${JSON.stringify(usual)}]` },
    'text behind it': { payload: (usual) => `${JSON.stringify(usual)} x` },
    nothing: { payload: () => '' },
  })

  it('padding, another alphabet, white space, more parts, JSON', async () => {
    const { good, says } = await service()
    const [head = '', payload = '', tail = ''] = good.split('.')
    const bytes = Buffer.from(tail, 'base64url')
    const odd = [
      ...[
        `${good}=`,
        `${good}==`,
        ` ${good}`,
        `${good} `,
        `${good}.`,
        `.${good}`,
        `${good}.${tail}`,
        `${head}.${payload}`,
      ],
      ...[`${head}.${payload}.${bytes.toString('base64')}`, `${head}.${payload}.${bytes.toString('hex')}`],
      ...[`${head}.${payload}.`, `${head}..${tail}`, JSON.stringify({ payload, protected: head, signature: tail })],
    ]
    for (const text of odd) expect(await says(text), text.slice(-40)).toBe('invalid_token')
  })
})

describe('C-065 C-072 with a claim missing or of another type is refused:', () => {
  refusesEach({
    ...Object.fromEntries(
      ['iss', 'sub', 'aud', 'client_id', 'iat', 'exp', 'jti', 'scope', 'tenant', 'gid', 'plc'].map((name) => [
        `without ${name}`,
        without(name),
      ]),
    ),
    'a list of scopes': { claims: { scope: ['contacts.readonly'] } },
    'an object for a tenant': { claims: { tenant: { id: account } } },
    'a tenant in capitals': { claims: { tenant: account.toUpperCase() } },
    'a subject of no kind': { claims: { sub: 'eve' } },
    'a bound key that is no thumbprint': { claims: { cnf: { jkt: 1 } } },
  })
})

describe('I-77 of another key, tenant or power than the one it came from', () => {
  it.each([
    ['somebody else', { claims: { sub: 'user:eve' } }],
    ['another key', { claims: { client_id: 'key_2' } }],
    ['another tenant', { claims: { tenant: other } }],
    ['somebody who acts for it', { claims: { act: { sub: 'user:eve' } } }],
    ['a proof that nobody asks for', { claims: { cnf: { jkt: 'x'.repeat(43) } } }],
  ])('does not count, though the issuer signed it: %s', async (_, written) => {
    const { token, latchkey } = await service()
    const asked = latchkey.authenticate(bearing(await token(written)))
    const allowed = asked
      .then((caller) => caller.check('contacts.read', { tenant: account }))
      .then((one) => one.allowed, code)
    expect(['invalid_token', false]).toContain(await allowed)
  })

  it('C-007 has no scope that its key has not', async () => {
    const { token, latchkey } = await service()
    const wide = await latchkey.authenticate(bearing(await token({ claims: { scope: 'contacts.readonly contacts' } })))
    expect(await wide.check('contacts.read', { tenant: account })).toMatchObject({ allowed: true })
    expect(await wide.check('contacts.delete', { tenant: account })).toMatchObject({ allowed: false })
  })
})

describe('C-056 I-12 by another algorithm', () => {
  it('none, HMAC under the public key in every spelling, and signatures of nothing are refused', async () => {
    const { good, says, publicKey } = await service()
    const [, payload = '', tail = ''] = good.split('.')
    const head = { typ: 'at+jwt', kid: publicKey.kid }
    const { kid: _, ...jwk } = publicKey
    const pem = String(createPublicKey({ key: jwk as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' }))
    const secrets = [pem, ` ${pem}`, pem.trim(), `\ufeff${pem}`, JSON.stringify(jwk), publicKey.x ?? '']
    const forged = [
      ...['none', 'None', 'NONE', ''].flatMap((alg) => [
        `${coded({ alg, ...head })}.${payload}.`,
        `${coded({ alg, ...head })}.${payload}.${tail}`,
      ]),
      ...secrets.map((secret) => {
        const text = `${coded({ alg: 'HS256', ...head })}.${payload}`
        return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
      }),
      ...['RS1', 'RS256', 'PS256', 'ES384', 'EdDSA'].map((alg) => `${coded({ alg, ...head })}.${payload}.${tail}`),
      ...[0, 63, 65, 64].map(
        (length) => `${coded({ alg: 'ES256', ...head })}.${payload}.${Buffer.alloc(length).toString('base64url')}`,
      ),
    ]
    for (const text of forged) expect(await says(text), text.slice(0, 60)).toBe('invalid_token')
  })
})

describe('C-064 C-069 that is too much', () => {
  it('a megabyte, ten thousand levels and a token of more than four kilobytes are refused in no time', async () => {
    const { token, says } = await service()
    const nested = await token({
      payload: (usual) => `{"x":${'['.repeat(1_000)}${']'.repeat(1_000)},${JSON.stringify(usual).slice(1)}`,
    })
    const deep = `${coded({ alg: 'ES256', typ: 'at+jwt', kid: 'x' })}.${Buffer.from('['.repeat(10_000)).toString('base64url')}.AA`
    const long = await token({ claims: { scope: 'contacts.readonly', bloat: 'x'.repeat(4_000) } })
    for (const text of [nested, deep, long, `${'a'.repeat(1_000_000)}.b.c`, '.'.repeat(1_000_000)]) {
      const start = performance.now()
      expect(await says(text)).toBe('invalid_token')
      expect(performance.now() - start).toBeLessThan(200)
    }
  })
})
