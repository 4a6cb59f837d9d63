// Nobody makes power that they do not hold: wider, further, longer, freer, or after it was taken from them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dump } from '../support/stored-documents.ts'
import type { Actor, Answer } from '../support/world.ts'
import { newKey, type TwoAgencies, twoAgencies } from './two-agencies.ts'

const exceeds = (...missing: readonly string[]) => ({
  ok: false,
  error: {
    code: 'grant_exceeds_grantor',
    ...(missing.length === 0 ? {} : { missing: expect.arrayContaining([...missing]) }),
  },
})
const inDays = (world: TwoAgencies['world'], days: number): string =>
  new Date(world.app.clock() + days * 86_400_000).toISOString()

describe('power', () => {
  let two: TwoAgencies
  let second: string
  let agencyAdmin: Actor
  const viewer = (more: object = {}) => ({
    principal: { user: 'nguest' },
    role: 'account.viewer',
    reach: 'subtree',
    ...more,
  })
  const quiet = () => dump(two.world.projectId, { without: [`tenants/${two.north.agency}/apiKeys/`] })
  beforeAll(async () => {
    two = await twoAgencies()
    const { world, north } = two
    second = (await north.owner.must('tenants/create', { parent: north.agency, name: 'Second' })).tenant
    await world.join(north.owner, 'nguest', { tenant: north.agency, role: 'agency.verifier', reach: 'node' })
    await world.join(north.owner, 'nguest', { tenant: north.account, role: 'account.salesRep', reach: 'node' })
    await world.join(north.owner, 'nagency', { tenant: north.agency, role: 'agency.admin', reach: 'subtree' })
    agencyAdmin = await world.person('nagency')
  })
  afterAll(() => two.world.close())

  it('C-103 C-007 wider in permissions is refused by assign, invite and key, each naming what is missing', async () => {
    const { north } = two
    const before = await quiet()
    const assign = { tenant: north.account, ...viewer({ role: 'account.owner' }) }
    expect(await north.accountAdmin.call('roles/assign', assign)).toMatchObject(exceeds('iam.members.transfer'))
    const invite = { tenant: north.account, email: 'm@people.example', role: 'account.owner', reach: 'subtree' }
    expect(await north.accountAdmin.call('members/invite', invite)).toMatchObject(exceeds())
    const up = { tenant: north.agency, principal: { user: 'nagency' }, role: 'agency.owner', reach: 'subtree' }
    expect(await agencyAdmin.call('roles/assign', up)).toMatchObject(exceeds())
    const scopes = ['contacts.readonly', 'iam/tenants.write']
    expect(await north.accountAdmin.call('apiKeys/create', { tenant: north.account, name: 'K', scopes })).toMatchObject(
      exceeds('iam.tenants.suspend', 'iam.tenants.resume'),
    )
    expect(await quiet()).toBe(before)
    expect(await north.accountAdmin.call('roles/assign', { tenant: north.account, ...viewer() })).toMatchObject({
      ok: true,
    })
  })

  it('C-103 what is missing is sorted, complete and the same for assign and invite', async () => {
    const { north } = two
    const role = { tenant: north.account, role: 'account.owner', reach: 'subtree' }
    const assigned: Answer = await north.accountAdmin.call('roles/assign', { ...role, principal: { user: 'nguest' } })
    const invited: Answer = await north.accountAdmin.call('members/invite', { ...role, email: 'm@people.example' })
    expect(assigned.error.missing).toEqual(invited.error.missing)
    const held: string[] = []
    for (const permission of assigned.error.missing)
      if ((await north.accountAdmin.must('access/check', { tenant: north.account, permission })).allowed)
        held.push(permission)
    expect(held).toEqual([])
  })

  it('C-103 further in reach is refused: node gives no subtree, and one listed account gives no other', async () => {
    const { world, north } = two
    const listed = { tenant: north.agency, role: 'account.admin', reach: 'listed', accounts: [north.account] }
    await world.join(north.owner, 'nlisted', listed)
    await north.owner.must('roles/assign', {
      tenant: north.agency,
      principal: { user: 'nlisted' },
      role: 'agency.admin',
      reach: 'node',
    })
    const giver = await world.person('nlisted')
    const give = (more: object) => giver.call('roles/assign', { tenant: north.agency, ...viewer(), ...more })
    expect(await give({ reach: 'listed', accounts: [second] })).toMatchObject(exceeds('contacts.read'))
    expect(await give({ reach: 'listed', accounts: [north.account, second] })).toMatchObject(exceeds('contacts.read'))
    expect(await give({ reach: 'subtree' })).toMatchObject(exceeds('contacts.read'))
    expect(await give({ role: 'agency.auditor', reach: 'subtree' })).toMatchObject(exceeds('iam.tenants.get'))
    expect(await give({ role: 'agency.auditor', reach: 'node' })).toMatchObject({ ok: true })
    expect(await give({ reach: 'listed', accounts: [north.account] })).toMatchObject({ ok: true })
  })

  it('C-007 a key narrowed to accounts takes no other account’s power, whoever makes it', async () => {
    const { world, north } = two
    const giver = await world.person('nlisted')
    const key = { tenant: north.agency, name: 'K', scopes: ['contacts.readonly'] }
    expect(await giver.call('apiKeys/create', { ...key, accounts: [second] })).toMatchObject(exceeds('contacts.read'))
    expect(await giver.call('apiKeys/create', key)).toMatchObject(exceeds('contacts.read'))
    expect(await giver.call('apiKeys/create', { ...key, accounts: [north.account] })).toMatchObject({ ok: true })
  })

  it('C-103 longer in time is refused by assign, invite and key; as long is given', async () => {
    const { world, north } = two
    const until = inDays(world, 10)
    const later = inDays(world, 11)
    await world.join(north.owner, 'nshort', {
      tenant: north.account,
      role: 'account.admin',
      reach: 'subtree',
      assignmentExpiresAt: until,
    })
    const giver = await world.person('nshort')
    const assign = { tenant: north.account, ...viewer() }
    const invite = { tenant: north.account, email: 'm@people.example', role: 'account.viewer', reach: 'subtree' }
    const key = { tenant: north.account, name: 'K', scopes: ['contacts.readonly'] }
    for (const end of [undefined, later]) {
      const [expiresAt, assignmentExpiresAt] = [end && { expiresAt: end }, end && { assignmentExpiresAt: end }]
      expect(await giver.call('roles/assign', { ...assign, ...expiresAt })).toMatchObject(exceeds('contacts.read'))
      expect(await giver.call('members/invite', { ...invite, ...assignmentExpiresAt })).toMatchObject(
        exceeds('contacts.read'),
      )
      expect(await giver.call('apiKeys/create', { ...key, ...expiresAt })).toMatchObject(exceeds('contacts.read'))
    }
    expect(await giver.call('roles/assign', { ...assign, expiresAt: until })).toMatchObject({ ok: true })
    expect(await giver.call('members/invite', { ...invite, assignmentExpiresAt: until })).toMatchObject({ ok: true })
    expect(await giver.call('apiKeys/create', { ...key, expiresAt: until })).toMatchObject({ ok: true })
  })

  it('C-103 an end that cannot be read is refused, never taken for "for ever"', async () => {
    const { north } = two
    for (const end of [
      '2099-01-01T00:00Z',
      '2099-01-01T00:00:00.123456Z',
      '2099-02-30T00:00:00Z',
      '2099-01-01',
      '2099-01-01T24:00:00Z',
      '2099-01-01T00:00:00',
    ]) {
      const refused = (field: string) => ({ ok: false, error: { code: 'invalid_request', field } })
      const assign = { tenant: north.account, ...viewer(), expiresAt: end }
      expect(await north.owner.call('roles/assign', assign), end).toMatchObject(refused('expiresAt'))
      const invite = { tenant: north.account, email: 'm@people.example', role: 'account.viewer', reach: 'subtree' }
      expect(await north.owner.call('members/invite', { ...invite, assignmentExpiresAt: end }), end).toMatchObject(
        refused('assignmentExpiresAt'),
      )
      const key = { tenant: north.account, name: 'K', scopes: ['contacts.readonly'], expiresAt: end }
      expect(await north.owner.call('apiKeys/create', key), end).toMatchObject(refused('expiresAt'))
    }
  })

  it('C-103 power under a condition is used, but cannot be given', async () => {
    const { world, north } = two
    const condition = 'request.time > timestamp("2020-01-01T00:00:00Z")'
    await world.join(north.owner, 'nmaybe', {
      tenant: north.account,
      role: 'account.admin',
      reach: 'subtree',
      condition,
    })
    const giver = await world.person('nmaybe')
    expect(await giver.call('members/list', { tenant: north.account })).toMatchObject({ ok: true })
    const assign = { tenant: north.account, ...viewer() }
    expect(await giver.call('roles/assign', assign)).toMatchObject(exceeds('contacts.read'))
    expect(await giver.call('roles/assign', { ...assign, condition })).toMatchObject(exceeds('contacts.read'))
    expect(
      await giver.call('apiKeys/create', { tenant: north.account, name: 'K', scopes: ['contacts.readonly'] }),
    ).toMatchObject(exceeds())
  })

  it('C-112 I-83 a key makes no key, not even a narrower one, and widens neither itself nor its service', async () => {
    const { world, north } = two
    await north.owner.must('roles/assign', {
      tenant: north.agency,
      principal: { service: north.service },
      role: 'agency.admin',
      reach: 'subtree',
    })
    const scopes = ['iam/roles.write', 'iam/tenants.readonly', 'contacts.readonly']
    const { secret } = await newKey(north.owner, north.agency, { service: north.service, scopes })
    const key = world.withKey(secret)
    expect(await key.call('tenants/get', { tenant: north.agency })).toMatchObject({ ok: true })
    const create = { tenant: north.agency, name: 'Child', scopes: ['contacts.readonly'] }
    const missing = ['iam.apiKeys.create']
    expect(await key.call('apiKeys/create', create)).toEqual({
      ok: false,
      error: { code: 'insufficient_scope', missing },
    })
    const self = { tenant: north.agency, principal: { service: north.service } }
    for (const role of ['agency.owner', 'agency.admin', 'agency.auditor'])
      expect(await key.call('roles/assign', { ...self, role, reach: 'subtree' }), role).toMatchObject({ ok: false })
    const sibling = { tenant: north.account, ...viewer({ role: 'account.salesRep' }) }
    expect(await key.call('roles/assign', sibling)).toMatchObject(exceeds('contacts.write'))
    expect(
      await key.call('members/invite', {
        tenant: north.agency,
        email: 'm@people.example',
        role: 'agency.auditor',
        reach: 'node',
      }),
    ).toMatchObject({
      error: { code: 'insufficient_scope' },
    })
    expect(await key.call('members/createService', { tenant: north.agency, name: 'Robot' })).toMatchObject({
      error: { code: 'insufficient_scope' },
    })
    expect(await key.call('apiKeys/create', { ...create, service: north.service })).toMatchObject({ ok: false })
  })

  it('C-112 nobody raises themselves: own role, own invitation, own service', async () => {
    const { north } = two
    const before = await quiet()
    const self = { tenant: north.account, principal: { user: north.accountAdminUid } }
    expect(
      await north.accountAdmin.call('roles/assign', { ...self, role: 'account.owner', reach: 'subtree' }),
    ).toMatchObject(exceeds())
    const invite = { tenant: north.account, email: 'nadmin@people.example', role: 'account.owner', reach: 'subtree' }
    expect(await north.accountAdmin.call('members/invite', invite)).toMatchObject(exceeds())
    const up = { tenant: north.agency, principal: { user: 'nagency' }, role: 'agency.owner', reach: 'subtree' }
    expect(await agencyAdmin.call('roles/assign', up)).toMatchObject(exceeds())
    const owners = (
      await north.owner.must('roles/listAssignments', { tenant: north.agency, principal: { user: 'nowner' } })
    ).items
    const depose = { tenant: north.agency, assignment: owners[0].assignment }
    expect(await agencyAdmin.call('roles/unassign', depose)).toMatchObject({ ok: false, error: { code: 'last_owner' } })
    expect(await agencyAdmin.call('members/remove', { tenant: north.agency, user: 'nowner' })).toMatchObject({
      ok: false,
    })
    expect(await quiet()).toBe(before)
  })

  it('C-007 a key shrinks with its owner at once, and a demoted maker makes none', async () => {
    const { world, north } = two
    await world.join(north.owner, 'nmaker', { tenant: north.account, role: 'account.admin', reach: 'subtree' })
    const maker = await world.person('nmaker')
    const { secret } = await newKey(maker, north.account, { scopes: ['contacts.readonly', 'iam/credentials.verify'] })
    const ask = () => world.withKey(secret).call('access/check', { tenant: north.account, permission: 'contacts.read' })
    expect(await ask()).toMatchObject({ ok: true, value: { allowed: true } })
    const { items } = await north.owner.must('roles/listAssignments', {
      tenant: north.account,
      principal: { user: 'nmaker' },
    })
    await north.owner.must('roles/assign', {
      tenant: north.account,
      principal: { user: 'nmaker' },
      role: 'account.viewer',
      reach: 'subtree',
    })
    await north.owner.must('roles/unassign', { tenant: north.account, assignment: items[0].assignment })
    const make = { tenant: north.account, name: 'K', scopes: ['contacts.readonly'] }
    expect(await maker.call('apiKeys/create', make)).toMatchObject({ ok: false, error: { code: 'permission_denied' } })
    expect(await world.withKey(secret).call('credentials/verify', { credential: secret })).toMatchObject({
      error: { code: 'permission_denied' },
    })
    expect(await ask()).toMatchObject({ ok: true, value: { allowed: true } }) // what a viewer still holds
    await north.owner.must('members/remove', { tenant: north.account, user: 'nmaker' })
    expect(await ask()).toEqual({ ok: false, error: { code: 'not_found' } })
  })
})
