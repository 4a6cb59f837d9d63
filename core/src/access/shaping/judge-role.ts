// Whether a custom role may be saved as it is asked for: everything in it exists here, it composes, and its author holds whatever it gains.
import { empty, type PermissionSet, union } from '../../catalogue/permission-set.ts'
import type { TenantLevel } from '../../catalogue/schema.ts'
import { type IamError, iamError } from '../../kernel/errors.ts'
import { err, ok, type Result } from '../../kernel/result.ts'
import { childKind } from '../../kernel/tenant.ts'
import type { Instant } from '../../kernel/time.ts'
import type { CustomRole, Facts } from '../facts.ts'
import { missingFor } from '../held.ts'
import { permissionIn, setIn } from '../meaning/permissions.ts'
import { compositionFault, includersOf } from './compose-role.ts'
import { changesOf, type RoleChange, withRole } from './shape-change.ts'

/** What is asked for; what is left out stays as it is. */
export interface RoleDraft {
  readonly role: string
  readonly permissions: readonly string[] | undefined
  readonly includes: readonly string[] | undefined
}

export interface JudgedRole {
  readonly definition: CustomRole
  /** The role itself and every one that includes it, those that change. */
  readonly changes: readonly RoleChange[]
}

/** DESIGN.md §2. Firestore's 1 MiB would take more, and every decision reads them. */
export const maxCustomRoles = { platform: 0, agency: 300, account: 50 } as const satisfies Record<TenantLevel, number>

/** `facts` are the author's, at the tenant of the role. */
export const judgeRole = (facts: Facts, draft: RoleDraft, now: Instant): Result<JudgedRole, IamError> => {
  const [node] = facts.chain
  if (node === undefined) return err(iamError('not_found'))
  const before = node.customRoles.get(draft.role)
  if (before === undefined && node.customRoles.size >= maxCustomRoles[node.kind]) {
    const detail = `There are at most ${maxCustomRoles[node.kind]} roles of its own at this kind of tenant.`
    return err(iamError('limit_exceeded', { detail }))
  }
  const fault = permissionsFault(facts, draft.permissions ?? []) ?? includesFault(facts, draft.includes ?? [])
  if (fault !== undefined) return err(fault)
  const definition = {
    permissions: draft.permissions === undefined ? (before?.permissions ?? empty) : setIn(facts, draft.permissions),
    includes: draft.includes === undefined ? (before?.includes ?? []) : [...new Set(draft.includes)],
  }
  const after = withRole(facts, draft.role, definition)
  const roles = after.chain[0]?.customRoles ?? new Map()
  const circular = compositionFault(roles, draft.role)
  if (circular !== undefined) return err(circular)
  const changes = changesOf(facts, after, includersOf(roles, draft.role))
  const missing = missingOf(facts, changes, now)
  return missing.length === 0 ? ok({ definition, changes }) : err(iamError('grant_exceeds_grantor', { missing }))
}

/** Only what is added must be held, so that an admin may narrow a role that they could not write (CATALOGUE C-112). */
const missingOf = (facts: Facts, changes: readonly RoleChange[], now: Instant): readonly string[] => {
  const permissions = changes.reduce<PermissionSet>((all, { added }) => union(all, added), empty)
  return missingFor(facts, { permissions, reach: 'subtree', accounts: [], until: undefined }, now)
}

export const atOrBelow = (kind: TenantLevel): readonly TenantLevel[] => {
  const child = childKind(kind)
  return child === undefined ? [kind] : [kind, ...atOrBelow(child)]
}

const permissionsFault = (facts: Facts, names: readonly string[]): IamError | undefined => {
  const [node] = facts.chain
  const adopted = facts.catalogueOf(node?.catalogueVersion ?? '')
  const levels = node === undefined ? [] : atOrBelow(node.kind)
  for (const [index, name] of names.entries()) {
    const entry = permissionIn(facts, name)
    // What only the newest catalogue knows is no permission here before it is adopted.
    const known = adopted?.permissionByName.has(name) === true || !facts.head.permissionByName.has(name)
    const refuse = (detail: string) => iamError('invalid_request', { field: `permissions[${index}]`, detail })
    if (entry === undefined || !known) return refuse('There is no such permission here.')
    if (!entry.levels.some((level) => levels.includes(level))) return refuse('It cannot be held here or below.')
  }
  return undefined
}

const includesFault = (facts: Facts, includes: readonly string[]): IamError | undefined => {
  for (const [index, role] of includes.entries()) {
    const detail = includeFault(facts, role)
    if (detail !== undefined) return iamError('invalid_request', { field: `includes[${index}]`, detail })
  }
  return undefined
}

const includeFault = ({ chain, head, catalogueOf }: Facts, role: string): string | undefined => {
  const [node] = chain
  // A role of another tenant, be it of the agency above, looks like one that never was (CATALOGUE T-42).
  if (node === undefined || node.customRoles.has(role)) return undefined
  const entry = catalogueOf(node.catalogueVersion)?.roleByName.get(role)?.entry
  if (entry === undefined || !head.roleByName.has(role)) return 'There is no such role of this tenant.'
  if (role.endsWith('.owner')) return 'Owner roles are part of no other.'
  return atOrBelow(node.kind).includes(entry.level) ? undefined : 'It is a role of a tenant above.'
}
