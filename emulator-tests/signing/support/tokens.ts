// Access tokens, and verifiers that keep a copy of the published key set for as long as they like.
import { randomUUID } from 'node:crypto'
import type { Result } from '@latchkey/core/kernel/result'
import { type Instant, instantOf } from '@latchkey/core/kernel/time'
import type { AccessTokenClaims, TokenFault } from '@latchkey/core/tokens/access-token'
import { jwkSet, type PublicJwk } from '@latchkey/core/tokens/verification-key'
import { verifyAccessToken } from '@latchkey/core/tokens/verify-access-token'
import type { App } from '../../../functions/src/app.ts'
import { keySetDocument } from '../../../functions/src/rooms/signing/key-set.ts'
import { readRing, type StoredKey } from '../../../functions/src/rooms/signing/ring/ring-document.ts'
import { rotateRing } from '../../../functions/src/rooms/signing/ring/rotate-ring.ts'

export const issuer = 'https://id.example'
export const audience = 'https://api.example'
export const lifeSeconds = 600

export const claimsAt = (now: number, more: object = {}) => ({
  iss: issuer,
  sub: 'service:svc_0000000000000000000000',
  aud: audience,
  client_id: 'svc_0000000000000000000000',
  scope: 'contacts.readonly',
  tenant: 'platform',
  plc: 'root',
  gid: 'credential:x',
  jti: randomUUID(),
  iat: Math.floor(now / 1000),
  exp: Math.floor(now / 1000) + lifeSeconds,
  ...more,
})

/** Signed by whatever key one likes: what somebody who had stolen it could do. */
export const forgeBy = async (app: App, key: StoredKey, now: number): Promise<string> => {
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${encoded({ alg: 'ES256', typ: 'at+jwt', kid: key.kid })}.${encoded(claimsAt(now))}`
  const signature = await app.rings.keepers.access.sign(key, Buffer.from(signed))
  return `${signed}.${Buffer.from(signature).toString('base64url')}`
}

export type Verdict = Result<AccessTokenClaims, TokenFault>

export const expectedAt = (now: number) => ({ issuer, audiences: [audience], now: instantOf(now) })

/** One of our own doors: it looks into the ring, and keeps it for seconds. */
export const ownDoor =
  (app: App) =>
  (token: string): Promise<Verdict> =>
    verifyAccessToken(
      token,
      { find: app.signing.findKey, checkSignature: app.signing.checkSignature },
      expectedAt(app.clock()),
    )

/** Both rings of tokens, as the schedule makes them in a new installation: before that there is no key set. */
export const foundRings = async ({ clock, rings }: App): Promise<void> => {
  const founding = (['access', 'id'] as const).map(async (purpose) => {
    const { keys } = await readRing(rings.read, purpose)
    if (keys.length === 0) await rotateRing({ purpose, now: clock(), requestId: 'test' }, rings)
  })
  await Promise.all(founding)
}

export const publishedSet = async (app: App): Promise<readonly PublicJwk[]> =>
  jwkSet.parse(await keySetDocument(app.rings).read()).keys

/** Somebody else's service: it knows the set by its address, asks again when its copy is `cacheSeconds` old, and its clock is off by `skew`. */
export const verifierOf = (app: App, time: { readonly now: number }, cacheSeconds: number, skew: number) => {
  let kept: { readonly at: number; readonly keys: readonly PublicJwk[] } | undefined
  return async (token: string): Promise<Verdict> => {
    if (kept === undefined || time.now - kept.at >= cacheSeconds * 1000)
      kept = { at: time.now, keys: await publishedSet(app) }
    const { keys } = kept
    const find = async (kid: string) => {
      const jwk = keys.find((one) => one.kid === kid)
      return jwk === undefined ? undefined : { jwk, notAfter: undefined }
    }
    const now: Instant = instantOf(time.now + skew)
    return verifyAccessToken(token, { find, checkSignature: app.signing.checkSignature }, expectedAt(now))
  }
}
