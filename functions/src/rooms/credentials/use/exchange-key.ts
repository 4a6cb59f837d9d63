// `POST /v1/credentials/exchange`: a short access token for one service, never wider than the key, so that nobody passes the key itself on.
import { isVisible } from '@latchkey/core/access/decide'
import type { Facts } from '@latchkey/core/access/facts'
import { scopeIn } from '@latchkey/core/access/meaning/scopes'
import { exchangeInput, exchangeOutput } from '@latchkey/core/credentials/contract'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { earliest, type Instant, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { type AccessTokenClaims, accessTokenType } from '@latchkey/core/tokens/access-token'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import type { Log } from '../../../platform/log.ts'
import type { DrawId } from '../../../platform/random.ts'

type Input = z.output<typeof exchangeInput>

export interface ExchangeDependencies {
  readonly drawId: DrawId
  readonly log: Log
  readonly issuer: string
  /** Our own API's. */
  readonly audience: string
  readonly sign: (purpose: 'access', typ: string, claims: object) => Promise<Result<string, IamError>>
}

export const exchangeKey = (dependencies: ExchangeDependencies) =>
  operation({
    group: 'credentials',
    name: 'exchange',
    summary: 'Gives a short access token for one service and one tenant, with no more than the key has.',
    input: exchangeInput,
    output: exchangeOutput,
    access: { signedIn: 'a key may always be made into something narrower and shorter' },
    tenant: (input, caller) => input.tenant ?? caller.key?.tenant,
    effect: 'read',
    path: '/v1/credentials/exchange',
    handler: (admitted) => exchange(admitted, dependencies),
  })

const exchange = async (admitted: Admitted<Input>, dependencies: ExchangeDependencies) => {
  const claims = claimsFor(admitted, dependencies)
  if (!claims.ok) return claims
  const token = await dependencies.sign('access', accessTokenType, claims.value)
  if (!token.ok) return token
  const { jti, aud, tenant, scope, gid, client_id: credential, iat, exp } = claims.value
  // Not stored: the line and the token itself are all there is of it (DESIGN.md §5).
  dependencies.log('INFO', 'token issued', { requestId: admitted.requestId, jti, aud, tenant, scope, gid, credential })
  return ok({ access_token: token.value, token_type: 'Bearer' as const, expires_in: exp - iat, scope, tenant })
}

/** RFC 6749 §3.3 sets no limit to a scope; a token has one. */
const maxScopeLength = 2_048

const claimsFor = (
  { input, caller, facts, now }: Admitted<Input>,
  { drawId, issuer, audience }: ExchangeDependencies,
): Result<AccessTokenClaims, IamError> => {
  const { key } = caller
  if (key === undefined || caller.kind !== 'api_key') {
    return err(iamError('permission_denied', { detail: 'Only a key is exchanged here, not a token of one.' }))
  }
  const unusable = unusableFault(facts, now)
  if (unusable !== undefined) return err(unusable)
  const scopes = scopesOf(facts, key.scopes, input.scopes)
  if (!scopes.ok) return scopes
  const scope = scopes.value.join(' ')
  if (scope.length > maxScopeLength)
    return err(
      iamError('invalid_request', { field: 'scopes', detail: 'These are too many for one token: name fewer.' }),
    )
  const end = earliest(plusSeconds(now, secondsOf(input.lifetimeSeconds)), facts.token.notAfter) ?? now
  const [node, above] = facts.chain
  const agency = node?.kind === 'agency' ? node.id : node?.kind === 'account' ? above?.id : undefined
  const [iat, exp] = [Math.floor(now / 1000), Math.floor(end / 1000)]
  if (node === undefined || exp <= iat) return err(iamError('invalid_token'))
  return ok({
    iss: issuer,
    sub: caller.principal,
    aud: input.audience ?? audience,
    client_id: caller.credential,
    scope,
    tenant: node.id,
    ...(agency === undefined ? {} : { agency }),
    plc: node.placementId,
    gid: key.id,
    jti: drawId(),
    iat,
    exp,
  })
}

/** A token for what the key does not reach, or for what stands still, would be a promise that nothing keeps. */
const unusableFault = (facts: Facts, now: Instant): IamError | undefined => {
  if (!isVisible(facts, now)) return iamError('not_found')
  return facts.chain.every(({ status }) => status === 'active') ? undefined : iamError('tenant_suspended')
}

const scopesOf = (
  facts: Facts,
  held: readonly string[],
  asked: readonly string[] | undefined,
): Result<readonly string[], IamError> => {
  const names = [...new Set((asked ?? held).map((scope) => scopeIn(facts, scope)?.name ?? scope))].sort()
  const missing = names.filter((name) => !held.includes(name))
  return missing.length === 0 ? ok(names) : err(iamError('insufficient_scope', { missing }))
}
