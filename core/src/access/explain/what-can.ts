// All that a subject may do at a tenant: each permission known there, decided like any single question.
import { has } from '../../catalogue/permission-set.ts'
import type { PermissionEntry } from '../../catalogue/schema.ts'
import type { Instant } from '../../kernel/time.ts'
import { decide } from '../decide.ts'
import type { Facts, Question } from '../facts.ts'
import { reachingEntries } from '../reach.ts'
import { rolePermissions } from '../roles.ts'

export interface Able {
  readonly permission: string
  /** `conditional`: some assignment holds it, and only its condition says no to this question. */
  readonly outcome: 'allowed' | 'conditional'
  /** What those assignments ask for. */
  readonly conditions: readonly string[]
}

/** Ordered by name. `question` gives the attributes that every permission is asked with. */
export const whatCan = (question: Omit<Question, 'permission'>, facts: Facts, now: Instant): readonly Able[] =>
  knownHere(facts).flatMap((entry): readonly Able[] => {
    const { allowed, code } = decide({ ...question, permission: entry.name }, facts, now)
    if (allowed) return [{ permission: entry.name, outcome: 'allowed', conditions: [] }]
    if (code !== 'condition_false' && code !== 'condition_error') return []
    const conditions = conditionsOn(entry, facts, now)
    return othersAgree(entry, { question, facts, now })
      ? [{ permission: entry.name, outcome: 'conditional', conditions }]
      : []
  })

const knownHere = ({ head, chain }: Facts): readonly PermissionEntry[] =>
  [...head.permissionByName.values(), ...chain.flatMap((node) => [...node.ownPermissions.values()])].sort(
    (left, right) => (left.name < right.name ? -1 : 1),
  )

const conditionsOn = (entry: PermissionEntry, facts: Facts, now: Instant): readonly string[] => {
  const sources = reachingEntries(facts.subject, facts.chain, now).flatMap((one) =>
    has(rolePermissions(facts, one.entry.role, one.grants.at), entry.number) ? (one.entry.condition?.source ?? []) : [],
  )
  return [...new Set(sources)].sort()
}

interface Asking {
  readonly question: Omit<Question, 'permission'>
  readonly facts: Facts
  readonly now: Instant
}

/** Whether it would be a yes if every condition were met: a guardrail or a scope that says no makes it no possibility. */
const othersAgree = (entry: PermissionEntry, { question, facts, now }: Asking): boolean =>
  decide({ ...question, permission: entry.name }, conditionsMet(facts), now).allowed

/** The facts as they would be if every condition of the subject's assignments were met. */
export const conditionsMet = (facts: Facts): Facts => {
  const grants = facts.subject.grants.map((one) => ({
    ...one,
    entries: one.entries.map((stored) => ({ ...stored, condition: undefined })),
  }))
  return { ...facts, subject: { ...facts.subject, grants } }
}
