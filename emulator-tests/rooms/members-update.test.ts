// `members/update` and the filters of `members/list`: what admins say of a member decides conditions, so nobody says it of themselves.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damage, storedDocuments, text } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } })

describe('a member', () => {
  let world: World
  let agency: string
  let account: string
  let nora: Actor
  let service: string
  const update = (user: string, more: object, who = nora) =>
    who.call('members/update', { tenant: account, principal: { user }, ...more })
  const list = async (filter: object = {}): Promise<string[]> => {
    const seen: string[] = []
    for (let page: string | undefined = ''; page !== undefined; ) {
      const answer: Answer = await nora.must('members/list', {
        tenant: account,
        ...filter,
        ...(page === '' ? {} : { page }),
      })
      seen.push(...answer.items.map((one: Answer) => one.member))
      page = answer.nextPage
    }
    return seen
  }

  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
    await world.join(nora, 'adam', {
      tenant: account,
      role: 'account.admin',
      reach: 'subtree',
      displayName: 'Adam Ant',
    })
    await world.join(nora, 'ann', { tenant: account, role: 'account.viewer', reach: 'node', displayName: 'Ann Lee' })
    await world.join(nora, 'bob', { tenant: account, role: 'account.viewer', reach: 'node', displayName: 'Bob' })
    service = (await nora.must('members/createService', { tenant: account, name: 'Robot' })).service
  })
  afterAll(() => world.close())

  it('has attributes that conditions read at once, and that are set and removed one by one', async () => {
    await nora.must('roles/assign', {
      tenant: account,
      principal: { user: 'ann' },
      role: 'account.billing',
      reach: 'node',
      condition: 'subject.department == "sales"',
    })
    const ann = await world.person('ann')
    const allowed = async () =>
      (await ann.must('access/check', { tenant: account, permission: 'invoices.read' })).allowed
    expect(await allowed()).toBe(false)
    const before = await storedDocuments(world.projectId)
    expect(
      await update('ann', {
        displayName: ' Ann  L. ',
        attributes: { department: 'sales', level: 3, remote: true, regions: ['eu', 'us'] },
      }),
    ).toMatchObject({
      ok: true,
      value: {
        principal: 'user:ann',
        tenant: account,
        displayName: 'Ann L.',
        attributes: { department: 'sales', level: 3, remote: true, regions: ['eu', 'us'] },
      },
    })
    expect(await allowed()).toBe(true)
    const after = await storedDocuments(world.projectId)
    expect(after.get('users/ann')?.['accessId']).not.toEqual(before.get('users/ann')?.['accessId'])
    const stored = after.get(`tenants/${account}/members/ann`)
    expect(after.get(`tenants/${account}/grants/user:ann`)?.['attributes']).toEqual(stored?.['attributes'])
    expect(after.get(`tenants/${account}/grants/user:ann`)?.['entries']).toEqual(
      before.get(`tenants/${account}/grants/user:ann`)?.['entries'],
    )
    expect(JSON.stringify(stored)).not.toContain('people.example')
    expect(await update('ann', { attributes: { department: null, level: 4 } })).toMatchObject({
      value: { attributes: { level: 4, remote: true, regions: ['eu', 'us'] } },
    })
    expect(await allowed()).toBe(false)
    const [row] = (await nora.must('members/list', { tenant: account, search: 'ann' })).items
    expect(row).toMatchObject({ displayName: 'Ann L.', attributes: { level: 4 }, teams: [] })
  })

  it('has attributes also where no grants document stood: a role that comes later finds them', async () => {
    await nora.must('members/update', { tenant: account, principal: { service }, attributes: { team: 'ops' } })
    const stored = await storedDocuments(world.projectId)
    expect(stored.get(`tenants/${account}/grants/service:${service}`)?.['attributes']).toEqual({
      mapValue: { fields: { team: text('ops') } },
    })
  })

  it('C-112 never changes their own attributes, whatever they hold; their own name they may', async () => {
    const adam = await world.person('adam')
    expect(await update('adam', { attributes: { department: 'sales' } }, adam)).toMatchObject(
      refused('permission_denied', { field: 'attributes' }),
    )
    expect(await update('adam', { attributes: {} }, adam)).toMatchObject(refused('permission_denied'))
    const { secret } = await adam.must('apiKeys/create', {
      tenant: account,
      name: 'K',
      scopes: ['users.write'],
    })
    const key = world.withKey(secret)
    expect(await update('adam', { attributes: { department: 'sales' } }, key)).toMatchObject(
      refused('permission_denied'),
    )
    expect(await update('bob', { attributes: { department: 'sales' } }, key)).toMatchObject({ ok: true })
    expect(await update('adam', { displayName: 'Adam A.' }, adam)).toMatchObject({ ok: true })
    expect(await update('bob', { attributes: { department: 'it' } }, adam)).toMatchObject({ ok: true })
  })

  it('C-103 C-112 has attributes set only by who holds what conditions hold back: their own roles and those of teams', async () => {
    const adam = await world.person('adam')
    const { team } = await nora.must('teams/create', { tenant: account, name: 'Guarded' })
    const guarded = { tenant: account, role: 'account.owner', reach: 'subtree' }
    const condition = 'subject.department == "sales"'
    for (const uid of ['gus', 'gil']) {
      await world.join(nora, uid, { tenant: account, role: 'account.viewer', reach: 'node' })
      expect(await update(uid, { attributes: { department: 'it' } }, adam), uid).toMatchObject({ ok: true })
    }
    // Owners have no conditions: the weaker role that an admin lacks is one of the agency's over all of the account.
    const { role } = await nora.must('roles/create', {
      tenant: account,
      name: 'Guarded',
      permissions: ['iam.members.transfer', 'iam.members.list'],
    })
    await nora.must('roles/assign', { ...guarded, role, principal: { user: 'gus' }, condition })
    await nora.must('roles/assign', { ...guarded, role, principal: { team }, condition })
    await nora.must('teams/addMember', { tenant: account, team, principal: { user: 'gil' } })
    for (const uid of ['gus', 'gil']) {
      for (const attributes of [{ department: 'sales' }, { department: null }])
        expect(await update(uid, { attributes }, adam), uid).toEqual(
          refused('grant_exceeds_grantor', { missing: ['iam.members.transfer'] }),
        )
      expect(await update(uid, { displayName: 'G' }, adam), uid).toMatchObject({ ok: true })
      expect(await update(uid, { attributes: { department: 'sales' } }), uid).toMatchObject({ ok: true })
      await nora.must('members/remove', { tenant: account, user: uid })
    }
  })

  it('C-108 has no attribute that looks like what is always known, and no more than twenty', async () => {
    for (const name of ['id', 'kind', 'Upper', '9lives', 'a-b', 'a.b', '', 'x'.repeat(41)])
      expect(await update('bob', { attributes: { [name]: 'x' } }), name).toMatchObject(refused('invalid_request'))
    for (const value of ['x'.repeat(201), { deep: 1 }, ['x', 1], Array.from({ length: 21 }, () => 'x')])
      expect(await update('bob', { attributes: { name: value } }), JSON.stringify(value)).toMatchObject(
        refused('invalid_request'),
      )
    const many = (count: number, letter: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${letter}${index}`, index]))
    expect(await update('bob', { attributes: many(21, 'a') })).toMatchObject(refused('invalid_request'))
    expect(await update('bob', { attributes: { ...many(19, 'a'), department: 'it' } })).toMatchObject({ ok: true })
    expect(await update('bob', { attributes: { more: 1 } })).toMatchObject(refused('limit_exceeded'))
    expect(await update('bob', { attributes: { more: 1, a0: null } })).toMatchObject({ ok: true })
  })

  it('I-48 C-101 is changed by who holds the permission there; strangers and members of elsewhere look alike', async () => {
    const ann = await world.person('ann')
    expect(await update('bob', { displayName: 'B' }, ann)).toEqual(
      refused('permission_denied', { missing: ['iam.members.update'] }),
    )
    const stranger = await update('nobody-at-all', { displayName: 'B' })
    expect(stranger).toEqual(refused('not_found', { field: 'principal' }))
    expect(await update('nora', { displayName: 'B' })).toEqual(stranger) // of the agency, not of the account
    const other = await world.agency('Southridge', 'sue')
    const sue = await world.person('sue')
    expect(await update('bob', { displayName: 'B' }, sue)).toEqual(refused('not_found'))
    expect(await sue.call('members/update', { tenant: other, principal: { user: 'bob' }, displayName: 'B' })).toEqual(
      stranger,
    )
    expect(
      await nora.call('members/update', {
        tenant: account,
        principal: { service: `svc_${'0'.repeat(22)}` },
        displayName: 'B',
      }),
    ).toEqual(stranger)
  })

  it('who is removed and comes back brings no attribute and no team along', async () => {
    await world.join(nora, 'cleo', { tenant: account, role: 'account.viewer', reach: 'node' })
    const { team } = await nora.must('teams/create', { tenant: account, name: 'Sales' })
    await nora.must('teams/addMember', { tenant: account, team, principal: { user: 'cleo' } })
    await update('cleo', { attributes: { department: 'sales' } })
    await nora.must('members/remove', { tenant: account, user: 'cleo' })
    expect(await update('cleo', { displayName: 'C' })).toMatchObject(refused('not_found'))
    expect(await list({ team })).toEqual([])
    await world.join(nora, 'cleo', { tenant: account, role: 'account.viewer', reach: 'node' })
    const stored = await storedDocuments(world.projectId)
    const grants = stored.get(`tenants/${account}/grants/user:cleo`)
    expect(grants?.['attributes']).toEqual({ mapValue: {} })
    expect(grants?.['teams']).toEqual({ arrayValue: {} })
    await nora.must('members/remove', { tenant: account, user: 'cleo' })
  })

  it('is found by kind, status, name, word, mailbox and all of them together, page by page', async () => {
    await nora.must('members/suspend', { tenant: account, principal: { user: 'bob' }, reason: 'on leave' })
    expect(await list({ limit: 2 })).toEqual(['adam', 'ann', 'bob', 'cleo', 'gil', 'gus', service])
    expect(await list({ kind: 'service' })).toEqual([service])
    expect(await list({ kind: 'user', limit: 1 })).toEqual(['adam', 'ann', 'bob', 'cleo', 'gil', 'gus'])
    expect(await list({ status: 'active', limit: 1 })).toEqual(['adam', 'ann', service])
    expect(await list({ status: 'suspended' })).toEqual(['bob'])
    expect(await list({ status: 'removed' })).toEqual(['cleo', 'gil', 'gus'])
    expect(await list({ search: 'A', limit: 1 })).toEqual(['adam', 'ann'])
    expect(await list({ search: 'l.' })).toEqual(['ann'])
    expect(await list({ search: 'BOB@people' })).toEqual(['bob'])
    expect(await list({ search: 'people.example' })).toEqual([])
    expect(await list({ search: 'a', status: 'active', kind: 'user' })).toEqual(['adam', 'ann'])
    expect(await nora.call('members/list', { tenant: account, page: 'no/id' })).toMatchObject(
      refused('invalid_request'),
    )
    await nora.must('members/restore', { tenant: account, principal: { user: 'bob' }, reason: 'back' })
  })

  it('I-48 of an agency that the account has left is not listed, found or changed; pages stay exact', async () => {
    const placement = (await storedDocuments(world.projectId)).get(`tenants/${account}`)?.['placementId'] ?? {}
    const path = `tenants/${account}/members/bob`
    await damage(world.projectId, path, { placement })
    expect(await list({ status: 'active', search: 'bob' })).toEqual(['bob'])
    const before = await list()
    await damage(world.projectId, path, { placement: text('the placement before') })
    for (const limit of [1, 2, 50])
      expect(await list({ limit }), `${limit}`).toEqual(before.filter((id) => id !== 'bob'))
    expect(await list({ status: 'removed' })).toEqual(['cleo', 'gil', 'gus'])
    for (const search of ['bob', 'bob@people']) expect(await list({ search }), search).toEqual([])
    expect(await update('bob', { displayName: 'B' })).toMatchObject(refused('not_found'))
  })

  it('is shown without a mailbox once removed', async () => {
    const rows = (await nora.must('members/list', { tenant: account, kind: 'user' })).items
    expect(rows.find((one: Answer) => one.member === 'ann')).toHaveProperty('email')
    expect(rows.find((one: Answer) => one.member === 'cleo')).toMatchObject({ status: 'removed' })
    expect(rows.find((one: Answer) => one.member === 'cleo')).not.toHaveProperty('email')
    expect(await list({ search: 'cleo@people' })).toEqual([])
  })
})
