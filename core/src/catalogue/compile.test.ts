// Compiled lookups answer for what the document says, and for nothing else.
import { describe, expect, test } from 'vitest'
import { compileCatalogue, namesOf, permissionSetOf, scopesToSet } from './compile.ts'
import { isEmpty, toNumbers } from './permission-set.ts'
import { role, scope, small } from './small-catalogue.fixture.ts'

const catalogue = compileCatalogue(small)
const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', '']

describe('a compiled catalogue', () => {
  test('finds permissions by name and by number', () => {
    expect(catalogue.permissionByName.get('notes.read')?.number).toBe(4)
    expect(catalogue.permissionByNumber.get(4)?.name).toBe('notes.read')
    expect(catalogue.permissionByNumber.get(7)).toBeUndefined()
    expect(catalogue.version).toBe('2030-01-01')
  })

  test('finds a scope by its name and by its alias', () => {
    expect(catalogue.scopeByName.get('memos.readonly')).toBe(catalogue.scopeByName.get('notes.readonly'))
    expect(namesOf(catalogue, scopesToSet(catalogue, ['memos.readonly']))).toEqual(['notes.read'])
  })

  test('adds up scopes', () => {
    const set = scopesToSet(catalogue, ['notes.readonly', 'notes.write', 'notes.all'])
    expect(namesOf(catalogue, set)).toEqual(['notes.read', 'notes.write', 'notes/files.delete'])
  })

  test('knows what a role holds and what reaches owners by default', () => {
    expect(
      namesOf(catalogue, catalogue.roleByName.get('agency.owner')?.permissions ?? catalogue.ownerDefaults),
    ).toEqual(['iam.tenants.get', 'iam.apiKeys.create', 'notes.read', 'notes.write'])
    expect(toNumbers(catalogue.ownerDefaults)).toEqual([1])
  })

  test('turns names into bits and back', () => {
    const set = permissionSetOf(catalogue, ['notes.write', 'iam.tenants.get'])
    expect(toNumbers(set)).toEqual([1, 5])
    expect(namesOf(catalogue, set)).toEqual(['iam.tenants.get', 'notes.write'])
  })

  test('gives nothing for what it does not know', () => {
    expect(isEmpty(permissionSetOf(catalogue, ['notes.reed', 'Notes.read', 'notes.*', '*']))).toBe(true)
    expect(isEmpty(scopesToSet(catalogue, ['notes', 'notes.*', 'Notes.readonly', 'notes.readonly notes.write']))).toBe(
      true,
    )
  })

  test.each(inherited)('C-071 finds nothing under the inherited name %j', (name) => {
    expect(catalogue.permissionByName.get(name)).toBeUndefined()
    expect(catalogue.scopeByName.get(name)).toBeUndefined()
    expect(catalogue.roleByName.get(name)).toBeUndefined()
    expect(isEmpty(permissionSetOf(catalogue, [name]))).toBe(true)
    expect(isEmpty(scopesToSet(catalogue, [name]))).toBe(true)
  })

  test('C-071 a document that claims inherited names pollutes nothing and grants nothing', () => {
    const hostile = compileCatalogue({
      ...small,
      scopes: [...small.scopes, scope('__proto__', ['__proto__', 'constructor'])],
      roles: [...small.roles, role('constructor', 'account', ['toString'])],
    })
    expect(isEmpty(scopesToSet(hostile, ['__proto__', 'constructor']))).toBe(true)
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})
