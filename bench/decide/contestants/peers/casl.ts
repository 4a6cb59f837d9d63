// CASL: abilities with Mongo-like conditions, kept per user as its guide suggests, or built for each question.
import { createMongoAbility, type MongoAbility, type RawRuleOf, subject } from '@casl/ability'
import { splitName } from '../../world/catalogue.ts'
import type { Assignment, Question, RoleShape } from '../../world/model.ts'
import type { Contestant } from '../contestant.ts'
import { type Held, type Index, indexOf, reachingOf } from '../index-of.ts'

type RawRule = RawRuleOf<MongoAbility>
type Conditions = NonNullable<RawRule['conditions']>

/** A role's actions by resource; lists that abilities share. */
type Actions = readonly (readonly [resource: string, actions: string[]])[]

const actionsOf = ({ permissions }: RoleShape): Actions => {
  const byResource = Map.groupBy(permissions, (permission) => splitName(permission)[0])
  return [...byResource].map(([resource, names]) => [resource, names.map((name) => splitName(name)[1])])
}

const rulesOf = (actions: Actions, conditions: Conditions | undefined): readonly RawRule[] =>
  actions.map(([subject, action]) => ({ subject, action, ...(conditions === undefined ? {} : { conditions }) }))

const whenOf = (assignment: Assignment, user: string): Conditions => {
  const { condition } = assignment
  if (condition === undefined) return {}
  return condition === 'owner' ? { ownerId: user } : { time: { $gte: condition.from, $lt: condition.until } }
}

const whereOf = ({ at, listed, assignment }: Held): Conditions => {
  if (listed !== undefined) return { accountId: { $in: [...listed] } }
  return assignment.reach === 'subtree' ? { agencyId: at } : { accountId: at }
}

const abilityOf = (roles: ReadonlyMap<RoleShape, Actions>, held: readonly Held[], user: string): MongoAbility =>
  createMongoAbility(
    held.flatMap((one) =>
      rulesOf(roles.get(one.assignment.shape) ?? [], { ...whereOf(one), ...whenOf(one.assignment, user) }),
    ),
  )

const canDo = (ability: MongoAbility, index: Index, question: Question): boolean => {
  const { actionName, resourceName, account, resource, time } = question
  const agencyId = index.agencyOf.get(account)
  return ability.can(
    actionName,
    subject(resourceName, { accountId: account, agencyId, ownerId: resource.ownerId, time }),
  )
}

export const caslKept: Contestant = {
  name: 'CASL, abilities kept',
  note: 'one ability per user, reach and conditions as its conditions; at M and L only for the users of the first 2,000 questions, its memory scaled to all users held',
  asked: { M: 2_000, L: 2_000 },
  build: ({ agencies, shapes }, asked) => {
    const index = indexOf(agencies)
    const roles = new Map(shapes.map((shape) => [shape, actionsOf(shape)]))
    const users = new Set(asked.map(({ user }) => user))
    const abilities = new Map([...users].map((user) => [user, abilityOf(roles, index.heldBy.get(user) ?? [], user)]))
    return {
      heldUsers: users.size,
      check: (question) => {
        const ability = abilities.get(question.user)
        return ability !== undefined && canDo(ability, index, question)
      },
    }
  },
}

export const caslBuilt: Contestant = {
  name: 'CASL, built per question',
  note: 'an ability of the roles that reach the account; rules kept per role, conditions are CASL’s',
  asked: { S: 20_000, M: 20_000, L: 20_000 },
  build: ({ agencies, shapes }) => {
    const index = indexOf(agencies)
    const plainRules = new Map(shapes.map((shape) => [shape, rulesOf(actionsOf(shape), undefined)]))
    const rules = (assignment: Assignment, user: string): readonly RawRule[] => {
      const known = plainRules.get(assignment.shape) ?? []
      if (assignment.condition === undefined) return known
      const conditions = whenOf(assignment, user)
      return known.map((rule) => ({ ...rule, conditions }))
    }
    return {
      check: (question) => {
        const reaching = reachingOf(index, question)
        const ability = createMongoAbility<MongoAbility>(reaching.flatMap((one) => rules(one, question.user)))
        return canDo(ability, index, question)
      },
    }
  },
}
