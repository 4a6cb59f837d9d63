// Cedar's WebAssembly build: a few preparsed policies, roles as groups of actions, and with each question only the entities it needs.
import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import type { Assignment, Question, RoleShape, World } from '../../world/model.ts'
import type { Contestant } from '../contestant.ts'
import { type Index, indexOf, reachingOf } from '../index-of.ts'

const policySetId = 'ways'

/** One policy for each way of holding roles; a policy per role, or permission, was two to three times slower. */
const policiesOf = ({ windows }: World): string => {
  const permit = (way: string, when: string): string =>
    `permit(principal, action, resource) when { principal has ${way} && action in principal.${way}${when} };`
  const timed = windows.map(({ index, from, until }) =>
    permit(`window${index}`, ` && context.time >= ${from} && context.time < ${until}`),
  )
  return [permit('always', ''), permit('owner', ' && context.ownerId == context.userId'), ...timed].join('\n')
}

const wayOf = ({ condition }: Assignment): string => {
  if (condition === undefined) return 'always'
  return condition === 'owner' ? 'owner' : `window${condition.index}`
}

const groupOf = ({ name }: RoleShape) => ({ type: 'Action', id: `in ${name}` })

/** An action stands below one group for each role that holds it. */
const actionsOf = ({ shapes }: World): ReadonlyMap<string, cedar.EntityJson> => {
  const holders = new Map<string, RoleShape[]>()
  for (const shape of shapes) {
    for (const permission of shape.permissions) holders.set(permission, [...(holders.get(permission) ?? []), shape])
  }
  const entityOf = (id: string, roles: readonly RoleShape[]): cedar.EntityJson => ({
    uid: { type: 'Action', id },
    attrs: {},
    parents: roles.map(groupOf),
  })
  return new Map([...holders].map(([id, roles]) => [id, entityOf(id, roles)]))
}

const attributesOf = (reaching: readonly Assignment[]): cedar.EntityJson['attrs'] =>
  Object.fromEntries(
    [...Map.groupBy(reaching, wayOf)].map(([way, held]) => [
      way,
      held.map(({ shape }) => ({ __entity: groupOf(shape) })),
    ]),
  )

const isAllowed = (index: Index, actions: ReadonlyMap<string, cedar.EntityJson>, question: Question): boolean => {
  const action = actions.get(question.permission)
  if (action === undefined) return false
  const principal = { type: 'User', id: question.user }
  const answer = cedar.statefulIsAuthorized({
    principal,
    action: { type: 'Action', id: question.permission },
    resource: { type: 'Account', id: question.account },
    context: { time: question.time, ownerId: question.resource.ownerId, userId: question.user },
    preparsedPolicySetId: policySetId,
    entities: [action, { uid: principal, attrs: attributesOf(reachingOf(index, question)), parents: [] }],
  })
  if (answer.type === 'failure') throw new Error(answer.errors[0]?.message ?? 'Cedar failed')
  return answer.response.decision === 'allow'
}

export const cedarWasm: Contestant = {
  name: 'Cedar wasm, minimal entities',
  note: 'preparsed policies, roles as groups of actions; the roles that reach the account are found outside and passed with their conditions',
  asked: { S: 3_000, M: 3_000, L: 3_000 },
  build: (world) => {
    const index = indexOf(world.agencies)
    const actions = actionsOf(world)
    const parsed = cedar.preparsePolicySet(policySetId, { staticPolicies: policiesOf(world) })
    if (parsed.type === 'failure') throw new Error(parsed.errors[0]?.message ?? 'Cedar refused the policies')
    return { check: (question) => isAllowed(index, actions, question) }
  },
}
