// The parties of a question, each of which must allow it: subject, token, installation, impersonator (DESIGN.md §3).

import { has } from '../catalogue/permission-set.ts'
import type { PermissionEntry } from '../catalogue/schema.ts'
import { kindOf } from '../kernel/principal.ts'
import { type Instant, isOver, minutes, plusSeconds } from '../kernel/time.ts'
import type { DecisionCode } from './decision.ts'
import type {
  AttributeMap,
  Facts,
  GrantEntry,
  ImpersonationFacts,
  InstallationFacts,
  NodeFacts,
  Question,
  SubjectFacts,
  TokenFacts,
} from './facts.ts'
import { countsFrom, coversFrom, indexIn, stands, suspendedUpTo } from './reach.ts'
import { roleAt } from './roles.ts'

type Verdict = DecisionCode | undefined

export interface Asked {
  readonly facts: Facts
  readonly question: Question
  readonly permission: PermissionEntry
  readonly now: Instant
}

/** A sign-in older than this does not do what is critical. */
export const freshLoginSeconds = minutes(10)

/** What the assignments of a subject come to: whether any reaches the tenant at all, and what stands against the one that comes closest. */
export interface Weighed {
  readonly reached: boolean
  readonly verdict: Verdict
}

/** Whether the subject holds the permission through some live assignment whose condition is true. */
export const weighSubject = (asked: Asked, subject: SubjectFacts): Weighed => {
  const { chain } = asked.facts
  // On a tenant that is not active, only power that comes from above counts.
  const lowest = chain[0]?.status === 'active' ? 0 : 1
  const suspended = suspendedUpTo(subject, chain)
  let reached = false
  let worst: DecisionCode = 'no_assignment'
  for (const grants of subject.grants) {
    const index = countsFrom(grants, suspended, chain)
    if (index < 0) continue
    for (const entry of grants.entries) {
      if (isOver(entry.until, asked.now) || !coversFrom(entry, index, chain)) continue
      if (!stands(entry, index, subject, chain)) continue
      reached = true
      if (!has(roleAt(asked.facts, entry.role, index), asked.permission.number)) continue
      const verdict = index < lowest ? 'tenant_suspended' : conditionVerdict(asked, subject, entry, index)
      if (verdict === undefined) return { reached, verdict }
      if (rank(verdict) > rank(worst)) worst = verdict
    }
  }
  return { reached, verdict: worst }
}

/** The verdict alone; somebody who is gone holds nothing. */
export const subjectVerdict = (asked: Asked, subject: SubjectFacts): Verdict =>
  subject.active ? weighSubject(asked, subject).verdict : 'principal_inactive'

/** Of several assignments that do not suffice, the one that came closest gives the code. */
const rank = (code: DecisionCode): number => {
  if (code === 'condition_error') return 3
  if (code === 'condition_false') return 2
  return code === 'tenant_suspended' ? 1 : 0
}

const conditionVerdict = (asked: Asked, subject: SubjectFacts, { condition }: GrantEntry, index: number): Verdict => {
  const outcome = condition === undefined || condition.holds(conditionInput(asked, subject, index))
  if (outcome === true) return undefined
  return outcome === 'error' ? 'condition_error' : 'condition_false'
}

/** What the condition of an entry sees that is stored at the chain's tenant of that index. */
export const conditionInput = ({ facts, question, permission }: Asked, subject: SubjectFacts, index: number) => ({
  subject: attributesFrom(subject, facts.chain, index),
  resource: question.resource,
  action: { ...question.action, permission: permission.name },
  request: question.request,
})

/**
 * What the directory says of a subject, as far as whoever gave an entry could rely on it: what is set at the tenant where it is stored
 * or above, the nearer over the farther. Were it what is set below, an account's admin could fulfil the conditions of the agency.
 */
const attributesFrom = (subject: SubjectFacts, chain: readonly NodeFacts[], index: number): AttributeMap => {
  const said: AttributeMap[] = []
  for (let above = chain.length - 1; above >= index; above--) {
    for (const one of subject.grants) {
      const counts = one.at === chain[above]?.id && one.principal === subject.principal && one.status === 'active'
      if (counts && one.attributes !== undefined) said.push(one.attributes)
    }
  }
  return said.length === 0 ? subject.attributes : Object.assign({}, ...said, subject.attributes)
}

/** Whether a token for `tenant` may be used on the tenant asked about. */
export const tokenCovers = (token: TokenFacts, chain: readonly NodeFacts[]): boolean => {
  const home = token.tenant === undefined ? 0 : indexIn(chain, token.tenant)
  if (home < 0) return false
  if (token.placement !== undefined && chain[home]?.placementId !== token.placement) return false
  const target = chain[0]
  return token.accounts === undefined || (target !== undefined && token.accounts.get(target.id) === target.placementId)
}

export const tokenVerdict = ({ permission, now }: Asked, token: TokenFacts, subject: SubjectFacts): Verdict => {
  if (token.permissions !== undefined && !has(token.permissions, permission.number)) return 'scope_missing'
  if (permission.critical !== true) return undefined
  // Critical: never for machines unless the permission says so; people need a fresh sign-in.
  const machine = token.permissions !== undefined || kindOf(subject.principal) !== 'user'
  if (machine) return permission.machine === true ? undefined : 'not_for_machines'
  const fresh = token.signedInAt !== undefined && now < plusSeconds(token.signedInAt, freshLoginSeconds)
  return fresh ? undefined : 'login_too_old'
}

/** Whether a live installation covers `target`, a tenant at or below the first of the chain. */
export const installationCovers = (
  { active, at, coverage }: InstallationFacts,
  target: string,
  chain: readonly NodeFacts[],
): boolean => {
  if (!active || indexIn(chain, at) < 0) return false
  if (coverage === 'all') return true
  if ('only' in coverage) return coverage.only.some((id) => id === target)
  return target !== at && !coverage.allBut.some((id) => id === target)
}

export const installationVerdict = ({ facts, permission }: Asked, installation: InstallationFacts): Verdict => {
  if (!installationCovers(installation, facts.chain[0]?.id ?? '', facts.chain)) return 'outside_coverage'
  return has(installation.permissions, permission.number) ? undefined : 'scope_missing'
}

/** Effective power is target ∩ actor ∩ session: the actor must hold it now, too. */
export const impersonationVerdict = (asked: Asked, session: ImpersonationFacts): Verdict => {
  if (asked.facts.chain[0]?.id !== session.tenant) return 'outside_impersonation'
  if (!has(session.permissions, asked.permission.number)) return 'outside_impersonation'
  return subjectVerdict(asked, session.actor) === undefined ? undefined : 'outside_impersonation'
}
