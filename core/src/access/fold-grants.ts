// The grants document: the fold of all assignments stored at one tenant for one principal, the same in whatever order they come.
import type { AssignmentId } from '../kernel/ids.ts'
import type { Instant } from '../kernel/time.ts'
import type { Reach } from './facts.ts'

/** What an assignment contributes to a decision; people's things (reason, grantor) stay in the assignment. */
export interface FoldableAssignment {
  readonly assignment: AssignmentId
  readonly role: string
  readonly reach: Reach
  readonly accounts: Readonly<Record<string, string>> | undefined
  readonly placement: string | undefined
  readonly borrowed?: true | undefined
  readonly condition: string | undefined
  readonly until: Instant | undefined
}

export type GrantEntries = Readonly<Record<string, Omit<FoldableAssignment, 'assignment'>>>

/** Ordered by assignment id, so that every permutation of a burst ends in the same document. */
export const foldGrants = (assignments: readonly FoldableAssignment[]): GrantEntries =>
  Object.fromEntries(
    [...assignments]
      .sort((left, right) => (left.assignment < right.assignment ? -1 : 1))
      .map(({ assignment, ...entry }) => [assignment, entry]),
  )

/** More would slow every decision, and could not be removed in one transaction; a role or a team serves better. */
export const maxEntriesPerPrincipal = 80

/** Listed accounts over all entries: about 60 bytes each, so that the document stays far below Firestore's 1 MiB. */
export const maxListedPerPrincipal = 5_000

/** Each is asked in every decision that its role could allow. */
export const maxConditionalPerPrincipal = 20
