// The shipped catalogue is sound, complete, and gives each built-in role what its description says.
import { describe, expect, test } from 'vitest'
import { compileCatalogue, namesOf } from './compile.ts'
import raw from './data/2026-11-01.json' with { type: 'json' }
import { effectiveRole, effectiveScopes } from './effective.ts'
import { empty, equals, has, isSubsetOf, minus, type PermissionSet, size, toBase64url } from './permission-set.ts'
import { readCatalogue } from './read-catalogue.ts'
import type { CatalogueDocument } from './schema.ts'

const result = readCatalogue(raw)
const nothing: CatalogueDocument = { version: '', permissions: [], scopes: [], roles: [] }
const document = result.ok ? result.value : nothing
const catalogue = compileCatalogue(document)
const role = (name: string): PermissionSet => catalogue.roleByName.get(name)?.permissions ?? empty
const names = (name: string): readonly string[] => namesOf(catalogue, role(name))
const flagged = (flag: 'critical' | 'mints' | 'machine'): readonly string[] =>
  document.permissions.filter((entry) => entry[flag] === true).map(({ name }) => name)
const holdableAt = (...levels: readonly string[]): readonly string[] =>
  document.permissions.filter((entry) => entry.levels.some((level) => levels.includes(level))).map(({ name }) => name)

const roles = [
  ...['platform.owner', 'platform.provisioner', 'platform.steward', 'platform.support', 'platform.verifier'],
  ...['agency.owner', 'agency.admin', 'agency.support', 'agency.verifier', 'agency.auditor'],
  ...['account.owner', 'account.admin', 'account.user', 'account.salesRep', 'account.billing', 'account.viewer'],
]

// DESIGN §6, by resource; `*` marks what mints.
const iam: Readonly<Record<string, string>> = {
  tenants: 'create* get list update suspend resume move delete',
  operations: 'get',
  members: 'list invite* update suspend restore remove transfer',
  invitations: 'list revoke',
  serviceAccounts: 'create* list delete',
  teams: 'create get list update delete addMember* removeMember',
  roles: 'list create* update* delete assign* unassign preview',
  assignments: 'list',
  guardrails: 'get set',
  catalogue: 'read adopt publish',
  resources: 'registerType put get list delete',
  attributes: 'assert',
  access: 'check explain search',
  denials: 'read',
  apiKeys: 'create* get list update* rotate* disable enable revoke',
  credentials: 'verify delegate*',
  apps: 'register* update get list rotateSecret* install* uninstall approve*',
  installs: 'list',
  sessions: 'list revoke',
  consents: 'list revoke',
  impersonation: 'start* approve* list end',
  audit: 'read export verify redact beginEpoch',
  webhooks: 'create list update delete test',
  signing: 'list rotate compromise',
  jobs: 'status run replay',
  usage: 'report',
  changes: 'read',
  leaks: 'report',
}
const iamNames = Object.entries(iam).flatMap(([resource, actions]) =>
  actions.split(' ').map((action) => `iam.${resource}.${action}`),
)

describe('the shipped catalogue', () => {
  test('has no problems', () => {
    expect(result.ok ? [] : result.error).toEqual([])
  })

  test('has all its permissions, scopes and roles', () => {
    expect(document.permissions.length).toBeGreaterThanOrEqual(240)
    expect(document.scopes.length).toBeGreaterThanOrEqual(105)
    expect(document.roles.map(({ name }) => name)).toEqual(roles)
  })

  test('is numbered from 1 without a gap, in the order of the file', () => {
    expect(document.permissions.map(({ number }) => number)).toEqual(document.permissions.map((_, i) => i + 1))
  })

  test("has exactly IAM's own permissions, and marks what mints", () => {
    const own = document.permissions.map(({ name }) => name).filter((name) => name.startsWith('iam.'))
    expect([...own].sort()).toEqual(iamNames.map((name) => name.replace('*', '')).sort())
    expect([...flagged('mints')].sort()).toEqual(
      iamNames
        .filter((name) => name.endsWith('*'))
        .map((name) => name.slice(0, -1))
        .sort(),
    )
  })

  test('keeps the machinery of the platform at the platform', () => {
    const platformOnly = document.permissions.filter((entry) => entry.levels.join() === 'platform')
    expect(platformOnly.map(({ name }) => name)).toEqual([
      ...['iam.catalogue.publish', 'iam.signing.list', 'iam.signing.rotate', 'iam.signing.compromise'],
      ...['iam.jobs.status', 'iam.jobs.run', 'iam.jobs.replay', 'iam.audit.beginEpoch'],
    ])
  })

  test('asks for a fresh login where it hurts, and not for everyday work', () => {
    const critical = flagged('critical')
    for (const name of ['iam.tenants.delete', 'iam.tenants.move', 'iam.guardrails.set', 'iam.signing.compromise']) {
      expect(critical, name).toContain(name)
    }
    for (const name of [
      'iam.audit.redact',
      'iam.audit.beginEpoch',
      'iam.audit.export',
      'iam.impersonation.start',
      'iam.members.transfer',
      'contacts.export',
    ]) {
      expect(critical, name).toContain(name)
    }
    for (const name of ['iam.apiKeys.create', 'iam.roles.assign', 'iam.tenants.suspend', 'iam.tenants.resume']) {
      expect(critical, name).not.toContain(name)
    }
    expect(critical).not.toContain('iam.tenants.create')
    expect(flagged('machine')).toContain('iam.audit.export')
    expect(flagged('machine')).not.toContain('iam.tenants.delete')
  })

  test('gives every everyday scope to accounts, and those of the agency to agencies alone', () => {
    const levels = (name: string) => catalogue.scopeByName.get(name)?.entry.levels
    expect(levels('contacts.readonly')).toEqual(['account'])
    expect(levels('snapshots.readonly')).toEqual(['agency'])
    expect(levels('locations.write')).toEqual(['agency'])
    expect(catalogue.scopeByName.get('locations.readonly')?.entry.name).toBe('accounts.readonly')
    expect(document.scopes.filter((entry) => entry.deprecated).map(({ name }) => name)).toEqual([
      'oauth.readonly',
      'campaigns.readonly',
    ])
  })

  test('fits into small texts, so that a role travels in a few bytes', () => {
    expect(toBase64url(role('platform.owner')).length).toBeLessThanOrEqual(64)
  })

  test('means by itself what it says', () => {
    for (const name of roles) expect(equals(effectiveRole(catalogue, catalogue, name), role(name)), name).toBe(true)
    expect(namesOf(catalogue, effectiveScopes(catalogue, catalogue, ['campaigns.readonly']))).toEqual([
      'campaigns.read',
    ])
  })
})

describe('owner roles', () => {
  test('hold everything there is to hold', () => {
    expect(names('platform.owner')).toEqual(document.permissions.map(({ name }) => name))
    expect(names('agency.owner')).toEqual(holdableAt('agency', 'account'))
  })

  test('of an account lack only what its agency keeps to itself', () => {
    const kept = holdableAt('account').filter((name) => !names('account.owner').includes(name))
    expect(kept).toEqual([
      ...['iam.tenants.suspend', 'iam.tenants.resume', 'iam.tenants.move', 'iam.tenants.delete'],
      ...['accounts.pauseResume', 'accounts/features.manage'],
      ...['saas/account.write', 'saas/wallet.charge', 'charges.create', 'charges.refund'],
      'iam.audit.redact',
    ])
  })
})

describe('power may only be given by who holds it, so', () => {
  test.each([
    ['platform.owner', 'platform.provisioner'],
    ['agency.owner', 'agency.admin'],
    ['agency.admin', 'agency.support'],
    ['agency.admin', 'agency.verifier'],
    ['agency.admin', 'agency.auditor'],
    ['agency.admin', 'account.owner'],
    ['account.owner', 'account.admin'],
    ['account.admin', 'account.user'],
    ['account.admin', 'account.billing'],
    ['account.user', 'account.salesRep'],
    ['account.user', 'account.viewer'],
  ])('%s includes %s, and more', (giver, given) => {
    expect(namesOf(catalogue, minus(role(given), role(giver)))).toEqual([])
    expect(size(role(giver))).toBeGreaterThan(size(role(given)))
  })

  test('nobody below can give what is above', () => {
    expect(isSubsetOf(role('agency.owner'), role('agency.admin'))).toBe(false)
    expect(isSubsetOf(role('agency.admin'), role('account.owner'))).toBe(false)
  })
})

describe('staff and service roles', () => {
  const billing = /^(payments|invoices|saas|charges)[./]/
  const changes = /\.(write|delete|create|update|export|import|assign|invite|set|send|refund|push|charge|publish)$/

  test('the support of an agency works without billing', () => {
    expect(names('agency.support').filter((name) => billing.test(name))).toEqual([])
    expect(names('agency.support')).toEqual(expect.arrayContaining(['contacts.write', 'calendars/events.write']))
    expect(names('agency.support').filter((name) => /\.(delete|export|import|bulkActions)$/.test(name))).toEqual([])
  })

  test('readers change nothing', () => {
    for (const name of ['platform.support', 'account.viewer']) {
      expect(
        names(name).filter((permission) => changes.test(permission)),
        name,
      ).toEqual([])
    }
    expect(names('agency.auditor').filter((name) => changes.test(name))).toEqual(['iam.audit.export'])
    expect(names('agency.auditor').filter((name) => !name.startsWith('iam.'))).toEqual([])
  })

  test('the provisioner founds, the steward stops and resumes, and neither does anything inside a tenant', () => {
    const seeing = ['iam.tenants.get', 'iam.tenants.list']
    expect(names('platform.provisioner')).toEqual(['iam.tenants.create', ...seeing, 'iam.catalogue.read'])
    expect(names('platform.steward')).toEqual([
      ...seeing,
      ...['iam.tenants.suspend', 'iam.tenants.resume', 'iam.operations.get'],
    ])
  })

  test('the provisioner makes no power but tenants, and needs no login', () => {
    const held = names('platform.provisioner')
    expect(held.filter((name) => flagged('mints').includes(name))).toEqual(['iam.tenants.create'])
    expect(held.filter((name) => flagged('critical').includes(name))).toEqual([])
    const founding = catalogue.permissionByName.get('iam.tenants.create')
    expect(founding?.levels).toContain('platform')
  })

  test('an agency admin neither closes nor moves tenants, nor resells', () => {
    expect(namesOf(catalogue, minus(role('agency.owner'), role('agency.admin')))).toEqual([
      ...['iam.tenants.move', 'iam.tenants.delete', 'iam.catalogue.adopt'],
      ...['saas/agency.write', 'saas/plans.write', 'saas/account.write', 'saas/wallet.charge', 'iam.audit.redact'],
    ])
  })

  test('a verifier verifies and does nothing else', () => {
    expect([...names('agency.verifier')].sort()).toEqual([
      ...['iam.access.check', 'iam.attributes.assert', 'iam.changes.read', 'iam.credentials.verify'],
      ...['iam.tenants.get', 'iam.usage.report'],
    ])
    expect(namesOf(catalogue, minus(role('platform.verifier'), role('agency.verifier')))).toEqual([
      ...['iam.catalogue.read', 'iam.leaks.report'],
    ])
  })

  test('a sales representative works on four things and deletes none of them', () => {
    const areas = names('account.salesRep').map((name) => name.split(/[./]/)[0])
    expect([...new Set(areas)]).toEqual(['iam', 'contacts', 'calendars', 'conversations', 'opportunities'])
    expect(has(role('account.salesRep'), catalogue.permissionByName.get('contacts.delete')?.number ?? 0)).toBe(false)
    expect(names('account.salesRep')).toEqual(expect.arrayContaining(['contacts.write', 'opportunities.write']))
  })

  test('the billing of an account sees money and cannot redirect it', () => {
    expect(names('account.billing')).toEqual(expect.arrayContaining(['invoices.write', 'payments/orders.refund']))
    expect(names('account.billing')).not.toContain('payments/integration.write')
    expect(names('account.billing')).not.toContain('contacts.write')
  })
})
