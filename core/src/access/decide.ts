// The decision: may this subject, with this token, do this on this tenant, now? Pure; every door asks here (DESIGN.md §3).
import type { Instant } from '../kernel/time.ts'
import type { Decision, DecisionCode } from './decision.ts'
import type { Facts, Question } from './facts.ts'
import { deniedBy } from './guardrail.ts'
import {
  type Asked,
  impersonationVerdict,
  installationVerdict,
  subjectVerdict,
  tokenCovers,
  tokenVerdict,
} from './parties.ts'
import { reachingEntries } from './reach.ts'

/** Whether the caller may know that the tenant exists: some unexpired assignment reaches it, through a token meant for it. */
export const isVisible = (facts: Facts, now: Instant): boolean =>
  facts.chain.length > 0 &&
  facts.chain.every((node) => node.status !== 'deleted') &&
  facts.subject.active &&
  tokenCovers(facts.token, facts.chain) &&
  reachingEntries(facts.subject, facts.chain, now).length > 0

/** Answers in the order of DESIGN.md §3; the first party that refuses gives the code. */
export const decide = (question: Question, facts: Facts, now: Instant): Decision => {
  const say = (code: DecisionCode): Decision => ({ allowed: code === 'allowed', code, permission: question.permission })
  if (!isVisible(facts, now)) return say('tenant_not_visible')
  const permission = facts.head.permissionByName.get(question.permission)
  if (permission === undefined) return say('unknown_permission')
  const asked: Asked = { facts, question, permission, now }
  return say(
    statusVerdict(asked) ??
      levelVerdict(asked) ??
      subjectVerdict(asked, facts.subject) ??
      (deniedBy(facts.chain, permission.name) === undefined ? undefined : 'guardrail_denies') ??
      tokenVerdict(asked, facts.token, facts.subject) ??
      (facts.installation && installationVerdict(asked, facts.installation)) ??
      (facts.impersonation && impersonationVerdict(asked, facts.impersonation)) ??
      'allowed',
  )
}

/** Every ancestor must be active, and the tenant's own status one that the permission works on. */
const statusVerdict = ({ facts, permission }: Asked): DecisionCode | undefined => {
  const [target, ...ancestors] = facts.chain
  if (target === undefined || target.status === 'deleted') return 'tenant_not_visible'
  if (ancestors.some((node) => node.status !== 'active')) return 'tenant_suspended'
  return permission.worksOn.some((status) => status === target.status) ? undefined : 'tenant_suspended'
}

const levelVerdict = ({ facts, permission }: Asked): DecisionCode | undefined =>
  permission.levels.some((level) => level === facts.chain[0]?.kind) ? undefined : 'wrong_level'
