// Facts as the oracle takes them, from the book alone.
import type { Facts, GrantEntry, GrantsFacts, NodeFacts, TokenFacts } from '@latchkey/core/access/facts'
import { of, type PermissionSet } from '@latchkey/core/catalogue/permission-set'
import { type AssignmentId, platformTenant, type TeamId, type TenantId } from '@latchkey/core/kernel/ids'
import { idOf, kindOf, type PrincipalRef } from '@latchkey/core/kernel/principal'
import { type Instant, instantOf } from '@latchkey/core/kernel/time'
import { type Given, head, type KeyRecord, type Ledger, recordOf, type TenantRecord } from './ledger.ts'

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

/** What a key's scopes allow at a tenant: own permissions only while they are the very same. */
const scopesAt = (ledger: Ledger, tenant: string, { scopes, own }: KeyRecord): PermissionSet => {
  const here = recordsAbove(ledger, tenant).flatMap((record) => [...record.own.values()].map(({ number }) => number))
  const caps = recordsAbove(ledger, tenant).flatMap(({ keyScopes }) => (keyScopes === undefined ? [] : [keyScopes]))
  const left = (scope: string): boolean => caps.every((scopes) => scopes.includes(scope))
  const mine = [...own].filter(([scope, number]) => here.includes(number) && left(scope)).map(([, number]) => number)
  const named = scopes.filter(left).flatMap((name) => head.scopeByName.get(name)?.entry.permissions ?? [])
  return of([...mine, ...named.flatMap((name) => head.permissionByName.get(name)?.number ?? [])])
}

export const tokenOf = (ledger: Ledger, key: KeyRecord, tenant: string): TokenFacts => {
  const above = recordsAbove(ledger, tenant)
  const ceilings = above.flatMap(({ maxKeyDays }) =>
    maxKeyDays === undefined ? [] : [key.createdAt + maxKeyDays * 86_400_000],
  )
  const kind = kindOf(key.principal) === 'user' ? 'personal' : 'service'
  // Of a kind that is not let count, it never began.
  if (above.some(({ keyKinds }) => keyKinds?.includes(kind) === false)) ceilings.push(key.createdAt)
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
