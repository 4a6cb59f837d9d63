// A reference names the kind with the id, so that no id of one kind can be read as another.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isServiceId, isTeamId, isUserId, type ServiceId, type TeamId, type UserId } from './ids.ts'
import { idOf, isPrincipalRef, kindOf, serviceRef, systemRef, teamRef, userOf, userRef } from './principal.ts'

const random = 'A'.repeat(22)
const known = <Id extends string>(text: string, guard: (text: string) => text is Id): Id => {
  if (!guard(text)) expect.fail(`${text} is no id`)
  return text
}
const user: UserId = known('maria', isUserId)
const service: ServiceId = known(`svc_${random}`, isServiceId)
const team: TeamId = known(`tea_${random}`, isTeamId)

test.each([
  [userRef(user), 'user', 'maria'],
  [serviceRef(service), 'service', `svc_${random}`],
  [teamRef(team), 'team', `tea_${random}`],
  [systemRef('sweepExpired'), 'system', 'sweepExpired'],
])('%s is a %s with the id %s', (ref, kind, id) => {
  expect(kindOf(ref)).toBe(kind)
  expect(idOf(ref)).toBe(id)
})

describe('a reference from outside', () => {
  test.each(['user:maria', `service:svc_${random}`, `team:tea_${random}`])('may be %s', (text) => {
    expect(isPrincipalRef(text)).toBe(true)
  })

  test.each([
    ...['', 'maria', ':', 'user:', ':maria', 'user:maria:x', 'user:user:maria', 'User:maria', ' user:maria'],
    ...[`user:../x`, 'user:__x__', `service:maria`, `service:tea_${random}`, `team:svc_${random}`, 'team:maria'],
    ...['system:sweepExpired', `installation:ins_${random}`, '__proto__:x', 'constructor:x', 'user:maria\n'],
  ])('may not be %j', (text) => {
    expect(isPrincipalRef(text)).toBe(false)
  })
})

test('only a user has a uid', () => {
  expect(userOf(userRef(user))).toBe('maria')
  expect(userOf(serviceRef(service))).toBeUndefined()
  expect(userOf(systemRef('maria'))).toBeUndefined()
})

test('whatever passes is written back as it was read', () => {
  fc.assert(
    fc.property(fc.constantFrom('user', 'service', 'team', 'system', ''), fc.string(), (kind, id) => {
      const text = `${kind}:${id}`
      if (isPrincipalRef(text)) expect(`${kindOf(text)}:${idOf(text)}`).toBe(text)
    }),
  )
})
