// What a test has given to whom, in a book of its own: facts for the oracle are made from it, and never from what is stored.
import type { Condition } from '@latchkey/core/access/condition'
import type { Reach } from '@latchkey/core/access/facts'
import { compileCatalogue } from '@latchkey/core/catalogue/compile'
import initial from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import type { CatalogueDocument, PermissionEntry } from '@latchkey/core/catalogue/schema'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import type { TenantStatus } from '@latchkey/core/kernel/tenant'

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
  /** Whose keys count, and for which scopes; undefined: all. */
  keyKinds: readonly string[] | undefined
  keyScopes: readonly string[] | undefined
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
