// The budget of mails: a tenant has its share, security its own, and the project's quota is never what refuses.
import { expect, test } from 'vitest'
import { mayMail } from './mail-budget.ts'

const whole = { perDay: 10_000, parts: 1 }
const none = { plain: 0, security: 0 }

test('C-144 one tenant gets a twentieth, and no other is touched by it', () => {
  const full = { plain: 500, security: 0 }
  expect(mayMail({ security: false }, { tenant: { plain: 499, security: 0 }, all: none }, whole)).toBe(true)
  expect(mayMail({ security: false }, { tenant: full, all: full }, whole)).toBe(false)
  expect(mayMail({ security: false }, { tenant: none, all: full }, whole)).toBe(true)
})

test('F-45 when plain mails have taken what they may, a fifth is left for security', () => {
  const all = { plain: 8_000, security: 0 }
  expect(mayMail({ security: false }, { tenant: none, all }, whole)).toBe(false)
  expect(mayMail({ security: true }, { tenant: { plain: 500, security: 0 }, all }, whole)).toBe(true)
  expect(mayMail({ security: true }, { tenant: none, all: { plain: 8_000, security: 2_000 } }, whole)).toBe(false)
})

test('C-144 one tenant’s security mails do not take the reserve of all', () => {
  expect(mayMail({ security: true }, { tenant: { plain: 0, security: 500 }, all: none }, whole)).toBe(false)
})

test('however small the quota is, a tenant has one mail', () => {
  expect(mayMail({ security: false }, { tenant: none, all: none }, { perDay: 3, parts: 1 })).toBe(true)
})

test('C-144 counted in parts, all of them together are never more than the day has', () => {
  const parts = 8
  for (const security of [false, true]) {
    const all = { plain: 0, security: 0 }
    let mails = 0
    while (mayMail({ security }, { tenant: none, all }, { perDay: 10_001, parts })) {
      all[security ? 'security' : 'plain'] += 1
      mails += 1
    }
    expect(mails * parts).toBe(security ? 10_000 : 8_000)
  }
})
