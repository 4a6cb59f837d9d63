// The grammar takes the names of the catalogue and nothing that resembles them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPermissionName, isRoleName, isScopeName } from './grammar.ts'

const garbage = [
  ['a wildcard', '*'],
  ['a wildcard action', 'contacts.*'],
  ['a wildcard resource', '*.read'],
  ['a wildcard in a segment', 'contacts1*.read'],
  ['an application wildcard', 'app:*'],
  ['an empty text', ''],
  ['an empty first segment', '.read'],
  ['an empty action', 'contacts.'],
  ['an empty middle segment', 'calendars//events.read'],
  ['a leading slash', '/contacts.read'],
  ['a trailing slash', 'contacts/.read'],
  ['two dots in a row', 'contacts..read'],
  ['three parts outside iam', 'contacts.notes.read'],
  ['a fullwidth dot', 'contacts\uff0eread'],
  ['an ideographic dot', 'contacts\u3002read'],
  ['a one-dot leader', 'contacts\u2024read'],
  ['a cyrillic letter', 'c\u043entacts.read'],
  ['a zero-width space', 'contacts\u200b.read'],
  ['a capital first letter', 'Contacts.read'],
  ['capitals', 'CONTACTS.READ'],
  ['a capital action', 'contacts.Read'],
  ['a Kelvin sign', '\u212aeys.read'],
  ['a trailing newline', 'contacts.read\n'],
  ['a leading space', ' contacts.read'],
  ['a NUL', 'contacts.read\0'],
  ['a digit first', '1contacts.read'],
  ['a hyphen first', '-contacts.read'],
  ['an underscore', 'my_contacts.read'],
  ['a percent escape', 'contacts%2Eread'],
  ['no action', 'contacts'],
  ['a dotted directory', '../contacts.read'],
  ['__proto__', '__proto__'],
  ['__proto__ as a resource', '__proto__.read'],
] as const

describe('permission and scope names', () => {
  test.each(garbage)('C-114 refuse %s', (_, name) => {
    expect(isPermissionName(name)).toBe(false)
    expect(isScopeName(name)).toBe(false)
  })

  test.each([
    'contacts.read',
    'calendars/events.write',
    'a/b/c.d',
    'brand-boards/design-kit.read',
    'adPublishing.read',
  ])('take %s', (name) => {
    expect(isPermissionName(name)).toBe(true)
    expect(isScopeName(name)).toBe(true)
  })

  test('are at most 80 characters long', () => {
    expect(isPermissionName(`${'a'.repeat(75)}.read`)).toBe(true)
    expect(isPermissionName(`${'a'.repeat(76)}.read`)).toBe(false)
    expect(isScopeName(`${'a'.repeat(75)}.read`)).toBe(true)
    expect(isScopeName(`${'a'.repeat(76)}.read`)).toBe(false)
  })

  test('C-114 refuse any character outside the grammar, wherever it stands', () => {
    const foreign = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 3 })
      .filter((s) => !/^[A-Za-z0-9/.-]*$/.test(s))
    fc.assert(
      fc.property(foreign, fc.nat({ max: 21 }), (text, at) => {
        const name = 'calendars/events.write'
        const spoilt = name.slice(0, at) + text + name.slice(at)
        return !isPermissionName(spoilt) && !isScopeName(spoilt)
      }),
    )
  })

  test('C-114 have a first letter in lower case in every segment', () => {
    const segment = fc.stringMatching(/^[a-z][A-Za-z0-9-]{0,5}$/).filter((s) => s !== 'iam')
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        segment,
        fc.nat({ max: 3 }),
        (path, action, at) => {
          const capital = path.map((s, i) => (i === at % path.length ? s.charAt(0).toUpperCase() + s.slice(1) : s))
          expect(isPermissionName(`${path.join('/')}.${action}`)).toBe(true)
          expect(isPermissionName(`${capital.join('/')}.${action}`)).toBe(false)
          expect(isScopeName(`${capital.join('/')}.${action}`)).toBe(false)
        },
      ),
    )
  })
})

describe("IAM's own names", () => {
  test('have exactly three parts', () => {
    expect(isPermissionName('iam.apiKeys.create')).toBe(true)
    for (const name of ['iam.read', 'iam/keys.read', 'iam.a.b.c', 'iam.a/b.c', 'iam..create', 'iam.*.create']) {
      expect(isPermissionName(name), name).toBe(false)
    }
    expect(isPermissionName('iamx.read')).toBe(true)
  })

  test('are never scopes, so that a scope cannot pass for a permission of IAM', () => {
    expect(isScopeName('iam.apiKeys.create')).toBe(false)
    expect(isScopeName('iam.read')).toBe(false)
    expect(isScopeName('iam/credentials.verify')).toBe(true)
  })
})

describe('built-in role names', () => {
  test('begin with their level', () => {
    expect(isRoleName('account.salesRep')).toBe(true)
    for (const name of [
      'salesRep',
      'app.admin',
      'account.',
      'account.*',
      'Account.admin',
      'account.a.b',
      '__proto__',
    ]) {
      expect(isRoleName(name), name).toBe(false)
    }
  })
})
