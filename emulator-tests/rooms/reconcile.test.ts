// The reconciler: whatever was damaged behind everybody's back is true again after a whole walk, and it says how much.
import { getApps } from 'firebase-admin/app'
import { getAuth } from 'firebase-admin/auth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../functions/src/app.ts'
import { reconciler } from '../../functions/src/groups/reconcile.ts'
import { StoreError } from '../../functions/src/platform/store/store-error.ts'
import { type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import { fly } from '../support/fly.ts'
import { damage, dump, erase, list, map, plant, storedDocuments, text } from '../support/stored-documents.ts'

let two: TwoAgencies
beforeAll(async () => {
  two = await twoAgencies()
}, 60_000)
afterAll(() => two.world.close())

const run = () => fly(reconciler(two.world.app), two.world.app)
const lastReport = () =>
  two.world.logs
    .map((line) => JSON.parse(line))
    .filter((line) => line.message === 'reconciled')
    .at(-1)
const without = ['jobs/', 'outbox/']

describe('the reconciler', () => {
  it('F-20 finds nothing to do when nothing is wrong, and writes nothing', async () => {
    const before = await dump(two.world.projectId, { without })
    await run()
    expect(lastReport()).toMatchObject({ repaired: 0 })
    expect(lastReport().looked).toBeGreaterThan(8)
    expect(await dump(two.world.projectId, { without })).toBe(before)
  })

  it('F-49 repairs a lost document, an entry too many and one too few, and tells caches', async () => {
    const { world, north, south } = two
    const before = await dump(world.projectId, { without })
    const entry = { role: text('agency.owner'), reach: text('subtree') }
    await erase(world.projectId, `tenants/${north.account}/grants/user:${north.accountAdminUid}`)
    await damage(world.projectId, `tenants/${south.agency}/grants/user:${south.ownerUid}`, { entries: map({}) })
    await plant(world.projectId, `tenants/${south.agency}/grants/user:thief`, {
      principal: text('user:thief'),
      status: text('active'),
      entries: map({ [`asg_${'0'.repeat(22)}`]: map(entry) }),
    })
    expect(await south.owner.call('tenants/get', { tenant: south.agency })).toMatchObject({ ok: false })
    const thief = await world.person('thief')
    expect(await thief.call('tenants/get', { tenant: south.agency })).toMatchObject({ ok: true })
    await run()
    expect(lastReport()).toMatchObject({ severity: 'WARNING', repaired: 3 })
    expect(await south.owner.call('tenants/get', { tenant: south.agency })).toMatchObject({ ok: true })
    expect(await thief.call('tenants/get', { tenant: south.agency })).toMatchObject({ error: { code: 'not_found' } })
    const events = [...(await storedDocuments(world.projectId))].filter(
      ([path, fields]) => path.startsWith('outbox/') && fields['type']?.['stringValue'] === 'access.grants_repaired',
    )
    expect(events).toHaveLength(3)
    await erase(world.projectId, `tenants/${south.agency}/grants/user:thief`)
    const lost = `tenants/${north.account}/grants/user:${north.accountAdminUid}`
    // Everything else stands as it stood; the lost document is as it was, but that keys from before its loss are dead.
    const parsed = (text: string) => new Map<string, object>(JSON.parse(text))
    const [then, now] = [parsed(before), parsed(await dump(world.projectId, { without: [...without, 'users/thief'] }))]
    const { keysNotBefore, ...made } = now.get(lost) as Record<string, object>
    expect(keysNotBefore).toBeDefined()
    const { lastEvent: _event, ...was } = then.get(lost) as Record<string, object>
    expect(made).toEqual(was)
    then.delete(lost)
    now.delete(lost)
    expect([...now]).toEqual([...then])
    await run()
    expect(lastReport()).toMatchObject({ repaired: 0 })
  })

  it('gives nothing back to somebody who was suspended when the document was lost', async () => {
    const { world, north } = two
    const principal = { user: north.accountAdminUid }
    await north.owner.must('members/suspend', { tenant: north.account, principal, reason: 'on leave' })
    await erase(world.projectId, `tenants/${north.account}/grants/user:${north.accountAdminUid}`)
    await run()
    expect(lastReport()).toMatchObject({ repaired: 1 })
    const get = { tenant: north.account }
    expect(await north.accountAdmin.call('tenants/get', get)).toMatchObject({ error: { code: 'not_found' } })
    await north.owner.must('members/restore', { tenant: north.account, principal, reason: 'back' })
    expect(await north.accountAdmin.call('tenants/get', get)).toMatchObject({ ok: true })
  })

  it('puts somebody back on the list of owners who is one, and takes off who is none; but never the last', async () => {
    const { world, north, south } = two
    const owners = async (tenant: string) => (await world.app.store.read.getAll([`tenants/${tenant}`]))[0]?.['owners']
    await damage(world.projectId, `tenants/${north.agency}`, { owners: list(text('stranger'), text(north.ownerUid)) })
    await damage(world.projectId, `tenants/${south.agency}`, { owners: list() })
    await run()
    expect(lastReport()).toMatchObject({ repaired: 2, 'repaired owners': 2 })
    expect(await owners(north.agency)).toEqual([north.ownerUid])
    expect(await owners(south.agency)).toEqual([south.ownerUid])
    await run()
    expect(lastReport()).toMatchObject({ repaired: 0 })
  })

  it('INV-5 revokes a secret that no key names, and leaves those of a running rotation alone', async () => {
    const { world, north } = two
    const scopes = ['iam/tenants.readonly']
    const made = await north.owner.must('apiKeys/create', { tenant: north.agency, name: 'Orphan', scopes })
    const kept = await north.owner.must('apiKeys/create', { tenant: north.agency, name: 'Kept', scopes })
    const turned = await north.owner.must('apiKeys/rotate', {
      ...{ tenant: north.agency, key: kept.key.key, overlapSeconds: 3_600 },
    })
    await erase(world.projectId, `tenants/${north.agency}/apiKeys/${made.key.key}`)
    const asks = (secret: string) => world.withKey(secret).call('tenants/get', { tenant: north.agency })
    await run()
    expect(lastReport()).toMatchObject({ 'repaired credentials': 1 })
    expect(await asks(made.secret)).toMatchObject({ ok: false, error: { code: 'invalid_token' } })
    for (const secret of [kept.secret, turned.secret]) expect(await asks(secret)).toMatchObject({ ok: true })
  })

  it('F-42 shuts out everywhere whom Firebase Auth shut out, keys included, and lets them in again when it does', async () => {
    const { world, north } = two
    const auth = getAuth(getApps().find(({ name }) => name === world.projectId))
    const key = await north.owner.must('apiKeys/create', {
      ...{ tenant: north.agency, name: 'Of the owner', scopes: ['iam/tenants.readonly'] },
    })
    const asks = () => world.withKey(key.secret).call('tenants/get', { tenant: north.agency })
    expect(await asks()).toMatchObject({ ok: true })
    await auth.updateUser(north.ownerUid, { disabled: true })
    await run()
    expect(lastReport()).toMatchObject({ 'repaired accounts': 1 })
    expect(await asks()).toMatchObject({ ok: false })
    await auth.updateUser(north.ownerUid, { disabled: false })
    await run()
    expect(await asks()).toMatchObject({ ok: true })
  })

  it('F-42 shuts out of Firebase Auth who was stopped here; while that fails it says so, tries again, and nobody gets in', async () => {
    const { world, south } = two
    const uid = south.ownerUid
    await damage(world.projectId, `users/${uid}`, { status: text('suspended') })
    const { accounts } = world.app.guard
    const failing = {
      ...accounts,
      setDisabled: async () => {
        throw new StoreError('unavailable', 'Firebase Auth is down')
      },
    }
    const broken: App = { ...world.app, guard: { ...world.app.guard, accounts: failing } }
    await fly(reconciler(broken), broken)
    expect(lastReport()).toMatchObject({ drifted: 1 })
    expect(await south.owner.call('tenants/get', { tenant: south.agency })).toMatchObject({ ok: false })
    const auth = getAuth(getApps().find(({ name }) => name === world.projectId))
    expect((await auth.getUser(uid)).disabled).toBe(false)
    await run()
    expect(lastReport()).toMatchObject({ drifted: 0, 'repaired accounts': 1 })
    expect((await auth.getUser(uid)).disabled).toBe(true)
    await run() // stopped by hand: it stays so
    expect(await south.owner.call('tenants/get', { tenant: south.agency })).toMatchObject({ ok: false })
  })

  it('F-42 whoever is stopped by hand stays stopped, whatever Firebase Auth said before; restored by hand, they are let in there', async () => {
    const { world, north } = two
    const auth = getAuth(getApps().find(({ name }) => name === world.projectId))
    const platform = await world.platformOwner()
    const uid = north.accountAdminUid
    const status = async () => (await world.app.store.read.getAll([`users/${uid}`]))[0]?.['status'] ?? 'active'
    const disabled = async () => (await auth.getUser(uid)).disabled
    const at = { tenant: 'platform', principal: { user: uid }, reason: 'a look at it' }
    await auth.updateUser(uid, { disabled: true })
    await run()
    expect(await status()).toBe('suspended')
    // Stopped by hand as well: now only a hand lets them in.
    await platform.must('members/suspend', at)
    await auth.updateUser(uid, { disabled: false })
    await run()
    expect([await status(), await disabled()]).toEqual(['suspended', true])
    await platform.must('members/restore', at)
    await run()
    await run()
    expect([await status(), await disabled()]).toEqual(['active', false])
    // What Auth said long ago counts no more.
    await platform.must('members/suspend', at)
    await run()
    await run()
    expect([await status(), await disabled()]).toEqual(['suspended', true])
    await platform.must('members/restore', at)
    await run()
    expect([await status(), await disabled()]).toEqual(['active', false])
  })

  it('stops nobody when most accounts are missing: that is another project’s Auth, or one that was not restored', async () => {
    const { world } = two
    const people = Array.from({ length: 40 }, (_, index) => `ghost${index}`)
    for (const uid of people) await plant(world.projectId, `users/${uid}`, { status: text('active') })
    await run()
    expect(lastReport().drifted).toBeGreaterThan(0)
    const stored = await world.app.store.read.getAll(people.map((uid) => `users/${uid}`))
    expect(stored.map((fields) => fields?.['status'])).toEqual(people.map(() => 'active'))
    for (const uid of people) await erase(world.projectId, `users/${uid}`)
  })

  it('ADR 0014 0017 a suspended owner, and one of a former agency, is not put on the list again', async () => {
    const { world, north } = two
    const owners = async (tenant: string) => (await world.app.store.read.getAll([`tenants/${tenant}`]))[0]?.['owners']
    await world.join(north.owner, 'deputy', { tenant: north.agency, role: 'agency.owner', reach: 'subtree' })
    await north.owner.must('members/suspend', {
      ...{ tenant: north.agency, principal: { user: 'deputy' }, reason: 'on leave' },
    })
    const before = await owners(north.agency)
    expect(before).not.toContain('deputy')
    const grants = `tenants/${north.account}/grants/user:${north.ownerUid}`
    const borrowed = { role: text('account.owner'), reach: text('node'), placement: text('another') }
    await plant(world.projectId, grants, {
      principal: text(`user:${north.ownerUid}`),
      status: text('active'),
      entries: map({ [`asg_${'1'.repeat(22)}`]: map(borrowed) }),
    })
    await plant(world.projectId, `tenants/${north.account}/assignments/asg_${'1'.repeat(22)}`, {
      ...borrowed,
      principal: text(`user:${north.ownerUid}`),
    })
    const ofAccount = await owners(north.account)
    await run()
    expect(await owners(north.agency)).toEqual(before)
    expect(await owners(north.account)).toEqual(ofAccount)
    await erase(world.projectId, grants)
    await erase(world.projectId, `tenants/${north.account}/assignments/asg_${'1'.repeat(22)}`)
  })

  it('one document that cannot be read hides none of those behind it', async () => {
    const { world, north } = two
    const scopes = ['iam/tenants.readonly']
    const broken = await north.owner.must('apiKeys/create', { tenant: north.agency, name: 'Broken', scopes })
    const orphan = await north.owner.must('apiKeys/create', { tenant: north.agency, name: 'Behind', scopes })
    await damage(world.projectId, `tenants/${north.agency}/apiKeys/${broken.key.key}`, {
      rotation: { nullValue: null },
    })
    await erase(world.projectId, `tenants/${north.agency}/apiKeys/${orphan.key.key}`)
    await run()
    expect(lastReport()).toMatchObject({ 'repaired credentials': 1 })
    expect(lastReport().drifted).toBeGreaterThan(0)
    await erase(world.projectId, `tenants/${north.agency}/apiKeys/${broken.key.key}`)
    await run()
  })

  it('goes on with everything else when one comparison cannot be made, and fails for whoever watches', async () => {
    const { world, north } = two
    const silent = {
      ...world.app.guard.accounts,
      standingOf: async () => {
        throw new StoreError('unavailable', 'Firebase Auth is down')
      },
    }
    const broken: App = { ...world.app, guard: { ...world.app.guard, accounts: silent } }
    await damage(world.projectId, `tenants/${north.agency}`, { owners: list(text('stranger'), text(north.ownerUid)) })
    await expect(fly(reconciler(broken), broken)).rejects.toThrow('1 comparisons failed')
    expect(lastReport()).toMatchObject({ 'repaired owners': 1 })
  })

  it('F-22 two at once are one: the second finds the lease and does nothing', async () => {
    const logged = two.world.logs.length
    const { app } = two.world
    const plan = reconciler(app)
    const meanwhile: boolean[] = []
    const first = async (started: Parameters<typeof plan.run>[0]): Promise<void> => {
      meanwhile.push(await fly(plan, app))
      await plan.run(started)
    }
    expect(await fly({ ...plan, run: first }, app)).toBe(true)
    expect(meanwhile).toEqual([false])
    const said = two.world.logs.slice(logged).map((line) => JSON.parse(line).message)
    expect(said.filter((message) => message === 'reconciled')).toHaveLength(1)
    expect(said.filter((message) => message === 'job is at work already')).toHaveLength(1)
  })
})
