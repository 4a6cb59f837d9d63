// Turns a checked catalogue document into lookups: by name, by number, and from names to bits.

import type { PermissionSet } from './permission-set.ts'
import * as permissionSet from './permission-set.ts'
import type { CatalogueDocument, PermissionEntry, RoleEntry, ScopeEntry } from './schema.ts'

export interface Mapped<Entry> {
  readonly entry: Entry
  readonly permissions: PermissionSet
}

/** Maps throughout, so that `__proto__` or `constructor` finds nothing (CATALOGUE C-071). */
export interface Catalogue {
  readonly version: string
  readonly permissionByName: ReadonlyMap<string, PermissionEntry>
  readonly permissionByNumber: ReadonlyMap<number, PermissionEntry>
  /** By name and by alias; `entry.name` is the name to show. */
  readonly scopeByName: ReadonlyMap<string, Mapped<ScopeEntry>>
  readonly roleByName: ReadonlyMap<string, Mapped<RoleEntry>>
  readonly ownerDefaults: PermissionSet
}

type Numbers = Pick<Catalogue, 'permissionByName'>

/** Unknown names grant nothing; who needs to refuse them asks `permissionByName.has`. */
export const permissionSetOf = (catalogue: Numbers, names: Iterable<string>): PermissionSet =>
  permissionSet.of([...names].map((name) => catalogue.permissionByName.get(name)?.number ?? 0))

/** In the order of the catalogue; numbers it does not know are left out. */
export const namesOf = (catalogue: Catalogue, set: PermissionSet): readonly string[] =>
  permissionSet.toNumbers(set).flatMap((number) => catalogue.permissionByNumber.get(number)?.name ?? [])

/** What the scopes (or their aliases) allow together, by this version alone; unknown scopes allow nothing. */
export const scopesToSet = (catalogue: Catalogue, scopes: Iterable<string>): PermissionSet => {
  let set = permissionSet.empty
  for (const scope of scopes) {
    const mapped = catalogue.scopeByName.get(scope)
    if (mapped !== undefined) set = permissionSet.union(set, mapped.permissions)
  }
  return set
}

/** Expects a document without problems (`checkCatalogue`); where one is left, it grants less, never more. */
export const compileCatalogue = (document: CatalogueDocument): Catalogue => {
  const { version, permissions, scopes, roles } = document
  const permissionByName = new Map(permissions.map((entry) => [entry.name, entry]))
  const mapped = <Entry extends ScopeEntry | RoleEntry>(entry: Entry): Mapped<Entry> => ({
    entry,
    permissions: permissionSetOf({ permissionByName }, entry.permissions),
  })
  return {
    version,
    permissionByName,
    permissionByNumber: new Map(permissions.map((entry) => [entry.number, entry])),
    scopeByName: new Map(
      scopes
        .map(mapped)
        .flatMap((scope) => [scope.entry.name, ...(scope.entry.aliases ?? [])].map((name) => [name, scope])),
    ),
    roleByName: new Map(roles.map((entry) => [entry.name, mapped(entry)])),
    ownerDefaults: permissionSet.of(permissions.flatMap((entry) => (entry.ownerDefault ? entry.number : []))),
  }
}
