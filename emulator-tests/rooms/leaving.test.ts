// `members/listOwned` and `members/transfer`: nothing of somebody who leaves is forgotten, revived, or handed to the stronger.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plant, storedDocuments, text } from '../support/stored-documents.ts'
import { type Actor, type Answer, mailOf, makeWorld, type World } from '../support/world.ts'

const reason = 'they leave us'
const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } })

describe('somebody who leaves', () => {
  let world: World
  let agency: string
  let account: string
  let nora: Actor
  let service: string
  let joined = 0
  /** A new account.admin, signed in. */
  const leaver = async (): Promise<{ uid: string; who: Actor }> => {
    joined += 1
    const uid = `leaver${joined}`
    await world.join(nora, uid, { tenant: account, role: 'account.admin', reach: 'subtree' })
    return { uid, who: await world.person(uid) }
  }
  const newKey = (who: Actor, more: object = {}): Promise<Answer> =>
    who.must('apiKeys/create', { tenant: account, name: 'Old key', scopes: ['iam/tenants.readonly'], ...more })
  const invite = (who: Actor, uid: string): Promise<Answer> =>
    who.must('members/invite', { tenant: account, email: mailOf(uid), role: 'account.viewer', reach: 'node' })
  const resource = (id: string, ownerId: string) =>
    plant(world.projectId, `tenants/${account}/resources/${id}`, {
      type: text('contacts'),
      id: text(id),
      ownerId: text(ownerId),
    })
  const owned = async (user: string, more: object = {}): Promise<Answer[]> => {
    const seen: Answer[] = []
    for (let page: string | undefined = ''; page !== undefined; ) {
      const body = { tenant: account, user, ...more, ...(page === '' ? {} : { page }) }
      const answer: Answer = await nora.must('members/listOwned', body)
      seen.push(...answer.items)
      page = answer.nextPage
    }
    return seen
  }
  const transfer = (user: string, more: object, who = nora) =>
    who.call('members/transfer', { tenant: account, user, reason, ...more })
  const reads = async (secret: string): Promise<boolean> =>
    (await world.withKey(secret).call('tenants/get', { tenant: account })).ok

  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
    service = (await nora.must('members/createService', { tenant: account, name: 'Robot' })).service
    await nora.must('roles/assign', { tenant: account, principal: { service }, role: 'account.user', reach: 'node' })
    await world.join(nora, 'heir', { tenant: account, role: 'account.user', reach: 'node' })
  })
  afterAll(() => world.close())

  it('is shown with live keys, pending offers, resources and teams, page by page, and with nothing else', async () => {
    const { uid, who } = await leaver()
    const [kept, ended] = [await newKey(who), await newKey(who)]
    await who.must('apiKeys/revoke', { tenant: account, key: ended.key.key })
    const [open, taken] = [await invite(who, 'odo'), await invite(who, 'tau')]
    await (await world.person('tau')).must('members/acceptInvitation', { secret: taken.secret })
    for (const id of ['resource-1', 'resource-3']) await resource(id, uid)
    await resource('resource-2', 'heir')
    const { team } = await nora.must('teams/create', { tenant: account, name: 'Sales' })
    await nora.must('teams/addMember', { tenant: account, team, principal: { user: uid } })
    const all = [
      { kind: 'apiKey', id: kept.key.key, label: 'Old key' },
      { kind: 'invitation', id: open.invitation, label: 'account.viewer' },
      { kind: 'resource', id: 'resource-1', label: 'contacts/resource-1' },
      { kind: 'resource', id: 'resource-3', label: 'contacts/resource-3' },
      { kind: 'team', id: team, label: 'Sales' },
    ]
    for (const limit of [1, 2, 3, 50]) expect(await owned(uid, { limit }), `${limit}`).toEqual(all)
    expect(await nora.must('members/listOwned', { tenant: account, user: uid })).toEqual({ items: all, withheld: [] })
    for (const page of ['apiKey', 'tenant.x', 'apiKey.a/b', '..', 'team.__x__'])
      expect(await nora.call('members/listOwned', { tenant: account, user: uid, page }), page).toMatchObject(
        refused('invalid_request', { field: 'page' }),
      )
  })

  it('I-28 is shown only with the kinds that the caller may list, and the others are named', async () => {
    const { uid, who } = await leaver()
    await newKey(who)
    const heir = await world.person('heir')
    const answer = await heir.must('members/listOwned', { tenant: account, user: uid })
    expect(answer.items).toEqual([])
    expect(answer.withheld).toEqual(expect.arrayContaining(['apiKey', 'invitation']))
    expect(answer.withheld).not.toContain('team')
  })

  it('I-48 C-101 is somebody of here: of strangers and of other tenants nothing is known', async () => {
    const { uid, who } = await leaver()
    await newKey(who)
    await world.agency('Southridge', 'sue')
    const sue = await world.person('sue')
    expect(await sue.call('members/listOwned', { tenant: account, user: uid })).toEqual(refused('not_found'))
    expect(await transfer(uid, { keys: 'revoke' }, sue)).toEqual(refused('not_found'))
    const unknown = refused('not_found', { field: 'user' })
    expect(await nora.call('members/listOwned', { tenant: account, user: 'nobody-at-all' })).toEqual(unknown)
    expect(await transfer('nobody-at-all', { keys: 'revoke' })).toEqual(unknown)
    expect(await transfer('sue', { keys: 'revoke' })).toEqual(unknown)
    expect(await transfer(uid, { keys: 'revoke' }, await world.person('heir'))).toEqual(
      refused('permission_denied', { missing: ['iam.members.transfer'] }),
    )
  })

  it('has keys and offers that end, when nobody goes on with them', async () => {
    const { uid, who } = await leaver()
    const key = await newKey(who)
    const offer = await invite(who, 'pip')
    expect(await reads(key.secret)).toBe(true)
    expect(await transfer(uid, { keys: 'revoke' })).toMatchObject({
      ok: true,
      value: { moved: 0, revoked: 2, remaining: false },
    })
    expect(await reads(key.secret)).toBe(false)
    expect(await (await world.person('pip')).call('members/acceptInvitation', { secret: offer.secret })).toEqual(
      refused('invitation_invalid'),
    )
    expect(await owned(uid)).toEqual([])
    expect(await transfer(uid, { keys: 'revoke' })).toMatchObject({ value: { moved: 0, revoked: 0, remaining: false } })
  })

  it('has keys that go on as a service account’s, and resources that move; each as strong as its new owner', async () => {
    const { uid, who } = await leaver()
    const narrow = await newKey(who)
    const wide = await newKey(who, { scopes: ['users.write'] })
    await resource('moved-1', uid)
    const moving = { keys: { service }, resources: { user: 'heir' } }
    expect(await transfer(uid, moving)).toMatchObject({ value: { moved: 3, revoked: 0, remaining: false } })
    const stored = await storedDocuments(world.projectId)
    expect(stored.get(`tenants/${account}/resources/moved-1`)?.['ownerId']).toEqual(text('heir'))
    expect((await nora.must('apiKeys/get', { tenant: account, key: narrow.key.key })).owner).toBe(`service:${service}`)
    await nora.must('members/remove', { tenant: account, user: uid })
    expect(await reads(narrow.secret)).toBe(true) // it no longer hangs on the person
    const outlived = world.withKey(wide.secret)
    const body = { tenant: account, principal: { user: 'heir' }, reason }
    expect(await outlived.call('members/suspend', body)).toEqual(
      refused('permission_denied', { missing: ['iam.members.suspend'] }), // a service account without that role
    )
    await nora.must('members/deleteService', { tenant: account, service: service })
    expect(await reads(narrow.secret)).toBe(false)
    service = (await nora.must('members/createService', { tenant: account, name: 'Robot II' })).service
    await nora.must('roles/assign', { tenant: account, principal: { service }, role: 'account.user', reach: 'node' })
  })

  it('leaves to living members of this tenant only, and not to themselves', async () => {
    const { uid, who } = await leaver()
    const key = await newKey(who)
    const foreign = (await nora.must('members/createService', { tenant: agency, name: 'Upstairs' })).service
    const unknown = await transfer(uid, { keys: { service: `svc_${'0'.repeat(22)}` } })
    expect(unknown).toEqual(refused('not_found', { field: 'keys.service' }))
    expect(await transfer(uid, { keys: { service: foreign } })).toEqual(unknown)
    const toWhom = (user: string) => transfer(uid, { keys: 'revoke', resources: { user } })
    expect(await toWhom('nobody-at-all')).toEqual(refused('not_found', { field: 'resources' }))
    expect(await toWhom('nora')).toEqual(refused('not_found', { field: 'resources' }))
    expect(await toWhom(uid)).toMatchObject(refused('invalid_request'))
    await nora.must('members/suspend', { tenant: account, principal: { service }, reason })
    expect(await transfer(uid, { keys: { service } })).toEqual(unknown)
    await nora.must('members/restore', { tenant: account, principal: { service }, reason })
    expect(await reads(key.secret)).toBe(true)
  })

  it('C-103 leaves keys only through somebody who holds what these carry', async () => {
    const { who } = await leaver()
    // Somebody of the agency who may transfer, but whose power ends before the key does.
    const until = new Date(world.app.clock() + 3_600_000).toISOString()
    await world.join(nora, 'temp', {
      tenant: agency,
      role: 'agency.admin',
      reach: 'subtree',
      assignmentExpiresAt: until,
    })
    const temp = await world.person('temp')
    const key = await newKey(who)
    const uid = `leaver${joined}`
    expect(await transfer(uid, { keys: { service } }, temp)).toMatchObject(
      refused('grant_exceeds_grantor', { field: 'keys', missing: expect.any(Array) }),
    )
    expect(await reads(key.secret)).toBe(true)
    expect(await transfer(uid, { keys: { service } })).toMatchObject({ value: { moved: 1 } })
  })

  it('leaves no key that died with them: a transfer afterwards ends it', async () => {
    const { uid, who } = await leaver()
    const key = await newKey(who)
    await nora.must('members/remove', { tenant: account, user: uid })
    expect(await reads(key.secret)).toBe(false)
    expect(await transfer(uid, { keys: { service } })).toMatchObject({ value: { moved: 0, revoked: 1 } })
    expect(await reads(key.secret)).toBe(false)
    expect((await nora.must('apiKeys/get', { tenant: account, key: key.key.key })).status).toBe('revoked')
  })

  it('I-33 leaves no key while suspended, here, above or everywhere: it would live again for whoever knows it', async () => {
    const suspensions: readonly ((uid: string) => Promise<unknown>)[] = [
      (uid) => nora.must('members/suspend', { tenant: account, principal: { user: uid }, reason }),
      async (uid) => {
        await world.join(nora, uid, { tenant: agency, role: 'agency.support', reach: 'node' })
        await nora.must('members/suspend', { tenant: agency, principal: { user: uid }, reason })
      },
      async (uid) =>
        (await world.platformOwner()).must('members/suspend', { tenant: 'platform', principal: { user: uid }, reason }),
    ]
    for (const suspend of suspensions) {
      const { uid, who } = await leaver()
      const key = await newKey(who)
      await suspend(uid)
      expect(await reads(key.secret)).toBe(false)
      expect(await transfer(uid, { keys: { service } })).toMatchObject({ value: { moved: 0, revoked: 1 } })
      expect(await reads(key.secret)).toBe(false)
      expect((await nora.must('apiKeys/get', { tenant: account, key: key.key.key })).status).toBe('revoked')
    }
  })

  it('is settled thirty things a call, until nothing remains', async () => {
    const { uid } = await leaver()
    for (let index = 0; index < 64; index++) await resource(`many-${index}`, uid)
    const moving = { keys: 'revoke', resources: { service } }
    const answers: Answer[] = []
    do answers.push(await nora.must('members/transfer', { tenant: account, user: uid, reason, ...moving }))
    while (answers.at(-1).remaining)
    expect(answers.map(({ moved }) => moved)).toEqual([30, 30, 4])
    expect(await owned(uid)).toEqual([])
    const stored = await storedDocuments(world.projectId)
    const moved = [...stored].filter(([path]) => path.includes('/resources/many-'))
    expect(moved.every(([, fields]) => fields['ownerId']?.['stringValue'] === service)).toBe(true)
  })

  it('takes a sign-in of the last ten minutes, and no key', async () => {
    const { uid, who } = await leaver()
    await newKey(who)
    world.advance(10 * 60_000 + 1_000)
    expect(await transfer(uid, { keys: 'revoke' })).toMatchObject(refused('insufficient_user_authentication'))
    world.advance(-(10 * 60_000 + 1_000))
    expect(await transfer(uid, { keys: 'revoke' })).toMatchObject({ value: { revoked: 1 } })
  })

  it('is settled once, when the same request comes again', async () => {
    const { uid, who } = await leaver()
    await newKey(who)
    const body = { tenant: account, user: uid, keys: 'revoke', reason, idempotencyKey: 'transfer-just-once' }
    const first = await nora.must('members/transfer', body)
    expect(first).toMatchObject({ revoked: 1 })
    expect(await nora.must('members/transfer', body)).toEqual(first)
  })
})
