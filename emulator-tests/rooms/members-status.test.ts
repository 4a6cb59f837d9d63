// `members/suspend`, `members/restore` and `members/deleteService`: what stops is stopped everywhere at once, and an owner stays.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damage, list, map, plant, storedDocuments, text } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const reason = 'for the test'
const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } })
const notFound = refused('not_found')

describe('the status of a member', () => {
  let world: World
  let agency: string
  let account: string
  let nora: Actor
  const turn = (who: Actor, name: 'suspend' | 'restore', user: string, tenant = account) =>
    who.call(`members/${name}`, { tenant, principal: { user }, reason })
  const ownersOf = async (tenant: string): Promise<readonly string[]> => {
    const owners = (await storedDocuments(world.projectId)).get(`tenants/${tenant}`)?.['owners'] as {
      arrayValue: { values?: { stringValue: string }[] }
    }
    return (owners.arrayValue.values ?? []).map(({ stringValue }) => stringValue)
  }
  /** Somebody of the platform, who holds the owner role there. */
  const platformOwner = async (uid: string): Promise<Actor> => {
    const entry = { role: text('platform.owner'), reach: text('subtree') }
    await plant(world.projectId, `users/${uid}`, { staff: { booleanValue: true }, status: text('active') })
    await plant(world.projectId, `tenants/platform/grants/user:${uid}`, {
      principal: text(`user:${uid}`),
      status: text('active'),
      teams: list(),
      entries: map({ [`asg_${uid.padEnd(22, '0')}`]: map(entry) }),
    })
    return world.person(uid)
  }

  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
    await world.join(nora, 'adam', { tenant: account, role: 'account.admin', reach: 'subtree' })
  })
  afterAll(() => world.close())

  it('I-33 suspended stops sign-in power, keys and invitations there, and restored gives back the same', async () => {
    await world.join(nora, 'eve', { tenant: account, role: 'account.admin', reach: 'subtree' })
    const eve = await world.person('eve')
    const { secret } = await eve.must('apiKeys/create', {
      tenant: account,
      name: 'K',
      scopes: ['iam/tenants.readonly'],
    })
    const key = world.withKey(secret)
    const invited = await eve.must('members/invite', {
      tenant: account,
      email: 'gus@people.example',
      role: 'account.viewer',
      reach: 'node',
    })
    expect(await key.call('tenants/get', { tenant: account })).toMatchObject({ ok: true })
    const before = (await storedDocuments(world.projectId)).get('users/eve')?.['accessId']
    expect(await turn(nora, 'suspend', 'eve')).toMatchObject({
      ok: true,
      value: { principal: 'user:eve', tenant: account, status: 'suspended' },
    })
    expect((await storedDocuments(world.projectId)).get('users/eve')?.['accessId']).not.toEqual(before)
    expect(await eve.call('tenants/get', { tenant: account })).toEqual(notFound)
    expect(await key.call('tenants/get', { tenant: account })).toEqual(notFound)
    expect(await (await world.person('gus')).call('members/acceptInvitation', { secret: invited.secret })).toEqual(
      refused('invitation_invalid'),
    )
    expect(await turn(nora, 'suspend', 'eve')).toMatchObject(refused('conflict'))
    expect(
      await nora.call('roles/assign', {
        tenant: account,
        principal: { user: 'eve' },
        role: 'account.user',
        reach: 'node',
      }),
    ).toMatchObject(refused('conflict'))
    expect(await turn(nora, 'restore', 'eve')).toMatchObject({ value: { status: 'active' } })
    expect(await turn(nora, 'restore', 'eve')).toMatchObject(refused('conflict'))
    expect(await eve.call('tenants/get', { tenant: account })).toMatchObject({ ok: true })
    expect(await key.call('tenants/get', { tenant: account })).toMatchObject({ ok: true })
  })

  it('I-33 suspended at the agency reaches its accounts, also where they hold something of their own', async () => {
    await world.join(nora, 'amy', { tenant: agency, role: 'agency.support', reach: 'node' })
    await world.join(nora, 'amy', { tenant: account, role: 'account.admin', reach: 'subtree' })
    const amy = await world.person('amy')
    expect(await amy.call('tenants/get', { tenant: account })).toMatchObject({ ok: true })
    await nora.must('members/suspend', { tenant: agency, principal: { user: 'amy' }, reason })
    for (const tenant of [agency, account]) expect(await amy.call('tenants/get', { tenant })).toEqual(notFound)
    await nora.must('members/restore', { tenant: agency, principal: { user: 'amy' }, reason })
    expect(await amy.call('tenants/get', { tenant: account })).toMatchObject({ ok: true })
  })

  it('is changed by who holds the permission there; nobody changes their own; strangers are unknown', async () => {
    const adam = await world.person('adam')
    await world.join(nora, 'vic', { tenant: account, role: 'account.viewer', reach: 'node' })
    const vic = await world.person('vic')
    for (const name of ['suspend', 'restore'] as const) {
      expect(await turn(vic, name, 'adam')).toEqual(refused('permission_denied', { missing: [`iam.members.${name}`] }))
      expect(await turn(adam, name, 'adam')).toMatchObject(refused('conflict'))
      const stranger = await turn(adam, name, 'nobody-at-all')
      expect(stranger).toEqual(refused('not_found', { field: 'principal' }))
      expect(await turn(adam, name, 'nora')).toEqual(stranger)
      expect(await turn(adam, name, 'vic', agency)).toEqual(notFound)
    }
    expect(await turn(adam, 'suspend', 'vic')).toMatchObject({ ok: true })
    expect(await turn(adam, 'restore', 'vic')).toMatchObject({ ok: true })
    await nora.must('members/remove', { tenant: account, user: 'vic' })
    expect(await turn(adam, 'restore', 'vic')).toMatchObject(notFound)
  })

  it('of an owner is an owner’s to change; the last one stays, and a restored one owns again', async () => {
    const duo = await world.agency('Duo', 'zoe')
    const zoe = await world.person('zoe')
    await world.join(zoe, 'max', { tenant: duo, role: 'agency.owner', reach: 'subtree' })
    await world.join(zoe, 'ali', { tenant: duo, role: 'agency.admin', reach: 'subtree' })
    const [max, ali] = [await world.person('max'), await world.person('ali')]
    expect(await turn(ali, 'suspend', 'max', duo)).toMatchObject(refused('grant_exceeds_grantor'))
    expect(await turn(zoe, 'suspend', 'max', duo)).toMatchObject({ ok: true })
    expect(await ownersOf(duo)).toEqual(['zoe'])
    expect(await max.call('tenants/get', { tenant: duo })).toEqual(notFound)
    expect(await turn(ali, 'restore', 'max', duo)).toMatchObject(refused('grant_exceeds_grantor'))
    expect(await ali.call('members/remove', { tenant: duo, user: 'max' })).toMatchObject(
      refused('grant_exceeds_grantor'),
    )
    expect(await turn(zoe, 'restore', 'max', duo)).toMatchObject({ ok: true })
    expect(await ownersOf(duo)).toEqual(['zoe', 'max'])
    expect(await turn(max, 'suspend', 'zoe', duo)).toMatchObject({ ok: true })
    expect(await zoe.call('members/suspend', { tenant: duo, principal: { user: 'max' }, reason })).toEqual(notFound)
    expect(await max.call('members/remove', { tenant: duo, user: 'max' })).toMatchObject(refused('last_owner'))
    // The role was taken while they were suspended: they come back, but own nothing.
    const { items } = await max.must('roles/listAssignments', { tenant: duo, principal: { user: 'zoe' } })
    await max.must('roles/unassign', { tenant: duo, assignment: items[0].assignment })
    expect(await turn(ali, 'restore', 'zoe', duo)).toMatchObject({ ok: true })
    expect(await ownersOf(duo)).toEqual(['max'])
  })

  it('F-13 always leaves an owner: two who suspend each other at the same moment', async () => {
    const pair = await world.agency('Pair', 'pia')
    const pia = await world.person('pia')
    await world.join(pia, 'pit', { tenant: pair, role: 'agency.owner', reach: 'subtree' })
    const pit = await world.person('pit')
    const answers = await Promise.all([turn(pia, 'suspend', 'pit', pair), turn(pit, 'suspend', 'pia', pair)])
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(await ownersOf(pair)).toHaveLength(1)
  })

  it('I-33 suspended at the platform ends a person everywhere: sign-ins, keys, new sign-ins', async () => {
    const root = await platformOwner('root')
    await world.join(nora, 'ulf', { tenant: account, role: 'account.admin', reach: 'subtree' })
    const ulf = await world.person('ulf')
    const { secret } = await ulf.must('apiKeys/create', {
      tenant: account,
      name: 'K',
      scopes: ['iam/tenants.readonly'],
    })
    const secondsNow = () => Math.floor(Date.now() / 1000)
    const signedInAt = secondsNow()
    await expect.poll(secondsNow, { timeout: 3_000, interval: 50 }).toBeGreaterThan(signedInAt)
    const another = await world.person('ulf')
    expect(await turn(root, 'suspend', 'ulf', 'platform')).toMatchObject({ ok: true })
    expect(await another.call('tenants/get', { tenant: account })).toEqual(refused('invalid_token'))
    expect(await (await world.person('ulf')).call('tenants/list', {})).toEqual(refused('invalid_token'))
    expect(await world.withKey(secret).call('tenants/get', { tenant: account })).toEqual(notFound)
    expect(await turn(root, 'suspend', 'ulf', 'platform')).toMatchObject(refused('conflict'))
    expect(await turn(root, 'suspend', 'nobody-at-all', 'platform')).toMatchObject(notFound)
    expect(await turn(root, 'suspend', 'root', 'platform')).toMatchObject(refused('conflict'))
    expect(await turn(nora, 'suspend', 'ulf', 'platform')).toEqual(notFound)
    expect(await turn(root, 'restore', 'ulf', 'platform')).toMatchObject({ ok: true })
    expect(await ulf.call('tenants/get', { tenant: account })).toEqual(refused('invalid_token')) // ended for good
    await expect
      .poll(async () => (await (await world.person('ulf')).call('tenants/get', { tenant: account })).ok, {
        timeout: 5_000,
      })
      .toBe(true)
  })

  it('of a service account: suspended its key is worth nothing, deleted it stays so, also with its roles', async () => {
    const { service } = await nora.must('members/createService', { tenant: account, name: 'Sync' })
    const { team } = await nora.must('teams/create', { tenant: account, name: 'Robots' })
    const principal = { service }
    await nora.must('teams/addMember', { tenant: account, team, principal })
    await nora.must('roles/assign', { tenant: account, principal, role: 'account.viewer', reach: 'node' })
    const { secret, key } = await nora.must('apiKeys/create', {
      tenant: account,
      name: 'K',
      service,
      scopes: ['iam/tenants.readonly'],
    })
    const machine = world.withKey(secret)
    expect(await machine.call('tenants/get', { tenant: account })).toMatchObject({ ok: true })
    await nora.must('members/suspend', { tenant: account, principal, reason })
    expect(await machine.call('tenants/get', { tenant: account })).toEqual(notFound)
    await nora.must('members/restore', { tenant: account, principal, reason })
    expect(await machine.call('tenants/get', { tenant: account })).toMatchObject({ ok: true })
    await world.join(nora, 'wil', { tenant: account, role: 'account.viewer', reach: 'node' })
    const body = { tenant: account, service, reason }
    expect(await (await world.person('wil')).call('members/deleteService', body)).toEqual(
      refused('permission_denied', { missing: ['iam.serviceAccounts.delete'] }),
    )
    const other = await world.agency('Southridge', 'sue')
    const sue = await world.person('sue')
    expect(await sue.call('members/deleteService', { ...body, tenant: other })).toMatchObject(
      refused('not_found', { field: 'service' }),
    )
    expect(await nora.must('members/deleteService', body)).toMatchObject({ service, removedAssignments: 1 })
    expect(await machine.call('tenants/get', { tenant: account })).toEqual(notFound)
    expect(await nora.call('members/deleteService', body)).toMatchObject(refused('not_found', { field: 'service' }))
    expect(
      await nora.call('apiKeys/create', { tenant: account, name: 'K', service, scopes: ['iam/tenants.readonly'] }),
    ).toMatchObject(refused('not_found'))
    expect(
      await nora.call('roles/assign', { tenant: account, principal, role: 'account.viewer', reach: 'node' }),
    ).toMatchObject(notFound)
    expect((await nora.must('teams/listMembers', { tenant: account, team })).items).toEqual([])
    const stored = await storedDocuments(world.projectId)
    expect(stored.get(`tenants/${account}/grants/service:${service}`)).toMatchObject({
      status: text('removed'),
      entries: { mapValue: {} },
      keysNotBefore: expect.anything(),
    })
    expect((await nora.must('apiKeys/get', { tenant: account, key: key.key })).owner).toBe(`service:${service}`)
    const shown = await nora.must('members/list', { tenant: account, kind: 'service', status: 'removed' })
    expect(shown.items.map((one: Answer) => one.member)).toEqual([service])
  })

  it('I-33 removed from where they were suspended does not lift it below; joining again does', async () => {
    await world.join(nora, 'lee', { tenant: agency, role: 'agency.support', reach: 'node' })
    await world.join(nora, 'lee', { tenant: account, role: 'account.admin', reach: 'subtree' })
    const lee = await world.person('lee')
    expect(await lee.call('members/list', { tenant: account })).toMatchObject({ ok: true })
    await turn(nora, 'suspend', 'lee', agency)
    expect(await lee.call('members/list', { tenant: account })).toEqual(notFound)
    await nora.must('members/remove', { tenant: agency, user: 'lee', reason })
    expect(await lee.call('members/list', { tenant: account })).toEqual(notFound)
    const stored = await storedDocuments(world.projectId)
    expect(stored.get(`tenants/${agency}/members/lee`)?.['status']).toEqual(text('removed'))
    expect(stored.get(`tenants/${agency}/grants/user:lee`)).toMatchObject({
      status: text('suspended'),
      entries: { mapValue: {} },
      keysNotBefore: expect.anything(),
    })
    expect(await turn(nora, 'restore', 'lee', agency)).toMatchObject(notFound)
    await world.join(nora, 'lee', { tenant: agency, role: 'agency.support', reach: 'node' })
    expect(await lee.call('members/list', { tenant: account })).toMatchObject({ ok: true })
  })

  it('C-103 is given back only by who holds all of it: the roles and those of the teams, conditions or not', async () => {
    const { team } = await nora.must('teams/create', { tenant: agency, name: 'Admins' })
    const wide = { tenant: agency, role: 'agency.admin', reach: 'subtree' }
    await nora.must('roles/assign', { ...wide, principal: { team } })
    for (const uid of ['kit', 'kay', 'kim'])
      await world.join(nora, uid, { tenant: agency, role: 'agency.support', reach: 'node' })
    await nora.must('roles/assign', { ...wide, principal: { user: 'kit' } })
    await nora.must('roles/assign', { ...wide, principal: { user: 'kay' }, condition: 'subject.level > 3' })
    await nora.must('teams/addMember', { tenant: agency, team, principal: { user: 'kim' } })
    await world.join(nora, 'narrow', { ...wide, reach: 'node' })
    await world.join(nora, 'peer', wide)
    const [narrow, peer] = [await world.person('narrow'), await world.person('peer')]
    for (const uid of ['kit', 'kay', 'kim']) {
      await turn(nora, 'suspend', uid, agency)
      expect(await turn(narrow, 'restore', uid, agency), uid).toMatchObject(
        refused('grant_exceeds_grantor', { missing: expect.arrayContaining(['iam.members.restore']) }),
      )
      expect(await turn(peer, 'restore', uid, agency), uid).toMatchObject({ ok: true })
    }
    await world.join(nora, 'low', { tenant: agency, role: 'agency.support', reach: 'node' })
    await turn(nora, 'suspend', 'low', agency)
    await nora.must('roles/assign', {
      tenant: agency,
      principal: { user: 'narrow' },
      role: 'agency.support',
      reach: 'node',
    })
    expect(await turn(narrow, 'restore', 'low', agency)).toMatchObject({ ok: true })
  })

  it('everywhere else counts among owners: the last who can act stays, and the others stay on the list', async () => {
    const last = refused('last_owner')
    const trio = await world.agency('Trio', 'tess')
    const tess = await world.person('tess')
    for (const uid of ['theo', 'tina'])
      await world.join(tess, uid, { tenant: trio, role: 'agency.owner', reach: 'subtree' })
    await world.person('theo')
    for (const uid of ['theo', 'tina']) await damage(world.projectId, `users/${uid}`, { status: text('suspended') })
    const { items } = await tess.must('roles/listAssignments', { tenant: trio, principal: { user: 'tess' } })
    expect(await tess.call('members/remove', { tenant: trio, user: 'tess' })).toMatchObject(last)
    expect(await tess.call('roles/unassign', { tenant: trio, assignment: items[0].assignment })).toMatchObject(last)
    // Whoever cannot act may go: one who can is left.
    expect(await tess.call('members/remove', { tenant: trio, user: 'tina' })).toMatchObject({ ok: true })
    expect(await ownersOf(trio)).toEqual(['tess', 'theo'])
    const above = await platformOwner('rory')
    expect(await turn(above, 'suspend', 'tess', trio)).toMatchObject(last)
    await damage(world.projectId, 'users/theo', { status: text('active') })
    expect(await turn(above, 'suspend', 'tess', trio)).toMatchObject({ ok: true })
    expect(await ownersOf(trio)).toEqual(['theo'])
  })

  it('of somebody of a former agency, suspended before the account moved, is that of a stranger: they can be invited', async () => {
    const { tenant } = await nora.must('tenants/create', { parent: agency, name: 'Sold' })
    await world.join(nora, 'bo', { tenant: agency, role: 'agency.support', reach: 'node' })
    await nora.must('roles/assign', { tenant, principal: { user: 'bo' }, role: 'account.viewer', reach: 'node' })
    expect(await turn(nora, 'suspend', 'bo', tenant)).toMatchObject({ ok: true })
    const other = await world.agency('Westbank', 'wendy')
    const wendy = await world.person('wendy')
    await (await world.platformOwner()).must('tenants/move', { tenant, to: other, reason })
    for (const name of ['suspend', 'restore'] as const)
      expect(await turn(wendy, name, 'bo', tenant)).toEqual(refused('not_found', { field: 'principal' }))
    await world.join(wendy, 'bo', { tenant, role: 'account.viewer', reach: 'node' })
    expect(await (await world.person('bo')).call('members/list', { tenant })).toMatchObject({ ok: true })
  })

  it('a retry with the same idempotency key is one change', async () => {
    await world.join(nora, 'ida', { tenant: account, role: 'account.viewer', reach: 'node' })
    const body = { tenant: account, principal: { user: 'ida' }, reason, idempotencyKey: 'suspend-ida-once-0' }
    const first = await nora.must('members/suspend', body)
    expect(await nora.must('members/suspend', body)).toEqual(first)
    expect(await turn(nora, 'suspend', 'ida')).toMatchObject(refused('conflict'))
  })
})
