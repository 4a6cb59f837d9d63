// What a catalogue version brings: every kind of difference, told once; and a document comes back as it was compiled.
import { expect, test } from 'vitest'
import { compileCatalogue } from '../../catalogue/compile.ts'
import initial from '../../catalogue/data/2026-11-01.json' with { type: 'json' }
import { readCatalogue } from '../../catalogue/read-catalogue.ts'
import type { CatalogueDocument } from '../../catalogue/schema.ts'
import { permission, role, scope, small, withEntry } from '../../catalogue/small-catalogue.fixture.ts'
import { catalogueChange, documentOf } from './catalogue-change.ts'

const nothing = {
  permissions: [],
  changedPermissions: [],
  scopes: [],
  removedScopes: [],
  narrowedScopes: [],
  deprecatedScopes: [],
  roles: [],
  changedRoles: [],
}
const changeTo = (after: CatalogueDocument) => catalogueChange(compileCatalogue(small), compileCatalogue(after))

test('nothing, when only the version is another', () => {
  expect(changeTo({ ...small, version: '2031-01-01' })).toEqual(nothing)
})

test('every kind of difference by name', () => {
  const after: CatalogueDocument = {
    ...small,
    version: '2032-01-01',
    permissions: [
      ...withEntry(small.permissions, 'notes.read', { critical: true }),
      permission(7, 'notes.share', ['account']),
    ],
    scopes: [
      ...withEntry(withEntry(small.scopes, 'notes.write', { permissions: ['notes.write'] }), 'notes.readonly', {
        deprecated: { from: '2032-01-01', until: '2033-01-01', replacedBy: 'notes.write' },
      }).filter(({ name }) => name !== 'notes.all'),
      scope('notes.share', ['notes.share']),
    ],
    roles: [
      ...withEntry(small.roles, 'account.viewer', { permissions: [] }),
      role('account.sharer', 'account', ['notes.share']),
    ],
  }
  expect(changeTo(after)).toEqual({
    permissions: ['notes.share'],
    changedPermissions: ['notes.read'],
    scopes: ['notes.share'],
    removedScopes: ['notes.all'],
    narrowedScopes: [{ scope: 'notes.write', removed: ['notes/files.delete'] }],
    deprecatedScopes: [{ scope: 'notes.readonly', until: '2033-01-01', replacedBy: 'notes.write' }],
    roles: ['account.sharer'],
    changedRoles: [{ role: 'account.viewer', added: [], removed: ['notes.read'] }],
  })
})

test('the published document is read back from its compiled form, aliases and all', () => {
  const whole = readCatalogue(initial)
  if (!whole.ok) throw new Error('malformed catalogue')
  for (const document of [whole.value, small]) expect(documentOf(compileCatalogue(document))).toEqual(document)
})
