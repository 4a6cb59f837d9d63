// Power that comes from aside: by what is said of somebody, by what stands above, by a key that was made before, by a name that means another thing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor, Answer } from '../support/world.ts'
import { newKey, type TwoAgencies, twoAgencies } from './two-agencies.ts'

let two: TwoAgencies
let mover: Actor
beforeAll(async () => {
  two = await twoAgencies()
  mover = await two.world.platformOwner()
}, 60_000)
afterAll(() => two.world.close())

const reason = 'for the test'
const may = async (who: Actor, tenant: string, permission = 'contacts.read'): Promise<string> => {
  const answer: Answer = await who.call('access/check', { tenant, permission })
  return answer.ok ? answer.value.code : answer.error.code
}
const move = (tenant: string, to: string) => mover.must('tenants/move', { tenant, to, reason })
const shop = async (): Promise<string> =>
  (await two.north.owner.must('tenants/create', { parent: two.north.agency, name: 'Aside' })).tenant

describe('a condition', () => {
  it('C-112 of the agency is not fulfilled by what an account’s admin says of somebody, nor by a puppet of their own', async () => {
    const { world, north } = two
    const condition = 'subject.department == "finance"'
    await world.join(north.owner, 'dan', { tenant: north.agency, role: 'agency.admin', reach: 'subtree', condition })
    const dan = await world.person('dan')
    const say = (who: Actor, tenant: string, department: string) =>
      who.call('members/update', { tenant, principal: { user: 'dan' }, attributes: { department } })
    await world.join(north.owner, 'dan', { tenant: north.account, role: 'account.viewer', reach: 'node' })
    expect(await say(north.accountAdmin, north.account, 'finance')).toMatchObject({ ok: true })
    expect(await may(dan, north.account, 'iam.roles.assign')).toMatch(/^condition_/)
    // What the agency says counts, at the agency and below.
    expect(await say(north.owner, north.agency, 'finance')).toMatchObject({ ok: true })
    expect(await may(dan, north.account, 'iam.roles.assign')).toBe('allowed')
  }, 60_000)
})

describe('what stands above', () => {
  it('I-28 is not shown to an account’s admin who asks why, traces, or asks what somebody can', async () => {
    const { world, north } = two
    const condition = 'resource.codename == "project-zebra"'
    await world.join(north.owner, 'boss', {
      tenant: north.agency,
      role: 'agency.admin',
      reach: 'listed',
      accounts: [north.account],
      condition,
    })
    const about = { tenant: north.account, permission: 'contacts.write', principal: { user: 'boss' } }
    const answers = [
      await north.accountAdmin.must('access/explain', about),
      await north.accountAdmin.must('access/check', { ...about, trace: true }),
      await north.accountAdmin.must('access/whatCan', { tenant: about.tenant, principal: about.principal }),
    ]
    for (const answer of answers) expect(JSON.stringify(answer)).not.toMatch(/zebra|asg_|agency\.admin/)
    // The agency's owner, who may see it, and the person themselves, are told.
    expect(JSON.stringify(await north.owner.must('access/explain', about))).toContain('zebra')
    const { principal: _boss, ...own } = about
    expect(JSON.stringify(await (await world.person('boss')).must('access/explain', own))).toContain('zebra')
  }, 60_000)

  it('I-50 a trace about somebody takes the right to explain, not only to check', async () => {
    const { world, north } = two
    const verifier = world.withKey((await newKey(north.owner, north.agency)).secret)
    const about = { tenant: north.account, permission: 'contacts.read', principal: { user: north.accountAdminUid } }
    expect(await verifier.call('access/check', about)).toMatchObject({ ok: true, value: { allowed: true } })
    expect(await verifier.call('access/check', { ...about, trace: true })).toMatchObject({
      error: { code: 'insufficient_scope', missing: ['iam.access.explain'] },
    })
  })
})

describe('a key', () => {
  it('made in an account by the agency’s people is dead after a move, also back home; the account’s own lives on', async () => {
    const { world, north, south } = two
    const account = await shop()
    await world.join(north.owner, 'ownkeeper', { tenant: account, role: 'account.admin', reach: 'subtree' })
    const theirs = world.withKey((await newKey(north.owner, account, { scopes: ['contacts.readonly'] })).secret)
    const own = await world.person('ownkeeper')
    const keeps = world.withKey((await newKey(own, account, { scopes: ['contacts.readonly'] })).secret)
    expect([await may(theirs, account), await may(keeps, account)]).toEqual(['allowed', 'allowed'])
    await move(account, south.agency)
    expect([await may(theirs, account), await may(keeps, account)]).toEqual(['not_found', 'allowed'])
    await move(account, north.agency)
    expect([await may(theirs, account), await may(keeps, account)]).toEqual(['not_found', 'allowed'])
  }, 60_000)

  it('says of its owner, when they are named, what everybody is told', async () => {
    const { world, north } = two
    const scopes = ['contacts.readonly', 'iam/access.readonly']
    const key = world.withKey((await newKey(north.owner, north.agency, { scopes })).secret)
    const asked = { tenant: north.account, permission: 'contacts.write' }
    expect(await key.must('access/check', asked)).toMatchObject({ code: 'scope_missing' })
    const named = await key.must('access/check', { ...asked, principal: { user: north.ownerUid } })
    expect(named).toMatchObject({ allowed: true })
    const evaluation = await key.must('authzen/evaluation', {
      subject: { type: 'user', id: north.ownerUid },
      action: { name: 'write' },
      resource: { type: 'contacts', id: 'c' },
      context: { tenant: north.account },
    })
    expect(evaluation).toMatchObject({ decision: true })
  })

  it('with a scope of an own permission means that one: not what is later called so, nor another agency’s', async () => {
    const { world, north, south } = two
    const register = (who: Actor, tenant: string, ...names: readonly string[]) =>
      who.must('resources/registerType', {
        tenant,
        type: 'file',
        title: 'Files',
        actions: names.map((name) => ({ name })),
      })
    await register(north.owner, north.agency, 'read', 'shred')
    await register(south.owner, south.agency, 'other', 'shred')
    const account = await shop()
    await world.join(north.owner, 'filer', { tenant: account, role: 'account.owner', reach: 'subtree' })
    const filer = await world.person('filer')
    const { secret } = await newKey(filer, account, { scopes: ['own/file.shred', 'contacts.readonly'] })
    const key = world.withKey(secret)
    expect(await may(key, account, 'own/file.shred')).toBe('allowed')
    await move(account, south.agency)
    expect(await may(filer, account, 'own/file.shred')).toBe('allowed') // an owner owns what the new agency has
    expect(await may(key, account, 'own/file.shred')).toBe('scope_missing')
    await move(account, north.agency)
    expect(await may(key, account, 'own/file.shred')).toBe('allowed')
    await register(north.owner, north.agency, 'read')
    await register(north.owner, north.agency, 'read', 'shred')
    expect(await may(key, account, 'own/file.shred')).toBe('scope_missing')
  }, 60_000)
})

describe('an account that moves', () => {
  it('turns no permission of the old agency’s products into one of the new agency’s', async () => {
    const { world, north, south } = two
    const register = (who: Actor, tenant: string, type: string, action: string) =>
      who.must('resources/registerType', { tenant, type, title: type, actions: [{ name: action }] })
    const [west, east] = [await world.agency('Westside', 'wendy'), await world.agency('Eastside', 'erik')]
    const wendy = await world.person('wendy')
    await register(wendy, west, 'poem', 'read')
    await register(await world.person('erik'), east, 'payroll', 'wipe') // the first number of each agency
    const { tenant: account } = await wendy.must('tenants/create', { parent: west, name: 'Poets' })
    const permissions = ['own/poem.read', 'contacts.read', 'iam.tenants.get']
    const { role } = await wendy.must('roles/create', { tenant: account, name: 'Poet', permissions })
    await world.join(wendy, 'poet', { tenant: account, role, reach: 'node' })
    const poet = await world.person('poet')
    expect(await may(poet, account, 'own/poem.read')).toBe('allowed')
    await move(account, east)
    expect(await may(poet, account, 'own/payroll.wipe')).toBe('no_assignment')
    expect(await may(poet, account)).toBe('allowed')
    expect(north.agency).not.toBe(south.agency)
  }, 60_000)

  it('drops owners that were the old agency’s people, who can be made owners again at home', async () => {
    const { world, north, south } = two
    const account = await shop()
    await world.join(north.owner, 'lent', { tenant: north.agency, role: 'agency.auditor', reach: 'node' })
    const make = { tenant: account, principal: { user: 'lent' }, role: 'account.owner', reach: 'subtree' }
    await north.owner.must('roles/assign', make)
    const lent = await world.person('lent')
    expect(await may(lent, account, 'iam.roles.assign')).toBe('allowed')
    await move(account, south.agency)
    await move(account, north.agency)
    expect(await may(lent, account, 'iam.roles.assign')).toBe('not_found')
    await north.owner.must('roles/assign', make)
    expect(await may(lent, account, 'iam.roles.assign')).toBe('allowed')
  }, 60_000)

  it('lends nothing to somebody who has left the agency', async () => {
    const { world, north } = two
    const account = await shop()
    await world.join(north.owner, 'borrowed', { tenant: north.agency, role: 'agency.auditor', reach: 'node' })
    const role = { tenant: account, principal: { user: 'borrowed' }, role: 'account.admin', reach: 'node' }
    await north.owner.must('roles/assign', role)
    const borrowed = await world.person('borrowed')
    expect(await may(borrowed, account)).toBe('allowed')
    await north.owner.must('members/remove', { tenant: north.agency, user: 'borrowed' })
    expect(await may(borrowed, account)).toBe('not_found')
  }, 60_000)
})

describe('somebody who is asked about', () => {
  it('may what is critical once they have signed in freshly: searches name them', async () => {
    const { north } = two
    const about = { tenant: north.agency, permission: 'iam.members.transfer' }
    const { items } = await north.owner.must('access/whoCan', about)
    expect(items).toContainEqual(expect.objectContaining({ principal: `user:${north.ownerUid}` }))
    const check = { ...about, principal: { user: north.ownerUid } }
    expect(await north.owner.must('access/check', check)).toMatchObject({ allowed: true })
  })

  it('and is a service account that was deleted may nothing, wherever it had a role', async () => {
    const { north } = two
    const { service } = await north.owner.must('members/createService', { tenant: north.agency, name: 'Gone' })
    const role = { tenant: north.account, principal: { service }, role: 'account.admin', reach: 'node' }
    await north.owner.must('roles/assign', role)
    const about = { tenant: north.account, permission: 'contacts.read', principal: { service } }
    expect(await north.owner.must('access/check', about)).toMatchObject({ allowed: true })
    await north.owner.must('members/deleteService', { tenant: north.agency, service })
    expect(await north.owner.must('access/check', about)).toMatchObject({ allowed: false })
  })
})

describe('one call', () => {
  it('asks each condition once, however many permissions and scopes are asked for, and refuses what would err fifty times', async () => {
    const { world, north } = two
    const list = `[${Array.from({ length: 50 }, (_, i) => i).join(',')}]`
    const offer = { tenant: north.account, principal: { user: 'busy' }, role: 'account.admin', reach: 'node' }
    await world.join(north.owner, 'busy', { tenant: north.account, role: 'account.viewer', reach: 'node' })
    const loop = { ...offer, condition: `${list}.all(t, resource.title + "i" == "x")` }
    expect(await north.owner.call('roles/assign', loop)).toMatchObject({
      error: { code: 'invalid_request', field: 'condition' },
    })
    for (let index = 0; index < 20; index++) {
      const condition = `resource.tags.all(t, t + "${index}" == resource.title)`
      await north.owner.must('roles/assign', { ...offer, condition })
    }
    const more = { ...offer, condition: 'resource.title == "x"' }
    expect(await north.owner.call('roles/assign', more)).toMatchObject({ error: { code: 'limit_exceeded' } })
    const busy = await world.person('busy')
    const scopes = [...(world.app.catalogues === undefined ? [] : Array<string>(100).fill('contacts.readonly'))]
    expect(await busy.must('access/simulateToken', { tenant: north.account, scopes })).toMatchObject({ dropped: [] })
    expect((await busy.must('access/whatCan', { tenant: north.account })).items.length).toBeGreaterThan(50)
  }, 60_000)
})
