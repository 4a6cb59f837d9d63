// What one catalogue version brings over another: for whoever is about to adopt or to publish it.
import { type Catalogue, namesOf } from '../../catalogue/compile.ts'
import { minus } from '../../catalogue/permission-set.ts'
import type { CatalogueDocument, ScopeEntry } from '../../catalogue/schema.ts'
import { canonicalJson } from '../../kernel/canonical-json.ts'
import type { Facts } from '../facts.ts'
import { withNode } from './shape-change.ts'

/** The document that a catalogue was compiled from. */
export const documentOf = (catalogue: Catalogue): CatalogueDocument => ({
  version: catalogue.version,
  permissions: [...catalogue.permissionByName.values()],
  scopes: scopesIn(catalogue),
  roles: [...catalogue.roleByName.values()].map(({ entry }) => entry),
})

// By name only: each alias leads to the same entry.
const scopesIn = ({ scopeByName }: Catalogue): readonly ScopeEntry[] =>
  [...scopeByName].flatMap(([name, { entry }]) => (entry.name === name ? [entry] : []))

export const catalogueChange = (before: Catalogue, after: Catalogue) => {
  const changed = [...after.permissionByName.values()].filter((entry) => {
    const then = before.permissionByName.get(entry.name)
    return then !== undefined && canonicalJson(then) !== canonicalJson(entry)
  })
  return {
    permissions: [...after.permissionByName.keys()].filter((name) => !before.permissionByName.has(name)),
    changedPermissions: changed.map(({ name }) => name),
    ...scopeChanges(before, after),
    roles: [...after.roleByName.keys()].filter((name) => !before.roleByName.has(name)),
    changedRoles: roleChanges(before, after),
  }
}

const scopeChanges = (before: Catalogue, after: Catalogue) => ({
  scopes: scopesIn(after).flatMap(({ name }) => (before.scopeByName.has(name) ? [] : [name])),
  removedScopes: scopesIn(before).flatMap(({ name }) => (after.scopeByName.has(name) ? [] : [name])),
  narrowedScopes: scopesIn(before).flatMap(({ name }) => {
    const [then, now] = [before.scopeByName.get(name), after.scopeByName.get(name)]
    if (then === undefined || now === undefined) return []
    const removed = namesOf(before, minus(then.permissions, now.permissions))
    return removed.length === 0 ? [] : [{ scope: name, removed: [...removed] }]
  }),
  deprecatedScopes: scopesIn(after).flatMap(({ name, deprecated }) => {
    const then = before.scopeByName.get(name)?.entry.deprecated
    if (deprecated === undefined || then?.until === deprecated.until) return []
    return [{ scope: name, until: deprecated.until, replacedBy: deprecated.replacedBy }]
  }),
})

const roleChanges = (before: Catalogue, after: Catalogue) =>
  [...after.roleByName].flatMap(([role, now]) => {
    const then = before.roleByName.get(role)
    if (then === undefined) return []
    const added = [...namesOf(after, minus(now.permissions, then.permissions))]
    const removed = [...namesOf(before, minus(then.permissions, now.permissions))]
    return added.length + removed.length === 0 ? [] : [{ role, added, removed }]
  })

/** Facts as they would be at an agency that has adopted `target`. */
export const withCatalogue = (facts: Facts, target: Catalogue): Facts => ({
  ...withNode(facts, { catalogueVersion: target.version }),
  head: target.version > facts.head.version ? target : facts.head,
  catalogueOf: (version) => (version === target.version ? target : facts.catalogueOf(version)),
})
