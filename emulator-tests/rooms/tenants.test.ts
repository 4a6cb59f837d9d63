// `tenants/*`: founding, showing, listing, renaming, stopping and letting go on; the chain decides for everything below.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const suspended = { ok: false, error: { code: 'tenant_suspended' } }
const notFound = { ok: false, error: { code: 'not_found' } }

describe('a tenant', () => {
  let world: World
  let agency: string
  let nora: Actor
  const account = async (name: string): Promise<string> =>
    (await nora.must('tenants/create', { parent: agency, name })).tenant
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
  })
  afterAll(() => world.close())

  it('is founded under its parent, shown to who may see it, and renamed', async () => {
    const { revision, ...made } = await nora.must('tenants/create', { parent: agency, name: 'Shop' })
    expect(revision).toMatch(/^\d{4}-\d{2}-\d{2}T[0-9:]{8}\.\d{6}Z$/)
    expect(made).toEqual({
      tenant: expect.stringMatching(/^acc_[0-9A-Za-z]{22}$/),
      kind: 'account',
      name: 'Shop',
    })
    const shown = await nora.must('tenants/get', { tenant: made.tenant })
    expect(shown).toEqual({
      ...made,
      parent: agency,
      status: 'active',
      createdAt: new Date(shown.createdAt).toISOString(),
    })
    expect(await nora.must('tenants/update', { tenant: made.tenant, name: 'Store' })).toMatchObject({
      ...shown,
      name: 'Store',
    })
    expect(await nora.must('tenants/get', { tenant: made.tenant })).toEqual({ ...shown, name: 'Store' })
  })

  it('is founded with an owner by invitation: an agency always, an account if named; nothing stands below an account', async () => {
    const withOwner = await nora.must('tenants/create', {
      parent: agency,
      name: 'Owned',
      ownerEmail: 'olaf@people.example',
    })
    expect(withOwner.invitation.secret).toMatch(/^lk_inv_/)
    const olaf = await world.person('olaf')
    expect(await olaf.must('members/acceptInvitation', { secret: withOwner.invitation.secret })).toMatchObject({
      tenant: withOwner.tenant,
      role: 'account.owner',
    })
    expect(await olaf.must('tenants/get', { tenant: withOwner.tenant })).toMatchObject({ name: 'Owned' })
    const field = (name: string) => ({ ok: false, error: { code: 'invalid_request', field: name } })
    expect(await world.provisioner.call('tenants/create', { parent: 'platform', name: 'Nobody’s' })).toMatchObject(
      field('ownerEmail'),
    )
    expect(await nora.call('tenants/create', { parent: withOwner.tenant, name: 'Below' })).toMatchObject({ ok: false })
    expect(await olaf.call('tenants/create', { parent: withOwner.tenant, name: 'Below' })).toMatchObject({ ok: false })
  })

  it('is listed below its parent page by page, without gaps or doubles', async () => {
    const made = new Set<string>()
    for (let index = 0; index < 5; index++) made.add(await account(`Paged ${index}`))
    const all: Answer[] = (await nora.must('tenants/list', { parent: agency, limit: 100 })).items
    const seen: string[] = []
    let page: string | undefined
    do {
      const answer: Answer = await nora.must('tenants/list', {
        parent: agency,
        limit: 2,
        ...(page === undefined ? {} : { page }),
      })
      expect(answer.items.length).toBeLessThanOrEqual(2)
      seen.push(...answer.items.map((one: Answer) => one.tenant))
      page = answer.nextPage
    } while (page !== undefined)
    expect(seen).toEqual(all.map((one) => one.tenant))
    expect([...made].every((id) => seen.includes(id))).toBe(true)
    expect(new Set(seen).size).toBe(seen.length)
  })

  it('is among "my tenants" by membership or by a listed assignment, and no longer when that ends', async () => {
    const [one, other] = [await account('Mine'), await account('Listed')]
    const until = new Date(world.app.clock() + 60_000).toISOString()
    await world.join(nora, 'mia', { tenant: one, role: 'account.user', reach: 'node' })
    await world.join(nora, 'mia', {
      tenant: agency,
      role: 'account.viewer',
      reach: 'listed',
      accounts: [other],
      assignmentExpiresAt: until,
    })
    const mia = await world.person('mia')
    const mine = async () => (await mia.must('tenants/list', {})).items.map((item: Answer) => item.tenant)
    expect(await mine()).toEqual([one, other].sort())
    const first = await mia.must('tenants/list', { limit: 1 })
    expect(first.items).toHaveLength(1)
    expect((await mia.must('tenants/list', { limit: 1, page: first.nextPage })).items[0].tenant).toBe(
      [one, other].sort()[1],
    )
    world.advance(60_000)
    expect(await mine()).toEqual([one])
    await nora.must('members/remove', { tenant: one, user: 'mia' })
    expect(await mine()).toEqual([])
  })

  it('I-33 I-37 T-36 that is suspended is shut at once for its people and keys, and only power from above lets it go on', async () => {
    const shop = await account('Stopped')
    await world.join(nora, 'olga', { tenant: shop, role: 'account.owner', reach: 'subtree' })
    const olga = await world.person('olga')
    const { secret } = await newKey(olga, shop, { scopes: ['iam/credentials.verify', 'contacts.readonly'] })
    const use = () => world.withKey(secret).call('access/check', { tenant: shop, permission: 'contacts.read' })
    expect(await use()).toMatchObject({ ok: true, value: { allowed: true } })
    const stop = { tenant: shop, reason: 'unpaid bills' }
    expect(await olga.call('tenants/suspend', stop)).toMatchObject({ ok: false, error: { code: 'permission_denied' } })
    expect(await nora.must('tenants/suspend', stop)).toMatchObject({ tenant: shop, status: 'suspended' })
    expect(await olga.call('members/list', { tenant: shop })).toMatchObject(suspended)
    expect(await olga.call('tenants/resume', stop)).toMatchObject({ ok: false })
    expect(await use()).toMatchObject({ value: { allowed: false, code: 'tenant_suspended' } })
    expect(await nora.call('tenants/suspend', stop)).toMatchObject(suspended)
    expect(await nora.must('tenants/get', { tenant: shop })).toMatchObject({
      status: 'suspended',
      statusReason: 'unpaid bills',
    })
    expect(await nora.call('apiKeys/create', { tenant: shop, name: 'K', scopes: ['contacts.readonly'] })).toMatchObject(
      suspended,
    )
    expect(await nora.must('tenants/resume', stop)).toMatchObject({ tenant: shop, status: 'active' })
    expect(await nora.call('tenants/resume', stop)).toMatchObject({ ok: false, error: { code: 'conflict' } })
    expect(await nora.must('tenants/get', { tenant: shop })).not.toHaveProperty('statusReason')
    expect(await use()).toMatchObject({ ok: true, value: { allowed: true } })
  })

  it('T-36 of a suspended agency is shut with it, and open again with it; the agency cannot resume itself', async () => {
    const other = await world.agency('Southridge', 'sam')
    const sam = await world.person('sam')
    const shop = (await sam.must('tenants/create', { parent: other, name: 'Shop' })).tenant
    await world.join(sam, 'ada', { tenant: shop, role: 'account.admin', reach: 'subtree' })
    const ada = await world.person('ada')
    const stop = { tenant: other, reason: 'fraud suspected' }
    expect(await nora.call('tenants/suspend', stop)).toEqual(notFound)
    await world.provisioner.must('tenants/suspend', stop)
    expect(await ada.call('members/list', { tenant: shop })).toMatchObject(suspended)
    expect(await sam.call('tenants/create', { parent: other, name: 'More' })).toMatchObject(suspended)
    expect(await sam.call('tenants/get', { tenant: other })).toMatchObject(suspended) // only power from above counts there
    expect(await sam.call('tenants/resume', stop)).toMatchObject(suspended)
    expect(await sam.call('tenants/resume', { ...stop, tenant: shop })).toMatchObject(suspended)
    expect(await nora.call('tenants/get', { tenant: agency })).toMatchObject({ ok: true }) // nobody else is touched
    await world.provisioner.must('tenants/resume', stop)
    expect(await ada.call('members/list', { tenant: shop })).toMatchObject({ ok: true })
    expect(await sam.call('tenants/get', { tenant: other })).toMatchObject({ ok: true })
  })
})
