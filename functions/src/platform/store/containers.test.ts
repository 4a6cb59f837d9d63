// What a change is announced as, from the paths of its writes alone.
import { describe, expect, it } from 'vitest'
import { sha256 } from '../seal.ts'
import { containersOf, tenantsOf } from './containers.ts'
import type { Write } from './write.ts'

const update = (path: string, fields = {}): Write => ({ kind: 'update', path, fields })

describe('what a change is announced as', () => {
  it.each([
    ['tenants/acc_1', 'tenant:acc_1'],
    ['tenants/acc_1/policy/current', 'policy:acc_1'],
    ['tenants/acc_1/grants/user:ada', 'grant:acc_1/user:ada'],
    ['credentials/abc', 'credential:abc'],
    ['catalogue/head', 'catalogue'],
    ['signingKeys/access', 'kid'],
  ])('of %s is %s', (path, container) => {
    expect(containersOf([update(path), update(path)])).toEqual([container])
  })

  it('is nothing for what no decision looks at', () => {
    const paths = ['tenants/acc_1/members/ada', 'tenants/acc_1/audit/op', 'idempotency/x', 'users/ada/tenants/acc_1']
    expect(containersOf(paths.map((path) => update(path)))).toEqual([])
  })

  it.each(['status', 'notBefore', 'deniedAuthTimes', 'staff'])(
    'of a person is their digest when %s is written',
    (field) => {
      expect(containersOf([update('users/ada', { [field]: 1 })])).toEqual([`user:${sha256('ada')}`])
      expect(containersOf([update('users/ada', { accessId: 'x' })])).toEqual([])
    },
  )

  it('concerns where it happened, what was written, and what the event names', () => {
    const writes = [update('tenants/acc_1/policy/current'), update('credentials/abc')]
    expect(tenantsOf('agy_1', writes, ['tenant:agy_2', 'key:key_1'])).toEqual(['agy_1', 'acc_1', 'agy_2'])
  })
})
