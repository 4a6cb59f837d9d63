// What became of every assignment of a subject in one question: the one that holds, and why each other one does not.
import { has } from '../../catalogue/permission-set.ts'
import type { AssignmentId, TenantId } from '../../kernel/ids.ts'
import type { PrincipalRef } from '../../kernel/principal.ts'
import { type Instant, isOver } from '../../kernel/time.ts'
import type { GrantEntry, GrantsFacts, Reach, SubjectFacts } from '../facts.ts'
import { type Asked, conditionInput } from '../parties.ts'
import { countsFrom, coversFrom, indexIn, stands, suspendedUpTo } from '../reach.ts'
import { roleAt } from '../roles.ts'

export type Outcome =
  | 'holds'
  | 'not_active_here'
  | 'suspended'
  | 'expired'
  | 'does_not_reach'
  | 'tenant_moved'
  | 'not_active_above'
  | 'role_lacks_permission'
  | 'needs_power_from_above'
  | 'condition_false'
  | 'condition_error'

export interface Considered {
  readonly assignment: AssignmentId
  /** The subject itself, or the team through which it has this. */
  readonly through: PrincipalRef
  readonly at: TenantId
  readonly role: string
  readonly reach: Reach
  readonly outcome: Outcome
  readonly condition: string | undefined
  readonly until: Instant | undefined
}

/** In the order in which grants are stored; all of them, whatever the first one says. */
export const consideredEntries = (asked: Asked, subject: SubjectFacts): readonly Considered[] => {
  const suspended = suspendedUpTo(subject, asked.facts.chain)
  return subject.grants.flatMap((grants) => {
    const index = indexIn(asked.facts.chain, grants.at)
    if (index < 0) return [] // of another branch of the tree: none of the asker's business
    const status = statusOf(grants, suspended, asked)
    return grants.entries.map((entry) => ({
      assignment: entry.assignmentId,
      through: grants.principal,
      at: grants.at,
      role: entry.role,
      reach: entry.reach,
      outcome: status ?? outcomeOf(asked, subject, entry, index),
      condition: entry.condition?.source,
      until: entry.until,
    }))
  })
}

const statusOf = (grants: GrantsFacts, suspended: number, { facts }: Asked): Outcome | undefined => {
  if (countsFrom(grants, suspended, facts.chain) >= 0) return undefined
  return suspended >= 0 && indexIn(facts.chain, grants.at) <= suspended ? 'suspended' : 'not_active_here'
}

const outcomeOf = (asked: Asked, subject: SubjectFacts, entry: GrantEntry, index: number): Outcome => {
  const { facts, permission, now } = asked
  if (isOver(entry.until, now)) return 'expired'
  if (!coversFrom(entry, index, facts.chain)) return movedAway(entry, index, asked) ? 'tenant_moved' : 'does_not_reach'
  if (!stands(entry, index, subject, facts.chain)) return 'not_active_above'
  if (!has(roleAt(facts, entry.role, index), permission.number)) return 'role_lacks_permission'
  if (index === 0 && facts.chain[0]?.status !== 'active') return 'needs_power_from_above'
  const met = entry.condition === undefined || entry.condition.holds(conditionInput(asked, subject, index))
  if (met === true) return 'holds'
  return met === 'error' ? 'condition_error' : 'condition_false'
}

/** It named this very tenant, at a placement that it has left. */
const movedAway = (entry: GrantEntry, index: number, { facts: { chain } }: Asked): boolean => {
  const target = chain[0]
  if (entry.placement !== undefined && entry.placement !== chain[index]?.placementId) return true
  return target !== undefined && entry.reach === 'listed' && entry.accounts.has(target.id)
}
