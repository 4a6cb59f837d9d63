// What a role means at a tenant: a built-in by the version adopted there less what was withdrawn since, a custom role by its definition.
import { effectiveRole } from '../catalogue/effective.ts'
import { empty, type PermissionSet } from '../catalogue/permission-set.ts'
import type { Facts } from './facts.ts'

/** The permissions of `role` as referenced by an assignment stored at `at`; unknown roles hold nothing. */
export const rolePermissions = (
  facts: Pick<Facts, 'head' | 'catalogueOf' | 'chain'>,
  role: string,
  at: string,
): PermissionSet => {
  const from = facts.chain.findIndex((node) => node.id === at)
  if (from < 0) return empty
  const adopting = facts.chain.slice(from)
  if (facts.head.roleByName.has(role)) {
    const recorded = facts.catalogueOf(adopting[0]?.catalogueVersion ?? '')
    return recorded === undefined ? empty : effectiveRole(recorded, facts.head, role)
  }
  // A custom role belongs to the node where it is assigned, or to that node's agency.
  for (const node of adopting) {
    const custom = node.customRoles.get(role)
    if (custom !== undefined) return custom
  }
  return empty
}
