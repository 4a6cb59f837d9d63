// Keys that an entry at the old agency ended stay dead when their account moves; keys that nothing ended go on.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import type { Actor } from '../support/world.ts'

let two: TwoAgencies
let root: Actor
let shops = 0
const scopes = ['contacts.readonly', 'iam/tenants.readonly']
const reason = 'for the test'
beforeAll(async () => {
  two = await twoAgencies()
  root = await two.world.platformOwner()
}, 60_000)
afterAll(() => two.world.close())

/** An account with a key of a person of its own, who may be somebody at the agency, too; and of another. */
const shop = async () => {
  const { world, north } = two
  const name = `shop${shops++}`
  const { tenant } = await north.owner.must('tenants/create', { parent: north.agency, name })
  const makeFor = async (uid: string): Promise<string> => {
    await world.join(north.owner, uid, { tenant, role: 'account.admin', reach: 'subtree' })
    return (await newKey(await world.person(uid), tenant, { scopes })).secret
  }
  const [secret, other] = [await makeFor(`${name}Own`), await makeFor(`${name}Other`)]
  await world.join(north.owner, `${name}Own`, { tenant: north.agency, role: 'agency.auditor', reach: 'node' })
  const works = async (one: string) => (await world.withKey(one).call('tenants/get', { tenant })).ok
  const remake = async () => (await newKey(await world.person(`${name}Own`), tenant, { scopes })).secret
  const moveTo = (to: string) => root.must('tenants/move', { tenant, to, reason })
  return { tenant, uid: `${name}Own`, secret, other, works, moveTo, remake }
}

describe('an account that moves', () => {
  const endings: readonly (readonly [string, (uid: string) => Promise<unknown>])[] = [
    [
      'by an entry for the agency',
      () => two.north.owner.must('apiKeys/revokeAll', { tenant: two.north.agency, reason }),
    ],
    [
      'by an entry for their owner at the agency',
      (uid) => two.north.owner.must('apiKeys/revokeAll', { tenant: two.north.agency, owner: { user: uid }, reason }),
    ],
    [
      'when their owner was removed from the agency',
      (uid) => two.north.owner.must('members/remove', { tenant: two.north.agency, user: uid }),
    ],
  ]

  it.each(endings)(
    'F-30 brings no key back that was ended %s, on no way and not on the way back',
    async (_, end) => {
      const { north, south } = two
      const { uid, secret, other, works, moveTo, remake } = await shop()
      expect([await works(secret), await works(other)]).toEqual([true, true])
      await end(uid)
      const spared = await works(other)
      expect(await works(secret)).toBe(false)
      for (const to of [south.agency, north.agency, south.agency]) {
        await moveTo(to)
        expect([await works(secret), await works(other)], to).toEqual([false, spared])
      }
      two.world.advance(5)
      expect(await works(await remake())).toBe(true)
    },
    60_000,
  )

  it('F-30 brings no key back that was ended for its owner when the keys of that owner are handed over', async () => {
    const { north, south } = two
    const { tenant, uid, secret, works, moveTo } = await shop()
    await north.owner.must('apiKeys/revokeAll', { tenant: north.agency, owner: { user: uid }, reason })
    await moveTo(south.agency)
    const { service } = await south.owner.must('members/createService', { tenant, name: 'Heir' })
    const principal = { service }
    await south.owner.must('roles/assign', { tenant, principal, role: 'account.admin', reach: 'node' })
    const handed = await south.owner.must('members/transfer', { tenant, user: uid, keys: { service }, reason })
    expect(handed).toMatchObject({ moved: 0, revoked: 1 })
    expect(await works(secret)).toBe(false)
  })
})
