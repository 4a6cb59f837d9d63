// Where an assignment's power arrives: one grant entry against one chain of tenants.
import { type Instant, isOver } from '../kernel/time.ts'
import type { GrantEntry, GrantsFacts, NodeFacts, SubjectFacts } from './facts.ts'

export interface Reaching {
  readonly grants: GrantsFacts
  readonly entry: GrantEntry
}

/** Where a tenant stands in the chain; -1 when it is not in it. */
export const indexIn = (chain: readonly NodeFacts[], id: string): number => {
  for (let index = 0; index < chain.length; index++) if (chain[index]?.id === id) return index
  return -1
}

/** Whether an entry stored at the chain's tenant of that index covers the tenant asked about, which is `chain[0]`. */
export const coversFrom = (entry: GrantEntry, index: number, chain: readonly NodeFacts[]): boolean => {
  const target = chain[0]
  if (target === undefined) return false
  if (entry.placement !== undefined && entry.placement !== chain[index]?.placementId) return false
  if (index === 0) return entry.reach !== 'listed'
  if (entry.reach === 'subtree') return true
  return entry.reach === 'listed' && entry.accounts.get(target.id) === target.placementId
}

/** Whether an entry stands by who has it: what is borrowed from above ends with the membership there. */
export const stands = (
  entry: GrantEntry,
  index: number,
  subject: SubjectFacts,
  chain: readonly NodeFacts[],
): boolean => {
  if (entry.borrowed !== true) return true
  const above = chain[index + 1]?.id
  for (const one of subject.grants) {
    if (one.at === above && one.principal === subject.principal) return one.status === 'active'
  }
  return false
}

/** The highest tenant of the chain at which the subject itself is suspended: nothing stored there or below counts. -1: nowhere. */
export const suspendedUpTo = ({ principal, grants }: SubjectFacts, chain: readonly NodeFacts[]): number => {
  let highest = -1
  for (const one of grants) {
    if (one.status !== 'suspended' || one.principal !== principal) continue
    highest = Math.max(highest, indexIn(chain, one.at))
  }
  return highest
}

/** The index from which these grants count, or -1 when they do not: not active, elsewhere, or below a suspension. */
export const countsFrom = (grants: GrantsFacts, suspended: number, chain: readonly NodeFacts[]): number => {
  if (grants.status !== 'active') return -1
  const index = indexIn(chain, grants.at)
  return index > suspended ? index : -1
}

/** Whether some unexpired entry of the subject covers the tenant. */
export const isReached = (subject: SubjectFacts, chain: readonly NodeFacts[], now: Instant): boolean => {
  const suspended = suspendedUpTo(subject, chain)
  for (const grants of subject.grants) {
    const index = countsFrom(grants, suspended, chain)
    if (index < 0) continue
    for (const entry of grants.entries) {
      if (!isOver(entry.until, now) && coversFrom(entry, index, chain) && stands(entry, index, subject, chain))
        return true
    }
  }
  return false
}

/** Every unexpired entry of a subject that covers the tenant; grants that do not count are left out. */
export const reachingEntries = (
  subject: SubjectFacts,
  chain: readonly NodeFacts[],
  now: Instant,
): readonly Reaching[] => {
  const suspended = suspendedUpTo(subject, chain)
  return subject.grants.flatMap((grants) => {
    const index = countsFrom(grants, suspended, chain)
    if (index < 0) return []
    return grants.entries
      .filter((entry) => !isOver(entry.until, now) && coversFrom(entry, index, chain))
      .filter((entry) => stands(entry, index, subject, chain))
      .map((entry) => ({ grants, entry }))
  })
}
