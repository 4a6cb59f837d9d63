// accesscontrol: grants per role, resource and action; reach and conditions are coded around it.
import { AccessControl } from 'accesscontrol'
import { splitName } from '../../world/catalogue.ts'
import type { RoleShape } from '../../world/model.ts'
import type { Contestant } from '../contestant.ts'
import { indexOf, someReaching } from '../index-of.ts'

/** Its names may hold neither dots nor slashes. */
const plain = (name: string): string => name.replaceAll(/[./]/g, '-')

const grantAll = (shapes: readonly RoleShape[]): AccessControl => {
  const access = new AccessControl()
  for (const { name, permissions } of shapes) {
    for (const permission of permissions) {
      const [resource, action] = splitName(permission)
      access.grant(plain(name)).action(`${action}:any`, plain(resource), ['*'])
    }
  }
  return access.lock()
}

export const accesscontrol: Contestant = {
  name: 'accesscontrol',
  note: '`can(role).do(action, resource)` per reaching assignment; reach and conditions coded around it',
  build: ({ agencies, shapes }) => {
    const index = indexOf(agencies)
    const access = grantAll(shapes)
    const plainName = new Map(shapes.map(({ name }) => [name, plain(name)]))
    const resources = new Map(
      shapes.flatMap(({ permissions }) => [...permissions].map((one) => [splitName(one)[0], plain(splitName(one)[0])])),
    )
    return {
      check: (question) =>
        someReaching(index, question, ({ shape }) => {
          const resource = resources.get(question.resourceName) ?? ''
          return access.can(plainName.get(shape.name) ?? '').do(question.actionName, resource).granted
        }),
    }
  },
}
