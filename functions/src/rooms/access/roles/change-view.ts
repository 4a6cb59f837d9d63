// A planned change as an answer shows it: names of permissions, counts for the roles that change with the one edited.
import type { Facts } from '@latchkey/core/access/facts'
import { namesIn } from '@latchkey/core/access/meaning/permissions'
import type { RoleChange } from '@latchkey/core/access/shaping/shape-change'
import { empty, type PermissionSet, size } from '@latchkey/core/catalogue/permission-set'

const names = (facts: Facts, set: PermissionSet): string[] => [...namesIn(facts, set)].toSorted()

/** `edited` is the role whose names are given; the others are among what they include. */
export const roleChangeView = (facts: Facts, changes: readonly RoleChange[], edited?: string) => {
  const own = changes.find(({ role }) => role === edited)
  return {
    added: names(facts, own?.added ?? empty),
    removed: names(facts, own?.removed ?? empty),
    roles: changes.map(({ role, added, removed }) => ({ role, added: size(added), removed: size(removed) })),
  }
}

export const guardrailChangeView = (
  facts: Facts,
  { taken, given }: { readonly taken: PermissionSet; readonly given: PermissionSet },
) => ({
  added: names(facts, given),
  removed: names(facts, taken),
  roles: [],
})
