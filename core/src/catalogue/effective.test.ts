// What was recorded under an older version never gains, and loses what the head has withdrawn.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileCatalogue, namesOf, permissionSetOf, scopesToSet } from './compile.ts'
import { effectiveRole, effectiveScopes, takesOwnerDefaults } from './effective.ts'
import { intersect, isEmpty, isSubsetOf } from './permission-set.ts'
import type { CatalogueDocument, ScopeEntry } from './schema.ts'
import { permission, small, withEntry } from './small-catalogue.fixture.ts'

const recorded = compileCatalogue(small)
const head = (change: Partial<CatalogueDocument>) => compileCatalogue({ ...small, version: '2031-01-01', ...change })
const scopeNames = (newer: ReturnType<typeof head>, ...scopes: readonly string[]) =>
  namesOf(recorded, effectiveScopes(recorded, newer, scopes))

describe('effective scopes', () => {
  test('mean the same while nothing has changed', () => {
    expect(scopeNames(recorded, 'notes.write', 'memos.readonly')).toEqual([
      'notes.read',
      'notes.write',
      'notes/files.delete',
    ])
  })

  test('lose what the head has withdrawn', () => {
    const newer = head({ scopes: withEntry(small.scopes, 'notes.write', { permissions: ['notes.write'] }) })
    expect(scopeNames(newer, 'notes.write')).toEqual(['notes.write'])
  })

  test('do not gain what the head has added', () => {
    const newer = head({
      scopes: withEntry(small.scopes, 'notes.readonly', { permissions: ['notes.read', 'notes.write'] }),
    })
    expect(scopeNames(newer, 'notes.readonly')).toEqual(['notes.read'])
  })

  test('do not borrow from another scope what their own has lost', () => {
    const newer = head({
      scopes: withEntry(withEntry(small.scopes, 'notes.readonly', { permissions: [] }), 'notes.write', {
        permissions: ['notes.read', 'notes.write'],
      }),
    })
    expect(scopeNames(newer, 'notes.readonly', 'notes.write')).toEqual(['notes.write'])
  })

  test('allow nothing once the head has dropped the scope', () => {
    const newer = head({ scopes: small.scopes.filter(({ name }) => name !== 'notes.all') })
    expect(scopeNames(newer, 'notes.all')).toEqual([])
    expect(scopeNames(newer, 'notes.readonly')).toEqual(['notes.read'])
  })

  test('survive a renaming that keeps the old name as an alias', () => {
    const newer = head({
      scopes: withEntry(small.scopes, 'notes.readonly', { name: 'memos.readonly', aliases: ['notes.readonly'] }),
    })
    expect(scopeNames(newer, 'notes.readonly', 'memos.readonly')).toEqual(['notes.read'])
  })

  test('follow the scope that an alias meant when it was recorded', () => {
    const bare = small.scopes.map(({ aliases, ...entry }): ScopeEntry => entry)
    expect(scopeNames(head({ scopes: bare }), 'memos.readonly')).toEqual(['notes.read'])
    const moved = withEntry(bare, 'notes.write', { aliases: ['memos.readonly'], permissions: ['notes.read'] })
    const emptied = withEntry(moved, 'notes.readonly', { permissions: [] })
    expect(scopeNames(head({ scopes: emptied }), 'memos.readonly')).toEqual([])
  })

  test.each(['__proto__', 'constructor', 'notes.*', 'unknown.readonly'])('C-071 allow nothing for %s', (name) => {
    expect(isEmpty(effectiveScopes(recorded, recorded, [name]))).toBe(true)
    expect(isEmpty(effectiveRole(recorded, recorded, name))).toBe(true)
  })

  test('never exceed either version, whatever each of them says', () => {
    const subset = fc.subarray(small.permissions.map(({ name }) => name))
    fc.assert(
      fc.property(subset, subset, (then, now) => {
        const older = head({ scopes: withEntry(small.scopes, 'notes.readonly', { permissions: then }) })
        const newer = head({ scopes: withEntry(small.scopes, 'notes.readonly', { permissions: now }) })
        const scopes = ['notes.readonly', 'memos.readonly']
        const set = effectiveScopes(older, newer, scopes)
        const both = intersect(scopesToSet(older, scopes), scopesToSet(newer, scopes))
        return isSubsetOf(set, both) && isSubsetOf(both, set)
      }),
    )
  })
})

describe('an effective built-in role', () => {
  const added = [
    ...small.permissions,
    permission(7, 'iam.leaks.report', ['agency'], { ownerDefault: true }),
    permission(8, 'notes.share', ['agency']),
  ]
  const extended = (name: string) =>
    head({
      permissions: added,
      roles: small.roles.map((entry) =>
        entry.name === name ? { ...entry, permissions: ['notes.read', 'iam.leaks.report', 'notes.share'] } : entry,
      ),
    })

  test('loses what the head has withdrawn and gains nothing', () => {
    const newer = extended('account.viewer')
    expect(namesOf(newer, effectiveRole(recorded, newer, 'account.viewer'))).toEqual(['notes.read'])
    const emptied = head({ roles: withEntry(small.roles, 'account.viewer', { permissions: [] }) })
    expect(isEmpty(effectiveRole(recorded, emptied, 'account.viewer'))).toBe(true)
  })

  test('of an owner takes up what is marked for owners, and only that', () => {
    const newer = extended('agency.owner')
    expect(namesOf(newer, effectiveRole(recorded, newer, 'agency.owner'))).toEqual(['notes.read', 'iam.leaks.report'])
  })

  test.each(['platform.owner', 'agency.owner', 'account.owner'])('%s takes owner defaults', (name) => {
    expect(takesOwnerDefaults(name)).toBe(true)
  })

  test.each(['platform.provisioner', 'agency.admin', 'account.viewer', '__proto__'])('%s does not', (name) => {
    expect(takesOwnerDefaults(name)).toBe(false)
  })

  test('gains everything by adoption, that is when the newer version is the recorded one', () => {
    const newer = extended('agency.owner')
    const all = permissionSetOf(newer, ['notes.read', 'iam.leaks.report', 'notes.share'])
    expect(namesOf(newer, effectiveRole(newer, newer, 'agency.owner'))).toEqual(namesOf(newer, all))
  })

  test('that the head or the recorded version lacks allows nothing', () => {
    const without = head({ roles: small.roles.filter(({ name }) => name !== 'agency.owner') })
    expect(isEmpty(effectiveRole(recorded, without, 'agency.owner'))).toBe(true)
    expect(isEmpty(effectiveRole(without, recorded, 'agency.owner'))).toBe(true)
  })
})
