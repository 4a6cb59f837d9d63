// Each rule of a catalogue document is broken once, beside the document that breaks none.
import { describe, expect, test } from 'vitest'
import { checkCatalogue } from './check.ts'
import { firstOwnNumber } from './own-permission.ts'
import { readCatalogue } from './read-catalogue.ts'
import type { CatalogueDocument, PermissionEntry, RoleEntry, ScopeEntry } from './schema.ts'
import { permission, role, scope, small, withEntry } from './small-catalogue.fixture.ts'

const found = (document: CatalogueDocument): readonly string[] =>
  checkCatalogue(document).map(({ code, subject, related }) => `${code} ${subject} ${related}`)
const permissions = (name: string, change: Partial<PermissionEntry>) =>
  found({ ...small, permissions: withEntry(small.permissions, name, change) })
const scopes = (name: string, change: Partial<ScopeEntry>) =>
  found({ ...small, scopes: withEntry(small.scopes, name, change) })
const roles = (name: string, change: Partial<RoleEntry>) =>
  found({ ...small, roles: withEntry(small.roles, name, change) })

test('a sound document has no problems', () => {
  expect(found(small)).toEqual([])
})

describe('permissions', () => {
  test('have numbers of their own, in ascending order', () => {
    expect(permissions('notes.write', { number: 4 })).toEqual(['number_out_of_order notes.write 4'])
    expect(permissions('notes.write', { number: 3 })).toEqual(['number_out_of_order notes.write 3'])
    expect(permissions('notes/files.delete', { number: 60 })).toEqual([])
  })

  test('stay below the numbers that agencies give to permissions of their own', () => {
    expect(permissions('notes/files.delete', { number: firstOwnNumber - 1 })).toEqual([])
    expect(permissions('notes/files.delete', { number: firstOwnNumber })).toEqual([
      `number_reserved notes/files.delete ${firstOwnNumber}`,
    ])
  })

  test('have names of their own', () => {
    const twice = { ...small, permissions: [...small.permissions, permission(7, 'notes.read', ['account'])] }
    expect(found(twice)).toEqual(['duplicate permissions notes.read'])
  })

  test('C-114 are named by the grammar', () => {
    for (const name of ['notes.*', 'notes', 'Notes.read', 'notes\uff0eread', '__proto__']) {
      const document = { ...small, permissions: [...small.permissions, permission(7, name, ['account'])] }
      expect(found(document)).toEqual([`bad_name permissions ${name}`])
    }
  })

  test('work on a suspended tenant only where that is what they are for', () => {
    expect(permissions('notes.read', { worksOn: ['active', 'suspended'] })).toEqual([
      'works_on_not_allowed notes.read suspended',
    ])
    expect(permissions('iam.tenants.get', { worksOn: ['active'] })).toEqual([
      'works_on_not_allowed iam.tenants.get suspended',
    ])
    expect(permissions('iam.tenants.get', { worksOn: ['suspended'] })).toEqual([
      'works_on_not_allowed iam.tenants.get active',
    ])
  })

  test('are open to machines by exception only where machines would be refused', () => {
    expect(permissions('notes.read', { machine: true })).toEqual(['machine_without_critical notes.read machine'])
    expect(permissions('notes.read', { critical: true, machine: true })).toEqual([])
  })

  test('marked for owners are held by the owners of every level they have', () => {
    expect(permissions('notes/files.delete', { ownerDefault: true })).toEqual([])
    expect(permissions('iam.apiKeys.create', { ownerDefault: true })).toEqual([
      'owner_default_missing iam.apiKeys.create account.owner',
    ])
  })

  test('list a level once', () => {
    expect(permissions('notes.read', { levels: ['account', 'account'] })).toEqual(['duplicate notes.read account'])
  })
})

describe('scopes', () => {
  test('share no name or alias', () => {
    expect(scopes('notes.write', { aliases: ['notes.readonly'] })).toEqual(['duplicate scopes notes.readonly'])
    expect(scopes('notes.write', { aliases: ['memos.readonly'] })).toEqual(['duplicate scopes memos.readonly'])
    expect(scopes('notes.write', { aliases: ['memos.write'] })).toEqual([])
  })

  test('C-114 are named by the grammar, aliases included', () => {
    expect(scopes('notes.write', { aliases: ['notes.*'] })).toEqual(['bad_name scopes notes.*'])
    expect(found({ ...small, scopes: [...small.scopes, scope('iam.x.y', ['notes.read'])] })).toEqual([
      'bad_name scopes iam.x.y',
    ])
  })

  test('name permissions that exist, once', () => {
    expect(scopes('notes.readonly', { permissions: ['notes.reed'] })).toContain(
      'unknown_permission notes.readonly notes.reed',
    )
    expect(scopes('notes.readonly', { permissions: ['constructor'] })).toContain(
      'unknown_permission notes.readonly constructor',
    )
    expect(scopes('notes.readonly', { permissions: ['notes.read', 'notes.read'] })).toEqual([
      'duplicate notes.readonly notes.read',
    ])
  })

  test('agree with their permissions about the levels', () => {
    expect(scopes('notes.readonly', { permissions: ['notes.read', 'iam.jobs.run'] })).toEqual([
      'level_mismatch notes.readonly iam.jobs.run',
    ])
    expect(scopes('notes.readonly', { levels: ['account', 'agency'] })).toEqual([
      'level_mismatch notes.readonly agency',
    ])
    expect(scopes('notes.readonly', { permissions: [] })).toEqual([])
  })

  test('are deprecated for a while, in favour of one that stays', () => {
    const deprecated = { from: '2029-01-01', until: '2031-01-01', replacedBy: 'notes.write' }
    const over = (change: Partial<typeof deprecated>) =>
      scopes('notes.readonly', { deprecated: { ...deprecated, ...change } })
    expect(over({})).toEqual([])
    expect(over({ until: '2029-01-01' })).toEqual(['deprecation_out_of_order notes.readonly 2029-01-01'])
    expect(over({ replacedBy: 'notes.none' })).toEqual(['bad_replacement notes.readonly notes.none'])
    expect(over({ replacedBy: 'notes.readonly' })).toEqual(['bad_replacement notes.readonly notes.readonly'])
    expect(over({ replacedBy: 'notes.all' })).toEqual(['bad_replacement notes.readonly notes.all'])
  })
})

describe('built-in roles', () => {
  test('have names of their own, which begin with their level', () => {
    expect(found({ ...small, roles: [...small.roles, role('account.viewer', 'account', [])] })).toEqual([
      'duplicate roles account.viewer',
    ])
    expect(roles('account.viewer', { level: 'agency' })).toEqual(['bad_name roles account.viewer'])
    expect(roles('account.viewer', { name: 'account.*' })).toEqual(['bad_name roles account.*'])
  })

  test('name permissions that exist, by their full names', () => {
    expect(roles('account.viewer', { permissions: ['notes.*'] })).toEqual(['unknown_permission account.viewer notes.*'])
  })

  test('hold what can be held at their level or below, never above', () => {
    expect(roles('account.viewer', { permissions: ['iam.jobs.run'] })).toEqual([
      'level_mismatch account.viewer iam.jobs.run',
    ])
    expect(roles('agency.owner', { permissions: ['iam.tenants.get', 'notes.read'] })).toEqual([])
    expect(roles('agency.owner', { permissions: ['iam.tenants.get', 'iam.jobs.run'] })).toEqual([
      'level_mismatch agency.owner iam.jobs.run',
    ])
  })
})

describe('reading a document', () => {
  test('gives it back when it is sound', () => {
    expect(readCatalogue(JSON.parse(JSON.stringify(small)))).toEqual({ ok: true, value: small })
  })

  test('refuses a problem', () => {
    const result = readCatalogue({ ...small, roles: [role('account.viewer', 'account', ['notes.reed'])] })
    expect(result).toEqual({
      ok: false,
      error: {
        kind: 'problems',
        problems: [{ code: 'unknown_permission', subject: 'account.viewer', related: 'notes.reed' }],
      },
    })
  })

  test.each([
    ['an unknown field', { ...small, note: 'x' }, ''],
    [
      'an unknown field of a permission',
      { ...small, permissions: [{ ...small.permissions[0], x: 1 }] },
      'permissions.0',
    ],
    ['an unknown field of a scope', { ...small, scopes: [{ ...small.scopes[0], x: 1 }] }, 'scopes.0'],
    ['an unknown field of a role', { ...small, roles: [{ ...small.roles[0], parent: 'x' }] }, 'roles.0'],
    ['a number of 0', { ...small, permissions: [permission(0, 'notes.read', ['account'])] }, 'permissions.0.number'],
    ['a level that is none', { ...small, roles: [{ ...small.roles[0], level: 'app' }] }, 'roles.0.level'],
    [
      'a status that nothing works on',
      { ...small, permissions: [{ ...small.permissions[0], worksOn: ['deleted'] }] },
      'permissions.0.worksOn.0',
    ],
    [
      'a flag that says no',
      { ...small, permissions: [{ ...small.permissions[0], critical: false }] },
      'permissions.0.critical',
    ],
    ['a date that does not exist', { ...small, version: '2030-02-30' }, 'version'],
    ['a list', [], ''],
    ['C-071 an own __proto__', JSON.parse(`{"__proto__": {"x": 1}, ${JSON.stringify(small).slice(1)}`), ''],
  ])('refuses %s', (_, value: unknown, path) => {
    expect(readCatalogue(value)).toEqual({ ok: false, error: { kind: 'malformed', paths: [path] } })
  })

  test('gives a document that cannot be changed', () => {
    const result = readCatalogue(JSON.parse(JSON.stringify(small)))
    const document = result.ok ? result.value : undefined
    expect(Object.isFrozen(document)).toBe(true)
    expect(Object.isFrozen(document?.roles)).toBe(true)
    expect(Object.isFrozen(document?.roles[0]?.permissions)).toBe(true)
  })
})
