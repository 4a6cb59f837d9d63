// What a test has given to whom, in a book of its own: facts for the oracle are made from it, and never from what is stored.
import type { Condition } from '@latchkey/core/access/condition'
import type { Facts, GrantEntry, GrantsFacts, NodeFacts, Reach, TokenFacts } from '@latchkey/core/access/facts'
import { compileCatalogue } from '@latchkey/core/catalogue/compile'
import initial from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import { of, type PermissionSet } from '@latchkey/core/catalogue/permission-set'
import type { CatalogueDocument, PermissionEntry } from '@latchkey/core/catalogue/schema'
import { type AssignmentId, platformTenant, type TeamId, type TenantId } from '@latchkey/core/kernel/ids'
import { idOf, kindOf, type PrincipalRef } from '@latchkey/core/kernel/principal'
import type { TenantStatus } from '@latchkey/core/kernel/tenant'
import { type Instant, instantOf } from '@latchkey/core/kernel/time'

// Cast: the file that the platform is founded with.
export const head = compileCatalogue(initial as CatalogueDocument)

export interface Given {
  readonly assignment: string
  readonly role: string
  readonly reach: Reach
  readonly accounts: readonly string[]
  readonly condition: Condition | undefined
  readonly until: number | undefined
  /** The placements that it counts at: of the tenant itself when it comes of what stands above, and of listed accounts. */
  readonly placement: string | undefined
  readonly placements: ReadonlyMap<string, string>
  /** To somebody of the agency above, who is no member here: it ends with their membership there. */
  readonly borrowed: boolean
}

/** Where somebody stands at one tenant. */
export interface Standing {
  status: 'active' | 'suspended' | 'removed'
  /** A member of the tenant itself, and not only somebody of its agency who was given a role here. */
  member: boolean
  teams: readonly string[]
  given: readonly Given[]
  attributes: Readonly<Record<string, string>>
}

export interface Registered {
  readonly type: string
  readonly id: string
  readonly ownerId: string | undefined
  readonly properties: Readonly<Record<string, string>>
}

export interface TenantRecord {
  readonly id: string
  readonly kind: 'agency' | 'account'
  parent: string
  placement: string
  status: TenantStatus
  denied: readonly string[]
  maxKeyDays: number | undefined
  readonly roles: Map<string, { permissions: readonly number[]; includes: readonly string[] }>
  /** Own permissions of an agency, under numbers of this book. */
  own: ReadonlyMap<string, PermissionEntry>
  readonly resources: Registered[]
}

export interface Ledger {
  readonly tenants: Map<string, TenantRecord>
  readonly principals: Set<PrincipalRef>
  /** To write in: makes one where there is none. */
  readonly standingOf: (tenant: string, principal: PrincipalRef) => Standing
  readonly seen: (tenant: string, principal: PrincipalRef) => Standing | undefined
  /** Numbers are nobody's business but this book's: two agencies never share one. */
  readonly numberOf: (tenant: string, permission: string) => number
  readonly newPlacement: () => string
  readonly register: (
    agency: string,
    type: string,
    actions: readonly string[],
    levels: PermissionEntry['levels'],
  ) => void
}

export const newLedger = (): Ledger => {
  const tenants = new Map<string, TenantRecord>()
  const standings = new Map<string, Standing>()
  const numbers = new Map<string, number>()
  let placements = 0
  const agencyOf = (tenant: string): TenantRecord => {
    const found = recordOf(tenants, tenant)
    return found.kind === 'agency' ? found : recordOf(tenants, found.parent)
  }
  const ownNumber = (agency: string, permission: string): number => {
    const name = `${agency} ${permission}`
    const number = numbers.get(name) ?? 10_000 + numbers.size
    numbers.set(name, number)
    return number
  }
  return {
    tenants,
    principals: new Set(),
    seen: (tenant, principal) => standings.get(`${tenant} ${principal}`),
    standingOf: (tenant, principal) => {
      const key = `${tenant} ${principal}`
      const none: Standing = { status: 'active', member: false, teams: [], given: [], attributes: {} }
      const standing = standings.get(key) ?? none
      standings.set(key, standing)
      return standing
    },
    numberOf: (tenant, permission) =>
      head.permissionByName.get(permission)?.number ?? ownNumber(agencyOf(tenant).id, permission),
    newPlacement: () => `placement ${++placements}`,
    register: (agency, type, actions, levels) => {
      const record = recordOf(tenants, agency)
      const others = [...record.own].filter(([name]) => !name.startsWith(`own/${type}.`))
      const added = actions.map((action): readonly [string, PermissionEntry] => {
        const name = `own/${type}.${action}`
        return [name, { number: ownNumber(agency, name), name, area: 'own', title: name, levels, worksOn: ['active'] }]
      })
      record.own = new Map([...others, ...added])
    },
  }
}

export const recordOf = (tenants: ReadonlyMap<string, TenantRecord>, tenant: string): TenantRecord => {
  const record = tenants.get(tenant)
  if (record === undefined) throw new Error(`${tenant} is not in the book`)
  return record
}

/** The tenant and its agency, as the book has them. */
const recordsAbove = ({ tenants }: Ledger, tenant: string): readonly TenantRecord[] => {
  const record = recordOf(tenants, tenant)
  return record.kind === 'agency' ? [record] : [record, recordOf(tenants, record.parent)]
}

// Casts below: ids that the product drew.
const nodeOf = (record: TenantRecord): NodeFacts => ({
  id: record.id as TenantId,
  kind: record.kind,
  parentId: record.parent as TenantId,
  placementId: record.placement,
  status: record.status,
  catalogueVersion: head.version,
  guardrail: { deniedPermissions: record.denied },
  customRoles: new Map(
    [...record.roles].map(([role, { permissions, includes }]) => [role, { permissions: of(permissions), includes }]),
  ),
  ownPermissions: record.own,
})

const root: NodeFacts = {
  id: platformTenant,
  kind: 'platform',
  parentId: undefined,
  placementId: 'root',
  status: 'active',
  catalogueVersion: head.version,
  guardrail: { deniedPermissions: [] },
  customRoles: new Map(),
  ownPermissions: new Map(),
}

const entryOf = ({
  assignment,
  role,
  reach,
  condition,
  until,
  placement,
  placements,
  borrowed,
}: Given): GrantEntry => ({
  assignmentId: assignment as AssignmentId,
  role,
  reach,
  accounts: placements,
  placement,
  ...(borrowed ? { borrowed } : {}),
  condition,
  until: until === undefined ? undefined : instantOf(until),
})

const grantsOf = (ledger: Ledger, tenant: string, principal: PrincipalRef): GrantsFacts => {
  const { status = 'removed', teams = [], given = [], attributes = {} } = ledger.seen(tenant, principal) ?? {}
  return {
    principal,
    at: tenant as TenantId,
    status,
    attributes,
    teams: teams as readonly TeamId[],
    entries: given.map(entryOf),
  }
}

/** A sign-in session, or (undefined) nobody's: one is only asked about. */
export const session = (signedInAt: Instant | undefined): TokenFacts => ({
  permissions: undefined,
  tenant: undefined,
  accounts: undefined,
  signedInAt,
  notAfter: undefined,
})

export interface KeyRecord {
  readonly secret: string
  readonly principal: PrincipalRef
  readonly tenant: string
  readonly scopes: readonly string[]
  /** Those of an agency's own permissions, by the numbers of this book: a name alone could come to mean another. */
  readonly own: ReadonlyMap<string, number>
  readonly accounts: ReadonlyMap<string, string> | undefined
  readonly createdAt: number
  readonly notAfter: number
}

/** What a key's scopes allow at a tenant: own permissions only while they are the very same. */
const scopesAt = (ledger: Ledger, tenant: string, { scopes, own }: KeyRecord): PermissionSet => {
  const here = recordsAbove(ledger, tenant).flatMap((record) => [...record.own.values()].map(({ number }) => number))
  const mine = [...own.values()].filter((number) => here.includes(number))
  const named = scopes.flatMap((name) => head.scopeByName.get(name)?.entry.permissions ?? [])
  return of([...mine, ...named.flatMap((name) => head.permissionByName.get(name)?.number ?? [])])
}

export const tokenOf = (ledger: Ledger, key: KeyRecord, tenant: string): TokenFacts => {
  const ceilings = recordsAbove(ledger, tenant).flatMap(({ maxKeyDays }) =>
    maxKeyDays === undefined ? [] : [key.createdAt + maxKeyDays * 86_400_000],
  )
  return {
    permissions: scopesAt(ledger, tenant, key),
    tenant: key.tenant as TenantId,
    accounts: key.accounts,
    signedInAt: undefined,
    notAfter: instantOf(Math.min(key.notAfter, ...ceilings)),
  }
}

/** The facts of a decision about `principal` at `tenant`, as the book has them. */
export const factsOf = (ledger: Ledger, principal: PrincipalRef, tenant: string, token: TokenFacts): Facts => {
  const records = recordsAbove(ledger, tenant)
  const own = records.map((record) => grantsOf(ledger, record.id, principal))
  const teams = own.flatMap((one) =>
    one.status === 'active' ? one.teams.map((team) => grantsOf(ledger, one.at, `team:${team}` as PrincipalRef)) : [],
  )
  const isService = kindOf(principal) === 'service'
  const home = token.tenant
  const stands = own.some(({ status, at }) => status === 'active' && (home ?? at) === at)
  return {
    head,
    catalogueOf: (version) => (version === head.version ? head : undefined),
    chain: [...records.map(nodeOf), root],
    subject: {
      principal,
      active: isService ? stands : true,
      attributes: { id: idOf(principal), kind: kindOf(principal) },
      grants: [...own, ...teams],
    },
    token,
    installation: undefined,
    impersonation: undefined,
  }
}
