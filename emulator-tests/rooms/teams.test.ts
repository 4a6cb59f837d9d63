// `teams/*`: power given once to many; nobody joins or is put into a team that is stronger than whoever does it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damage, list, plant, storedDocuments, text } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const neverWas = (id: string): string => `${id.slice(0, 4)}${'0'.repeat(22)}`
const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } })

describe('teams', () => {
  let world: World
  let agency: string
  let account: string
  let nora: Actor
  /** An account.admin, who may manage teams but holds less than an owner. */
  let adam: Actor
  const ann = { user: 'ann' }
  const team = async (name: string, tenant = account): Promise<string> =>
    (await nora.must('teams/create', { tenant, name })).team
  const allowed = async (who: Actor, permission: string, tenant = account): Promise<boolean> =>
    (await who.must('access/check', { tenant, permission })).allowed
  const names = (page: Answer): string[] => page.items.map((one: Answer) => one.member)

  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
    await world.join(nora, 'adam', { tenant: account, role: 'account.admin', reach: 'subtree' })
    await world.join(nora, 'ann', { tenant: account, role: 'account.viewer', reach: 'node', displayName: 'Ann' })
    adam = await world.person('adam')
  })
  afterAll(() => world.close())

  it('are made, shown, listed page by page, renamed and deleted', async () => {
    const { tenant } = await nora.must('tenants/create', { parent: agency, name: 'Listed' })
    const made = await nora.must('teams/create', { tenant, name: ' Front  desk ', description: 'Who answers' })
    expect(made).toMatchObject({
      team: expect.stringMatching(/^tea_/),
      tenant,
      name: 'Front desk',
      description: 'Who answers',
      createdAt: expect.any(String),
    })
    expect(made).toMatchObject(await nora.must('teams/get', { tenant, team: made.team }))
    const others = [await team('Back office', tenant), await team('Field', tenant)]
    const first = await nora.must('teams/list', { tenant, limit: 2 })
    const second = await nora.must('teams/list', { tenant, limit: 2, page: first.nextPage })
    expect(second).not.toHaveProperty('nextPage')
    const seen = [...first.items, ...second.items].map((one: Answer) => one.team)
    expect(seen).toEqual([made.team, ...others].toSorted())
    const renamed = await nora.must('teams/update', { tenant, team: made.team, name: 'Reception', description: '' })
    expect(renamed).toMatchObject({ team: made.team, name: 'Reception' })
    expect(renamed).not.toHaveProperty('description')
    expect(await nora.must('teams/delete', { tenant, team: made.team })).toMatchObject({
      team: made.team,
      removedAssignments: 0,
    })
    expect(await nora.call('teams/get', { tenant, team: made.team })).toMatchObject(refused('not_found'))
    expect(await nora.call('teams/delete', { tenant, team: made.team })).toMatchObject(refused('not_found'))
  })

  it('are of agencies and accounts: the platform has none, whoever asks', async () => {
    const owner = await world.platformOwner()
    expect(await owner.call('teams/create', { tenant: 'platform', name: 'Staff' })).toMatchObject(
      refused('invalid_request', { field: 'tenant' }),
    )
    expect(await owner.call('teams/create', { tenant: agency, name: 'Staff' })).toMatchObject({ ok: true })
  })

  it('have names of their own, whatever their case', async () => {
    const one = await team('Night shift')
    expect(await nora.call('teams/create', { tenant: account, name: 'NIGHT shift' })).toMatchObject(
      refused('already_exists', { field: 'name' }),
    )
    const two = await team('Day shift')
    expect(await nora.call('teams/update', { tenant: account, team: two, name: 'night Shift' })).toMatchObject(
      refused('already_exists'),
    )
    expect(await nora.call('teams/update', { tenant: account, team: one, name: 'NIGHT SHIFT' })).toMatchObject({
      ok: true,
    })
  })

  it('give their members what they hold, and take it back with the membership', async () => {
    const sales = await team('Sales')
    const gone = await team('Gone')
    await nora.must('teams/addMember', { tenant: account, team: gone, principal: ann })
    await nora.must('roles/assign', {
      tenant: account,
      principal: { team: sales },
      role: 'account.billing',
      reach: 'node',
    })
    const person = await world.person('ann')
    const { accessId } = (await storedDocuments(world.projectId)).get('users/ann') ?? {}
    expect(await allowed(person, 'charges.read')).toBe(false)
    expect(await nora.must('teams/addMember', { tenant: account, team: sales, principal: ann })).toMatchObject({
      team: sales,
      principal: 'user:ann',
      member: true,
    })
    expect(await allowed(person, 'charges.read')).toBe(true)
    const after = await storedDocuments(world.projectId)
    expect(after.get('users/ann')?.['accessId']).not.toEqual(accessId)
    expect(after.get(`tenants/${account}/members/ann`)?.['teams']).toEqual(list(text(gone), text(sales)))
    expect(after.get(`tenants/${account}/grants/user:ann`)?.['teams']).toEqual(list(text(gone), text(sales)))
    const members = await nora.must('teams/listMembers', { tenant: account, team: sales })
    expect(members.items).toMatchObject([{ member: 'ann', displayName: 'Ann', teams: [gone, sales], status: 'active' }])
    expect(names(await nora.must('members/list', { tenant: account, team: sales }))).toEqual(['ann'])
    expect(await nora.call('teams/addMember', { tenant: account, team: sales, principal: ann })).toMatchObject(
      refused('already_exists'),
    )
    await nora.must('teams/removeMember', { tenant: account, team: sales, principal: ann })
    expect(await allowed(person, 'charges.read')).toBe(false)
    expect(await nora.call('teams/removeMember', { tenant: account, team: sales, principal: ann })).toMatchObject(
      refused('not_found', { field: 'principal' }),
    )
    await nora.must('teams/removeMember', { tenant: account, team: gone, principal: ann })
  })

  it('take service accounts of the tenant as well', async () => {
    const robots = await team('Robots')
    const { service } = await nora.must('members/createService', { tenant: account, name: 'Robot' })
    await nora.must('teams/addMember', { tenant: account, team: robots, principal: { service } })
    const { items } = await nora.must('teams/listMembers', { tenant: account, team: robots })
    expect(items).toMatchObject([{ member: service, kind: 'service' }])
  })

  it('C-103 C-112 nobody puts anybody, not even themselves, into a team that holds more than they do', async () => {
    const strong = await team('Strong', agency)
    await nora.must('roles/assign', {
      tenant: agency,
      principal: { team: strong },
      role: 'agency.admin',
      reach: 'subtree',
    })
    await world.join(nora, 'lee', { tenant: agency, role: 'agency.support', reach: 'node' })
    await world.join(nora, 'max', { tenant: agency, role: 'agency.admin', reach: 'node' })
    const max = await world.person('max')
    const exceeds = refused('grant_exceeds_grantor', { missing: expect.arrayContaining(['iam.teams.addMember']) })
    for (const user of ['max', 'lee'])
      expect(await max.call('teams/addMember', { tenant: agency, team: strong, principal: { user } })).toMatchObject(
        exceeds,
      )
    expect((await nora.must('teams/listMembers', { tenant: agency, team: strong })).items).toEqual([])
    // The positive control: a team of what they hold, as far as they hold it.
    const weak = await team('Weak', agency)
    await nora.must('roles/assign', { tenant: agency, principal: { team: weak }, role: 'agency.admin', reach: 'node' })
    expect(await max.call('teams/addMember', { tenant: agency, team: weak, principal: { user: 'lee' } })).toMatchObject(
      { ok: true },
    )
    // Longer than their own counts as more, too.
    const until = new Date(world.app.clock() + 3_600_000).toISOString()
    await world.join(nora, 'tom', { tenant: agency, role: 'agency.admin', reach: 'node', assignmentExpiresAt: until })
    const tom = await world.person('tom')
    expect(await tom.call('teams/addMember', { tenant: agency, team: weak, principal: { user: 'tom' } })).toMatchObject(
      exceeds,
    )
  })

  it('C-103 a team with listed accounts is filled only by who holds those, or all', async () => {
    const other = (await nora.must('tenants/create', { parent: agency, name: 'Other' })).tenant
    const listed = await team('Listed', agency)
    await nora.must('roles/assign', {
      tenant: agency,
      principal: { team: listed },
      role: 'account.user',
      reach: 'listed',
      accounts: [account, other],
    })
    await world.join(nora, 'one', { tenant: agency, role: 'agency.admin', reach: 'node' })
    await nora.must('roles/assign', {
      tenant: agency,
      principal: { user: 'one' },
      role: 'account.user',
      reach: 'listed',
      accounts: [account],
    })
    const one = await world.person('one')
    const adding = { tenant: agency, team: listed, principal: { user: 'one' } }
    expect(await one.call('teams/addMember', adding)).toMatchObject(refused('grant_exceeds_grantor'))
    await nora.must('roles/assign', {
      tenant: agency,
      principal: { user: 'one' },
      role: 'account.user',
      reach: 'listed',
      accounts: [account, other],
    })
    expect(await one.call('teams/addMember', adding)).toMatchObject({ ok: true })
  })

  it('do not take strangers, people removed or suspended here, nor people who only hold a role here for the agency', async () => {
    const door = await team('Door')
    const add = (user: string) => nora.call('teams/addMember', { tenant: account, team: door, principal: { user } })
    const stranger = await add('nobody-at-all')
    expect(stranger).toEqual(refused('not_found', { field: 'principal' }))
    await world.join(nora, 'rex', { tenant: account, role: 'account.viewer', reach: 'node' })
    await nora.must('members/suspend', { tenant: account, principal: { user: 'rex' }, reason: 'on leave' })
    expect(await add('rex')).toMatchObject(refused('conflict'))
    await nora.must('members/remove', { tenant: account, user: 'rex' })
    expect(await add('rex')).toEqual(stranger)
    await world.join(nora, 'amy', { tenant: agency, role: 'agency.support', reach: 'node' })
    expect(await add('amy')).toEqual(stranger)
    await nora.must('roles/assign', {
      tenant: account,
      principal: { user: 'amy' },
      role: 'account.viewer',
      reach: 'node',
    })
    expect(await add('amy')).toMatchObject(refused('conflict', { field: 'principal' }))
    expect(await add('ann')).toMatchObject({ ok: true })
  })

  it('T-42 of another tenant are unknown here: to look at, change, fill and list', async () => {
    const foreign = await team('Foreign', agency)
    const mine = await team('Mine')
    const calls: readonly (readonly [string, object])[] = [
      ['teams/get', {}],
      ['teams/update', { description: 'x' }],
      ['teams/delete', {}],
      ['teams/addMember', { principal: ann }],
      ['teams/removeMember', { principal: ann }],
      ['teams/listMembers', {}],
    ]
    for (const [operation, more] of calls) {
      const unknown = await nora.call(operation, { tenant: account, team: neverWas(foreign), ...more })
      expect(await nora.call(operation, { tenant: account, team: foreign, ...more }), operation).toEqual(unknown)
      expect(unknown, operation).toMatchObject(refused('not_found'))
      expect(await adam.call(operation, { tenant: agency, team: foreign, ...more }), operation).toEqual(
        refused('not_found'),
      )
    }
    expect(await nora.call('teams/get', { tenant: account, team: mine })).toMatchObject({ ok: true })
  })

  it('C-100 I-28 are managed by who holds the permission, and their people listed by who may list people', async () => {
    const plain = await team('Plain')
    await world.join(nora, 'sam', { tenant: account, role: 'account.salesRep', reach: 'subtree' })
    const sam = await world.person('sam')
    const viewer = await world.person('ann')
    const calls: readonly (readonly [string, string, object])[] = [
      ['teams/create', 'iam.teams.create', { name: 'Own' }],
      ['teams/update', 'iam.teams.update', { team: plain, name: 'Own' }],
      ['teams/delete', 'iam.teams.delete', { team: plain }],
      ['teams/addMember', 'iam.teams.addMember', { team: plain, principal: { user: 'sam' } }],
      ['teams/removeMember', 'iam.teams.removeMember', { team: plain, principal: ann }],
    ]
    for (const [operation, permission, body] of calls)
      for (const who of [sam, viewer])
        expect(await who.call(operation, { tenant: account, ...body }), operation).toEqual(
          refused('permission_denied', { missing: [permission] }),
        )
    expect(await sam.call('teams/listMembers', { tenant: account, team: plain })).toEqual(
      refused('permission_denied', { missing: ['iam.members.list'] }),
    )
    expect(await viewer.call('teams/listMembers', { tenant: account, team: plain })).toMatchObject({ ok: true })
    expect(await adam.call('teams/update', { tenant: account, team: plain, name: 'By Adam' })).toMatchObject({
      ok: true,
    })
  })

  it('end with all they hold in one transaction that touches no member, and their stale ids mean nothing', async () => {
    const doomed = await team('Doomed')
    for (const role of ['account.billing', 'account.user'])
      await nora.must('roles/assign', { tenant: account, principal: { team: doomed }, role, reach: 'node' })
    await nora.must('teams/addMember', { tenant: account, team: doomed, principal: ann })
    const person = await world.person('ann')
    expect(await allowed(person, 'charges.read')).toBe(true)
    const before = await storedDocuments(world.projectId)
    expect(await nora.must('teams/delete', { tenant: account, team: doomed })).toMatchObject({
      team: doomed,
      removedAssignments: 2,
    })
    expect(await allowed(person, 'charges.read')).toBe(false)
    const after = await storedDocuments(world.projectId)
    for (const path of [`tenants/${account}/members/ann`, `tenants/${account}/grants/user:ann`, 'users/ann'])
      expect(after.get(path), path).toEqual(before.get(path))
    expect([...after.keys()].filter((path) => path.includes(doomed))).toEqual([])
    const left = await nora.must('roles/listAssignments', { tenant: account, principal: { team: doomed } })
    expect(left.items).toEqual([])
    expect(after.get(`tenants/${account}`)?.['accessId']).not.toEqual(before.get(`tenants/${account}`)?.['accessId'])
    const gone = refused('not_found', { field: 'team' })
    expect(await nora.call('teams/removeMember', { tenant: account, team: doomed, principal: ann })).toEqual(gone)
    const next = await team('Next')
    await nora.must('teams/addMember', { tenant: account, team: next, principal: ann })
    expect(
      JSON.stringify((await storedDocuments(world.projectId)).get(`tenants/${account}/members/ann`)),
    ).not.toContain(doomed)
  })

  it('F-13 two who are put into teams at the same moment are both in', async () => {
    const busy = await team('Busy')
    for (const uid of ['uma', 'udo'])
      await world.join(nora, uid, { tenant: account, role: 'account.viewer', reach: 'node' })
    const also = await team('Also busy')
    await Promise.all([
      nora.must('teams/addMember', { tenant: account, team: busy, principal: { user: 'uma' } }),
      nora.must('teams/addMember', { tenant: account, team: busy, principal: { user: 'udo' } }),
      adam.must('teams/addMember', { tenant: account, team: also, principal: { user: 'uma' } }),
    ])
    expect(names(await nora.must('teams/listMembers', { tenant: account, team: busy }))).toEqual(['udo', 'uma'])
    expect(names(await nora.must('teams/listMembers', { tenant: account, team: also }))).toEqual(['uma'])
    const [first, second] = [
      await nora.must('teams/listMembers', { tenant: account, team: busy, limit: 1 }),
      await nora.must('teams/listMembers', { tenant: account, team: busy, limit: 1, page: 'udo' }),
    ]
    expect([names(first), first.nextPage, names(second), second.nextPage]).toEqual([['udo'], 'udo', ['uma'], undefined])
  })

  it('a team deleted while somebody is added leaves nobody with its power', async () => {
    await world.join(nora, 'ivo', { tenant: account, role: 'account.viewer', reach: 'node' })
    const ivo = await world.person('ivo')
    const brief = await team('Brief')
    await nora.must('roles/assign', {
      tenant: account,
      principal: { team: brief },
      role: 'account.billing',
      reach: 'node',
    })
    await Promise.all([
      nora.call('teams/addMember', { tenant: account, team: brief, principal: { user: 'ivo' } }),
      adam.call('teams/delete', { tenant: account, team: brief }),
    ])
    expect(await nora.call('teams/get', { tenant: account, team: brief })).toMatchObject(refused('not_found'))
    expect(await allowed(ivo, 'charges.read')).toBe(false)
  })

  it('are fifty a person and two hundred a tenant at most; what is gone does not count', async () => {
    const { tenant } = await nora.must('tenants/create', { parent: agency, name: 'Full' })
    await world.join(nora, 'fay', { tenant, role: 'account.viewer', reach: 'node' })
    const ids = Array.from({ length: 199 }, (_, index) => `tea_${String(index).padStart(22, '0')}`)
    for (const [index, id] of ids.entries())
      await plant(world.projectId, `tenants/${tenant}/teams/${id}`, {
        name: text(`T ${index}`),
        status: text('active'),
      })
    const last = await team('The last', tenant)
    expect(await nora.call('teams/create', { tenant, name: 'One more' })).toMatchObject(refused('limit_exceeded'))
    const fill = (teams: readonly string[]) =>
      damage(world.projectId, `tenants/${tenant}/members/fay`, { teams: list(...teams.map(text)) })
    await fill(ids.slice(0, 50))
    const adding = { tenant, team: last, principal: { user: 'fay' } }
    expect(await nora.call('teams/addMember', adding)).toMatchObject(refused('limit_exceeded'))
    await fill([...ids.slice(0, 49), neverWas(last).replace('0000', '0001')])
    expect(await nora.call('teams/addMember', adding)).toMatchObject({ ok: true })
  })

  it('a retry with the same idempotency key makes one team', async () => {
    const { tenant } = await nora.must('tenants/create', { parent: agency, name: 'Retried' })
    const body = { tenant, name: 'Once', idempotencyKey: 'teams-are-made-once' }
    const [first, second] = [await nora.must('teams/create', body), await nora.must('teams/create', body)]
    expect(second).toEqual(first)
    expect((await nora.must('teams/list', { tenant })).items).toHaveLength(1)
    expect(await nora.call('teams/create', { ...body, name: 'Twice' })).toMatchObject(refused('idempotency_key_reused'))
  })
})
