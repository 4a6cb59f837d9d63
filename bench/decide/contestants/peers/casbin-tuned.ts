// casbin, tuned: an enforcer per role with one line per resource, asked synchronously; reach and conditions are coded around it.
import { type Enforcer, newEnforcer, newModelFromString, StringAdapter } from 'casbin'
import { splitName } from '../../world/catalogue.ts'
import type { RoleShape } from '../../world/model.ts'
import type { Contestant } from '../contestant.ts'
import { indexOf, someReaching } from '../index-of.ts'

const model = `
[request_definition]
r = obj, act
[policy_definition]
p = obj, acts
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.obj == p.obj && includes(p.acts, r.act)
`

const enforcerOf = async ({ permissions }: RoleShape): Promise<Enforcer> => {
  const byResource = Map.groupBy(permissions, (permission) => splitName(permission)[0])
  const lines = [...byResource].map(
    ([resource, names]) => `p, ${resource}, |${names.map((name) => splitName(name)[1]).join('|')}|`,
  )
  const enforcer = await newEnforcer(newModelFromString(model), new StringAdapter(lines.join('\n')))
  await enforcer.addFunction('includes', (acts: string, act: string) => acts.includes(`|${act}|`))
  return enforcer
}

export const casbinTuned: Contestant = {
  name: 'casbin, tuned',
  note: 'an enforcer per role, a line per resource, `enforceSync`; reach and conditions coded around it',
  asked: { S: 10_000, M: 10_000, L: 10_000 },
  build: async ({ agencies, shapes }) => {
    const index = indexOf(agencies)
    const enforcers = new Map<string, Enforcer>()
    for (const shape of shapes) enforcers.set(shape.name, await enforcerOf(shape))
    return {
      check: (question) =>
        someReaching(
          index,
          question,
          ({ shape }) => enforcers.get(shape.name)?.enforceSync(question.resourceName, question.actionName) === true,
        ),
    }
  },
}
