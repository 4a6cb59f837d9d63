// What guardrails leave of a key: for how long, whose, and with which scopes. They narrow use at once and rewrite nothing (DESIGN.md §2).
import type { TenantId } from '../kernel/ids.ts'
import { kindOf, type PrincipalRef } from '../kernel/principal.ts'
import { type Instant, isOver, plusSeconds } from '../kernel/time.ts'
import type { Guardrail, KeyKind, NodeFacts } from './facts.ts'

export const kindOfKey = (owner: PrincipalRef): KeyKind => (kindOf(owner) === 'user' ? 'personal' : 'service')

export interface CappedKey {
  readonly owner: PrincipalRef
  readonly createdAt: Instant
}

/** Until when guardrails let a key count that was made then. */
export const longestLives = (chain: readonly NodeFacts[], createdAt: Instant): readonly Instant[] =>
  chain.flatMap(({ guardrail: { maxKeyLifetime } }) =>
    maxKeyLifetime === undefined ? [] : [plusSeconds(createdAt, maxKeyLifetime)],
  )

/** The ends that guardrails set to a key; a kind that one of them does not allow has ended when it began. */
export const keyEnds = (chain: readonly NodeFacts[], { owner, createdAt }: CappedKey): readonly Instant[] => [
  ...longestLives(chain, createdAt),
  ...chain.flatMap(({ guardrail: { keyKinds } }) =>
    keyKinds === undefined || keyKinds.includes(kindOfKey(owner)) ? [] : [createdAt],
  ),
]

const allows = ({ keyScopes }: Guardrail, scope: string): boolean =>
  keyScopes === undefined || keyScopes.includes(scope)

/** A cap of one tenant's guardrail, as it is named in `roles/setGuardrail`. */
export interface KeyCap {
  readonly tenant: TenantId
  readonly field: 'maxKeyLifetimeDays' | 'keyKinds' | 'keyScopes'
}

/** The caps that have ended a key by now. */
export const endingCaps = (chain: readonly NodeFacts[], key: CappedKey, now: Instant): readonly KeyCap[] =>
  chain.flatMap(({ id, guardrail: { maxKeyLifetime, keyKinds } }): readonly KeyCap[] => {
    const tooOld = maxKeyLifetime !== undefined && isOver(plusSeconds(key.createdAt, maxKeyLifetime), now)
    const otherKind = keyKinds !== undefined && !keyKinds.includes(kindOfKey(key.owner))
    return [
      ...(tooOld ? [{ tenant: id, field: 'maxKeyLifetimeDays' } as const] : []),
      ...(otherKind ? [{ tenant: id, field: 'keyKinds' } as const] : []),
    ]
  })

/** The caps that take any of these scopes away. */
export const scopeCaps = (chain: readonly NodeFacts[], scopes: readonly string[]): readonly KeyCap[] =>
  chain
    .filter(({ guardrail }) => scopes.some((scope) => !allows(guardrail, scope)))
    .map(({ id }) => ({ tenant: id, field: 'keyScopes' }))

/** Those scopes that every guardrail of the chain lets keys have. */
export const scopesLeft = (chain: readonly NodeFacts[], scopes: readonly string[]): readonly string[] =>
  scopes.filter((scope) => chain.every(({ guardrail }) => allows(guardrail, scope)))
