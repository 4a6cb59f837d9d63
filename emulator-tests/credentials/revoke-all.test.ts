// `apiKeys/revokeAll` and what guardrails leave of keys: one entry ends them all, and nothing that comes back brings them back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { type Moments, steppedStore } from '../faults/stores.ts'
import { type FirestoreProxy, firestoreProxy } from '../support/firestore-proxy.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const day = 86_400_000

describe('ending keys in bulk', () => {
  const moments: Moments = { beforeCommit: undefined, afterCommit: undefined }
  let world: World
  let proxy: FirestoreProxy
  let agency: string
  let account: string
  let nora: Actor
  let round = 0
  const scopes = ['iam/tenants.readonly', 'contacts.readonly']
  const make = async (who = nora, tenant = agency, more: object = {}): Promise<string> =>
    (await newKey(who, tenant, { scopes, ...more })).secret
  const works = async (secret: string, tenant = agency): Promise<boolean> =>
    (await world.withKey(secret).call('tenants/get', { tenant }, { address: `10.0.0.${round++ % 250}` })).ok
  const revokeAll = (input: object, who = nora) =>
    who.call('apiKeys/revokeAll', { tenant: agency, reason: 'for the test', ...input })
  const admin = async (uid: string, tenant = agency): Promise<Actor> => {
    const role = tenant === agency ? 'agency.admin' : 'account.admin'
    await world.join(nora, uid, { tenant, role, reach: 'subtree' })
    return world.person(uid)
  }
  const tick = () => world.advance(5)
  beforeAll(async () => {
    proxy = await firestoreProxy()
    world = await makeWorld({ storeOf: steppedStore(moments, proxy.store) })
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
  })
  afterAll(async () => {
    await world.close()
    await proxy.close()
  })

  it('F-30 I-80 of one owner: every key that they made so far, nobody else’s, and none of tomorrow', async () => {
    const anna = await admin('anna')
    const [first, second, other] = [await make(anna), await make(anna), await make()]
    const below = await make(anna, account)
    expect(await revokeAll({ owner: { user: 'anna' } })).toMatchObject({
      ok: true,
      value: { keys: 3, complete: true, saved: true, notBefore: expect.any(String) },
    })
    expect(await Promise.all([first, second, other].map((one) => works(one)))).toEqual([false, false, true])
    expect(await works(below, account)).toBe(false)
    tick()
    const next = await make(anna)
    expect(await works(next)).toBe(true)
  })

  it('I-83 F-30 also of a key that was made while the call was under way', async () => {
    const anna = await admin('anna')
    const first = await make(anna)
    let worm = ''
    moments.beforeCommit = async () => {
      tick()
      worm = await make(anna)
      tick()
    }
    expect(await revokeAll({ owner: { user: 'anna' } })).toMatchObject({ ok: true })
    expect(await Promise.all([first, worm].map((one) => works(one)))).toEqual([false, false])
    tick()
    expect(await works(await make(anna))).toBe(true)
  })

  it('F-30 of a tenant: its own keys and those of all below, in one write however many there are', async () => {
    const own = (await nora.must('tenants/create', { parent: agency, name: 'Whole' })).tenant
    const boss = await admin('boss', own)
    const writesOf = async (tenant: string): Promise<number> => {
      proxy.reset()
      await nora.must('apiKeys/revokeAll', { tenant, reason: 'for the test' })
      return proxy.counts().writes
    }
    const one = await make(boss, own)
    const few = await writesOf(own)
    expect(await works(one, own)).toBe(false)
    tick()
    const many = await Promise.all(Array.from({ length: 25 }, () => make(boss, own)))
    expect(await Promise.all(many.map((secret) => works(secret, own)))).not.toContain(false)
    expect(await writesOf(own)).toBe(few)
    expect(await Promise.all(many.map((secret) => works(secret, own)))).not.toContain(true)
    tick()
    const above = await make()
    const below = await make(boss, own)
    expect(await works(above, own)).toBe(true)
    // An account ends its own keys, not those of the agency above it; the agency ends both.
    await boss.must('apiKeys/revokeAll', { tenant: own, reason: 'for the test' })
    expect([await works(above, own), await works(below, own)]).toEqual([true, false])
    tick()
    const again = await make(boss, own)
    expect(await works(again, own)).toBe(true)
    await nora.must('apiKeys/revokeAll', { tenant: agency, reason: 'for the test' })
    expect([await works(above), await works(above, own), await works(again, own)]).toEqual([false, false, false])
    tick()
    expect(await works(await make())).toBe(true)
  })

  it('stays: enabling, rotating, updating, restoring their owner or a role given anew revive nothing', async () => {
    const ben = await admin('ben')
    const { key, secret } = await newKey(ben, agency, { scopes })
    const paused = await newKey(ben, agency, { scopes })
    await nora.must('apiKeys/disable', { tenant: agency, key: paused.key.key })
    await nora.must('apiKeys/revokeAll', { tenant: agency, owner: { user: 'ben' }, reason: 'for the test' })
    tick()
    const conflict = { ok: false, error: { code: 'conflict' } }
    expect(await nora.call('apiKeys/rotate', { tenant: agency, key: key.key, overlapSeconds: 60 })).toMatchObject(
      conflict,
    )
    expect(await nora.call('apiKeys/enable', { tenant: agency, key: paused.key.key })).toMatchObject(conflict)
    const expiresAt = new Date(world.app.clock() + 100 * day).toISOString()
    expect(await nora.call('apiKeys/update', { tenant: agency, key: key.key, expiresAt })).toMatchObject(conflict)
    for (const operation of ['members/suspend', 'members/restore'])
      await nora.must(operation, { tenant: agency, principal: { user: 'ben' }, reason: 'for the test' })
    await nora.must('members/remove', { tenant: agency, user: 'ben' })
    await world.join(nora, 'ben', { tenant: agency, role: 'agency.admin', reach: 'subtree' })
    expect([await works(secret), await works(paused.secret)]).toEqual([false, false])
    expect(await works(await make(await world.person('ben')))).toBe(true)
  })

  it('stays in a tenant that is suspended and resumed, guarded anew, or moved away and back', async () => {
    const south = await world.agency('Westend', 'wes')
    const own = (await nora.must('tenants/create', { parent: agency, name: 'Stays' })).tenant
    const boss = await admin('stayer', own)
    const secret = await make(boss, own)
    await nora.must('apiKeys/revokeAll', { tenant: own, reason: 'for the test' })
    await nora.must('tenants/suspend', { tenant: own, reason: 'for the test' })
    await nora.must('tenants/resume', { tenant: own, reason: 'for the test' })
    await nora.must('roles/setGuardrail', {
      tenant: own,
      deniedPermissions: ['contacts.export'],
      reason: 'for the test',
    })
    const platform = await world.platformOwner()
    for (const to of [south, agency]) await platform.must('tenants/move', { tenant: own, to, reason: 'for the test' })
    expect(await works(secret, own)).toBe(false)
    tick()
    expect(await works(await make(boss, own), own)).toBe(true)
  })

  it('of a service account, and of an owner who holds nothing at the tenant itself', async () => {
    const { service } = await nora.must('members/createService', { tenant: agency, name: 'Robot' })
    await nora.must('roles/assign', { tenant: agency, principal: { service }, role: 'agency.admin', reach: 'subtree' })
    const secret = await make(nora, agency, { service })
    expect(await works(secret)).toBe(true)
    await nora.must('apiKeys/revokeAll', { tenant: agency, owner: { service }, reason: 'for the test' })
    expect(await works(secret)).toBe(false)
    tick()
    expect(await works(await make(nora, agency, { service }))).toBe(true)
    const here = await make(nora, account)
    const far = await make()
    await nora.must('apiKeys/revokeAll', { tenant: account, owner: { user: 'nora' }, reason: 'for the test' })
    expect([await works(here, account), await works(far)]).toEqual([false, true])
    expect((await world.person('nora')) && (await nora.call('tenants/get', { tenant: account }))).toMatchObject({
      ok: true,
    })
  })

  it('tells beforehand how many would end, and ends none', async () => {
    const cara = await admin('cara')
    const secrets = [await make(cara), await make(cara), await make(cara, account)]
    await nora.must('apiKeys/revoke', { tenant: agency, key: (await newKey(cara, agency, { scopes })).key.key })
    const dry = await revokeAll({ owner: { user: 'cara' }, dryRun: true })
    expect(dry).toMatchObject({ ok: true, value: { keys: 3, complete: true, saved: false } })
    expect(await works(secrets[0] ?? '')).toBe(true)
    expect(await revokeAll({ dryRun: true, idempotencyKey: 'dry-run-with-key-01' })).toMatchObject({
      error: { code: 'invalid_request', field: 'idempotencyKey' },
    })
    const key = 'revoke-all-key-0001'
    const done: Answer = await revokeAll({ owner: { user: 'cara' }, idempotencyKey: key })
    expect(await revokeAll({ owner: { user: 'cara' }, idempotencyKey: key })).toEqual(done)
    const event = [...(await storedDocuments(world.projectId))].filter(
      ([path, fields]) =>
        path.includes('/audit/') &&
        JSON.stringify(fields).includes('credentials.keys_revoked') &&
        JSON.stringify(fields['targets']).includes('user:cara'),
    ) // prettier-ignore
    expect(event).toHaveLength(1)
  })

  it('knows nobody who never had anything here, and writes nothing down of them', async () => {
    await world.agency('Eastside', 'ed')
    const before = [...(await storedDocuments(world.projectId)).keys()].sort()
    for (const owner of [{ user: 'ed' }, { user: 'neverwas' }, { service: `svc_${'0'.repeat(22)}` }])
      for (const more of [{}, { dryRun: true }])
        expect(await revokeAll({ owner, ...more })).toEqual({ ok: false, error: { code: 'not_found', field: 'owner' } })
    expect([...(await storedDocuments(world.projectId)).keys()].sort()).toEqual(before)
  })

  it('shows and counts what it ended as ended, and makes no key in the same moment that would be dead when it is born', async () => {
    const cora = await admin('cora')
    const { key } = await newKey(cora, agency, { scopes })
    const below = await newKey(cora, account, { scopes })
    const owner = { user: 'cora' }
    expect(await revokeAll({ owner })).toMatchObject({ value: { keys: 2 } })
    for (const { tenant, id } of [
      { tenant: agency, id: key.key },
      { tenant: account, id: below.key.key },
    ]) {
      expect(await nora.must('apiKeys/get', { tenant, key: id })).toMatchObject({ status: 'revoked' })
      const { items } = await nora.must('apiKeys/list', { tenant, limit: 100 })
      expect(items.find((one: Answer) => one.key === id)).toMatchObject({ status: 'revoked' })
    }
    expect(await revokeAll({ owner, dryRun: true })).toMatchObject({ value: { keys: 0 } })
    world.advance(-1_000)
    expect(await cora.call('apiKeys/create', { tenant: agency, name: 'Late', scopes })).toMatchObject({
      error: { code: 'conflict', detail: expect.stringContaining('try again') },
    })
    world.advance(2_000)
    expect(await works(await make(cora))).toBe(true)
  })

  it('is nothing for the platform, which would end nothing below it', async () => {
    const root = await world.platformOwner()
    for (const more of [{}, { dryRun: true }, { owner: { user: 'nora' } }])
      expect(await revokeAll({ tenant: 'platform', ...more }, root)).toMatchObject({
        error: { code: 'invalid_request', field: 'tenant', detail: expect.stringContaining('agency or account') },
      })
  })

  it('asks for the permission to revoke, there', async () => {
    await world.join(nora, 'vera', { tenant: agency, role: 'agency.auditor', reach: 'subtree' })
    expect(await revokeAll({}, await world.person('vera'))).toMatchObject({
      error: { code: 'permission_denied', missing: ['iam.apiKeys.revoke'] },
    })
    await world.agency('Southridge', 'sven')
    expect(await revokeAll({}, await world.person('sven'))).toEqual({ ok: false, error: { code: 'not_found' } })
  })
})

describe('a guardrail for keys', () => {
  let world: World
  let agency: string
  let account: string
  let nora: Actor
  const scopes = ['contacts.readonly', 'iam/tenants.readonly']
  const set = (guardrail: object, tenant = agency, who = nora) =>
    who.call('roles/setGuardrail', { tenant, deniedPermissions: [], reason: 'for the test', ...guardrail })
  const make = (more: object = {}) => nora.call('apiKeys/create', { tenant: agency, name: 'K', scopes, ...more })
  const get = (secret: string, tenant = agency) => world.withKey(secret).call('tenants/get', { tenant })
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
  })
  afterAll(() => world.close())

  it('caps scopes: keys that have more shrink at once, and are as before when it goes', async () => {
    const { key, secret } = await newKey(nora, agency, { scopes })
    const { access_token: token } = await world.withKey(secret).must('credentials/exchange', {})
    expect(await get(secret)).toMatchObject({ ok: true })
    expect(await set({ keyScopes: ['contacts.readonly'] })).toMatchObject({
      ok: true,
      value: { keyScopes: ['contacts.readonly'] },
    })
    for (const one of [secret, token]) expect(await get(one)).toMatchObject({ error: { code: 'insufficient_scope' } })
    expect(await nora.must('apiKeys/get', { tenant: agency, key: key.key })).toMatchObject({ scopes })
    // Nothing that is made or changed has more either; what it has it may keep, for what it is worth.
    expect(await make()).toMatchObject({ error: { code: 'conflict', field: 'scopes[1]' } })
    expect(
      await nora.call('apiKeys/update', { tenant: agency, key: key.key, scopes: [...scopes, 'contacts.write'] }),
    ).toMatchObject({
      error: { code: 'conflict', field: 'scopes[2]' },
    })
    expect(await nora.call('apiKeys/update', { tenant: agency, key: key.key, scopes })).toMatchObject({ ok: true })
    const rotated = await nora.must('apiKeys/rotate', { tenant: agency, key: key.key, overlapSeconds: 0 })
    expect(await get(rotated.secret)).toMatchObject({ error: { code: 'insufficient_scope' } })
    expect(await make({ scopes: ['contacts.readonly'] })).toMatchObject({ ok: true })
    expect(await set({})).toMatchObject({ ok: true })
    expect(await get(rotated.secret)).toMatchObject({ ok: true })
  })

  it('caps kinds: people’s own keys count for nothing, service accounts’ go on', async () => {
    const { service } = await nora.must('members/createService', { tenant: agency, name: 'Robot' })
    await nora.must('roles/assign', { tenant: agency, principal: { service }, role: 'agency.admin', reach: 'subtree' })
    const own = await newKey(nora, agency, { scopes })
    const theirs = await newKey(nora, agency, { scopes, service })
    expect(await set({ keyKinds: ['service'] })).toMatchObject({ ok: true, value: { keyKinds: ['service'] } })
    expect([(await get(own.secret)).ok, (await get(theirs.secret)).ok]).toEqual([false, true])
    expect(await make()).toMatchObject({ error: { code: 'conflict' } })
    expect(await make({ service })).toMatchObject({ ok: true })
    const at = { tenant: agency, key: own.key.key }
    expect(await nora.call('apiKeys/rotate', { ...at, overlapSeconds: 60 })).toMatchObject({
      error: { code: 'conflict' },
    })
    expect(await nora.must('credentials/verify', { credential: own.secret, tenant: agency })).toMatchObject({
      active: false,
    })
    expect(await set({ keyKinds: [] })).toMatchObject({ ok: true })
    expect((await get(theirs.secret)).ok).toBe(false)
    expect(await set({})).toMatchObject({ ok: true })
    expect([(await get(own.secret)).ok, (await get(theirs.secret)).ok]).toEqual([true, true])
  })

  it('of an account counts there only, and what counts is what all of the chain allow', async () => {
    const { secret } = await newKey(nora, agency, { scopes })
    await set({ keyScopes: ['contacts.readonly'] }, account)
    expect([(await get(secret, account)).ok, (await get(secret)).ok]).toEqual([false, true])
    await set({ keyScopes: ['contacts.write', 'contacts.readonly'], keyKinds: ['personal', 'service'] })
    const { effective } = await nora.must('roles/getGuardrail', { tenant: account })
    expect(effective).toMatchObject({ keyScopes: ['contacts.readonly'], keyKinds: ['personal', 'service'] })
    await set({}, account)
    await set({})
  })

  it('is tried out first, refuses what is none, and C-112 is loosened only by who holds what that gives back', async () => {
    expect(await set({ keyScopes: ['contacts.readonly'], dryRun: true })).toMatchObject({
      ok: true,
      value: { saved: false },
    })
    expect(await nora.must('roles/getGuardrail', { tenant: agency })).not.toHaveProperty('keyScopes')
    expect(await set({ keyScopes: ['contacts.readonly', 'no.such'] })).toMatchObject({
      error: { code: 'invalid_request', field: 'keyScopes[1]' },
    })
    for (const bad of [{ keyKinds: ['robots'] }, { keyKinds: 'service' }, { keyScopes: 'contacts.readonly' }])
      expect(await set(bad)).toMatchObject({ error: { code: 'invalid_request' } })
    const permissions = ['iam.guardrails.set', 'iam.tenants.get']
    const { role } = await nora.must('roles/create', { tenant: agency, name: 'Warden', permissions })
    await world.join(nora, 'wanda', { tenant: agency, role: 'agency.verifier', reach: 'node' })
    await nora.must('roles/assign', { tenant: agency, principal: { user: 'wanda' }, role, reach: 'subtree' })
    const wanda = await world.person('wanda')
    await set({ keyScopes: ['contacts.readonly'], keyKinds: ['service'] })
    const exceeds = {
      error: { code: 'grant_exceeds_grantor', missing: expect.arrayContaining(['iam.apiKeys.create']) },
    }
    const narrow = { keyScopes: ['contacts.readonly'], keyKinds: ['service'] }
    for (const looser of [
      {},
      { ...narrow, keyKinds: ['service', 'personal'] },
      { ...narrow, keyScopes: ['contacts.readonly', 'contacts.write'] },
    ])
      expect(await set(looser, agency, wanda), JSON.stringify(looser)).toMatchObject(exceeds)
    for (const narrower of [narrow, { ...narrow, keyScopes: [] }, { ...narrow, keyScopes: [], keyKinds: [] }])
      expect(await set(narrower, agency, wanda), JSON.stringify(narrower)).toMatchObject({ ok: true })
    await set({})
  })
})
