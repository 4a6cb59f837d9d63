// The documents that a decision reads, and how each is judged: what is malformed narrows or quarantines, never widens.
import * as z from 'zod'
import { isOwnPermissionName, ownPermissionEntry } from '../../catalogue/own-permission.ts'
import { fromBase64url } from '../../catalogue/permission-set.ts'
import { isAssignmentId, isTeamId, isTenantId, platformTenant, type TenantId } from '../../kernel/ids.ts'
import type { PrincipalRef } from '../../kernel/principal.ts'
import { days, type Instant } from '../../kernel/time.ts'
import { brokenCondition, compileCondition } from '../condition.ts'
import type { CustomRole, GrantEntry, GrantsFacts, Guardrail, NodeFacts } from '../facts.ts'

export type DocumentFields = Readonly<Record<string, unknown>>

/** The moment in a stored field, in the words of who stored it: the database's own type, or how it travels; undefined for anything else. */
export type MomentIn = (value: unknown) => Instant | undefined

export const policyPath = (tenant: TenantId): string => `tenants/${tenant}/policy/current`
export const grantsPath = (tenant: TenantId, principal: PrincipalRef): string => `tenants/${tenant}/grants/${principal}`
export const userPath = (uid: string): string => `users/${uid}`

/** Stands in an account until its agency is read: no catalogue has this version, so no role means anything by it. */
export const inherited = 'inherited'

/** `tenants/{T}/policy/current`: all that a decision needs to know of a node. */
const policyDocument = z.object({
  kind: z.enum(['platform', 'agency', 'account']),
  parentId: z.string().optional(),
  placementId: z.string().min(1),
  status: z.enum(['active', 'suspended', 'deleted']),
  // Adopted by the agency for all its accounts; an account's own policy names none.
  catalogueVersion: z.iso.date().optional(), // as in the catalogue's own schema; it becomes a document path
  guardrail: z.object({
    deniedPermissions: z.array(z.string()),
    maxKeyLifetimeDays: z.int().positive().optional(),
    keyKinds: z.array(z.enum(['personal', 'service'])).optional(),
    keyScopes: z.array(z.string()).optional(),
  }),
  roles: z.record(z.string(), z.object({ permissions: z.string(), includes: z.array(z.string()).default([]) })),
  /** Of an agency: name → number and levels of what it added for its own products. */
  ownPermissions: z
    .record(z.string(), z.object({ number: z.int(), levels: z.array(z.enum(['agency', 'account'])).min(1) }))
    .default({}),
})

type PolicyDocument = z.output<typeof policyDocument>

/** Undefined when the document cannot be trusted to be whole: that tenant is then not decided at all (CATALOGUE I-86, F-49). */
export const readPolicy = (id: TenantId, fields: DocumentFields): NodeFacts | undefined =>
  once(policies, fields, () => judgePolicy(id, fields))

// A document that is kept by a cache is judged, and its conditions are compiled, once for as long as it is kept.
const policies = new WeakMap<DocumentFields, { readonly judged: NodeFacts | undefined }>()
const grantsRead = new WeakMap<DocumentFields, { readonly judged: GrantsFacts }>()

const once = <Judged>(
  kept: WeakMap<DocumentFields, { readonly judged: Judged }>,
  fields: DocumentFields,
  judge: () => Judged,
): Judged => {
  const found = kept.get(fields) ?? { judged: judge() }
  kept.set(fields, found)
  return found.judged
}

const judgePolicy = (id: TenantId, fields: DocumentFields): NodeFacts | undefined => {
  const parsed = policyDocument.safeParse(fields)
  if (!parsed.success) return undefined
  const { parentId, roles, catalogueVersion, guardrail, ownPermissions, ...policy } = parsed.data
  if ((policy.kind === 'account') !== (catalogueVersion === undefined)) return undefined
  if (policy.kind !== 'platform' && (parentId === undefined || !isTenantId(parentId))) return undefined
  return {
    ...policy,
    id,
    catalogueVersion: catalogueVersion ?? inherited,
    parentId: parentId !== undefined && isTenantId(parentId) ? parentId : undefined,
    guardrail: guardrailOf(guardrail),
    customRoles: customRolesOf(roles),
    ownPermissions: ownPermissionsOf(policy.kind, ownPermissions),
  }
}

const guardrailOf = ({
  maxKeyLifetimeDays,
  keyKinds,
  keyScopes,
  ...denials
}: PolicyDocument['guardrail']): Guardrail => ({
  ...denials,
  ...(maxKeyLifetimeDays === undefined ? {} : { maxKeyLifetime: days(maxKeyLifetimeDays) }),
  ...(keyKinds === undefined ? {} : { keyKinds }),
  ...(keyScopes === undefined ? {} : { keyScopes }),
})

/** A role whose permissions cannot be read holds nothing. */
const customRolesOf = (roles: PolicyDocument['roles']): ReadonlyMap<string, CustomRole> =>
  new Map(
    Object.entries(roles).flatMap(([role, { permissions, includes }]): [string, CustomRole][] => {
      const set = fromBase64url(permissions)
      return set === undefined ? [] : [[role, { permissions: set, includes }]]
    }),
  )

/** Only an agency has any, and only under its own names and numbers: nothing stored here can look like the catalogue's. */
const ownPermissionsOf = (kind: string, own: PolicyDocument['ownPermissions']): NodeFacts['ownPermissions'] =>
  new Map(
    kind !== 'agency'
      ? []
      : Object.entries(own).flatMap(([name, { number, levels }]) => {
          const entry = ownPermissionEntry(name, number, levels)
          return entry === undefined || !isOwnPermissionName(name) ? [] : [[name, entry] as const]
        }),
  )

/** The root for everybody who holds nothing there: it needs no read. */
export const platformNode = (catalogueVersion: string): NodeFacts => ({
  id: platformTenant,
  kind: 'platform',
  parentId: undefined,
  placementId: 'root',
  status: 'active',
  catalogueVersion,
  guardrail: { deniedPermissions: [] },
  customRoles: new Map(),
  ownPermissions: new Map(),
})

const grantEntry = z.object({
  role: z.string().min(1),
  reach: z.enum(['node', 'subtree', 'listed']),
  accounts: z.record(z.string(), z.string()).optional(),
  placement: z.string().optional(),
  borrowed: z.literal(true).exactOptional(),
  condition: z.string().optional(),
})

/** A malformed entry grants nothing; an unknown status is not active. */
export const readGrants = (
  at: TenantId,
  principal: PrincipalRef,
  fields: DocumentFields | undefined,
  momentIn: MomentIn,
): GrantsFacts =>
  fields === undefined
    ? { principal, at, status: 'removed', teams: [], entries: [] }
    : once(grantsRead, fields, () => judgeGrants(at, principal, fields, momentIn))

const judgeGrants = (
  at: TenantId,
  principal: PrincipalRef,
  fields: DocumentFields,
  momentIn: MomentIn,
): GrantsFacts => {
  const { status, teams } = fields
  return {
    principal,
    at,
    status: status === 'active' || status === 'suspended' ? status : 'removed',
    ...(isMap(fields['attributes']) ? { attributes: fields['attributes'] } : {}),
    teams: Array.isArray(teams) ? teams.filter((id): id is string => typeof id === 'string').filter(isTeamId) : [],
    entries: readEntries(fields['entries'], momentIn),
  }
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const readEntries = (entries: unknown, momentIn: MomentIn): readonly GrantEntry[] => {
  if (typeof entries !== 'object' || entries === null) return []
  return Object.entries(entries).flatMap(([assignmentId, value]: [string, unknown]) => {
    const parsed = grantEntry.safeParse(value)
    if (!parsed.success || !isAssignmentId(assignmentId)) return []
    const until: unknown = (value as { readonly until?: unknown }).until // parsed as an object above
    if (until !== undefined && momentIn(until) === undefined) return []
    const { accounts, condition, placement, ...entry } = parsed.data
    return [
      {
        ...entry,
        assignmentId,
        accounts: new Map(Object.entries(accounts ?? {})),
        placement,
        condition: condition === undefined ? undefined : conditionOf(condition),
        until: momentIn(until),
      },
    ]
  })
}

const conditionOf = (source: string) => {
  const compiled = compileCondition(source)
  return compiled.ok ? compiled.value : brokenCondition(source)
}
