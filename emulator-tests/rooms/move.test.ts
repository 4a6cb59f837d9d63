// Moving an account: the old agency's people, keys and roles lose it at once, the account's own stay, and nothing revives on the way back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { neverWas, newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import { type Actor, mailOf } from '../support/world.ts'

let two: TwoAgencies
let mover: Actor
beforeAll(async () => {
  two = await twoAgencies()
  const { world, north, south } = two
  // One person who owns both agencies may move between them.
  await world.join(south.owner, north.ownerUid, { tenant: south.agency, role: 'agency.owner', reach: 'subtree' })
  mover = await world.person(north.ownerUid)
}, 60_000)
afterAll(() => two.world.close())

const reads = (actor: Actor, tenant: string) => actor.call('access/check', { tenant, permission: 'contacts.read' })
const may = { ok: true, value: { allowed: true } }
const unseen = { ok: false, error: { code: 'not_found' } }
const move = (tenant: string, to: string, actor = mover) =>
  actor.call('tenants/move', { tenant, to, reason: 'sold to the other agency' })
const shop = async (): Promise<string> =>
  (await two.north.owner.must('tenants/create', { parent: two.north.agency, name: 'Moving shop' })).tenant

describe('a moved account', () => {
  it('is lost to the old agency’s people, whichever way they held it, and does not come back to them', async () => {
    const { world, north, south } = two
    const account = await shop()
    await world.join(north.owner, 'nlist', {
      tenant: north.agency,
      role: 'agency.admin',
      reach: 'listed',
      accounts: [account],
    })
    await world.join(north.owner, 'nlocal', { tenant: north.agency, role: 'agency.auditor', reach: 'node' })
    const local = { tenant: account, principal: { user: 'nlocal' }, role: 'account.admin', reach: 'node' }
    await north.owner.must('roles/assign', local)
    const [listed, given] = [await world.person('nlist'), await world.person('nlocal')]
    const key = await newKey(north.owner, north.agency, { accounts: [account] })
    const narrow = world.withKey(key.secret)
    for (const one of [listed, given, narrow]) expect(await reads(one, account)).toMatchObject(may)

    expect(await move(account, south.agency)).toMatchObject({
      ok: true,
      value: { from: north.agency, to: south.agency },
    })
    for (const one of [listed, given, narrow]) expect(await reads(one, account)).toMatchObject(unseen)
    expect(await reads(south.owner, account)).toMatchObject(may)

    expect(await move(account, north.agency)).toMatchObject({ ok: true })
    for (const one of [listed, given, narrow]) expect(await reads(one, account)).toMatchObject(unseen)
    expect(await reads(south.owner, account)).toMatchObject(unseen)
    // Given again, it counts again.
    await north.owner.must('roles/assign', local)
    expect(await reads(given, account)).toMatchObject(may)
  }, 60_000)

  it('keeps its own people and keys', async () => {
    const { world, north, south } = two
    const account = await shop()
    await world.join(north.owner, 'ownone', { tenant: account, role: 'account.admin', reach: 'subtree' })
    const own = await world.person('ownone')
    const key = await newKey(own, account, { scopes: ['contacts.readonly'] })
    await move(account, south.agency)
    expect(await reads(own, account)).toMatchObject(may)
    expect(await reads(world.withKey(key.secret), account)).toMatchObject(may)
  }, 60_000)

  it('takes no custom role of the old agency along, and finds none again on its return', async () => {
    const { world, north, south } = two
    const account = await shop()
    const { role } = await north.owner.must('roles/create', {
      tenant: north.agency,
      name: `Reader ${account.slice(-4)}`,
      permissions: ['contacts.read', 'iam.tenants.get'],
    })
    await world.join(north.owner, 'customone', { tenant: account, role, reach: 'node' })
    const one = await world.person('customone')
    expect(await reads(one, account)).toMatchObject(may)
    await move(account, south.agency)
    expect(await reads(one, account)).toMatchObject(unseen)
    await move(account, north.agency)
    expect(await reads(one, account)).toMatchObject(unseen)
  }, 60_000)

  it('lets no pending invitation of the old agency in', async () => {
    const { world, north, south } = two
    const account = await shop()
    const offer = { tenant: account, email: mailOf('pending'), role: 'account.admin', reach: 'node' }
    const invited = await two.world
      .person('nadmin2')
      .then(() => world.join(north.owner, 'nadmin2', { tenant: north.agency, role: 'agency.admin', reach: 'subtree' }))
      .then(() => world.person('nadmin2'))
      .then((admin) => admin.must('members/invite', offer))
    await move(account, south.agency)
    const accepted = await (await world.person('pending')).call('members/acceptInvitation', { secret: invited.secret })
    expect(accepted).toMatchObject({ ok: false, error: { code: 'invitation_invalid' } })
  }, 60_000)

  it('I-36 T-30 is moved by nobody who lacks the right at one of the three', async () => {
    const { world, north, south } = two
    const account = await shop()
    const deny = (code: string, field?: string) => ({
      ok: false,
      error: { code, ...(field === undefined ? {} : { field }) },
    })
    // Sees only the source; sees only the destination; sees both, but may not move at one of them.
    const southOwner = await world.person(south.ownerUid)
    expect(await move(account, south.agency, southOwner)).toMatchObject(deny('not_found'))
    await world.join(north.owner, 'ncoowner', { tenant: north.agency, role: 'agency.owner', reach: 'subtree' })
    const coOwner = await world.person('ncoowner')
    expect(await move(account, south.agency, coOwner)).toMatchObject(deny('not_found', 'to'))
    expect(await move(account, neverWas(south.agency), coOwner)).toMatchObject(deny('not_found', 'to'))
    await world.join(south.owner, 'ncoowner', { tenant: south.agency, role: 'agency.admin', reach: 'subtree' })
    expect(await move(account, south.agency, coOwner)).toMatchObject(deny('permission_denied', 'to'))
    expect(await move(account, north.agency)).toMatchObject(deny('conflict'))
    expect(await move(north.agency, south.agency)).toMatchObject(deny('invalid_request', 'tenant'))
    expect(await move(account, account)).toMatchObject(deny('invalid_request', 'to'))
    expect(await reads(north.owner, account)).toMatchObject(may)
  }, 60_000)

  it('F-13 two moves at once end in one place, and each says what it did', async () => {
    const { south } = two
    const account = await shop()
    const results = await Promise.all([move(account, south.agency), move(account, south.agency)])
    expect(results.filter((one) => one.ok)).toHaveLength(1)
    expect(results.find((one) => !one.ok)).toMatchObject({ error: { code: 'conflict' } })
  }, 60_000)
})
