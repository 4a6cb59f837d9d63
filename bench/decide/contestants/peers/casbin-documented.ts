// casbin as its documentation shows RBAC with domains: every role's lines and every user's roles in one enforcer, awaited.
import { type Enforcer, newEnforcer, newModelFromString, StringAdapter } from 'casbin'
import { splitName } from '../../world/catalogue.ts'
import type { Assignment, ConditionSpec, Question, World } from '../../world/model.ts'
import type { Contestant } from '../contestant.ts'

const model = `
[request_definition]
r = sub, dom, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub, r.dom) && r.obj == p.obj && r.act == p.act
`

/** Conditions are coded around it: what holds only sometimes is given to another subject, asked when it holds. */
const subjectOf = (user: string, condition: ConditionSpec | undefined): string =>
  condition === undefined ? user : `${user}?${condition === 'owner' ? 'owner' : condition.index}`

const domainsOf = ({ at, reach, accounts }: Assignment): readonly string[] =>
  reach === 'listed' ? accounts.map(({ id }) => id) : [at]

const linesOf = ({ agencies, shapes }: World): readonly string[] => [
  ...shapes.flatMap(({ name, permissions }) =>
    [...permissions].map((permission) => `p, ${name}, ${splitName(permission).join(', ')}`),
  ),
  ...agencies.flatMap(({ users }) =>
    users.flatMap(({ id, assignments }) =>
      assignments.flatMap((one) =>
        domainsOf(one).map((domain) => `g, ${subjectOf(id, one.condition)}, ${one.shape.name}, ${domain}`),
      ),
    ),
  ),
]

const subjectsFor = ({ windows }: World, { user, resource, time }: Question): readonly string[] => [
  user,
  ...(resource.ownerId === user ? [subjectOf(user, 'owner')] : []),
  ...windows.filter(({ from, until }) => time >= from && time < until).map((window) => subjectOf(user, window)),
]

const anyAllows = async (
  enforcer: Enforcer,
  subjects: readonly string[],
  domains: readonly string[],
  { resourceName, actionName }: Question,
): Promise<boolean> => {
  for (const domain of domains) {
    for (const subject of subjects) {
      if ((await enforcer.getRolesForUser(subject, domain)).length === 0) continue
      if (await enforcer.enforce(subject, domain, resourceName, actionName)) return true
    }
  }
  return false
}

export const casbinDocumented: Contestant = {
  name: 'casbin, as documented',
  note: 'RBAC with domains in one enforcer, `await enforce` per account and agency; only at S, on 100 questions',
  asked: { S: 100, M: 0, L: 0 },
  asynchronous: true,
  build: async (world) => {
    const adapter = new StringAdapter(linesOf(world).join('\n'))
    const enforcer = await newEnforcer(newModelFromString(model), adapter)
    const agencyOf = new Map(world.agencies.flatMap(({ id, accounts }) => accounts.map((one) => [one.id, id])))
    return {
      check: (question) => {
        const domains = [question.account, agencyOf.get(question.account) ?? '']
        return anyAllows(enforcer, subjectsFor(world, question), domains, question)
      },
    }
  },
}
