// The access token that a key is exchanged for, or why it is not: what is minted and what is only shown are planned here alike.
import { isVisible } from '../access/decide.ts'
import type { Facts } from '../access/facts.ts'
import { scopesLeft } from '../access/key-caps.ts'
import { scopeIn } from '../access/meaning/scopes.ts'
import { type IamError, iamError } from '../kernel/errors.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { earliest, type Instant, plusSeconds, type Seconds } from '../kernel/time.ts'
import type { AccessTokenClaims } from './access-token.ts'

export interface Exchange {
  readonly issuer: string
  readonly audience: string
  /** All that the key has when absent. */
  readonly scopes: readonly string[] | undefined
  readonly lifetime: Seconds
}

/** Whoever asks; only a key itself is exchanged. */
export interface Exchanging {
  readonly kind: string
  readonly principal: string
  /** The key's id. */
  readonly credential: string
  readonly key: { readonly id: string; readonly scopes: readonly string[] } | undefined
}

export type PlannedClaims = Omit<AccessTokenClaims, 'jti'>

/** RFC 6749 §3.3 sets no limit to a scope; a token has one. */
const maxScopeLength = 2_048

/** `facts` are the key's, at the tenant that the token is for. */
export const planExchange = (
  { kind, principal, credential, key }: Exchanging,
  facts: Facts,
  asked: Exchange,
  now: Instant,
): Result<PlannedClaims, IamError> => {
  if (key === undefined || kind !== 'api_key')
    return err(iamError('permission_denied', { detail: 'Only a key is exchanged here, not a token of one.' }))
  const unusable = unusableFault(facts, now)
  if (unusable !== undefined) return err(unusable)
  const scopes = scopesOf(facts, key.scopes, asked.scopes)
  if (!scopes.ok) return scopes
  const scope = scopes.value.join(' ')
  if (scope.length > maxScopeLength)
    return err(
      iamError('invalid_request', { field: 'scopes', detail: 'These are too many for one token: name fewer.' }),
    )
  const end = earliest(plusSeconds(now, asked.lifetime), facts.token.notAfter) ?? now
  const [node, above] = facts.chain
  const agency = node?.kind === 'agency' ? node.id : node?.kind === 'account' ? above?.id : undefined
  const [iat, exp] = [Math.floor(now / 1000), Math.floor(end / 1000)]
  if (node === undefined || exp <= iat) return err(iamError('invalid_token'))
  const { issuer: iss, audience: aud } = asked
  const where = { tenant: node.id, ...(agency === undefined ? {} : { agency }), plc: node.placementId }
  return ok({ iss, sub: principal, aud, client_id: credential, scope, ...where, gid: key.id, iat, exp })
}

/** A token for what the key does not reach, or for what stands still, would be a promise that nothing keeps. */
const unusableFault = (facts: Facts, now: Instant): IamError | undefined => {
  if (!isVisible(facts, now)) return iamError('not_found')
  return facts.chain.every(({ status }) => status === 'active') ? undefined : iamError('tenant_suspended')
}

/** What guardrails let no key have is not promised to those who read tokens by themselves either. */
const scopesOf = (
  facts: Facts,
  stored: readonly string[],
  asked: readonly string[] | undefined,
): Result<readonly string[], IamError> => {
  const held = scopesLeft(facts.chain, stored)
  const names = [...new Set((asked ?? held).map((scope) => scopeIn(facts, scope)?.name ?? scope))].sort()
  const missing = names.filter((name) => !held.includes(name))
  return missing.length === 0 ? ok(names) : err(iamError('insufficient_scope', { missing }))
}
