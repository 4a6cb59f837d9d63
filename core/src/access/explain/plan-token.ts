// The access token that a request for scopes would be answered with, and what it could do: the claims of DESIGN.md §8.
import type { TenantId } from '../../kernel/ids.ts'
import { idOf } from '../../kernel/principal.ts'
import { type Instant, plusSeconds, type Seconds } from '../../kernel/time.ts'
import { decide } from '../decide.ts'
import type { Facts } from '../facts.ts'
import { entriesIn } from '../meaning/permissions.ts'
import { levelsFrom, scopeIn, scopeSet } from '../meaning/scopes.ts'
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

export interface PlannedToken {
  readonly claims: TokenClaims
  readonly permissions: readonly string[]
  /** Allowed where a condition is met. */
  readonly conditional: readonly string[]
  readonly refused: readonly { readonly permission: string; readonly code: string }[]
  readonly dropped: readonly DroppedScope[]
}

/** A scope stays when at least one of its permissions could be used; what the subject lacks, the token lacks. */
export const planToken = (facts: Facts, request: TokenRequest): PlannedToken => {
  const dropped = request.scopes.flatMap((scope) => dropReason(facts, scope, request.now))
  const gone = new Set(dropped.map(({ scope }) => scope))
  const kept = request.scopes.filter((scope) => !gone.has(scope)).map((scope) => scopeIn(facts, scope)?.name ?? scope)
  const scopes = [...new Set(kept)].sort()
  return { claims: claimsOf(facts, request, scopes), ...abilities(facts, scopes, request.now), dropped }
}

const dropReason = (facts: Facts, scope: string, now: Instant): readonly DroppedScope[] => {
  const meant = scopeIn(facts, scope)
  if (meant === undefined) return [{ scope, reason: 'unknown' }]
  if (!meant.levels.some((level) => levelsFrom(facts.chain).includes(level)))
    return [{ scope, reason: 'not_at_this_level' }]
  const { permissions, conditional } = abilities(facts, [scope], now)
  return permissions.length + conditional.length > 0 ? [] : [{ scope, reason: 'nothing_held' }]
}

/** What a token of these scopes, for this tenant, would be answered with, permission by permission. */
const abilities = (facts: Facts, scopes: readonly string[], now: Instant) => {
  const set = scopeSet(facts, scopes)
  const target = facts.chain[0]?.id
  const token = { permissions: set, tenant: target, accounts: undefined, signedInAt: undefined, notAfter: undefined }
  const question = { resource: {}, action: {}, request: { time: new Date(now) } }
  const through = { ...facts, token }
  const codes = entriesIn(facts, set).map(({ name: permission }) => {
    const { code } = decide({ ...question, permission }, through, now)
    if (code !== 'condition_false' && code !== 'condition_error') return { permission, code }
    // Where another check says no besides, meeting the condition would not help: then that is the reason.
    const met = decide({ ...question, permission }, conditionsMet(through), now)
    return { permission, code: met.allowed ? code : met.code }
  })
  const of = (...wanted: readonly string[]) =>
    codes.filter(({ code }) => wanted.includes(code)).map((one) => one.permission)
  return {
    permissions: of('allowed'),
    conditional: of('condition_false', 'condition_error'),
    refused: codes.filter(({ code }) => !['allowed', 'condition_false', 'condition_error'].includes(code)),
  }
}

const claimsOf = (facts: Facts, request: TokenRequest, scopes: readonly string[]): TokenClaims => {
  const [node, above] = facts.chain
  const agency = node?.kind === 'agency' ? node.id : node?.kind === 'account' ? above?.id : undefined
  return {
    iss: request.issuer,
    sub: idOf(facts.subject.principal),
    aud: request.audience,
    scope: scopes.join(' '),
    tenant: node?.id ?? ('' as TenantId), // facts always have a chain
    ...(agency === undefined ? {} : { agency }),
    plc: node?.placementId ?? '',
    iat: Math.floor(request.now / 1000),
    exp: Math.floor(plusSeconds(request.now, request.lifetime) / 1000),
  }
}
