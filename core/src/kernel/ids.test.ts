// An id is exactly what was drawn: nothing that guesses, bends a path or poses as another kind passes (CATALOGUE T-14, T-20).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as ids from './ids.ts'

const random = '0aZ9'.repeat(5).padEnd(22, 'z')
const guards = {
  agy: ids.isTenantId,
  acc: ids.isTenantId,
  svc: ids.isServiceId,
  tea: ids.isTeamId,
  rol: ids.isRoleId,
  asg: ids.isAssignmentId,
  key: ids.isKeyId,
  inv: ids.isInvitationId,
  opn: ids.isOperationId,
}
const everyGuard = [...new Set(Object.values(guards)), ids.isCredentialId, ids.isUserId]

// Decoded and not, in every place where a path or a store could read more than a name.
const bending = [
  ...[
    '',
    '.',
    '..',
    '/',
    '../x',
    '..%2f',
    '%2e%2e',
    'a/b',
    'a\\b',
    'a%2fb',
    '__x__',
    '__proto__',
    'a\u0000',
    'a\n',
    '\na',
  ],
  ...[' a', 'a ', 'a b', 'ａｇｙ', 'агу', '*', '(default)', 'a?b', 'a#b', 'a:b', '$(x)', 'x'.repeat(1_500)],
]

describe.each(Object.entries(guards))('an id with the prefix %s', (prefix, accepts) => {
  test('is the prefix and 22 characters of base62', () => {
    expect(accepts(`${prefix}_${random}`)).toBe(true)
    expect(ids.drawn(prefix).test(`${prefix}_${random}`)).toBe(true)
  })

  test('T-14 is nothing else: no shorter, longer, sequential or other kind', () => {
    const others = Object.keys(guards).filter((other) => guards[other as keyof typeof guards] !== accepts)
    const wrong = [
      ...[`${prefix}_${random}0`, `${prefix}_${random.slice(1)}`, `${prefix}_1`, `${prefix}_acme`, random],
      ...[`${prefix}-${random}`, `${prefix.toUpperCase()}_${random}`, `${prefix}_${random.slice(1)}-`],
      ...others.map((other) => `${other}_${random}`),
    ]
    for (const id of wrong) expect(accepts(id), id).toBe(false)
  })

  test('T-20 bends no path', () => {
    for (const tail of bending) {
      expect(accepts(tail), tail).toBe(false)
      expect(accepts(`${prefix}_${tail}`), tail).toBe(false)
      expect(accepts(`${prefix}_${random}${tail || '/'}`), tail).toBe(false)
      expect(accepts(`${tail || '/'}${prefix}_${random}`), tail).toBe(false)
    }
  })
})

test('the platform is a tenant by its one name', () => {
  expect(ids.isTenantId(ids.platformTenant)).toBe(true)
  for (const name of ['Platform', 'platform_', `platform_${random}`, 'system', 'default']) {
    expect(ids.isTenantId(name), name).toBe(false)
  }
})

describe("a user's id", () => {
  test.each(['u', 'Xk3dQ7', 'a.b@example.com', 'user-1', 'user_1', 'x'.repeat(128)])('may be %s', (uid) => {
    expect(ids.isUserId(uid)).toBe(true)
  })

  test.each([...bending.filter((text) => text.length !== 1_500), 'x'.repeat(129), '_x', '-x', 'ü'])(
    'T-20 may not be %j',
    (uid) => {
      expect(ids.isUserId(uid)).toBe(false)
    },
  )
})

test('a credential id is the 22 characters alone', () => {
  expect(ids.isCredentialId(random)).toBe(true)
  for (const text of [...bending, `key_${random}`, `${random}0`, random.slice(1)]) {
    expect(ids.isCredentialId(text), text).toBe(false)
  }
})

test('no text with a slash, a percent sign, a colon or a control character passes any guard', () => {
  const trap = fc.constantFrom('/', '%', ':', '\\', '\u0000', '\n', '\r', ' ', '\u202e', '?', '#')
  fc.assert(
    fc.property(fc.string(), trap, fc.string(), (before, character, after) =>
      everyGuard.every((accepts) => !accepts(before + character + after)),
    ),
  )
})
