// Access tokens: one that nobody has seen before, from the text to believed claims; and one that was seen before.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { createVerifier } from 'fast-jwt'
import { importJWK, jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { es256Checker, es256CheckerAtOnce } from '../../core/src/tokens/check-es256.ts'
import { type TokenKeys, verifyAccessToken } from '../../core/src/tokens/verify-access-token.ts'
import type { Contest, Contestant } from './contestant.ts'
import { audience, expected, issuer, jwk, publicKey, publicPem, tokenAt, count as tokenCount } from './tokens.ts'

const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const

const signatureHolds = (token: string): boolean => {
  const end = token.lastIndexOf('.')
  return verify('sha256', Buffer.from(token.slice(0, end)), key, Buffer.from(token.slice(end + 1), 'base64url'))
}

const raw: Contestant = {
  name: 'raw `node:crypto`, whole token',
  note: 'split, two `JSON.parse`, the signature, issuer, audience, end',
  ask: (index) => {
    const token = tokenAt(index)
    const [head = '', body = ''] = token.split('.')
    const header = JSON.parse(Buffer.from(head, 'base64url').toString())
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
    if (header.alg !== 'ES256' || header.typ !== 'at+jwt' || header.kid !== jwk.kid) return false
    if (claims.iss !== issuer || claims.aud !== audience || claims.exp * 1000 <= Date.now()) return false
    return signatureHolds(token)
  },
}

const signatureOnly: Contestant = {
  name: 'ES256 signature check alone (limit)',
  note: 'nothing is read or judged',
  ask: (index) => signatureHolds(tokenAt(index)),
}

const found = { jwk, notAfter: undefined }
const oursWith = (checkSignature: TokenKeys['checkSignature']) => {
  const keys: TokenKeys = { find: async (kid) => (kid === jwk.kid ? found : undefined), checkSignature }
  return async (index: number): Promise<boolean> => (await verifyAccessToken(tokenAt(index), keys, expected())).ok
}

const atOnce: Contestant = {
  name: 'Latchkey `verifyAccessToken`',
  note: 'strict reading, every claim judged; the signature by `node:crypto`, as on every Node',
  ask: oursWith(es256CheckerAtOnce({ createPublicKey, verify })),
}

const ours: Contestant = {
  name: 'Latchkey `verifyAccessToken`, WebCrypto',
  note: 'strict reading, every claim judged; the signature check waits for a thread, as WebCrypto does',
  ask: oursWith(es256Checker(crypto.subtle)),
}

const jose = async (): Promise<Contestant> => {
  const imported = await importJWK(jwk, 'ES256')
  const options = { issuer, audience, algorithms: ['ES256'], typ: 'at+jwt' }
  return {
    name: 'jose',
    note: '`jwtVerify` with issuer, audience, algorithm and type pinned',
    ask: async (index) => (await jwtVerify(tokenAt(index), imported, options)).payload.iss === issuer,
  }
}

const fastJwt = (cache: boolean): Contestant => {
  const verifier = createVerifier({
    key: publicPem,
    algorithms: ['ES256'],
    allowedIss: issuer,
    allowedAud: audience,
    cache,
  })
  return {
    name: cache ? 'fast-jwt, its cache' : 'fast-jwt',
    note: 'issuer, audience and algorithm pinned',
    ask: (index) => verifier(tokenAt(index)).iss === issuer,
  }
}

const jsonWebToken: Contestant = {
  name: 'jsonwebtoken',
  note: 'issuer, audience and algorithm pinned',
  ask: (index) =>
    typeof jsonwebtoken.verify(tokenAt(index), publicPem, { algorithms: ['ES256'], issuer, audience }) === 'object',
}

const together = (one: Contestant): Contestant => ({ ...one, name: `${one.name}, 16 in flight`, inFlight: 16 })

export const tokenMiss = async (): Promise<Contest> => {
  const peer = await jose()
  return {
    heading: 'An access token that was not seen before',
    explanation: 'ES256, 700 characters, a thousand different ones in turn.',
    contestants: [raw, signatureOnly, atOnce, ours, together(ours), jsonWebToken, fastJwt(false), peer, together(peer)],
  }
}

/** What any cache of whole tokens costs at least. */
const digestAndMap = (): Contestant => {
  const digest = (token: string): string => createHash('sha256').update(token).digest('base64')
  const known = new Map(Array.from({ length: tokenCount }, (_, index) => [digest(tokenAt(index)), { issuer }]))
  return {
    name: 'SHA-256 and a Map (limit)',
    note: 'the digest of the whole token and a look-up, nothing judged',
    ask: (index) => known.get(digest(tokenAt(index)))?.issuer === issuer,
  }
}

export const tokenSeen = (ours: Contestant): Contest => ({
  heading: 'An access token that was seen before',
  explanation:
    'Ours also asks whether the key behind it still counts, and decides a permission; the others only say that they know the token.',
  contestants: [digestAndMap(), ours, fastJwt(true)],
})
