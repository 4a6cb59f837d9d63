// The budget of mails: a tenant has its share, security its own, and the project's quota is never what refuses.
import { expect, test } from 'vitest'
import { mayMail } from './mail-budget.ts'

const none = { plain: 0, security: 0 }

test('C-144 one tenant gets a twentieth, and no other is touched by it', () => {
  const full = { plain: 500, security: 0 }
  expect(mayMail({ security: false }, { tenant: { plain: 499, security: 0 }, all: none }, 10_000)).toBe(true)
  expect(mayMail({ security: false }, { tenant: full, all: full }, 10_000)).toBe(false)
  expect(mayMail({ security: false }, { tenant: none, all: full }, 10_000)).toBe(true)
})

test('F-45 when plain mails have taken what they may, a fifth is left for security', () => {
  const all = { plain: 8_000, security: 0 }
  expect(mayMail({ security: false }, { tenant: none, all }, 10_000)).toBe(false)
  expect(mayMail({ security: true }, { tenant: { plain: 500, security: 0 }, all }, 10_000)).toBe(true)
  expect(mayMail({ security: true }, { tenant: none, all: { plain: 8_000, security: 2_000 } }, 10_000)).toBe(false)
})

test('C-144 one tenant’s security mails do not take the reserve of all', () => {
  expect(mayMail({ security: true }, { tenant: { plain: 0, security: 500 }, all: none }, 10_000)).toBe(false)
})

test('however small the quota is, a tenant has one mail', () => {
  expect(mayMail({ security: false }, { tenant: none, all: none }, 3)).toBe(true)
})
