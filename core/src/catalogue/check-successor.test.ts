// Each promise of a published catalogue is broken once, beside successors that keep them all.
import { describe, expect, test } from 'vitest'
import { checkSuccessor } from './check-successor.ts'
import type { CatalogueDocument, PermissionEntry, ScopeEntry } from './schema.ts'
import { permission, role, scope, small, withEntry } from './small-catalogue.fixture.ts'

const next = { ...small, version: '2030-06-01' }
const found = (newer: CatalogueDocument, older = small): readonly string[] =>
  checkSuccessor(older, newer).map(({ code, subject, related }) => `${code} ${subject} ${related}`.trim())
const permissions = (name: string, change: Partial<PermissionEntry>) =>
  found({ ...next, permissions: withEntry(small.permissions, name, change) })
const scopes = (name: string, change: Partial<ScopeEntry>) =>
  found({ ...next, scopes: withEntry(small.scopes, name, change) })
const rolePermissions = (name: string, list: readonly string[], added: readonly PermissionEntry[] = []) =>
  found({
    ...next,
    permissions: [...small.permissions, ...added],
    roles: withEntry(small.roles, name, { permissions: list }),
  })

test('a successor may repeat, add and withdraw', () => {
  expect(found(next)).toEqual([])
  expect(
    found({
      ...next,
      permissions: [...small.permissions, permission(7, 'notes.share', ['account'])],
      scopes: [
        ...withEntry(small.scopes, 'notes.write', { permissions: ['notes.write'] }),
        scope('notes.share', ['notes.share']),
      ],
      roles: [
        ...withEntry(small.roles, 'account.viewer', { permissions: [] }),
        role('account.sharer', 'account', ['notes.share']),
      ],
    }),
  ).toEqual([])
})

test('a successor has a later version', () => {
  expect(found(small)).toEqual(['version_not_newer 2030-01-01 2030-01-01'])
  expect(found({ ...next, version: '2029-12-31' })).toEqual(['version_not_newer 2029-12-31 2030-01-01'])
})

describe('a permission', () => {
  test('keeps its number, which no other ever takes', () => {
    expect(permissions('notes/files.delete', { number: 7 })).toContain('number_changed notes/files.delete 7')
    expect(permissions('notes/files.delete', { name: 'notes/files.purge' })).toEqual([
      'number_reused notes/files.purge 6',
      'permission_removed notes/files.delete 6',
    ])
  })

  test('stays listed, so that its number is never free again', () => {
    const without = small.permissions.filter(({ name }) => name !== 'notes/files.delete')
    expect(found({ ...next, permissions: without })).toEqual(['permission_removed notes/files.delete 6'])
  })

  test('is never loosened for those who hold it', () => {
    expect(permissions('notes.read', { levels: ['account', 'agency'] })).toEqual([
      'permission_loosened notes.read agency',
    ])
    expect(permissions('notes.read', { worksOn: ['active', 'suspended'] })).toEqual([
      'permission_loosened notes.read suspended',
    ])
    expect(permissions('notes/files.delete', { machine: true })).toEqual([
      'permission_loosened notes/files.delete machine',
    ])
    expect(permissions('notes.read', { ownerDefault: true })).toEqual(['permission_loosened notes.read ownerDefault'])
    const plain = withEntry(small.permissions, 'notes/files.delete', {}).map(({ critical, mints, ...entry }) => entry)
    expect(found({ ...next, permissions: plain })).toEqual([
      'permission_loosened iam.jobs.run critical',
      'permission_loosened iam.apiKeys.create mints',
      'permission_loosened notes/files.delete critical',
    ])
  })

  test('may be tightened', () => {
    expect(permissions('notes.read', { critical: true, mints: true })).toEqual([])
    expect(permissions('iam.tenants.get', { levels: ['account'], worksOn: ['active'] })).toEqual([])
  })
})

describe('a published scope', () => {
  test('only loses permissions', () => {
    expect(scopes('notes.readonly', { permissions: ['notes.read', 'notes.write'] })).toEqual([
      'scope_widened notes.readonly notes.write',
      'scope_widened memos.readonly notes.write',
    ])
    expect(scopes('notes.readonly', { permissions: [] })).toEqual([])
  })

  test('only loses levels', () => {
    expect(scopes('notes.write', { levels: ['account', 'agency'] })).toEqual(['scope_widened notes.write agency'])
  })

  test('is removed only after an announced end', () => {
    const without = small.scopes.filter(({ name }) => name !== 'notes.all')
    expect(found({ ...next, scopes: without })).toEqual(['scope_removed notes.all 2031-01-01'])
    expect(found({ ...next, version: '2031-01-01', scopes: without })).toEqual([])
    expect(found({ ...next, version: '2031-01-01', scopes: small.scopes.slice(1) })).toEqual([
      'scope_removed notes.readonly',
      'scope_removed memos.readonly',
    ])
  })

  test('keeps its aliases, which never come to mean more', () => {
    const bare = small.scopes.map(({ aliases, ...entry }): ScopeEntry => entry)
    expect(found({ ...next, scopes: bare })).toEqual(['scope_removed memos.readonly'])
    const moved = withEntry(bare, 'notes.write', { aliases: ['memos.readonly'] })
    expect(found({ ...next, scopes: moved })).toEqual([
      'scope_widened memos.readonly notes.write',
      'scope_widened memos.readonly notes/files.delete',
    ])
  })

  test('keeps at least the time that was announced', () => {
    const until = (date: string) =>
      scopes('notes.all', { deprecated: { from: '2029-01-01', until: date, replacedBy: 'notes.write' } })
    expect(until('2030-07-01')).toEqual(['deprecation_shortened notes.all 2030-07-01'])
    expect(until('2032-01-01')).toEqual([])
  })
})

describe('a built-in role', () => {
  test('only loses permissions', () => {
    expect(rolePermissions('account.viewer', ['notes.read', 'notes.write'])).toEqual([
      'role_widened account.viewer notes.write',
    ])
    expect(rolePermissions('account.viewer', [])).toEqual([])
  })

  test('is never removed and never changes its level', () => {
    expect(found({ ...next, roles: small.roles.slice(0, -1) })).toEqual(['role_removed account.viewer'])
    expect(found({ ...next, roles: withEntry(small.roles, 'account.viewer', { level: 'agency' }) })).toEqual([
      'role_widened account.viewer agency',
    ])
  })

  const forOwners = permission(7, 'iam.leaks.report', ['account'], { ownerDefault: true })
  const forAll = permission(7, 'iam.leaks.report', ['account'])
  const ownerList = ['iam.tenants.get', 'notes.read', 'iam.leaks.report']

  test('of owners may gain what is new; nobody else’s may', () => {
    expect(rolePermissions('account.owner', ownerList, [forOwners])).toEqual([])
    expect(rolePermissions('account.owner', ownerList, [forAll])).toEqual([])
    expect(rolePermissions('account.viewer', ['iam.leaks.report'], [forAll])).toEqual([
      'role_widened account.viewer iam.leaks.report',
    ])
    expect(rolePermissions('account.viewer', ['iam.leaks.report'], [forOwners])).toEqual([
      'role_widened account.viewer iam.leaks.report',
    ])
  })

  test('that is no owner gains nothing by that mark, not even one that founds tenants', () => {
    const provisioner = role('platform.provisioner', 'platform', ['iam.tenants.get'])
    const founding = { ...small, roles: [...small.roles, provisioner] }
    const wider = {
      ...founding,
      version: '2030-06-01',
      permissions: [...small.permissions, forOwners],
      roles: withEntry(founding.roles, 'platform.provisioner', {
        permissions: ['iam.tenants.get', 'iam.leaks.report'],
      }),
    }
    expect(found(wider, founding)).toEqual(['role_widened platform.provisioner iam.leaks.report'])
  })

  test('of owners does not regain what was withdrawn', () => {
    const withdrawn = { ...small, permissions: [...small.permissions, forOwners] }
    const back = {
      ...withdrawn,
      version: '2030-06-01',
      roles: withEntry(small.roles, 'account.owner', { permissions: ownerList }),
    }
    expect(found(back, withdrawn)).toEqual(['role_widened account.owner iam.leaks.report'])
  })
})
