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
  subjectVerdict,
  tokenCovers,
  tokenVerdict,
} from './parties.ts'
import { isReached } from './reach.ts'

/** Whether the caller may know that the tenant exists: some unexpired assignment reaches it, through a token meant for it. */
export const isVisible = (facts: Facts, now: Instant): boolean =>
  facts.chain.length > 0 &&
  facts.chain.every((node) => node.status !== 'deleted') &&
  facts.subject.active &&
  !isOver(facts.token.notAfter, now) &&
  tokenCovers(facts.token, facts.chain) &&
  isReached(facts.subject, facts.chain, now)

/** The first of `checks` that refuses gives the code; before them, what cannot be seen and what nobody knows. */
export const decide = (question: Question, facts: Facts, now: Instant): Decision => {
  const { permission: name } = question
  if (!isVisible(facts, now)) return { allowed: false, code: 'tenant_not_visible', permission: name }
  const permission = permissionIn(facts, name)
  if (permission === undefined) return { allowed: false, code: 'unknown_permission', permission: name }
  const asked: Asked = { facts, question, permission, now }
  for (const [, refuses] of checks) {
    const code = refuses(asked)
    if (code !== undefined) return { allowed: false, code, permission: name }
  }
  return { allowed: true, code: 'allowed', permission: name }
}

type Check = (asked: Asked) => DecisionCode | undefined

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
  ['assignment', (asked) => subjectVerdict(asked, asked.facts.subject)],
  ['guardrail', guardrailVerdict],
  ['token', (asked) => tokenVerdict(asked, asked.facts.token, asked.facts.subject)],
  ['installation', (asked) => asked.facts.installation && installationVerdict(asked, asked.facts.installation)],
  ['impersonation', (asked) => asked.facts.impersonation && impersonationVerdict(asked, asked.facts.impersonation)],
]
