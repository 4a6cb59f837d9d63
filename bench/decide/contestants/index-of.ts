// What a careful user of a library without a tree writes around it: indexes from users to assignments and accounts to agencies.
import { holds } from '../world/answer.ts'
import type { Agency, Assignment, Question } from '../world/model.ts'

/** One assignment as an application would keep it: a plain record with a set of listed accounts. */
export interface Held {
  readonly at: string
  readonly listed: ReadonlySet<string> | undefined
  readonly assignment: Assignment
}

export interface Index {
  readonly agencyOf: ReadonlyMap<string, string>
  readonly heldBy: ReadonlyMap<string, readonly Held[]>
}

export const indexOf = (agencies: readonly Agency[]): Index => {
  const agencyOf = new Map<string, string>()
  const heldBy = new Map<string, readonly Held[]>()
  for (const agency of agencies) {
    for (const { id } of agency.accounts) agencyOf.set(id, agency.id)
    for (const { id, assignments } of agency.users) heldBy.set(id, assignments.map(heldOf))
  }
  return { agencyOf, heldBy }
}

const heldOf = (assignment: Assignment): Held => ({
  at: assignment.at,
  listed: assignment.reach === 'listed' ? new Set(assignment.accounts.map(({ id }) => id)) : undefined,
  assignment,
})

const covers = ({ at, listed }: Held, account: string, agency: string): boolean =>
  at === account || (at === agency && (listed === undefined || listed.has(account)))

/** Whether some assignment that reaches the account, and whose condition holds, passes `ask`. */
export const someReaching = (index: Index, question: Question, ask: (assignment: Assignment) => boolean): boolean => {
  const agency = index.agencyOf.get(question.account)
  const held = index.heldBy.get(question.user)
  if (agency === undefined || held === undefined) return false
  for (const one of held) {
    if (!covers(one, question.account, agency)) continue
    if (holds(one.assignment, question.user, question) && ask(one.assignment)) return true
  }
  return false
}

/** The assignments that reach the account, whatever their conditions. */
export const reachingOf = (index: Index, { account, user }: Question): readonly Assignment[] => {
  const agency = index.agencyOf.get(account)
  if (agency === undefined) return []
  const held = index.heldBy.get(user) ?? []
  return held.filter((one) => covers(one, account, agency)).map(({ assignment }) => assignment)
}
