// Tokens for tests: a real key pair, and any header and claims under a real signature.
import { encodeBase64url } from '../catalogue/base64url.ts'
import { instantOf } from '../kernel/time.ts'
import type { Expected } from './access-token.ts'
import { es256Checker } from './check-es256.ts'
import { publicJwk } from './verification-key.ts'
import type { TokenKeys } from './verify-access-token.ts'

export const now = instantOf(1_800_000_000_000)
export const expected: Expected = { issuer: 'https://id.example', audiences: ['https://api.example'], now }

export const goodClaims = {
  iss: 'https://id.example',
  sub: 'service:svc_0000000000000000000001',
  aud: 'https://api.example',
  client_id: 'key_0000000000000000000001',
  scope: 'contacts.readonly contacts.write',
  tenant: 'acc_0000000000000000000001',
  agency: 'agy_0000000000000000000001',
  plc: 'plc1',
  gid: '0000000000000000000001',
  jti: 'j1',
  iat: 1_800_000_000 - 30,
  exp: 1_800_000_000 + 300,
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
export const encoded = (value: unknown): string =>
  encodeBase64url(bytesOf(typeof value === 'string' ? value : JSON.stringify(value)))

export const pair = async (kid: string) => {
  const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])
  const { x, y } = await crypto.subtle.exportKey('jwk', publicKey)
  const jwk = publicJwk.parse({ kty: 'EC', crv: 'P-256', x, y, alg: 'ES256', use: 'sig', kid })
  const signatureOf = async (signed: string): Promise<Uint8Array> =>
    new Uint8Array(
      await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, new Uint8Array(bytesOf(signed))),
    )
  const sign = async (claims: unknown, header: unknown = { alg: 'ES256', typ: 'at+jwt', kid }): Promise<string> => {
    const signed = `${encoded(header)}.${encoded(claims)}`
    return `${signed}.${encodeBase64url(await signatureOf(signed))}`
  }
  return { jwk, sign, publicKey }
}

/** Counts what was looked up, so that a test can say that nothing was. */
export const keysOf = (...jwks: readonly { readonly kid: string }[]) => {
  const asked: string[] = []
  const keys: TokenKeys = {
    find: async (kid) => {
      asked.push(kid)
      const jwk = jwks.find((one) => one.kid === kid)
      return jwk === undefined ? undefined : { jwk: publicJwk.parse(jwk), notAfter: undefined }
    },
    checkSignature: es256Checker(crypto.subtle),
  }
  return { keys, asked }
}
