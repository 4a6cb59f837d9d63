// The right answer, found slowly and obviously from the raw world: what every contestant is held against.
import type { Account, Assignment, Question, User } from './model.ts'

export const reaches = (assignment: Assignment, account: Account): boolean => {
  if (assignment.reach === 'node') return assignment.at === account.id
  if (assignment.reach === 'subtree') return assignment.at === account.agency.id
  return assignment.accounts.includes(account)
}

type Circumstances = Pick<Question, 'permission' | 'resource' | 'time'>

export const holds = (assignment: Assignment, user: string, { resource, time }: Circumstances): boolean => {
  const { condition } = assignment
  if (condition === undefined) return true
  return condition === 'owner' ? resource.ownerId === user : time >= condition.from && time < condition.until
}

export const rightAnswer = (user: User, account: Account, asked: Circumstances): boolean =>
  user.assignments.some(
    (one) => reaches(one, account) && one.shape.permissions.has(asked.permission) && holds(one, user.id, asked),
  )
