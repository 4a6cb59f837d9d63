// The decision: may this subject, with this token, do this on this tenant, now? Pure; every door asks here (DESIGN.md §3).
import { type Instant, isOver } from '../kernel/time.ts'
import type { Decision, DecisionCode } from './decision.ts'
import type { Facts, Question } from './facts.ts'
import { deniedBy } from './guardrail.ts'
import { permissionIn } from './meaning/permissions.ts'
import {
  type Asked,
  impersonationVerdict,
  installationVerdict,
  tokenCovers,
  tokenVerdict,
  type Weighed,
  weighSubject,
} from './parties.ts'
import { isReached } from './reach.ts'

/** Whether the caller may know that the tenant exists: some unexpired assignment reaches it, through a token meant for it. */
export const isVisible = (facts: Facts, now: Instant): boolean =>
  isOpenTo(facts, now) && isReached(facts.subject, facts.chain, now)

/** All of visibility but the assignments: a tenant that is there, for a subject and a token that count. */
const isOpenTo = ({ chain, subject, token }: Facts, now: Instant): boolean => {
  for (const node of chain) if (node.status === 'deleted') return false
  return chain.length > 0 && subject.active && !isOver(token.notAfter, now) && tokenCovers(token, chain)
}

/** The first of `checks` that refuses gives the code; before them, what cannot be seen and what nobody knows. */
export const decide = (question: Question, facts: Facts, now: Instant): Decision => {
  const { permission: name } = question
  const permission = permissionIn(facts, name)
  if (!isOpenTo(facts, now)) return denial('tenant_not_visible', name)
  if (permission === undefined) {
    return denial(isReached(facts.subject, facts.chain, now) ? 'unknown_permission' : 'tenant_not_visible', name)
  }
  const asked: Asked = { facts, question, permission, now }
  // One walk over the assignments says both whether the tenant is seen and whether one of them suffices.
  const weighed = weighSubject(asked, facts.subject)
  if (!weighed.reached) return denial('tenant_not_visible', name)
  for (let index = 0; index < checks.length; index++) {
    const code = checks[index]?.[1](asked, weighed)
    if (code !== undefined) return denial(code, name)
  }
  return { allowed: true, code: 'allowed', permission: name }
}

const denial = (code: DecisionCode, permission: string): Decision => ({ allowed: false, code, permission })

type Check = (asked: Asked, weighed: Weighed) => DecisionCode | undefined

/** Every ancestor must be active, and the tenant's own status one that the permission works on. */
const statusVerdict: Check = ({ facts, permission }) => {
  const target = facts.chain[0]
  if (target === undefined || target.status === 'deleted') return 'tenant_not_visible'
  for (let index = 1; index < facts.chain.length; index++) {
    if (facts.chain[index]?.status !== 'active') return 'tenant_suspended'
  }
  return permission.worksOn.includes(target.status) ? undefined : 'tenant_suspended'
}

const levelVerdict: Check = ({ facts, permission }) => {
  const kind = facts.chain[0]?.kind
  return kind !== undefined && permission.levels.includes(kind) ? undefined : 'wrong_level'
}

const guardrailVerdict: Check = ({ facts, permission }) =>
  deniedBy(facts.chain, permission.name) === undefined ? undefined : 'guardrail_denies'

/** In the order of DESIGN.md §3. */
export const checks: readonly (readonly [name: string, refuses: Check])[] = [
  ['status', statusVerdict],
  ['level', levelVerdict],
  ['assignment', (_asked, { verdict }) => verdict],
  ['guardrail', guardrailVerdict],
  ['token', (asked) => tokenVerdict(asked, asked.facts.token, asked.facts.subject)],
  ['installation', (asked) => asked.facts.installation && installationVerdict(asked, asked.facts.installation)],
  ['impersonation', (asked) => asked.facts.impersonation && impersonationVerdict(asked, asked.facts.impersonation)],
]
