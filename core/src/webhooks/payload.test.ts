import { describe, expect, test } from 'vitest'
import type { TenantId } from '../kernel/ids.ts'
import { instantOf } from '../kernel/time.ts'
import { asksFor, filterPattern, mayAskFor } from './event-types.ts'
import { payloadOf } from './payload.ts'

const [agency, account, other] = ['agy_A', 'acc_B', 'agy_C'].map(
  (id) => `${id.slice(0, 4)}${id.slice(4).repeat(22)}` as TenantId,
) as [TenantId, TenantId, TenantId]
const platform = 'platform' as TenantId

describe('a filter', () => {
  test.each([
    ['*', 'directory.member_removed', true],
    ['directory.*', 'directory.member_removed', true],
    ['directory.member_*', 'directory.member_removed', true],
    ['directory.member_removed', 'directory.member_removed', true],
    ['directory.member_removed', 'directory.member_removed_twice', false],
    ['directory.*', 'access.role_assigned', false],
    ['dir*', 'directory.member_removed', true],
    ['*', 'signing.key_rotated', false],
    ['signing.*', 'signing.key_rotated', false],
  ])('%s against %s is %s at a customer’s tenant', (filter, type, expected) => {
    expect(asksFor([filter], type, agency)).toBe(expected)
  })

  test('of the platform asks for signing keys and jobs, too', () => {
    expect(asksFor(['*'], 'signing.key_rotated', platform)).toBe(true)
    expect(mayAskFor('signing.*', platform)).toBe(true)
    expect(mayAskFor('signing.*', agency)).toBe(false)
    expect(mayAskFor('directory.*', agency)).toBe(true)
    expect(mayAskFor('directry.*', agency)).toBe(false)
    expect(mayAskFor('*', agency)).toBe(true)
  })

  test.each(['', '**', 'directory', 'directory.', '*.created', 'Directory.*', 'a.b*c', 'directory.member removed'])(
    '%j is none',
    (text) => {
      expect(filterPattern.test(text)).toBe(false)
    },
  )
})

describe('what an endpoint is told', () => {
  const told = {
    event: `op_${'e'.repeat(22)}`,
    tenant: account,
    type: 'tenancy.tenant_moved',
    at: instantOf(Date.UTC(2026, 10, 22)),
    revision: '2026-11-22T00:00:00.000001Z',
    actor: { principal: 'user:olivia' },
    targets: [`tenant:${account}`, `tenant:${agency}`, `tenant:${other}`, 'key:key_1', `grant:${other}/user:x`],
  }

  test('C-149 is of its own tenant and the one it happened at: the other agency of a move is not named', () => {
    expect(payloadOf(told, agency).data.targets).toEqual([`tenant:${account}`, `tenant:${agency}`, 'key:key_1'])
    expect(payloadOf(told, account).data.targets).toEqual([`tenant:${account}`, 'key:key_1'])
  })

  test('is the shape of Standard Webhooks, with the point in time at which it was committed', () => {
    expect(payloadOf(told, account)).toEqual({
      type: 'tenancy.tenant_moved',
      timestamp: '2026-11-22T00:00:00.000Z',
      data: {
        event: told.event,
        tenant: account,
        revision: told.revision,
        actor: { principal: 'user:olivia' },
        targets: [`tenant:${account}`, 'key:key_1'],
      },
    })
  })
})
