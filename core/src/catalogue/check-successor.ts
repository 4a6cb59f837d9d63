// Finds where a newer catalogue breaks a promise of an older one: a published name keeps its meaning, and can only lose power.
import { type Catalogue, compileCatalogue, type Mapped, namesOf } from './compile.ts'
import { takesOwnerDefaults } from './effective.ts'
import { minus } from './permission-set.ts'
import type { CatalogueDocument, PermissionEntry, RoleEntry, ScopeEntry } from './schema.ts'

export type SuccessorProblemCode =
  | 'version_not_newer'
  | 'number_reused'
  | 'number_changed'
  | 'permission_removed'
  | 'permission_loosened'
  | 'scope_removed'
  | 'scope_widened'
  | 'deprecation_shortened'
  | 'role_removed'
  | 'role_widened'

/** Which promise is broken, to what, and by what. */
export interface SuccessorProblem {
  readonly code: SuccessorProblemCode
  readonly subject: string
  readonly related: string
}

const problem = (code: SuccessorProblemCode, subject: string, related: string): SuccessorProblem => ({
  code,
  subject,
  related,
})

const gained = <Value>(older: readonly Value[], newer: readonly Value[]): readonly Value[] =>
  newer.filter((value) => !older.includes(value))

// A wider permission would widen every role, key and token that already holds it.
const loosenings = (older: PermissionEntry, newer: PermissionEntry): readonly string[] => [
  ...gained(older.levels, newer.levels),
  ...gained(older.worksOn, newer.worksOn),
  ...(older.critical && !newer.critical ? ['critical'] : []),
  ...(older.critical && !older.machine && newer.machine ? ['machine'] : []),
  ...(older.mints && !newer.mints ? ['mints'] : []),
  ...(!older.ownerDefault && newer.ownerDefault ? ['ownerDefault'] : []),
]

// Permissions stay listed for ever: one is withdrawn from scopes and roles, so that its number is never free again.
const permissionProblems = (entry: PermissionEntry, newer: Catalogue): readonly SuccessorProblem[] => {
  const namesake = newer.permissionByName.get(entry.name)
  const holder = newer.permissionByNumber.get(entry.number)
  const reused = holder !== undefined && holder.name !== entry.name
  return [
    ...(reused ? [problem('number_reused', holder.name, String(entry.number))] : []),
    ...(namesake === undefined ? [problem('permission_removed', entry.name, String(entry.number))] : []),
    ...(namesake !== undefined && namesake.number !== entry.number
      ? [problem('number_changed', entry.name, String(namesake.number))]
      : []),
    ...(namesake === undefined ? [] : loosenings(entry, namesake)).map((what) =>
      problem('permission_loosened', entry.name, what),
    ),
  ]
}

// By name and by alias alike: whatever a token may carry today must not mean more tomorrow.
const scopeProblems = (name: string, then: Mapped<ScopeEntry>, newer: Catalogue): readonly SuccessorProblem[] => {
  const now = newer.scopeByName.get(name)
  const until = then.entry.deprecated?.until
  if (now === undefined) {
    const announced = until !== undefined && until <= newer.version
    return announced ? [] : [problem('scope_removed', name, until ?? '')]
  }
  const wider = [
    ...namesOf(newer, minus(now.permissions, then.permissions)),
    ...gained(then.entry.levels, now.entry.levels),
  ]
  const brought = now.entry.deprecated?.until
  const shortened = until !== undefined && brought !== undefined && brought < until
  return [
    ...wider.map((what) => problem('scope_widened', name, what)),
    ...(shortened ? [problem('deprecation_shortened', name, brought)] : []),
  ]
}

const roleProblems = (then: Mapped<RoleEntry>, older: Catalogue, newer: Catalogue): readonly SuccessorProblem[] => {
  const { name, level } = then.entry
  const now = newer.roleByName.get(name)
  if (now === undefined) return [problem('role_removed', name, '')]
  // Owners own what is new, too, once their agency adopts it (at once where it is marked for them); nobody else's role ever grows,
  // and withdrawn power does not come back.
  const allowed = (permission: string): boolean => takesOwnerDefaults(name) && !older.permissionByName.has(permission)
  const wider = namesOf(newer, minus(now.permissions, then.permissions)).filter((permission) => !allowed(permission))
  return [
    ...wider.map((permission) => problem('role_widened', name, permission)),
    ...(now.entry.level === level ? [] : [problem('role_widened', name, now.entry.level)]),
  ]
}

/** Every broken promise between two documents that are each without problems; empty when `newer` may follow `older`. */
export const checkSuccessor = (older: CatalogueDocument, newer: CatalogueDocument): readonly SuccessorProblem[] => {
  const [then, now] = [compileCatalogue(older), compileCatalogue(newer)]
  return [
    ...(newer.version > older.version ? [] : [problem('version_not_newer', newer.version, older.version)]),
    ...older.permissions.flatMap((entry) => permissionProblems(entry, now)),
    ...[...then.scopeByName].flatMap(([name, mapped]) => scopeProblems(name, mapped, now)),
    ...[...then.roleByName.values()].flatMap((mapped) => roleProblems(mapped, then, now)),
  ]
}
