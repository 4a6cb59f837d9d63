// What a scope or built-in role means today to something recorded under an older version: what it meant then, less what was withdrawn since.
import type { Catalogue } from './compile.ts'
import type { PermissionSet } from './permission-set.ts'
import * as permissionSet from './permission-set.ts'

const ownerRoles: ReadonlySet<string> = new Set(['platform.owner', 'agency.owner', 'account.owner'])

/** Whether permissions marked `ownerDefault` reach this role before a newer version is adopted. */
export const takesOwnerDefaults = (role: string): boolean => ownerRoles.has(role)

/** Each scope by the `recorded` version, less what `head` has withdrawn from it; a scope that head lost allows nothing. */
export const effectiveScopes = (recorded: Catalogue, head: Catalogue, scopes: Iterable<string>): PermissionSet => {
  let set = permissionSet.empty
  for (const scope of scopes) {
    const then = recorded.scopeByName.get(scope)
    // By the name it had then, even where head knows that only as an alias.
    const now = then && head.scopeByName.get(then.entry.name)
    if (then && now) set = permissionSet.union(set, permissionSet.intersect(then.permissions, now.permissions))
  }
  return set
}

/** The same for a built-in role; owner roles also hold what head marks `ownerDefault` for them. */
export const effectiveRole = (recorded: Catalogue, head: Catalogue, role: string): PermissionSet => {
  const then = recorded.roleByName.get(role)
  const now = head.roleByName.get(role)
  if (!then || !now) return permissionSet.empty
  const kept = permissionSet.intersect(then.permissions, now.permissions)
  if (!takesOwnerDefaults(role)) return kept
  return permissionSet.union(kept, permissionSet.intersect(now.permissions, head.ownerDefaults))
}
