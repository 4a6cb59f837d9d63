// `access/simulateToken`: the token that would be minted, and what it could do, without minting it.
import { simulateTokenInput, simulateTokenOutput } from '@latchkey/core/access/contract/questions'
import { isVisible } from '@latchkey/core/access/decide'
import { abilitiesThrough, planToken } from '@latchkey/core/access/explain/plan-token'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { secondsOf } from '@latchkey/core/kernel/time'
import { narrowedKey } from '@latchkey/core/tokens/narrowed-key'
import { planExchange } from '@latchkey/core/tokens/plan-exchange'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import type { Caller } from '../../../guard/caller.ts'
import { operation } from '../../../guard/definition.ts'
import { factsAsked, unseen } from './asked.ts'
import { type KeyAskingDependencies, keyAsked } from './asked-key.ts'

export interface SimulatingDependencies extends KeyAskingDependencies {
  /** The `iss` of tokens. */
  readonly issuer: string
  /** Their `aud` when none is asked for: our own API's. */
  readonly audience: string
}

type Input = z.output<typeof simulateTokenInput>
type Simulated = Result<z.output<typeof simulateTokenOutput>, IamError>

export const simulateToken = (dependencies: SimulatingDependencies) =>
  operation({
    group: 'access',
    name: 'simulateToken',
    summary: 'Shows the token that scopes would be answered with, what it could do, and what it could not and why.',
    input: simulateTokenInput,
    output: simulateTokenOutput,
    access: { signedIn: 'About oneself it tells nothing new; about others it asks iam.access.explain at the tenant.' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async (admitted) => {
      const { input, caller } = admitted
      const key = input.key === undefined ? ok(caller) : await keyAsked(admitted, input.key, dependencies)
      if (!key.ok) return key
      const isOfKey = key.value.key !== undefined && input.principal === undefined
      return isOfKey ? exchanged(admitted, key.value, dependencies) : planned(admitted, dependencies)
    },
  })

const requestOf = ({ audience, lifetimeSeconds }: Input, dependencies: SimulatingDependencies) => ({
  issuer: dependencies.issuer,
  audience: audience ?? dependencies.audience,
  lifetime: secondsOf(lifetimeSeconds),
})

/** Of a key: what its exchange would give, by the very plan of the exchange. */
const exchanged = async (
  { input, facts: asker, caller: present, tenant, read, now }: Admitted<Input>,
  caller: Caller,
  dependencies: SimulatingDependencies,
): Promise<Simulated> => {
  const { loadFacts } = dependencies
  const facts = caller === present ? ok(asker) : await loadFacts(read, caller, tenant)
  if (!facts.ok) return facts
  const asked = { ...requestOf(input, dependencies), scopes: input.scopes }
  const claims = planExchange(caller, facts.value, asked, now)
  if (!claims.ok) return claims
  const { principal, credential, key: whole } = caller
  const key = whole && narrowedKey({ ...claims.value, jti: '' }, { principal, credential, key: whole })
  if (whole === undefined || key === undefined) return err(iamError('invalid_token'))
  const through = await loadFacts(read, { ...caller, key }, tenant)
  if (!through.ok) return through
  const scopes = claims.value.scope === '' ? [] : claims.value.scope.split(' ')
  const left = input.scopes === undefined ? whole.scopes.filter((scope) => !scopes.includes(scope)) : []
  return ok({
    claims: claims.value,
    ...plain(abilitiesThrough(through.value, scopes, now)),
    dropped: left.map((scope) => ({ scope, reason: 'guardrail' as const })),
  })
}

const planned = async (admitted: Admitted<Input>, dependencies: SimulatingDependencies): Promise<Simulated> => {
  const { input, now } = admitted
  const facts = await factsAsked(admitted, 'iam.access.explain', dependencies)
  if (!facts.ok) return facts
  if (facts.value === admitted.facts && !isVisible(facts.value, now)) return unseen()
  const { scopes } = input
  if (scopes === undefined)
    return err(iamError('invalid_request', { field: 'scopes', detail: 'Without a key there are none to take.' }))
  const { claims, dropped, ...able } = planToken(facts.value, { ...requestOf(input, dependencies), scopes, now })
  return ok({ claims, ...plain(able), dropped: [...dropped] })
}

const plain = ({ permissions, conditional, refused }: ReturnType<typeof abilitiesThrough>) => ({
  permissions: [...permissions],
  conditional: [...conditional],
  refused: [...refused],
})
