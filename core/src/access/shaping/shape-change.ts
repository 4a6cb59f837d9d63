// What roles mean before and after a change of the first tenant's policy: the one comparison behind previews and behind saving.
import { isEmpty, minus, type PermissionSet } from '../../catalogue/permission-set.ts'
import type { CustomRole, Facts, NodeFacts } from '../facts.ts'
import { roleAt } from '../roles.ts'

export interface RoleChange {
  readonly role: string
  readonly added: PermissionSet
  readonly removed: PermissionSet
}

/** Facts as they would be with another policy at the tenant that they are about. */
export const withNode = (facts: Facts, change: Partial<NodeFacts>): Facts => {
  const [node, ...above] = facts.chain
  return node === undefined ? facts : { ...facts, chain: [{ ...node, ...change }, ...above] }
}

/** With one custom role defined anew, or (undefined) removed. */
export const withRole = (facts: Facts, role: string, definition: CustomRole | undefined): Facts => {
  const customRoles = new Map(facts.chain[0]?.customRoles)
  if (definition === undefined) customRoles.delete(role)
  else customRoles.set(role, definition)
  return withNode(facts, { customRoles })
}

/** Those of `roles` that hold something else after than before. */
export const changesOf = (before: Facts, after: Facts, roles: Iterable<string>): readonly RoleChange[] =>
  [...roles]
    .map((role) => {
      const [then, now] = [roleAt(before, role, 0), roleAt(after, role, 0)]
      return { role, added: minus(now, then), removed: minus(then, now) }
    })
    .filter(({ added, removed }) => !isEmpty(added) || !isEmpty(removed))
