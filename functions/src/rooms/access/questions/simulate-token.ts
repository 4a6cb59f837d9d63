// `access/simulateToken`: the token that would be minted, and what it could do, without minting it.
import { simulateTokenInput, simulateTokenOutput } from '@latchkey/core/access/contract/questions'
import { isVisible } from '@latchkey/core/access/decide'
import { planToken } from '@latchkey/core/access/explain/plan-token'
import { ok } from '@latchkey/core/kernel/result'
import { secondsOf } from '@latchkey/core/kernel/time'
import { operation } from '../../../guard/definition.ts'
import { type AskingDependencies, factsAsked, unseen } from './asked.ts'

export interface SimulatingDependencies extends AskingDependencies {
  /** The `iss` of tokens, and their `aud` when none is asked for. */
  readonly issuer: string
}

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
      const { input, now } = admitted
      const facts = await factsAsked(admitted, 'iam.access.explain', dependencies)
      if (!facts.ok) return facts
      if (facts.value === admitted.facts && !isVisible(facts.value, now)) return unseen()
      const { scopes, lifetimeSeconds, audience = dependencies.issuer } = input
      const { claims, permissions, conditional, refused, dropped } = planToken(facts.value, {
        issuer: dependencies.issuer,
        audience,
        scopes,
        lifetime: secondsOf(lifetimeSeconds),
        now,
      })
      return ok({
        claims,
        permissions: [...permissions],
        conditional: [...conditional],
        refused: [...refused],
        dropped: [...dropped],
      })
    },
  })
