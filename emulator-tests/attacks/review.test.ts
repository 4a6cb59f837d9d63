// What a hostile review found, each as a test: a generator of its kind beside the single case where there is one.

import { Firestore } from '@google-cloud/firestore'
import catalogue from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Actor, makeWorld, type World } from '../support/world.ts'

describe('a hostile review', () => {
  let world: World
  let owner: Actor
  let agency: string
  let account: string
  let firestore: Firestore
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Mine', 'olivia')
    owner = await world.person('olivia')
    account = (await owner.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
    firestore = new Firestore({ projectId: world.projectId })
  }, 60_000)
  afterAll(async () => {
    await firestore.terminate()
    await world.close()
  })

  it('C-112 the id of a service account is no user: it can neither be made an owner nor be removed as a person', async () => {
    const { service } = await owner.must('members/createService', { tenant: agency, name: 'Robot' })
    const phantom = { tenant: agency, principal: { user: service }, role: 'agency.owner', reach: 'subtree' }
    expect(await owner.call('roles/assign', phantom)).toMatchObject({ ok: false, error: { code: 'invalid_request' } })
    const removed = await owner.call('members/remove', { tenant: agency, user: service })
    expect(removed).toMatchObject({ ok: false, error: { code: 'invalid_request', field: 'user' } })
    const alone = await owner.call('members/remove', { tenant: agency, user: 'olivia' })
    expect(alone).toMatchObject({ ok: false, error: { code: 'last_owner' } })
  })

  it('C-103 a role that only the newest catalogue knows cannot be given before it is adopted', async () => {
    const [chief] = catalogue.roles.filter(({ name }) => name === 'agency.owner')
    const newer = {
      ...catalogue,
      version: '2026-12-01',
      roles: [...catalogue.roles, { ...chief, name: 'agency.chief', title: 'Chief' }],
    }
    await firestore.doc('catalogue/2026-12-01').set({ version: '2026-12-01', text: JSON.stringify(newer) })
    await firestore.doc('catalogue/head').set({ version: '2026-12-01' })
    const later = await makeHead(world)
    await world.join(owner, 'adam', { tenant: agency, role: 'agency.admin', reach: 'subtree' })
    const adam = await world.person('adam')
    const bomb = { tenant: agency, principal: { user: 'adam' }, role: 'agency.chief', reach: 'subtree' }
    expect(later).toBe('2026-12-01')
    expect(await adam.call('roles/assign', bomb)).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', field: 'role' },
    })
    await firestore.doc('catalogue/head').set({ version: catalogue.version })
  }, 30_000)

  it.each([
    ['null', null],
    ['a string', '2099-01-01T00:00:00Z'],
    ['a number', 4_000_000_000_000],
    ['a map', {}],
  ])(
    'I-86 an end of an assignment that is %s grants nothing, and the trigger does not make it endless',
    async (_what, until) => {
      const uid = `mia${String(_what).replace(/\W/g, '')}`
      await world.join(owner, uid, { tenant: account, role: 'account.viewer', reach: 'subtree' })
      const mia = await world.person(uid)
      expect((await mia.call('tenants/get', { tenant: account })).ok).toBe(true)
      const grants = firestore.doc(`tenants/${account}/grants/user:${uid}`)
      const [[id, entry] = ['', {}]] = Object.entries(
        (await grants.get()).data()?.['entries'] as Record<string, object>,
      )
      await grants.update({ [`entries.${id}`]: { ...entry, until } })
      expect(await mia.call('tenants/get', { tenant: account })).toMatchObject({
        ok: false,
        error: { code: 'not_found' },
      })
    },
  )

  it.each([
    ['notBefore', 4_000_000_000],
    ['deniedAuthTimes', { 1: true }],
  ])('I-86 C-097 a %s that cannot be read ends sessions', async (field, value) => {
    await world.join(owner, `una${field}`, { tenant: account, role: 'account.viewer', reach: 'subtree' })
    const una = await world.person(`una${field}`)
    expect((await una.call('tenants/list', {})).ok).toBe(true)
    await firestore.doc(`users/una${field}`).update({ [field]: value })
    expect(await una.call('tenants/list', {})).toMatchObject({ ok: false, error: { code: 'invalid_token' } })
  })

  it('T-30 the provisioner founds and stops, and does nothing inside an agency', async () => {
    const { provisioner } = world
    expect(await provisioner.call('tenants/create', { parent: agency, name: 'Planted' })).toMatchObject({ ok: false })
    expect(await provisioner.call('tenants/update', { tenant: account, name: 'Renamed' })).toMatchObject({ ok: false })
    expect((await provisioner.call('tenants/suspend', { tenant: agency, reason: 'unpaid' })).ok).toBe(true)
    expect((await provisioner.call('tenants/resume', { tenant: agency, reason: 'paid' })).ok).toBe(true)
  })

  it('I-86 one spoilt member hides no other', async () => {
    await world.join(owner, 'spoilt', { tenant: account, role: 'account.viewer', reach: 'subtree' })
    await world.join(owner, 'whole', { tenant: account, role: 'account.viewer', reach: 'subtree' })
    await firestore.doc(`tenants/${account}/members/spoilt`).update({ joinedAt: null })
    const { items } = await owner.must('members/list', { tenant: account, limit: 100 })
    const listed = items.map(({ member }: { member: string }) => member)
    expect(listed).toContain('whole')
    expect(listed).not.toContain('spoilt')
  })

  it('I-48 an account’s admin cannot find out who belongs to the agency by trying to assign', async () => {
    await world.join(owner, 'priya', { tenant: agency, role: 'agency.support', reach: 'subtree' })
    await world.join(owner, 'tom', { tenant: account, role: 'account.admin', reach: 'subtree' })
    const tom = await world.person('tom')
    const assign = (user: string) => ({
      tenant: account,
      principal: { user },
      role: 'account.viewer',
      reach: 'subtree',
    })
    expect(await tom.call('roles/assign', assign('priya'))).toEqual(await tom.call('roles/assign', assign('nobody')))
    expect((await owner.call('roles/assign', assign('priya'))).ok).toBe(true)
  })

  it('C-103 a removed person’s keys stay dead when the person comes back', async () => {
    await world.join(owner, 'dmitri', { tenant: account, role: 'account.admin', reach: 'subtree' })
    const dmitri = await world.person('dmitri')
    const scopes = ['iam/tenants.readonly']
    const old = world.withKey((await dmitri.must('apiKeys/create', { tenant: account, name: 'Old', scopes })).secret)
    expect((await old.call('tenants/get', { tenant: account })).ok).toBe(true)
    await owner.must('members/remove', { tenant: account, user: 'dmitri' })
    world.advance(1_000)
    await world.join(owner, 'dmitri', { tenant: account, role: 'account.admin', reach: 'subtree' })
    expect(await old.call('tenants/get', { tenant: account })).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    })
    const fresh = await (await world.person('dmitri')).must('apiKeys/create', { tenant: account, name: 'New', scopes })
    expect((await world.withKey(fresh.secret).call('tenants/get', { tenant: account })).ok).toBe(true)
  })

  it('I-83 a key makes keys only with iam/credentials.delegate beside api-keys.write', async () => {
    const made = async (scopes: readonly string[]) =>
      (await owner.must('apiKeys/create', { tenant: account, name: 'Maker', scopes })).secret
    const child = {
      tenant: account,
      name: 'Child',
      scopes: ['contacts.readonly'],
      expiresAt: new Date(world.app.clock() + 3_600_000).toISOString(),
    }
    const worm = world.withKey(await made(['api-keys.write', 'contacts.readonly']))
    expect(await worm.call('apiKeys/create', child)).toMatchObject({
      ok: false,
      error: { code: 'insufficient_scope', missing: ['iam.credentials.delegate'] },
    })
    const delegate = world.withKey(await made(['api-keys.write', 'contacts.readonly', 'iam/credentials.delegate']))
    expect((await delegate.call('apiKeys/create', child)).ok).toBe(true)
    expect(await delegate.call('apiKeys/create', { ...child, scopes: ['contacts.write'] })).toMatchObject({
      ok: false,
      error: { code: 'grant_exceeds_grantor' },
    })
    expect(
      await delegate.call('apiKeys/create', { tenant: account, name: 'Child', scopes: ['contacts.readonly'] }),
    ).toMatchObject({ ok: true })
  })

  it('C-103 who is removed from the agency loses the keys they made in its accounts, for good', async () => {
    await world.join(owner, 'dan', { tenant: agency, role: 'agency.admin', reach: 'subtree' })
    const scopes = ['contacts.readonly', 'iam/access.readonly']
    const made = await (await world.person('dan')).must('apiKeys/create', { tenant: account, name: 'Deep', scopes })
    const check = () =>
      world.withKey(made.secret).call('access/check', { tenant: account, permission: 'contacts.read' })
    expect(await check()).toMatchObject({ ok: true, value: { allowed: true } })
    await owner.must('members/remove', { tenant: agency, user: 'dan' })
    world.advance(1_000)
    await world.join(owner, 'dan', { tenant: agency, role: 'agency.admin', reach: 'subtree' })
    expect(await check()).toMatchObject({ ok: false, error: { code: 'not_found' } })
  })

  it('a sales rep finds the tenant where they see only their own records, a narrowed key its accounts', async () => {
    const condition = 'resource.ownerId == subject.id'
    await world.join(owner, 'jonas', { tenant: account, role: 'account.salesRep', reach: 'subtree', condition })
    const ids = async (who: Actor) =>
      (await who.must('tenants/list', {})).items.map(({ tenant }: { tenant: string }) => tenant)
    expect(await ids(await world.person('jonas'))).toEqual([account])
    const key = await owner.must('apiKeys/create', {
      tenant: agency,
      name: 'N',
      scopes: ['iam/tenants.readonly'],
      accounts: [account],
    })
    expect(await ids(world.withKey(key.secret))).toEqual([account])
  })

  it('my tenants come page by page, each once', async () => {
    for (const name of ['One', 'Two', 'Three']) {
      const { tenant } = await owner.must('tenants/create', { parent: agency, name })
      await world.join(owner, 'pia', { tenant, role: 'account.viewer', reach: 'subtree' })
    }
    const pia = await world.person('pia')
    const first = await pia.must('tenants/list', { limit: 2 })
    const second = await pia.must('tenants/list', { limit: 2, page: first.nextPage })
    expect(first.items).toHaveLength(2)
    expect(second.items).toHaveLength(1)
    expect(second.nextPage).toBeUndefined()
    expect(new Set([...first.items, ...second.items].map(({ tenant }) => tenant)).size).toBe(3)
  })

  it('C-107 a condition on the time of a request means the same at every door', async () => {
    const condition = 'request.time < timestamp("2100-01-01T00:00:00Z")'
    await world.join(owner, 'theo', { tenant: agency, role: 'agency.admin', reach: 'subtree', condition })
    const theo = await world.person('theo')
    expect((await theo.call('members/list', { tenant: agency })).ok).toBe(true)
    const { items } = await theo.must('tenants/list', { parent: agency })
    expect(items.map(({ tenant }: { tenant: string }) => tenant)).toContain(account)
    expect(
      await theo.must('access/check', {
        tenant: agency,
        permission: 'iam.members.list',
        principal: { user: 'olivia' },
      }),
    ).toMatchObject({ allowed: true })
    expect((await theo.call('apiKeys/create', { tenant: agency, name: 'T', scopes: ['contacts.readonly'] })).ok).toBe(
      false,
    ) // not power to give away
  })

  it('a role can be taken back although the grants document is lost', async () => {
    await world.join(owner, 'lena', { tenant: account, role: 'account.viewer', reach: 'subtree' })
    const { items } = await owner.must('roles/listAssignments', { tenant: account, principal: { user: 'lena' } })
    await firestore.doc(`tenants/${account}/grants/user:lena`).delete()
    expect((await owner.call('roles/unassign', { tenant: account, assignment: items[0].assignment })).ok).toBe(true)
  })

  it('a stranger’s text comes back short', async () => {
    const answer = await owner.call('tenants/get', { tenant: agency, ['x'.repeat(200_000)]: 1 })
    expect(answer).toMatchObject({ ok: false, error: { code: 'invalid_request' } })
    expect(JSON.stringify(answer).length).toBeLessThan(500)
  })
})

/** The head is looked up every five seconds; reads it until the new one is seen. */
const makeHead = async (world: World): Promise<string> => {
  for (let tries = 0; tries < 100; tries++) {
    const { version } = await world.app.catalogues.head()
    if (version === '2026-12-01') return version
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return 'never'
}
