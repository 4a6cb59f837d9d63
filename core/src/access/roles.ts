// What a role means at a tenant: a built-in by the version adopted there less what was withdrawn since, a custom role by its definition.
import type { Catalogue } from '../catalogue/compile.ts'
import { effectiveRole, takesOwnerDefaults } from '../catalogue/effective.ts'
import { empty, type PermissionSet, union } from '../catalogue/permission-set.ts'
import type { Facts, NodeFacts } from './facts.ts'
import { ownSet } from './meaning/permissions.ts'

type Known = Pick<Facts, 'head' | 'catalogueOf' | 'chain'>

/** How deep roles include each other at most; saving refuses more, and circles. */
export const maxComposition = 10

/** The permissions of `role` as referenced by an assignment stored at `at`; unknown roles hold nothing. */
export const rolePermissions = (facts: Known, role: string, at: string): PermissionSet => {
  for (let index = 0; index < facts.chain.length; index++) {
    if (facts.chain[index]?.id === at) return roleAt(facts, role, index)
  }
  return empty
}

/** The same for an assignment stored at the chain's tenant of that index. */
export const roleAt = (facts: Known, role: string, index: number): PermissionSet => {
  const node = facts.chain[index]
  if (node === undefined) return empty
  const recorded = facts.catalogueOf(node.catalogueVersion)
  if (recorded !== undefined) {
    // Nearly every role is a built-in one, and means the same in every tenant that goes by the same catalogue.
    const plain = effectiveIn(recorded, facts.head).get(role)
    if (plain !== undefined && (!takesOwnerDefaults(role) || !hasOwn(facts.chain, index))) return plain
  }
  return compiledRole(facts, role, index)
}

interface Effective {
  readonly head: Catalogue
  readonly sets: ReadonlyMap<string, PermissionSet>
}

// What follows is kept as long as the facts themselves: facts never change, so it can only ever repeat what they say;
// where the head, the adopted version or the agency that adds permissions is another one, it is made anew.
const effective = new WeakMap<Catalogue, Effective>()
/** The last one asked for: nearly all tenants go by the same version. */
let last: (Effective & { readonly recorded: Catalogue }) | undefined

const effectiveIn = (recorded: Catalogue, head: Catalogue): Effective['sets'] => {
  if (last?.recorded === recorded && last.head === head) return last.sets
  const kept = effective.get(recorded)
  const found = kept?.head === head ? kept : { head, sets: effectiveSets(recorded, head) }
  effective.set(recorded, found)
  last = { ...found, recorded }
  return found.sets
}

const effectiveSets = (recorded: Catalogue, head: Catalogue): Effective['sets'] =>
  new Map([...head.roleByName.keys()].map((role) => [role, effectiveRole(recorded, head, role)]))

const hasOwn = (chain: readonly NodeFacts[], from: number): boolean => {
  for (let index = from; index < chain.length; index++) if ((chain[index]?.ownPermissions.size ?? 0) > 0) return true
  return false
}

interface CompiledNode {
  readonly head: Catalogue
  readonly recorded: Catalogue | undefined
  /** The agency above that has added permissions, which its owners hold below it too. */
  readonly adding: NodeFacts | undefined
  readonly sets: Map<string, PermissionSet>
}

const compiled = new WeakMap<NodeFacts, CompiledNode>()

/** Custom roles, and owners of whatever their agency has added: kept with the tenant whose version and roles say what they mean. */
const compiledRole = (facts: Known, role: string, index: number): PermissionSet => {
  const isBuiltIn = facts.head.roleByName.has(role)
  const definer = isBuiltIn ? index : definerOf(facts.chain, role, index)
  const node = facts.chain[definer]
  if (node === undefined) return empty
  const { sets } = compiledAt(facts, node, definer)
  const known = sets.get(role)
  if (known !== undefined) return known
  const meant = isBuiltIn ? builtIn(facts, role, definer) : composed(facts, role, definer)
  sets.set(role, meant)
  return meant
}

/** A custom role belongs to the node where it is assigned, or to one above it; -1 when nobody has defined it. */
const definerOf = (chain: readonly NodeFacts[], role: string, from: number): number =>
  chain.findIndex((node, index) => index >= from && node.customRoles.has(role))

const compiledAt = ({ head, catalogueOf, chain }: Known, node: NodeFacts, index: number): CompiledNode => {
  const recorded = catalogueOf(node.catalogueVersion)
  const adding = chain.find((one, at) => at > index && one.ownPermissions.size > 0)
  const kept = compiled.get(node)
  if (kept !== undefined && kept.head === head && kept.recorded === recorded && kept.adding === adding) return kept
  const made = { head, recorded, adding, sets: new Map<string, PermissionSet>() }
  compiled.set(node, made)
  return made
}

/** Owners also hold whatever their agency has added for its own products. */
const builtIn = ({ head, catalogueOf, chain }: Known, role: string, index: number): PermissionSet => {
  const recorded = catalogueOf(chain[index]?.catalogueVersion ?? '')
  if (recorded === undefined) return empty
  const meant = effectiveRole(recorded, head, role)
  if (!takesOwnerDefaults(role)) return meant
  return chain.slice(index).reduce((set, node) => union(set, ownSet(node)), meant)
}

/** Each role that is reached by inclusion counts once, so circles and doubles that no saving let through cost nothing more. */
const composed = (facts: Known, role: string, definer: number): PermissionSet => {
  const reached = new Set([role])
  let set = empty
  for (const one of reached) {
    const custom = facts.chain[definer]?.customRoles.get(one)
    const meant = custom?.permissions ?? (facts.head.roleByName.has(one) ? builtIn(facts, one, definer) : empty)
    set = union(set, meant)
    for (const included of custom?.includes ?? []) reached.add(included)
  }
  return set
}
