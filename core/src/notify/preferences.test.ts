// Preferences choose channels; nothing that is about somebody's security can be silenced, not by a stored wish either.
import { describe, expect, test } from 'vitest'
import { instantOf, toIso } from '../kernel/time.ts'
import { kinds } from './kinds.ts'
import { choiceFor, nextDigest, preferenceFault, usualPreferences } from './preferences.ts'

const silent = { inApp: false, mail: 'off' } as const

test('without a word everything is shown; noisy kinds come in the digest and the others at once', () => {
  expect(choiceFor('role_changed', kinds.role_changed, usualPreferences)).toEqual({ inApp: true, mail: 'digest' })
  expect(choiceFor('key_expiring', kinds.key_expiring, usualPreferences)).toEqual({ inApp: true, mail: 'now' })
})

test('one kind is switched off without the others', () => {
  const preferences = { ...usualPreferences, kinds: { role_changed: silent } }
  expect(choiceFor('role_changed', kinds.role_changed, preferences)).toEqual(silent)
  expect(choiceFor('guardrail_changed', kinds.guardrail_changed, preferences).inApp).toBe(true)
})

describe('what is about security', () => {
  test('is shown and mailed at once, whatever is stored', () => {
    const preferences = { ...usualPreferences, kinds: { key_leaked: silent } }
    expect(choiceFor('key_leaked', kinds.key_leaked, preferences)).toEqual({ inApp: true, mail: 'now' })
  })

  test.each([
    [{ inApp: false }, 'kinds.key_leaked.inApp'],
    [{ mail: 'off' as const }, 'kinds.key_leaked.mail'],
    [{ mail: 'digest' as const }, 'kinds.key_leaked.mail'],
    [silent, 'kinds.key_leaked.inApp'],
  ])('refuses %j, naming the field', (wish, field) => {
    expect(preferenceFault({ role_changed: silent, key_leaked: wish })).toMatchObject({
      code: 'invalid_request',
      field,
    })
  })

  test('takes what is already so, and anything of other kinds', () => {
    expect(preferenceFault({ key_leaked: { inApp: true, mail: 'now' }, role_changed: silent })).toBeUndefined()
  })
})

test('the digest is sent at the next such hour, never in the past and never at this very moment', () => {
  const noon = instantOf(Date.UTC(2026, 10, 22, 12))
  expect(toIso(nextDigest(noon, 13))).toBe('2026-11-22T13:00:00.000Z')
  expect(toIso(nextDigest(noon, 12))).toBe('2026-11-23T12:00:00.000Z')
  expect(toIso(nextDigest(noon, 0))).toBe('2026-11-23T00:00:00.000Z')
})
