// The access token that a request for scopes would be answered with, and what it could do: the claims of DESIGN.md §8.
import type { TenantId } from '../../kernel/ids.ts'
import { type Instant, plusSeconds, type Seconds } from '../../kernel/time.ts'
import { decide } from '../decide.ts'
import type { DecisionCode } from '../decision.ts'
import type { Facts } from '../facts.ts'
import { namesIn } from '../meaning/permissions.ts'
import { levelsFrom, scopeIn, scopeSet } from '../meaning/scopes.ts'
import { withAskedOnce } from './memo.ts'
import { conditionsMet } from './what-can.ts'

export interface TokenRequest {
  readonly issuer: string
  readonly audience: string
  readonly scopes: readonly string[]
  readonly lifetime: Seconds
  readonly now: Instant
}

export interface TokenClaims {
  readonly iss: string
  readonly sub: string
  readonly aud: string
  readonly scope: string
  readonly tenant: TenantId
  readonly agency?: TenantId
  /** The tenant's placement: after a move the token is nobody's. */
  readonly plc: string
  readonly iat: number
  readonly exp: number
}

export interface DroppedScope {
  readonly scope: string
  readonly reason: 'unknown' | 'not_at_this_level' | 'nothing_held'
}

interface Abilities {
  readonly permissions: readonly string[]
  /** Allowed where a condition is met. */
  readonly conditional: readonly string[]
  readonly refused: readonly { readonly permission: string; readonly code: string }[]
}

export interface PlannedToken extends Abilities {
  readonly claims: TokenClaims
  readonly dropped: readonly DroppedScope[]
}

/** A scope stays when at least one of its permissions could be used; what the subject lacks, the token lacks. */
export const planToken = (facts: Facts, request: TokenRequest): PlannedToken => {
  const asked = [...new Set(request.scopes)]
  const codes = codesOf(facts, asked, request.now)
  const dropped = asked.flatMap((scope) => dropReason(facts, scope, codes))
  const gone = new Set(dropped.map(({ scope }) => scope))
  const kept = asked.filter((scope) => !gone.has(scope)).map((scope) => scopeIn(facts, scope)?.name ?? scope)
  const scopes = [...new Set(kept)].sort()
  const named = namesIn(facts, scopeSet(facts, scopes))
  return { claims: claimsOf(facts, request, scopes), ...abilities(named, codes), dropped }
}

/** What a token of these scopes could do; `facts` are already those of whoever comes with it. */
export const abilitiesThrough = (facts: Facts, scopes: readonly string[], now: Instant): Abilities => {
  const names = namesIn(facts, scopeSet(facts, scopes))
  return abilities(names, codesThrough(facts, names, now))
}

type Codes = ReadonlyMap<string, DecisionCode>

/** What a token of all these scopes, for this tenant, would be answered with, permission by permission. */
const codesOf = (facts: Facts, scopes: readonly string[], now: Instant): Codes => {
  const set = scopeSet(facts, scopes)
  const token = {
    permissions: set,
    tenant: facts.chain[0]?.id,
    accounts: undefined,
    signedInAt: undefined,
    notAfter: undefined,
  }
  return codesThrough({ ...facts, token }, namesIn(facts, set), now)
}

const codesThrough = (facts: Facts, names: readonly string[], now: Instant): Codes => {
  const through = withAskedOnce(facts)
  const met = conditionsMet(through)
  const question = { resource: {}, action: {}, request: { time: new Date(now) } }
  const codeOf = (permission: string): DecisionCode => {
    const { code } = decide({ ...question, permission }, through, now)
    if (code !== 'condition_false' && code !== 'condition_error') return code
    // What would still be refused with every condition met is refused for that.
    const otherwise = decide({ ...question, permission }, met, now)
    return otherwise.allowed ? code : otherwise.code
  }
  return new Map(names.map((name) => [name, codeOf(name)]))
}

const usable: ReadonlySet<DecisionCode | undefined> = new Set<DecisionCode>([
  'allowed',
  'condition_false',
  'condition_error',
])

const dropReason = (facts: Facts, scope: string, codes: Codes): readonly DroppedScope[] => {
  const meant = scopeIn(facts, scope)
  if (meant === undefined) return [{ scope, reason: 'unknown' }]
  if (!meant.levels.some((level) => levelsFrom(facts.chain).includes(level)))
    return [{ scope, reason: 'not_at_this_level' }]
  const used = namesIn(facts, meant.permissions).some((name) => usable.has(codes.get(name)))
  return used ? [] : [{ scope, reason: 'nothing_held' }]
}

const abilities = (names: readonly string[], codes: Codes): Abilities => {
  const found = names.map((permission) => ({ permission, code: codes.get(permission) ?? 'no_assignment' }))
  const of = (...wanted: readonly string[]) =>
    found.filter(({ code }) => wanted.includes(code)).map(({ permission }) => permission)
  return {
    permissions: of('allowed'),
    conditional: of('condition_false', 'condition_error'),
    refused: found.filter(({ code }) => !usable.has(code)),
  }
}

const claimsOf = (facts: Facts, request: TokenRequest, scopes: readonly string[]): TokenClaims => {
  const [node, above] = facts.chain
  const agency = node?.kind === 'agency' ? node.id : node?.kind === 'account' ? above?.id : undefined
  return {
    iss: request.issuer,
    sub: facts.subject.principal,
    aud: request.audience,
    scope: scopes.join(' '),
    tenant: node?.id ?? ('' as TenantId), // facts always have a chain
    ...(agency === undefined ? {} : { agency }),
    plc: node?.placementId ?? '',
    iat: Math.floor(request.now / 1000),
    exp: Math.floor(plusSeconds(request.now, request.lifetime) / 1000),
  }
}
