// Firebase ID tokens at a verifier: Google's key, this project, alive, and nothing that a header says is believed.
import { beforeAll, describe, expect, it } from 'vitest'
import { readGoogleKeys, verifyIdToken } from './id-token.ts'
import type { KeyRing } from './key-ring.ts'
import type { RsaKey } from './signatures.ts'

const project = 'shop-prod'
const at = 1_900_000_000
const good = {
  iss: `https://securetoken.google.com/${project}`,
  aud: project,
  sub: 'ada',
  iat: at,
  exp: at + 3_600,
  auth_time: at - 60,
}
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('an ID token', () => {
  let pair: CryptoKeyPair
  let keys: KeyRing<RsaKey>
  const asked: string[] = []
  beforeAll(async () => {
    const rsa = {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      modulusLength: 2048,
      publicExponent: Uint8Array.of(1, 0, 1),
    }
    pair = await crypto.subtle.generateKey(rsa, true, ['sign', 'verify'])
    const { n, e } = await crypto.subtle.exportKey('jwk', pair.publicKey)
    const set = readGoogleKeys({ keys: [{ kid: 'google-1', kty: 'RSA', n, e, alg: 'RS256', use: 'sig' }] })
    keys = {
      find: async (kid) => {
        asked.push(kid)
        return set?.get(kid)
      },
      known: (kid) => set?.get(kid),
      doubt: () => undefined,
    }
  })

  const signed = async (claims: object, header: object = {}): Promise<string> => {
    const text = `${part({ alg: 'RS256', kid: 'google-1', typ: 'JWT', ...header })}.${part(claims)}`
    const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', pair.privateKey, Buffer.from(text))
    return `${text}.${Buffer.from(signature).toString('base64url')}`
  }
  const verify = (text: string, more: object = {}) =>
    verifyIdToken(text, { project, keys, unsigned: false, now: at * 1_000, ...more })

  it('of this project, alive and signed by Google, names the person and the sign-in', async () => {
    expect(await verify(await signed(good))).toEqual({
      uid: 'ada',
      authTimeSeconds: at - 60,
      expiresAt: (at + 3_600) * 1_000,
      kid: 'google-1',
    })
  })

  it.each<[string, object]>([
    ['of another project', { aud: 'other' }],
    ['of another issuer', { iss: 'https://securetoken.google.com/other' }],
    ['with a list of audiences', { aud: [project] }],
    ['that ended', { exp: at }],
    ['issued tomorrow', { iat: at + 61 }],
    ['of a sign-in of tomorrow', { auth_time: at + 61 }],
    ['for nobody', { sub: '' }],
    ['for a name that would bend a path', { sub: 'a/b' }],
    ['without a sign-in', { auth_time: undefined }],
    ['with an end in words', { exp: 'never' }],
  ])('%s is refused', async (_, change) => {
    expect(await verify(await signed({ ...good, ...change }))).toBeUndefined()
  })

  it.each<[string, object]>([
    ['no algorithm', { alg: 'none' }],
    ['a shared secret', { alg: 'HS256' }],
    ['another algorithm', { alg: 'ES256' }],
    ['an unknown key', { kid: 'google-2' }],
    ['no key', { kid: undefined }],
    ['something critical', { crit: ['exp'] }],
  ])('with %s in its header is refused', async (_, header) => {
    expect(await verify(await signed(good, header))).toBeUndefined()
  })

  it('C-057 that brings its own key or says where it is, is checked with Google’s, and nothing is fetched', async () => {
    asked.length = 0
    const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey)
    const own = { jku: 'https://evil.example/keys', x5u: 'https://evil.example/cert', jwk }
    expect(await verify(await signed(good, { ...own, kid: 'evil' }))).toBeUndefined()
    expect(asked).toEqual(['evil'])
    expect(await verify(await signed(good, own))).toMatchObject({ uid: 'ada' })
  })

  it('with a changed signature, claim or form is refused', async () => {
    const text = await signed(good)
    const [head, , tail] = text.split('.')
    expect(await verify(`${head}.${part({ ...good, sub: 'eve' })}.${tail}`)).toBeUndefined()
    expect(await verify(`${text.slice(0, -8)}AAAAAAAA`)).toBeUndefined()
    expect(await verify(`${text}.`)).toBeUndefined()
    expect(await verify(`${text}=`)).toBeUndefined()
    expect(await verify('x'.repeat(9_000))).toBeUndefined()
  })

  it('of the emulator counts only where unsigned tokens are expected, and there a signed one does not', async () => {
    const unsigned = `${part({ alg: 'none', typ: 'JWT' })}.${part(good)}.`
    expect(await verify(unsigned)).toBeUndefined()
    expect(await verify(unsigned, { unsigned: true })).toMatchObject({ uid: 'ada', kid: undefined })
    expect(await verify(await signed(good), { unsigned: true })).toBeUndefined()
  })
})
