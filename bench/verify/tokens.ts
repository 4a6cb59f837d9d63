// Access tokens for everybody alike: one real key pair, a thousand tokens that differ in their `jti`.
import { generateKeyPairSync, sign } from 'node:crypto'
import { instantOf } from '../../core/src/kernel/time.ts'
import type { Expected } from '../../core/src/tokens/access-token.ts'
import { publicJwk } from '../../core/src/tokens/verification-key.ts'

export const issuer = 'https://id.bench.example'
export const audience = 'https://api.bench.example'

export const count = 1_000
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const { x, y } = pair.publicKey.export({ format: 'jwk' })

export const publicKey = pair.publicKey
export const publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' })
export const jwk = publicJwk.parse({
  kty: 'EC',
  crv: 'P-256',
  x,
  y,
  alg: 'ES256',
  use: 'sig',
  kid: 'access-bench00000000000000000',
})

/** Everybody is asked at this moment, inside the ten minutes of the tokens. */
const issuedAt = Math.floor(Date.now() / 1000)
export const expected = (): Expected => ({ issuer, audiences: [audience], now: instantOf(Date.now()) })

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const tokenOf = (index: number): string => {
  const signed = `${part({ alg: 'ES256', typ: 'at+jwt', kid: jwk.kid })}.${part({
    iss: issuer,
    sub: 'service:svc_0000000000000000000001',
    aud: audience,
    client_id: 'key_0000000000000000000001',
    scope: 'contacts.readonly contacts.write conversations.readonly calendars.readonly',
    tenant: 'acc_0000000000000000000001',
    agency: 'agy_0000000000000000000001',
    plc: 'op_0000000000000000000001',
    gid: '0000000000000000000001',
    jti: `jti-${index}`,
    iat: issuedAt,
    exp: issuedAt + 600,
  })}`
  const signature = sign('sha256', Buffer.from(signed), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

const tokens = Array.from({ length: count }, (_, index) => tokenOf(index))
export const tokenAt = (index: number): string => tokens[index % count] ?? ''
