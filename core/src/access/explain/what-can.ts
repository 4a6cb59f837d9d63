// All that a subject may do at a tenant: each permission known there, decided like any single question.
import { has } from '../../catalogue/permission-set.ts'
import type { PermissionEntry } from '../../catalogue/schema.ts'
import type { Instant } from '../../kernel/time.ts'
import { decide } from '../decide.ts'
import type { Facts, Question } from '../facts.ts'
import { reachingEntries } from '../reach.ts'
import { rolePermissions } from '../roles.ts'
import { withAskedOnce } from './memo.ts'

export interface Able {
  readonly permission: string
  /** `conditional`: some assignment holds it, and only its condition says no to this question. */
  readonly outcome: 'allowed' | 'conditional'
  /** What those assignments ask for. */
  readonly conditions: readonly string[]
}

/** Ordered by name. `question` gives the attributes that every permission is asked with; `shown` the tenants whose conditions may be told. */
export const whatCan = (
  question: Omit<Question, 'permission'>,
  facts: Facts,
  now: Instant,
  shown?: ReadonlySet<string>,
): readonly Able[] => {
  const asked = withAskedOnce(facts)
  const met = conditionsMet(facts)
  return knownHere(facts).flatMap((entry): readonly Able[] => {
    const { allowed, code } = decide({ ...question, permission: entry.name }, asked, now)
    if (allowed) return [{ permission: entry.name, outcome: 'allowed', conditions: [] }]
    if (code !== 'condition_false' && code !== 'condition_error') return []
    // A guardrail or a scope that says no makes it no possibility, whatever the conditions come to.
    if (!decide({ ...question, permission: entry.name }, met, now).allowed) return []
    return [{ permission: entry.name, outcome: 'conditional', conditions: conditionsOn(entry, facts, now, shown) }]
  })
}

const knownHere = ({ head, chain }: Facts): readonly PermissionEntry[] =>
  [...head.permissionByName.values(), ...chain.flatMap((node) => [...node.ownPermissions.values()])].sort(
    (left, right) => (left.name < right.name ? -1 : 1),
  )

const conditionsOn = (
  entry: PermissionEntry,
  facts: Facts,
  now: Instant,
  shown: ReadonlySet<string> | undefined,
): readonly string[] => {
  const reaching = reachingEntries(facts.subject, facts.chain, now)
  const sources = reaching
    .filter(({ grants }) => shown?.has(grants.at) ?? true)
    .flatMap((one) =>
      has(rolePermissions(facts, one.entry.role, one.grants.at), entry.number)
        ? (one.entry.condition?.source ?? [])
        : [],
    )
  return [...new Set(sources)].sort()
}

/** As if every condition were met. */
export const conditionsMet = (facts: Facts): Facts => {
  const grants = facts.subject.grants.map((one) => ({
    ...one,
    entries: one.entries.map((stored) => ({ ...stored, condition: undefined })),
  }))
  return { ...facts, subject: { ...facts.subject, grants } }
}
