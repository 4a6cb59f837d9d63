// What guardrails leave of a key: for how long, whose, and with which scopes. They narrow use at once and rewrite nothing (DESIGN.md §2).
import { kindOf, type PrincipalRef } from '../kernel/principal.ts'
import { type Instant, plusSeconds } from '../kernel/time.ts'
import type { Guardrail, KeyKind, NodeFacts } from './facts.ts'

export const kindOfKey = (owner: PrincipalRef): KeyKind => (kindOf(owner) === 'user' ? 'personal' : 'service')

export interface CappedKey {
  readonly owner: PrincipalRef
  readonly createdAt: Instant
}

/** The ends that guardrails set to a key; a kind that one of them does not allow has ended when it began. */
export const keyEnds = (chain: readonly NodeFacts[], { owner, createdAt }: CappedKey): readonly Instant[] =>
  chain.flatMap(({ guardrail: { maxKeyLifetime, keyKinds } }) => [
    ...(maxKeyLifetime === undefined ? [] : [plusSeconds(createdAt, maxKeyLifetime)]),
    ...(keyKinds === undefined || keyKinds.includes(kindOfKey(owner)) ? [] : [createdAt]),
  ])

const allows = ({ keyScopes }: Guardrail, scope: string): boolean =>
  keyScopes === undefined || keyScopes.includes(scope)

/** Those scopes that every guardrail of the chain lets keys have. */
export const scopesLeft = (chain: readonly NodeFacts[], scopes: readonly string[]): readonly string[] =>
  scopes.filter((scope) => chain.every(({ guardrail }) => allows(guardrail, scope)))
