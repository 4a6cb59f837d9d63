// A small agency to decide about: builders with quiet defaults, so that a test names only what it is about.
import { type Catalogue, compileCatalogue, permissionSetOf } from '../catalogue/compile.ts'
import { of, type PermissionSet, union } from '../catalogue/permission-set.ts'
import type { CatalogueDocument, PermissionEntry } from '../catalogue/schema.ts'
import { permission, role } from '../catalogue/small-catalogue.fixture.ts'
import type { AssignmentId, TenantId, UserId } from '../kernel/ids.ts'
import { platformTenant } from '../kernel/ids.ts'
import { type PrincipalRef, serviceRef, teamRef, userRef } from '../kernel/principal.ts'
import type { TenantKind } from '../kernel/tenant.ts'
import { type Instant, instantOf } from '../kernel/time.ts'
import type { Condition } from './condition.ts'
import type {
  CustomRole,
  Facts,
  GrantEntry,
  GrantsFacts,
  NodeFacts,
  Question,
  SubjectFacts,
  TokenFacts,
} from './facts.ts'

const everywhere = ['platform', 'agency', 'account'] as const
const both = ['active', 'suspended'] as const

const permissions = [
  permission(1, 'iam.tenants.get', everywhere, { worksOn: both, ownerDefault: true }),
  permission(2, 'iam.roles.assign', everywhere, { mints: true }),
  permission(3, 'iam.signing.list', ['platform']),
  permission(4, 'notes.read', ['agency', 'account']),
  permission(5, 'notes.write', ['account']),
  permission(6, 'notes/files.read', ['agency', 'account']),
  permission(7, 'notes.delete', ['account'], { critical: true }),
  permission(8, 'notes.export', ['account'], { critical: true, machine: true }),
]
const everything = permissions.map(({ name }) => name)
const belowPlatform = everything.filter((name) => name !== 'iam.signing.list')

/** The older version: its viewers could write. */
const olderDocument: CatalogueDocument = {
  version: '2030-01-01',
  permissions,
  scopes: [],
  roles: [
    role('platform.owner', 'platform', everything),
    role('agency.owner', 'agency', belowPlatform),
    role('agency.admin', 'agency', ['iam.tenants.get', 'iam.roles.assign', 'notes.read', 'notes/files.read']),
    role('account.editor', 'account', ['iam.tenants.get', 'notes.read', 'notes.write']),
    role('account.viewer', 'account', ['notes.read', 'notes.write']),
    role('account.owner', 'account', ['iam.tenants.get', 'notes.read', 'notes.write', 'notes.delete']),
  ],
}
/** The newest one took writing from viewers, gave it new things, and gives owners one more permission at once. */
const headDocument: CatalogueDocument = {
  version: '2031-01-01',
  permissions: [
    ...permissions,
    permission(9, 'iam.leaks.report', everywhere, { ownerDefault: true }),
    permission(10, 'notes.share', ['account']),
  ],
  scopes: [],
  roles: olderDocument.roles.map((entry) => ({
    ...entry,
    permissions:
      entry.name === 'account.viewer'
        ? ['notes.read', 'notes.share', 'iam.leaks.report']
        : [...entry.permissions, 'notes.share', 'iam.leaks.report'],
  })),
}
export const older: Catalogue = compileCatalogue(olderDocument)
export const head: Catalogue = compileCatalogue(headDocument)
/** By name, the agency's own included. */
export const setOf = (...names: readonly string[]): PermissionSet =>
  union(permissionSetOf(head, names), of(names.includes(ownName) ? [4096] : []))

export const now: Instant = instantOf(1_900_000_000_000)
export const later = (seconds: number): Instant => instantOf(now + seconds * 1000)

// Casts in this file: ids written by hand, in the shape of drawn ones.
const drawn = (prefix: string, name: string): string => `${prefix}_${name.padEnd(22, '0')}`
export const account = drawn('acc', 'Here') as TenantId
export const sibling = drawn('acc', 'Sibling') as TenantId
export const agency = drawn('agy', 'Ours') as TenantId
export const otherAgency = drawn('agy', 'Theirs') as TenantId
export const platform = platformTenant
export const maria = userRef('maria' as UserId)
export const omar = userRef('omar' as UserId)
export const robot = serviceRef(drawn('svc', 'Robot') as Parameters<typeof serviceRef>[0])
export const team = teamRef(drawn('tea', 'Sales') as Parameters<typeof teamRef>[0])
export const customRole = drawn('rol', 'Custom')
export const composedRole = drawn('rol', 'Composed')
/** What the agency added for a product of its own. */
export const ownName = 'own/record.read'
export const ownPermissions: ReadonlyMap<string, PermissionEntry> = new Map([
  [ownName, permission(4096, ownName, ['agency', 'account'])],
])

const parents: Readonly<Record<TenantKind, TenantId | undefined>> = {
  platform: undefined,
  agency: platform,
  account: agency,
}

export const node = (id: TenantId, kind: TenantKind, change: Partial<NodeFacts> = {}): NodeFacts => ({
  id,
  kind,
  parentId: parents[kind],
  placementId: `placement of ${id}`,
  status: 'active',
  catalogueVersion: head.version,
  guardrail: { deniedPermissions: [] },
  customRoles: new Map(),
  ownPermissions: new Map(),
  ...change,
})

/** The account, its agency and the platform, each changed as asked. */
export const accountChain = (
  change: { readonly [Kind in TenantKind]?: Partial<NodeFacts> } = {},
): readonly NodeFacts[] => [node(account, 'account', change.account), ...agencyChain(change)]

export const agencyChain = (change: { readonly [Kind in TenantKind]?: Partial<NodeFacts> } = {}) => [
  node(agency, 'agency', change.agency),
  node(platform, 'platform', change.platform),
]

export const entry = (role: string, change: Partial<GrantEntry> = {}): GrantEntry => ({
  assignmentId: drawn('asg', 'One') as AssignmentId,
  role,
  reach: 'subtree',
  accounts: new Map(),
  placement: undefined,
  condition: undefined,
  until: undefined,
  ...change,
})

/** A custom role of just these permissions. */
export const custom = (permissions: PermissionSet, ...includes: readonly string[]): CustomRole => ({
  permissions,
  includes,
})

export const placed = (...accounts: readonly TenantId[]): ReadonlyMap<string, string> =>
  new Map(accounts.map((id) => [id, `placement of ${id}`]))

/** `listed` with the placements that the accounts have now. */
export const listed = (role: string, ...accounts: readonly TenantId[]): GrantEntry =>
  entry(role, { reach: 'listed', accounts: placed(...accounts) })

export const grants = (
  at: TenantId,
  entries: readonly GrantEntry[],
  change: Partial<GrantsFacts> = {},
): GrantsFacts => ({ principal: maria, at, status: 'active', teams: [], entries, ...change })

export const subject = (all: readonly GrantsFacts[], principal: PrincipalRef = maria): SubjectFacts => ({
  principal,
  active: true,
  attributes: { id: 'maria' },
  grants: all,
})

/** A sign-in one minute old. */
export const session: TokenFacts = {
  permissions: undefined,
  tenant: undefined,
  accounts: undefined,
  signedInAt: later(-60),
  notAfter: undefined,
}

export const token = (change: Partial<TokenFacts> = {}): TokenFacts => ({
  permissions: setOf(...head.permissionByName.keys()),
  tenant: agency,
  accounts: undefined,
  signedInAt: undefined,
  notAfter: undefined,
  ...change,
})

/** Maria, signed in, asks about the account. */
export const factsOf = (all: readonly GrantsFacts[], change: Partial<Facts> = {}): Facts => ({
  head,
  catalogueOf: (version) => [head, older].find((catalogue) => catalogue.version === version),
  chain: accountChain(),
  subject: subject(all),
  token: session,
  installation: undefined,
  impersonation: undefined,
  ...change,
})

export const asking = (name: string, change: Partial<Question> = {}): Question => ({
  permission: name,
  resource: {},
  action: {},
  request: {},
  ...change,
})

export const condition = (outcome: boolean | 'error'): Condition => ({ source: String(outcome), holds: () => outcome })
