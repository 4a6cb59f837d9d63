// better-auth's access plugin: a role is statements per resource; reach and conditions are coded around it.
import { createAccessControl } from 'better-auth/plugins/access'
import { accountPermissions, splitName } from '../../world/catalogue.ts'
import type { Contestant } from '../contestant.ts'
import { indexOf, someReaching } from '../index-of.ts'

type Statements = Record<string, readonly string[]>

const statementsOf = (permissions: Iterable<string>): Statements => {
  const statements: Record<string, string[]> = {}
  for (const permission of permissions) {
    const [resource, action] = splitName(permission)
    statements[resource] = [...(statements[resource] ?? []), action]
  }
  return statements
}

export const betterAuth: Contestant = {
  name: 'better-auth access',
  note: 'one role object per role, `authorize` per reaching assignment; reach and conditions coded around it',
  build: ({ agencies, shapes }) => {
    const index = indexOf(agencies)
    const access = createAccessControl<Statements>(statementsOf(accountPermissions.map(({ name }) => name)))
    const roles = new Map(shapes.map(({ name, permissions }) => [name, access.newRole(statementsOf(permissions))]))
    return {
      check: (question) =>
        someReaching(index, question, ({ shape }) => {
          const request = { [question.resourceName]: [question.actionName] }
          return roles.get(shape.name)?.authorize(request).success === true
        }),
    }
  },
}
