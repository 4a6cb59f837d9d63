// Access tokens (RFC 9068): their claims, and whether they count at an audience now.
import * as z from 'zod'
import { err, ok, type Result } from '../kernel/result.ts'
import { type Instant, instantOf, isOver, minutes, plusSeconds, secondsOf } from '../kernel/time.ts'
import { agencyId, tenantId } from '../kernel/wire.ts'

/** RFC 9068 §2.1; the only `typ` that a resource server of ours takes. */
export const accessTokenType = 'at+jwt'

/** DESIGN.md §8: no access token lives longer, whoever signed it. */
export const maxAccessTokenLife = minutes(10)

/** How far `iat` may lie ahead: two clocks may disagree by so much. An end has no such leeway. */
export const clockTolerance = secondsOf(60)

const maxActors = 3
const text = z.string().min(1).max(255)
/** NumericDate (RFC 7519 §2) in whole seconds, from 2001 on: an end written in words, floats or 1e308 is no end. */
const moment = z.int().min(1_000_000_000).max(100_000_000_000)
const principal = z.string().regex(/^(user|service|installation):[^:\s]{1,160}$/)

export interface Actor {
  readonly sub: string
  readonly client_id?: string | undefined
  readonly act?: Actor | undefined
}

const actor: z.ZodType<Actor> = z.lazy(() =>
  z.object({ sub: principal, client_id: text.optional(), act: actor.optional() }),
)

const depthOf = (act: Actor | undefined): number => (act === undefined ? 0 : 1 + depthOf(act.act))

/** The claims of DESIGN.md §8. Others are ignored, as RFC 7519 §4 wants; one of these in another shape makes the token worthless. */
export const accessTokenClaims = z.object({
  iss: text,
  /** The principal, `user:…`, `service:…` or `installation:…`; never reused. */
  sub: principal,
  /** One audience, never a list. */
  aud: text,
  client_id: text,
  /** Names with one space between them (RFC 6749 §3.3); may be empty. */
  scope: z
    .string()
    .max(2048)
    .regex(/^$|^[\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*$/),
  tenant: tenantId,
  /** The agency above, or the tenant itself when it is one; absent at the platform. */
  agency: agencyId.optional(),
  /** The placement of the tenant when the token was minted: after a move it is another one. */
  plc: text,
  /** The grant, family, credential or session that it came from: revoking that kills this. */
  gid: text,
  jti: text,
  iat: moment,
  exp: moment,
  auth_time: moment.optional(),
  /** Who really acts (RFC 8693 §4.1), at most three deep. */
  act: actor.refine((act) => depthOf(act) <= maxActors).optional(),
  /** The key that the bearer must prove (RFC 7800). */
  cnf: z.strictObject({ jkt: text }).optional(),
})

export type AccessTokenClaims = z.output<typeof accessTokenClaims>

/** Why a token does not count; for logs and explanations, never for the answer to a stranger. */
export type TokenFault =
  | 'malformed'
  | 'wrong_type'
  | 'unknown_key'
  | 'wrong_algorithm'
  | 'wrong_purpose'
  | 'key_ended'
  | 'bad_signature'
  | 'bad_claims'
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'expired'
  | 'not_yet'
  | 'lives_too_long'

export interface Expected {
  readonly issuer: string
  /** What the resource server calls itself; any one of them, compared exactly. */
  readonly audiences: readonly string[]
  readonly now: Instant
}

/** `exp` is strict; `iat` may lie up to a minute ahead (DESIGN.md §9). */
export const judgeAccessClaims = (
  claims: Readonly<Record<string, unknown>>,
  { issuer, audiences, now }: Expected,
): Result<AccessTokenClaims, TokenFault> => {
  const read = accessTokenClaims.safeParse(claims)
  if (!read.success || 'nbf' in claims) return err('bad_claims')
  const { iss, aud, iat, exp } = read.data
  if (iss !== issuer) return err('wrong_issuer')
  if (!audiences.includes(aud)) return err('wrong_audience')
  if (exp - iat > maxAccessTokenLife || exp <= iat) return err('lives_too_long')
  if (isOver(instantOf(exp * 1000), now)) return err('expired')
  if (instantOf(iat * 1000) > plusSeconds(now, clockTolerance)) return err('not_yet')
  return ok(read.data)
}
