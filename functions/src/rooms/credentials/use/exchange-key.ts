// `POST /v1/credentials/exchange`: a short access token for one service, never wider than the key, so that nobody passes the key itself on.
import { exchangeInput, exchangeOutput } from '@latchkey/core/credentials/contract'
import type { IamError } from '@latchkey/core/kernel/errors'
import { ok, type Result } from '@latchkey/core/kernel/result'
import { secondsOf } from '@latchkey/core/kernel/time'
import { accessTokenType } from '@latchkey/core/tokens/access-token'
import { planExchange } from '@latchkey/core/tokens/plan-exchange'
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

const exchange = async (
  { input, caller, facts, now, requestId }: Admitted<Input>,
  dependencies: ExchangeDependencies,
) => {
  const { drawId, issuer, audience, sign, log } = dependencies
  const { scopes, lifetimeSeconds } = input
  const asked = { issuer, audience: input.audience ?? audience, scopes, lifetime: secondsOf(lifetimeSeconds) }
  const claims = planExchange(caller, facts, asked, now)
  if (!claims.ok) return claims
  const jti = drawId()
  const token = await sign('access', accessTokenType, { ...claims.value, jti })
  if (!token.ok) return token
  const { aud, tenant, scope, gid, client_id: credential, iat, exp } = claims.value
  // Not stored: the line and the token itself are all there is of it (DESIGN.md §5).
  log('INFO', 'token issued', { requestId, jti, aud, tenant, scope, gid, credential })
  return ok({ access_token: token.value, token_type: 'Bearer' as const, expires_in: exp - iat, scope, tenant })
}
