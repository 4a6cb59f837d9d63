// The last owner stays, and an owner is unmade by owners only.
import { expect, test } from 'vitest'
import { accountChain, agency, agencyChain, entry, factsOf, grants, now } from './facts.fixture.ts'
import { ownersLeft } from './owners.ts'

const owning = factsOf([grants(agency, [entry('agency.owner')])], { chain: agencyChain() })
const administering = factsOf([grants(agency, [entry('agency.admin')])], { chain: agencyChain() })

test('an owner unmakes another, and the rest stays in order', () => {
  expect(ownersLeft(owning, ['ann', 'bob', 'cy'], 'bob', now)).toEqual({ ok: true, value: ['ann', 'cy'] })
})

test('the last owner of an agency stays', () => {
  expect(ownersLeft(owning, ['ann'], 'ann', now)).toMatchObject({ ok: false, error: { code: 'last_owner' } })
})

test('an account may be left without an owner of its own: its agency owns it', () => {
  const above = factsOf([grants(agency, [entry('agency.owner')])], { chain: accountChain() })
  expect(ownersLeft(above, ['ann'], 'ann', now)).toEqual({ ok: true, value: [] })
})

test('who is no owner unmakes none', () => {
  expect(ownersLeft(administering, ['ann', 'bob'], 'bob', now)).toMatchObject({
    ok: false,
    error: { code: 'grant_exceeds_grantor' },
  })
})
