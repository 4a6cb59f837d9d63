// Vectors that others made: the JWS ones through our reading and checking, the ES256 ones through the signature check (CATALOGUE C-056, C-063).
import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { encodeBase64url } from '../catalogue/base64url.ts'
import { type CheckSignature, es256Checker, es256CheckerAtOnce } from './check-es256.ts'
import { readCompact, readToken } from './compact.ts'
import { expected, keysOf } from './tokens.fixture.ts'
import { type PublicJwk, publicJwk } from './verification-key.ts'
import { verifyAccessToken } from './verify-access-token.ts'

const read = <T>(name: string, shape: z.ZodType<T>): T =>
  shape.parse(JSON.parse(readFileSync(new URL(`../../conformance/wycheproof/${name}`, import.meta.url), 'utf8')))

const vector = z.object({ tcId: z.int(), comment: z.string(), result: z.enum(['valid', 'invalid', 'acceptable']) })
const jwsFile = z.object({
  numberOfTests: z.int(),
  testGroups: z.array(
    z.object({
      comment: z.string(),
      public: z.looseObject({ kid: z.string().optional() }).optional(),
      // Two cases are JSON serializations, which are no text and therefore no token.
      tests: z.array(
        vector.extend({ jws: z.string().or(z.looseObject({}).transform((json) => JSON.stringify(json))) }),
      ),
    }),
  ),
})
const jws = read('json_web_signature_test.json', jwsFile)
const cases = jws.testGroups.flatMap((group) => group.tests.map((one) => ({ ...one, group })))
const checkers: readonly (readonly [string, CheckSignature])[] = [
  ['WebCrypto', es256Checker(crypto.subtle)],
  ['Node’s own', es256CheckerAtOnce({ createPublicKey, verify })],
]

/** A key of theirs under a name of our shape; undefined when it is not one for checking ES256 signatures. */
const keyOf = (jwk: Readonly<Record<string, unknown>> | undefined): PublicJwk | undefined =>
  publicJwk.safeParse({ ...jwk, kid: 'access-0000000000000000' }).data

/** What the verifier does before claims: read, pin the algorithm and the name, check. */
const accepts = async (
  checkSignature: CheckSignature,
  text: string,
  theirs: Readonly<Record<string, unknown>> | undefined,
): Promise<boolean> => {
  const compact = readCompact(text)
  const key = keyOf(theirs)
  if (compact === undefined || key === undefined) return false
  const { header, signature, signed } = compact
  return header.alg === key.alg && header.kid === theirs?.['kid'] && checkSignature(key, signature, signed)
}

describe.each(checkers)('Wycheproof, JSON Web Signature, by %s', (_, checkSignature) => {
  test('the file is whole', () => {
    expect(cases).toHaveLength(jws.numberOfTests)
    expect(jws.numberOfTests).toBe(401)
  })

  test('C-056: of 401 cases, exactly the valid ones by an ES256 key for signing are accepted', async () => {
    const accepted: number[] = []
    for (const { tcId, jws: text, group } of cases)
      if (await accepts(checkSignature, text, group.public)) accepted.push(tcId)
    const wanted = cases.filter(({ result, group }) => result === 'valid' && keyOf(group.public) !== undefined)
    expect(accepted).toEqual(wanted.map(({ tcId }) => tcId))
    expect(accepted).toEqual([18, 378])
  })

  test('C-056: none of them is an access token, not even under its own key', async () => {
    const { keys: known, asked } = keysOf()
    const keys = { ...known, checkSignature }
    for (const { jws: text } of cases) {
      expect(await verifyAccessToken(text, keys, expected)).toMatchObject({ ok: false })
      expect(readToken(text)).toBeUndefined()
    }
    expect(asked).toEqual([])
  })

  test('C-063: odd base64 is refused where it is written, and plain JSON white space is not', () => {
    const odd = cases.filter(({ group }) => group.comment === 'base64')
    const readable = odd.filter(({ jws: text }) => readCompact(text) !== undefined).map(({ tcId }) => tcId)
    // 372 and 373 count as valid for lenient readers; a character outside the alphabet makes two texts one token, so here they are not.
    // 367 and 370 count as invalid for their padding, but are, letter for letter, 357: the file lost it.
    expect(readable).toEqual([357, 358, 359, 367, 370, 376, 377])
    const texts = odd.filter(({ tcId }) => [357, 367, 370].includes(tcId)).map(({ jws: text }) => text)
    expect(new Set(texts).size).toBe(1)
    expect(odd).toHaveLength(21)
  })
})

describe.each(checkers)('Wycheproof, ECDSA over P-256 with SHA-256, r‖s, by %s', (_, checkSignature) => {
  const hex = z.string().regex(/^([0-9a-f]{2})*$/)
  const file = z.object({
    numberOfTests: z.int(),
    testGroups: z.array(
      z.object({
        publicKey: z.object({ uncompressed: hex }),
        tests: z.array(vector.extend({ msg: hex, sig: hex })),
      }),
    ),
  })
  const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
  const vectors = read('ecdsa_secp256r1_sha256_p1363_test.json', file)

  test('C-056: each of 262 signatures counts exactly when it is valid', async () => {
    let [right, valid] = [0, 0]
    for (const { publicKey, tests } of vectors.testGroups) {
      const point = bytes(publicKey.uncompressed)
      const [x, y] = [encodeBase64url(point.slice(1, 33)), encodeBase64url(point.slice(33))]
      const jwk = publicJwk.parse({
        kty: 'EC',
        crv: 'P-256',
        x,
        y,
        alg: 'ES256',
        use: 'sig',
        kid: 'access-0000000000000000',
      })
      for (const { tcId, msg, sig, result } of tests) {
        const counts = await checkSignature(jwk, bytes(sig), String.fromCharCode(...bytes(msg)))
        expect({ tcId, counts }).toEqual({ tcId, counts: result === 'valid' })
        right++
        if (counts) valid++
      }
    }
    expect(right).toBe(vectors.numberOfTests)
    expect(valid).toBeGreaterThan(100)
  })
})
