// What would turn a "no" into a "yes": one suggestion for each check that refuses, the least power first.
import { has, type PermissionSet, size } from '../../catalogue/permission-set.ts'
import type { AssignmentId, TenantId } from '../../kernel/ids.ts'
import type { Facts } from '../facts.ts'
import { deniedBy } from '../guardrail.ts'
import type { KeyCap } from '../key-caps.ts'
import type { Asked } from '../parties.ts'
import { roleAt } from '../roles.ts'
import type { Considered } from './considered.ts'
import type { Step } from './steps.ts'

export type Fix =
  /** Roles that hold the permission and can be assigned at this tenant, the smallest first. */
  | { readonly kind: 'assign_role'; readonly tenant: TenantId; readonly roles: readonly string[] }
  | { readonly kind: 'extend_assignment'; readonly assignment: AssignmentId }
  | { readonly kind: 'assign_again_after_move'; readonly assignment: AssignmentId }
  | { readonly kind: 'meet_condition'; readonly assignment: AssignmentId; readonly condition: string }
  | { readonly kind: 'restore_member'; readonly tenant: TenantId }
  | { readonly kind: 'lift_guardrail'; readonly tenant: TenantId; readonly permission: string }
  /** What this tenant's guardrail says of keys, in this field. */
  | { readonly kind: 'loosen_key_guardrail'; readonly tenant: TenantId; readonly field: KeyCap['field'] }
  | { readonly kind: 'resume_tenant'; readonly tenant: TenantId }
  | { readonly kind: 'ask_at_level'; readonly levels: readonly string[] }
  /** Scopes that carry the permission, the smallest first. */
  | { readonly kind: 'add_scope'; readonly scopes: readonly string[] }
  | { readonly kind: 'use_credential_for_this_tenant' }
  | { readonly kind: 'sign_in_again' }
  | { readonly kind: 'let_a_person_do_it' }
  | { readonly kind: 'widen_installation' }
  | { readonly kind: 'end_impersonation' }

const mostSuggested = 5

/** All of them are needed when several checks refuse; of the suggestions for one check, one is enough. */
export const fixesFor = (asked: Asked, steps: readonly Step[], considered: readonly Considered[]): readonly Fix[] =>
  unique(steps.filter((step) => step.outcome === 'refused').flatMap((step) => fixesOf(step, asked, considered)))

const unique = (fixes: readonly Fix[]): readonly Fix[] => [
  ...new Map(fixes.map((fix) => [JSON.stringify(fix), fix])).values(),
]

const fixesOf = ({ code, keyCaps }: Step, asked: Asked, considered: readonly Considered[]): readonly Fix[] => {
  if (keyCaps !== undefined)
    return keyCaps.map(({ tenant, field }) => ({ kind: 'loosen_key_guardrail', tenant, field }))
  switch (code) {
    case 'tenant_not_visible':
      return visibilityFixes(asked, considered)
    case 'tenant_suspended':
      return stopped(asked)
    case 'wrong_level':
      return [{ kind: 'ask_at_level', levels: asked.permission.levels }]
    case 'no_assignment':
    case 'condition_false':
    case 'condition_error':
      return assignmentFixes(asked, considered)
    case 'guardrail_denies':
      return guardrailFixes(asked)
    case 'scope_missing':
      return [{ kind: 'add_scope', scopes: scopesFor(asked) }]
    case 'login_too_old':
      return [{ kind: 'sign_in_again' }]
    case 'not_for_machines':
      return [{ kind: 'let_a_person_do_it' }]
    case 'outside_coverage':
      return [{ kind: 'widen_installation' }]
    case 'outside_impersonation':
      return [{ kind: 'end_impersonation' }]
    default:
      return [] // nothing that somebody could give: a person who is gone, a permission that nobody knows
  }
}

const visibilityFixes = (asked: Asked, considered: readonly Considered[]): readonly Fix[] => {
  // No assignment brings back a person who is gone, or a tenant.
  const { subject, chain } = asked.facts
  if (!subject.active || chain.some((node) => node.status === 'deleted')) return []
  const covering = considered.some(({ outcome }) => !unreaching.has(outcome))
  if (covering && asked.facts.token.tenant !== undefined) return [{ kind: 'use_credential_for_this_tenant' }]
  return assignmentFixes(asked, considered)
}

const unreaching: ReadonlySet<string> = new Set([
  'expired',
  'does_not_reach',
  'tenant_moved',
  'suspended',
  'not_active_here',
  'not_active_above',
])

const stopped = ({ facts }: Asked): readonly Fix[] =>
  facts.chain.filter((node) => node.status === 'suspended').map((node) => ({ kind: 'resume_tenant', tenant: node.id }))

const guardrailFixes = ({ facts, permission }: Asked): readonly Fix[] =>
  facts.chain
    .filter((node) => deniedBy([node], permission.name) !== undefined)
    .map((node) => ({ kind: 'lift_guardrail', tenant: node.id, permission: permission.name }))

const assignmentFixes = (asked: Asked, considered: readonly Considered[]): readonly Fix[] => {
  const target = asked.facts.chain[0]
  if (target === undefined) return []
  const roles = rolesFor(asked)
  const direct: readonly Fix[] = roles.length === 0 ? [] : [{ kind: 'assign_role', tenant: target.id, roles }]
  return [...considered.flatMap((one) => fixOf(one, asked)), ...direct]
}

/** An assignment that would have sufficed, if only. */
const fixOf = (one: Considered, asked: Asked): readonly Fix[] => {
  const index = asked.facts.chain.findIndex((node) => node.id === one.at)
  if (!has(roleAt(asked.facts, one.role, index), asked.permission.number)) return []
  const { assignment } = one
  switch (one.outcome) {
    case 'expired':
      return [{ kind: 'extend_assignment', assignment }]
    case 'tenant_moved':
      return [{ kind: 'assign_again_after_move', assignment }]
    case 'suspended':
      return suspendedFrom(index, asked).map((tenant) => ({ kind: 'restore_member', tenant }))
    case 'condition_false':
    case 'condition_error':
      return [{ kind: 'meet_condition', assignment, condition: one.condition ?? '' }]
    case 'holds':
    case 'not_active_here':
    case 'not_active_above':
    case 'does_not_reach':
    case 'role_lacks_permission':
    case 'needs_power_from_above':
      return []
  }
}

/** Where they are suspended, at the chain's tenant of that index or above: each of these keeps the assignment from counting. */
const suspendedFrom = (index: number, { facts: { chain, subject } }: Asked): readonly TenantId[] => {
  const own = subject.grants.filter(
    ({ principal, status }) => principal === subject.principal && status === 'suspended',
  )
  const above = chain.slice(index).map((node) => node.id)
  return above.filter((id) => own.some(({ at }) => at === id))
}

/** Built-in roles of the tenant's level, and custom ones that count there; owner roles are never a suggestion. */
const rolesFor = (asked: Asked): readonly string[] => {
  const { facts, permission } = asked
  const names = [...builtIns(facts), ...facts.chain.flatMap((node) => [...node.customRoles.keys()])]
  return smallestFirst(
    names.map((name) => [name, roleAt(facts, name, 0)] as const).filter(([, set]) => has(set, permission.number)),
  )
}

const builtIns = ({ head, chain }: Facts): readonly string[] =>
  [...head.roleByName.values()]
    .map(({ entry }) => entry)
    .filter(({ level, name }) => level === chain[0]?.kind && !name.endsWith('.owner'))
    .map(({ name }) => name)

const scopesFor = ({ facts, permission }: Asked): readonly string[] => {
  if (!facts.head.permissionByName.has(permission.name)) return [permission.name] // an own permission is its own scope
  const carrying = [...facts.head.scopeByName.values()].filter(({ permissions }) => has(permissions, permission.number))
  return smallestFirst(carrying.map(({ entry, permissions }) => [entry.name, permissions] as const))
}

const smallestFirst = (named: readonly (readonly [string, PermissionSet])[]): readonly string[] =>
  [...new Map(named)]
    .sort(([left, a], [right, b]) => size(a) - size(b) || (left < right ? -1 : 1))
    .slice(0, mostSuggested)
    .map(([name]) => name)
