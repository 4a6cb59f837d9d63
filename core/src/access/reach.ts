// Where an assignment's power arrives: one grant entry against one chain of tenants.
import { type Instant, isOver } from '../kernel/time.ts'
import type { GrantEntry, GrantsFacts, NodeFacts, SubjectFacts } from './facts.ts'

export interface Reaching {
  readonly grants: GrantsFacts
  readonly entry: GrantEntry
}

/** Whether an entry stored at `at` covers the tenant asked about, which is `chain[0]`. */
export const covers = (entry: GrantEntry, at: string, chain: readonly NodeFacts[]): boolean => {
  const [target] = chain
  if (target === undefined) return false
  if (at === target.id) return entry.reach !== 'listed'
  if (entry.reach === 'node' || !chain.some((node) => node.id === at)) return false
  return entry.reach === 'subtree' || entry.accounts.get(target.id) === target.placementId
}

/** Every unexpired entry of a subject that covers the tenant; grants that are not active are left out. */
export const reachingEntries = (
  subject: SubjectFacts,
  chain: readonly NodeFacts[],
  now: Instant,
): readonly Reaching[] =>
  subject.grants.flatMap((grants) =>
    grants.status !== 'active'
      ? []
      : grants.entries
          .filter((entry) => !isOver(entry.until, now) && covers(entry, grants.at, chain))
          .map((entry) => ({ grants, entry })),
  )
