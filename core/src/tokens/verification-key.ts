// A public key that tokens are verified with: bound to one algorithm and one purpose, whatever a token's header says.
import * as z from 'zod'
import { err, ok, type Result } from '../kernel/result.ts'
import { type Instant, isOver } from '../kernel/time.ts'
import type { TokenFault } from './access-token.ts'
import type { TokenHeader } from './compact.ts'

/** The purpose is part of the name: a verifier that knows the key set only by JWKS still tells them apart (CATALOGUE I-77, C-066). */
export type TokenPurpose = 'access' | 'id'
export const kidPattern = /^(access|id)-[A-Za-z0-9_-]{16,64}$/

/** One entry of the JWK set at `/.well-known/jwks.json` (RFC 7517): `alg`, `use` and `kid` are always there (CATALOGUE I-15). */
export const publicJwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  y: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
  kid: z.string().regex(kidPattern),
})
export type PublicJwk = z.output<typeof publicJwk>

export const jwkSet = z.object({ keys: z.array(publicJwk).max(64) })

export interface VerificationKey {
  readonly jwk: PublicJwk
  /** From here on it verifies nothing: retired, or denied after a compromise. */
  readonly notAfter: Instant | undefined
}

export const purposeOf = (kid: string): TokenPurpose | undefined =>
  kidPattern.test(kid) ? (kid.startsWith('access-') ? 'access' : 'id') : undefined

/** Whether this key may verify a token with this header now: the header must agree with the key, it decides nothing. */
export const judgeKey = (
  { jwk, notAfter }: VerificationKey,
  header: TokenHeader,
  now: Instant,
): Result<PublicJwk, TokenFault> => {
  if (jwk.kid !== header.kid) return err('unknown_key')
  if (header.alg !== jwk.alg) return err('wrong_algorithm')
  return isOver(notAfter, now) ? err('key_ended') : ok(jwk)
}
