// Finds what is wrong with a catalogue document before anybody can publish it.
import { childKind } from '../kernel/tenant.ts'
import { isPermissionName, isRoleName, isScopeName } from './grammar.ts'
import { firstOwnNumber } from './own-permission.ts'
import type { CatalogueDocument, PermissionEntry, RoleEntry, ScopeEntry, TenantLevel } from './schema.ts'

export type ProblemCode =
  | 'bad_name'
  | 'duplicate'
  | 'number_out_of_order'
  | 'number_reserved'
  | 'unknown_permission'
  | 'level_mismatch'
  | 'works_on_not_allowed'
  | 'machine_without_critical'
  | 'owner_default_missing'
  | 'deprecation_out_of_order'
  | 'bad_replacement'

/** No words, which are for the edge: which rule is broken, by what, and the name or number at fault. */
export interface Problem {
  readonly code: ProblemCode
  readonly subject: string
  readonly related: string
}

type PermissionIndex = ReadonlyMap<string, PermissionEntry>

// What must stay possible on a suspended tenant, by power from above; everything else needs an active one.
const worksWhenSuspended: ReadonlySet<string> = new Set([
  'iam.tenants.get',
  'iam.tenants.resume',
  'iam.tenants.delete',
  'iam.audit.read',
])

const problem = (code: ProblemCode, subject: string, related: string): Problem => ({ code, subject, related })

const none: readonly Problem[] = []

const when = (broken: boolean, code: ProblemCode, subject: string, related: string): readonly Problem[] =>
  broken ? [problem(code, subject, related)] : none

const duplicates = (subject: string, values: readonly string[]): readonly Problem[] => {
  const repeated = values.filter((value, i) => values.indexOf(value) < i)
  return [...new Set(repeated)].map((value) => problem('duplicate', subject, value))
}

const atOrBelow = (level: TenantLevel): readonly TenantLevel[] => {
  const child = childKind(level)
  return child === undefined ? [level] : [level, ...atOrBelow(child)]
}

const namesIn = (document: CatalogueDocument): readonly Problem[] => [
  ...duplicates(
    'permissions',
    document.permissions.map((entry) => entry.name),
  ),
  ...duplicates(
    'scopes',
    document.scopes.flatMap((entry) => [entry.name, ...(entry.aliases ?? [])]),
  ),
  ...duplicates(
    'roles',
    document.roles.map((entry) => entry.name),
  ),
  ...document.permissions.flatMap(({ name }) => when(!isPermissionName(name), 'bad_name', 'permissions', name)),
  ...document.scopes
    .flatMap((entry) => [entry.name, ...(entry.aliases ?? [])])
    .flatMap((name) => when(!isScopeName(name), 'bad_name', 'scopes', name)),
  ...document.roles.flatMap(({ name, level }) =>
    when(!isRoleName(name) || !name.startsWith(`${level}.`), 'bad_name', 'roles', name),
  ),
]

// Strictly ascending, so a number cannot appear twice and a new one is read at the end of the file.
const numbersIn = (permissions: readonly PermissionEntry[]): readonly Problem[] =>
  permissions.flatMap(({ name, number }, i) => [
    ...when(number <= (permissions[i - 1]?.number ?? 0), 'number_out_of_order', name, String(number)),
    // From there on numbers are agencies' own: the two must never meet in one set.
    ...when(number >= firstOwnNumber, 'number_reserved', name, String(number)),
  ])

const permissionProblems = (entry: PermissionEntry, roles: readonly RoleEntry[]): readonly Problem[] => {
  const { name, levels, worksOn, machine, critical, ownerDefault } = entry
  const suspended = worksOn.includes('suspended')
  const owners = roles.filter((role) => role.name === `${role.level}.owner` && levels.includes(role.level))
  return [
    ...duplicates(name, levels),
    ...duplicates(name, worksOn),
    ...when(suspended !== worksWhenSuspended.has(name), 'works_on_not_allowed', name, 'suspended'),
    ...when(!worksOn.includes('active'), 'works_on_not_allowed', name, 'active'),
    ...when(machine === true && critical !== true, 'machine_without_critical', name, 'machine'),
    ...owners
      .filter((role) => ownerDefault === true && !role.permissions.includes(name))
      .map((role) => problem('owner_default_missing', name, role.name)),
  ]
}

// References of a scope or role: known, listed once, and usable on at least one of the given kinds of tenant.
const references = (
  entry: ScopeEntry | RoleEntry,
  levels: readonly TenantLevel[],
  known: PermissionIndex,
): readonly Problem[] => [
  ...duplicates(entry.name, entry.permissions),
  ...entry.permissions.flatMap((name) => {
    const permission = known.get(name)
    if (permission === undefined) return [problem('unknown_permission', entry.name, name)]
    return when(!permission.levels.some((level) => levels.includes(level)), 'level_mismatch', entry.name, name)
  }),
]

const deprecationProblems = (entry: ScopeEntry, scopes: readonly ScopeEntry[]): readonly Problem[] => {
  if (entry.deprecated === undefined) return none
  const { from, until, replacedBy } = entry.deprecated
  const replacement = scopes.find((scope) => scope.name === replacedBy)
  const usable = replacement !== undefined && replacement.deprecated === undefined
  return [
    ...when(from >= until, 'deprecation_out_of_order', entry.name, until),
    ...when(!usable, 'bad_replacement', entry.name, replacedBy),
  ]
}

const scopeProblems = (entry: ScopeEntry, document: CatalogueDocument, known: PermissionIndex): readonly Problem[] => {
  const reached = entry.permissions.flatMap((name) => known.get(name)?.levels ?? [])
  // A scope emptied by withdrawals reaches no level, and that is no mistake.
  const idle = entry.permissions.length === 0 ? [] : entry.levels.filter((level) => !reached.includes(level))
  return [
    ...duplicates(entry.name, entry.levels),
    ...references(entry, entry.levels, known),
    ...idle.map((level) => problem('level_mismatch', entry.name, level)),
    ...deprecationProblems(entry, document.scopes),
  ]
}

/** Every problem of a well-formed document (`catalogueDocument`), in its order; empty when it may be published. */
export const checkCatalogue = (document: CatalogueDocument): readonly Problem[] => {
  const known: PermissionIndex = new Map(document.permissions.map((entry) => [entry.name, entry]))
  return [
    ...namesIn(document),
    ...numbersIn(document.permissions),
    ...document.permissions.flatMap((entry) => permissionProblems(entry, document.roles)),
    ...document.scopes.flatMap((entry) => scopeProblems(entry, document, known)),
    ...document.roles.flatMap((entry) => references(entry, atOrBelow(entry.level), known)),
  ]
}
