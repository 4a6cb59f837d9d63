// The last owner stays, and an owner is unmade by owners only.
import { expect, test } from 'vitest'
import { accountChain, agency, agencyChain, entry, factsOf, grants, head, now, setOf } from './facts.fixture.ts'
import { ownersLeft } from './owners.ts'

const owning = factsOf([grants(agency, [entry('agency.owner')])], { chain: agencyChain() })
const administering = factsOf([grants(agency, [entry('agency.admin')])], { chain: agencyChain() })

test('an owner unmakes another, and the rest stays in order', () => {
  expect(ownersLeft(owning, ['ann', 'bob', 'cy'], 'bob', { now })).toEqual({ ok: true, value: ['ann', 'cy'] })
})

test('the last owner of an agency stays', () => {
  expect(ownersLeft(owning, ['ann'], 'ann', { now })).toMatchObject({ ok: false, error: { code: 'last_owner' } })
})

test('an account may be left without an owner of its own: its agency owns it', () => {
  const above = factsOf([grants(agency, [entry('agency.owner')])], { chain: accountChain() })
  expect(ownersLeft(above, ['ann'], 'ann', { now })).toEqual({ ok: true, value: [] })
})

test('who is no owner unmakes none, and is told what is missing', () => {
  const refused = ownersLeft(administering, ['ann', 'bob'], 'bob', { now })
  expect(refused).toMatchObject({ ok: false, error: { code: 'grant_exceeds_grantor' } })
  expect(!refused.ok && refused.error.missing).toEqual(['notes.write', 'notes.delete', 'notes.export'])
})

test('an owner of the agency alone, and of nothing below it, is not owner enough', () => {
  const alone = factsOf([grants(agency, [entry('agency.owner', { reach: 'node' })])], { chain: agencyChain() })
  expect(ownersLeft(alone, ['ann', 'bob'], 'bob', { now })).toMatchObject({ ok: false })
})

test('nor is an owner through an app that covers the agency alone', () => {
  const app = {
    active: true,
    at: agency,
    permissions: setOf(...head.permissionByName.keys()),
    coverage: 'all' as const,
  }
  expect(ownersLeft({ ...owning, installation: app }, ['ann', 'bob'], 'bob', { now })).toMatchObject({ ok: true })
  const narrow = { ...app, coverage: { only: [agency] } }
  expect(ownersLeft({ ...owning, installation: narrow }, ['ann', 'bob'], 'bob', { now })).toMatchObject({ ok: false })
})

test('where nobody knows what an owner holds, nobody unmakes one', () => {
  const unknown = { ...administering, catalogueOf: () => undefined }
  expect(ownersLeft(unknown, ['ann', 'bob'], 'bob', { now })).toMatchObject({
    ok: false,
    error: { code: 'grant_exceeds_grantor' },
  })
  expect(ownersLeft({ ...owning, chain: [] }, ['ann', 'bob'], 'bob', { now })).toMatchObject({ ok: false })
  expect(ownersLeft({ ...owning, chain: [] }, ['bob'], 'bob', { now })).toMatchObject({ error: { code: 'last_owner' } })
})

test('who is left on the list but cannot act is not the owner that an agency is left with', () => {
  const counts = (owner: string) => owner !== 'bob'
  expect(ownersLeft(owning, ['ann', 'bob'], 'ann', { now, counts })).toMatchObject({ error: { code: 'last_owner' } })
  expect(ownersLeft(owning, ['ann', 'bob', 'cy'], 'ann', { now, counts })).toEqual({ ok: true, value: ['bob', 'cy'] })
  expect(ownersLeft(owning, ['ann', 'bob'], 'bob', { now, counts })).toEqual({ ok: true, value: ['ann'] })
})
