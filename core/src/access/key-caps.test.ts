// What guardrails leave of a key: the least of what every tenant of the chain allows.
import { expect, it } from 'vitest'
import type { ServiceId, UserId } from '../kernel/ids.ts'
import { serviceRef, userRef } from '../kernel/principal.ts'
import { days, instantOf, plusSeconds } from '../kernel/time.ts'
import type { Guardrail, NodeFacts } from './facts.ts'
import { keyEnds, kindOfKey, scopesLeft } from './key-caps.ts'

const chainOf = (...guardrails: readonly Partial<Guardrail>[]): readonly NodeFacts[] =>
  guardrails.map((guardrail) => ({ guardrail: { deniedPermissions: [], ...guardrail } }) as unknown as NodeFacts) // only guardrails are looked at
const nora = userRef('nora' as UserId)
const robot = serviceRef(`svc_${'0'.repeat(22)}` as ServiceId)
const createdAt = instantOf(1_000)

it('tells people’s keys from those of service accounts', () => {
  expect([kindOfKey(nora), kindOfKey(robot)]).toEqual(['personal', 'service'])
})

it('ends a key by each maximum of the chain, and one of a kind that is not allowed when it began', () => {
  expect(keyEnds(chainOf({}, {}), { owner: nora, createdAt })).toEqual([])
  const chain = chainOf({ maxKeyLifetime: days(2) }, { maxKeyLifetime: days(1), keyKinds: ['service'] })
  const [two, one] = [plusSeconds(createdAt, days(2)), plusSeconds(createdAt, days(1))]
  expect(keyEnds(chain, { owner: robot, createdAt })).toEqual([two, one])
  expect(keyEnds(chain, { owner: nora, createdAt })).toEqual([two, one, createdAt])
  expect(keyEnds(chainOf({ keyKinds: [] }), { owner: robot, createdAt })).toEqual([createdAt])
})

it('leaves the scopes that every list of the chain has', () => {
  const scopes = ['a.read', 'b.read', 'c.read']
  expect(scopesLeft(chainOf({}, {}), scopes)).toEqual(scopes)
  expect(scopesLeft(chainOf({ keyScopes: ['a.read', 'b.read'] }, { keyScopes: ['b.read', 'c.read'] }), scopes)).toEqual(
    ['b.read'],
  )
  expect(scopesLeft(chainOf({ keyScopes: [] }), scopes)).toEqual([])
})
