// Own permissions and registered resources: Latchkey decides for a product that it knows nothing of.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'

let two: TwoAgencies
beforeAll(async () => {
  two = await twoAgencies()
  const { north } = two
  await north.owner.must('resources/registerType', invoiceType(north.agency))
}, 60_000)
afterAll(() => two.world.close())

const invoiceType = (tenant: string, ...names: readonly string[]) => ({
  tenant,
  type: 'bill',
  title: 'Bills',
  actions: (names.length === 0 ? ['read', 'approve'] : names).map((name) => ({ name })),
})
const invalid = (field: string) => ({ ok: false, error: { code: 'invalid_request', field } })

describe('a resource type of one’s own', () => {
  it('gives permissions that owners hold at once, that roles can hold, and that nobody else has', async () => {
    const { world, north, south } = two
    const tenant = north.account
    const ask = (principal: object, permission: string) =>
      north.owner.must('access/check', { tenant, permission, ...principal })
    expect(await ask({}, 'own/bill.read')).toMatchObject({ allowed: true })
    expect(await ask({ principal: { user: north.accountAdminUid } }, 'own/bill.read')).toMatchObject({
      code: 'no_assignment',
    })
    const { role } = await north.owner.must('roles/create', {
      tenant: north.agency,
      name: 'Bill clerk',
      permissions: ['own/bill.read', 'iam.tenants.get'],
    })
    await world.join(north.owner, 'clerk', { tenant, role, reach: 'node' })
    const clerk = { principal: { user: 'clerk' } }
    expect(await ask(clerk, 'own/bill.read')).toMatchObject({ allowed: true })
    expect(await ask(clerk, 'own/bill.approve')).toMatchObject({ code: 'no_assignment' })
    // Another agency does not know them.
    expect(
      await south.owner.must('access/check', { tenant: south.account, permission: 'own/bill.read' }),
    ).toMatchObject({ code: 'unknown_permission' })
  }, 60_000)

  it('T-42 is no part of another agency’s roles, and a number is never used twice', async () => {
    const { world, north, south } = two
    const foreign = { tenant: south.agency, name: 'Thief', permissions: ['own/bill.read'] }
    expect(await south.owner.call('roles/create', foreign)).toMatchObject(invalid('permissions[0]'))
    const { role } = await north.owner.must('roles/create', {
      tenant: north.agency,
      name: 'Approver',
      permissions: ['own/bill.approve', 'iam.tenants.get'],
    })
    await world.join(north.owner, 'approver', { tenant: north.account, role, reach: 'node' })
    const ask = async (permission: string) =>
      (await north.owner.must('access/check', { tenant: north.account, permission, principal: { user: 'approver' } }))
        .code
    expect(await ask('own/bill.approve')).toBe('allowed')
    await north.owner.must('resources/registerType', invoiceType(north.agency, 'read'))
    expect(await ask('own/bill.approve')).toBe('unknown_permission')
    await north.owner.must('resources/registerType', invoiceType(north.agency, 'read', 'approve'))
    expect(await ask('own/bill.approve')).toBe('no_assignment')
  }, 60_000)

  it('is registered by an agency only, under a name that the catalogue does not use, each action once', async () => {
    const { north, south } = two
    const register = (change: object) =>
      north.owner.call('resources/registerType', { ...invoiceType(north.agency), ...change })
    expect(await register({ tenant: north.account })).toMatchObject(
      { ok: false, error: { code: 'permission_denied' } }, // not held at that level
    )
    expect(await register({ type: 'contacts' })).toMatchObject(invalid('type'))
    expect(await register({ type: 'Bill' })).toMatchObject(invalid('type'))
    expect(await register({ type: 'iam/x' })).toMatchObject(invalid('type'))
    expect(await register({ actions: [{ name: 'a' }, { name: 'a' }] })).toMatchObject(invalid('actions[1].name'))
    expect(await register({ actions: [{ name: 'a.*' }] })).toMatchObject(invalid('actions[0].name'))
    expect(await south.owner.call('resources/registerType', invoiceType(north.agency))).toMatchObject({
      error: { code: 'not_found' },
    })
    const { items } = await north.accountAdmin.must('resources/listTypes', { tenant: north.account })
    expect(items).toMatchObject([{ type: 'bill', title: 'Bills' }])
  })

  it('is a scope of its own for keys: what is not named is not there', async () => {
    const { world, north } = two
    const { secret } = await newKey(north.owner, north.agency, { scopes: ['own/bill.read'] })
    const key = world.withKey(secret)
    const ask = async (permission: string) =>
      (await key.must('access/check', { tenant: north.account, permission })).code
    expect(await ask('own/bill.read')).toBe('allowed')
    expect(await ask('own/bill.approve')).toBe('scope_missing')
    expect(await ask('contacts.read')).toBe('scope_missing')
    const unknown = { tenant: north.agency, name: 'K', scopes: ['own/ghost.read'] }
    expect(await north.owner.call('apiKeys/create', unknown)).toMatchObject(invalid('scopes[0]'))
    const wider = { tenant: north.account, name: 'K', scopes: ['own/bill.read'] }
    expect(await north.accountAdmin.call('apiKeys/create', wider)).toMatchObject({
      ok: false,
      error: { code: 'grant_exceeds_grantor', missing: ['own/bill.read'] },
    })
  })
})

describe('a registered resource', () => {
  it('is decided on by its id alone, and by what it is now', async () => {
    const { world, north } = two
    const tenant = north.account
    const condition = 'resource.ownerId == subject.id && resource.state != "paid"'
    await world.join(north.owner, 'seller', { tenant, role: 'account.salesRep', reach: 'node', condition })
    const seller = await world.person('seller')
    const put = (ownerId: string, state: string) =>
      north.owner.must('resources/put', { tenant, type: 'contacts', id: 'c-1', ownerId, properties: { state } })
    const reads = async () =>
      (
        await seller.must('access/check', {
          tenant,
          permission: 'contacts.read',
          resource: { type: 'contacts', id: 'c-1' },
        })
      ).code
    expect(await reads()).toBe('condition_error') // not registered: the condition has nothing to look at
    await put('seller', 'open')
    expect(await reads()).toBe('allowed')
    await put('seller', 'paid')
    expect(await reads()).toBe('condition_false')
    await put('somebody', 'open')
    expect(await reads()).toBe('condition_false')
    // C-108: what the asker says of it counts only from who may vouch for it.
    const lie = { type: 'contacts', id: 'c-1', ownerId: 'seller' }
    expect(await seller.call('access/check', { tenant, permission: 'contacts.read', resource: lie })).toMatchObject({
      ok: false,
      error: { code: 'permission_denied', missing: ['iam.attributes.assert'] },
    })
  }, 60_000)

  it('is shown, listed page by page, replaced and forgotten; another tenant’s of the same id is another', async () => {
    const { north, south } = two
    const tenant = north.account
    for (const id of ['b1', 'b2', 'b3']) {
      await north.owner.must('resources/put', { tenant, type: 'bill', id, properties: { total: 5, tags: ['x'] } })
    }
    await south.owner.must('resources/registerType', invoiceType(south.agency))
    await south.owner.must('resources/put', { tenant: south.account, type: 'bill', id: 'b1', ownerId: 'south' })
    expect(await north.owner.must('resources/get', { tenant, type: 'bill', id: 'b1' })).toMatchObject({
      properties: { total: 5, tags: ['x'] },
    })
    const found: string[] = []
    let page: string | undefined
    do {
      const answer = await north.owner.must('resources/list', {
        tenant,
        type: 'bill',
        limit: 2,
        ...(page ? { page } : {}),
      })
      found.push(...answer.items.map((one: { id: string }) => one.id))
      page = answer.nextPage
    } while (page !== undefined)
    expect(found.sort()).toEqual(['b1', 'b2', 'b3'])
    await north.owner.must('resources/delete', { tenant, type: 'bill', id: 'b1' })
    expect(await north.owner.call('resources/get', { tenant, type: 'bill', id: 'b1' })).toMatchObject({
      error: { code: 'not_found' },
    })
    expect(await south.owner.must('resources/get', { tenant: south.account, type: 'bill', id: 'b1' })).toMatchObject({
      ownerId: 'south',
    })
    expect(await south.owner.call('resources/list', { tenant, type: 'bill' })).toMatchObject({
      error: { code: 'not_found' },
    })
  })

  it('T-20 takes any id, which bends no path, and refuses a type that nobody knows', async () => {
    const { north } = two
    const tenant = north.account
    for (const id of ['../../x', '__x__', 'a/b/c', '.', 'ünïcode', 'x'.repeat(200)]) {
      await north.owner.must('resources/put', { tenant, type: 'bill', id })
      expect(await north.owner.must('resources/get', { tenant, type: 'bill', id })).toMatchObject({ id })
    }
    expect(await north.owner.call('resources/put', { tenant, type: 'ghost', id: 'x' })).toMatchObject(invalid('type'))
    expect(await north.owner.call('resources/put', { tenant, type: 'bill', id: '' })).toMatchObject(invalid('id'))
    const nested = { tenant, type: 'bill', id: 'n', properties: { deep: { er: 1 } } }
    expect(await north.owner.call('resources/put', nested)).toMatchObject(invalid('properties.deep'))
  })
})
