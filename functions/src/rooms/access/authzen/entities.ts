// AuthZEN's subject, action and resource in our words: a principal, a permission, attributes.
import type { evaluationInput } from '@latchkey/core/access/contract/authzen'
import { attributeValue, type properties } from '@latchkey/core/access/contract/resource'
import type { Facts } from '@latchkey/core/access/facts'
import { permissionIn } from '@latchkey/core/access/meaning/permissions'
import { ownPermissionName } from '@latchkey/core/catalogue/own-permission'
import { isServiceId, isUserId } from '@latchkey/core/kernel/ids'
import { type PrincipalRef, serviceRef, userRef } from '@latchkey/core/kernel/principal'
import type * as z from 'zod'
import type { AskedInput } from '../questions/asked.ts'

type Evaluation = z.output<typeof evaluationInput>
type Properties = z.output<typeof properties>

/** `user` and `service` are known; anybody of another type is nobody. What the request says of a subject is not heard: the directory knows. */
export const principalOf = ({ type, id }: { readonly type: string; readonly id: string }): PrincipalRef | undefined => {
  if (type === 'user' && isUserId(id)) return userRef(id)
  return type === 'service' && isServiceId(id) ? serviceRef(id) : undefined
}

/** An action of a type of the agency's own, else of the catalogue; else the action is a permission's whole name. */
export const permissionOf = (facts: Pick<Facts, 'head' | 'chain'>, type: string, action: string): string | undefined =>
  [ownPermissionName(type, action), `${type}.${action}`, action].find((name) => permissionIn(facts, name) !== undefined)

/** The actions of a type: those of the agency's own when it has the type, else the catalogue's. */
export const actionsOf = ({ head, chain }: Pick<Facts, 'head' | 'chain'>, type: string): readonly string[] => {
  const own = chain.flatMap((node) => [...node.ownPermissions.keys()])
  const after = (names: Iterable<string>, prefix: string): readonly string[] =>
    [...names]
      .filter((name) => name.startsWith(prefix) && !name.slice(prefix.length).includes('/'))
      .map((name) => name.slice(prefix.length))
  const found = [...after(own, ownPermissionName(type, '')), ...after(head.permissionByName.keys(), `${type}.`)]
  return [...new Set(found)].filter((action) => permissionOf({ head, chain }, type, action) !== undefined).sort()
}

/** Properties that conditions can look at; nested ones are left out. */
const simple = (given: Readonly<Record<string, unknown>> | undefined): Properties | undefined => {
  const entries = Object.entries(given ?? {}).flatMap(([name, value]) => {
    const parsed = attributeValue.safeParse(value)
    return parsed.success ? [[name, parsed.data] as const] : []
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** The resource and action of one evaluation, as every other question of ours takes them. */
export const askedOf = (
  resource: Partial<Evaluation['resource']>,
  action: Partial<Evaluation['action']> = {},
): AskedInput => {
  const { ownerId, ...others } = simple(resource.properties) ?? {}
  const told = Object.keys(others).length > 0 ? { properties: others } : {}
  const asserted = simple(action.properties)
  return {
    resource: {
      ...(resource.type === undefined ? {} : { type: resource.type }),
      ...(resource.id === undefined ? {} : { id: resource.id }),
      ...(typeof ownerId === 'string' ? { ownerId } : {}),
      ...told,
    },
    ...(asserted === undefined ? {} : { action: asserted }),
  }
}
