// What is published, given or taken later: nothing new ever widens a key that is there, and whatever is taken away is taken from it too.
import initial from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const scope = (name: string, permissions: readonly string[]) => ({
  name,
  title: 'Of the test',
  permissions,
  levels: ['agency', 'account'],
})
const permission = (number: number, name: string) => ({
  ...{ number, name, area: 'crm', title: 'New', levels: ['agency', 'account'], worksOn: ['active'] },
  ownerDefault: true,
})

/** Owner roles get what is new; the scopes are as given. */
const successor = (version: string, fresh: readonly ReturnType<typeof permission>[], scopes: readonly object[]) => ({
  ...initial,
  version,
  permissions: [...initial.permissions, ...fresh],
  scopes: [...initial.scopes, ...scopes],
  roles: initial.roles.map((role) =>
    /^(agency|account)\.owner$/.test(role.name)
      ? { ...role, permissions: [...role.permissions, ...fresh.map(({ name }) => name)] }
      : role,
  ),
})

describe('a key that is there', () => {
  let world: World
  let agency: string
  let nora: Actor
  let platform: Actor
  const able = async (credential: string): Promise<string[]> =>
    (await world.withKey(credential).must('access/whatCan', { tenant: agency })).items
      .map((one: Answer) => one.permission)
      .sort()
  const publish = async (document: { readonly version: string }) => {
    await platform.must('roles/publishCatalogue', { document, reason: 'for the test' })
    // An instance looks the newest up every five seconds.
    const head = async () => (await nora.must('roles/catalogue', { tenant: agency })).head
    await expect.poll(head, { timeout: 15_000, interval: 500 }).toBe(document.version)
  }
  const adopt = (version: string) => nora.must('roles/adoptCatalogue', { tenant: agency, version })
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    platform = await world.platformOwner()
  })
  afterAll(() => world.close())

  it('C-007 I-83 is not widened by a new permission, scope, role content or adoption; a change of it shows what that takes', {
    timeout: 60_000,
  }, async () => {
    const first = [permission(1200, 'ledgers.read'), permission(1201, 'ledgers.write')]
    await publish(
      successor('2027-01-01', first, [
        scope('ledgers.readonly', ['ledgers.read']),
        scope('ledgers.write', ['ledgers.read', 'ledgers.write']),
      ]),
    )
    await adopt('2027-01-01')
    const { key, secret } = await newKey(nora, agency, {
      scopes: ['ledgers.readonly', 'iam/tenants.readonly', 'iam/access.readonly'],
    })
    const { access_token: token } = await world.withKey(secret).must('credentials/exchange', {})
    const before = await able(secret)
    expect(before).toContain('ledgers.read')
    expect(before).not.toContain('ledgers.write')
    const second = [...first, permission(1202, 'ledgers.close')]
    await publish(
      successor('2027-02-01', second, [
        scope('ledgers.readonly', ['ledgers.read']),
        scope('ledgers.write', ['ledgers.read', 'ledgers.write']),
        scope('ledgers.close', ['ledgers.close']),
      ]),
    ) // prettier-ignore
    expect([await able(secret), await able(token)]).toEqual([before, before])
    await adopt('2027-02-01')
    expect([await able(secret), await able(token)]).toEqual([before, before])
    const { role } = await nora.must('roles/create', {
      tenant: agency,
      name: 'More',
      permissions: ['ledgers.close', 'contacts.write'],
    })
    await nora.must('roles/assign', { tenant: agency, principal: { user: 'nora' }, role, reach: 'subtree' })
    expect([await able(secret), await able(token)]).toEqual([before, before])
    // Only who changes the key itself, holding it all, widens it; what only shrinks means no more than it did.
    await nora.must('apiKeys/update', {
      tenant: agency,
      key: key.key,
      scopes: ['ledgers.readonly', 'iam/access.readonly'],
    })
    const shrunk = await able(secret)
    expect(before).toEqual(expect.arrayContaining(shrunk))
    await nora.must('apiKeys/update', {
      tenant: agency,
      key: key.key,
      scopes: ['ledgers.readonly', 'ledgers.close', 'iam/access.readonly'],
    })
    expect(await able(secret)).toEqual([...shrunk, 'ledgers.close'].sort())
    expect(await able(token)).not.toContain('ledgers.close')
  })

  it('C-007 I-81 loses at once what a scope or its owner’s role loses', { timeout: 60_000 }, async () => {
    await world.join(nora, 'lea', { tenant: agency, role: 'agency.admin', reach: 'subtree' })
    const lea = await world.person('lea')
    const { secret } = await newKey(lea, agency, {
      scopes: ['iam/tenants.readonly', 'iam/access.readonly', 'iam/roles.readonly'],
    })
    const { access_token: token } = await world.withKey(secret).must('credentials/exchange', {})
    expect(await able(secret)).toContain('iam.roles.list')
    const { items } = await nora.must('roles/listAssignments', { tenant: agency, principal: { user: 'lea' } })
    await nora.must('roles/assign', {
      tenant: agency,
      principal: { user: 'lea' },
      role: 'agency.verifier',
      reach: 'subtree',
    })
    await nora.must('roles/unassign', { tenant: agency, assignment: items[0].assignment })
    for (const one of [secret, token]) {
      const answer = await world.withKey(one).call('access/whatCan', { tenant: agency })
      expect(answer.ok ? answer.value.items.map((each: Answer) => each.permission) : []).not.toContain('iam.roles.list')
    }
    const narrowed = successor(
      '2027-03-01',
      [permission(1200, 'ledgers.read'), permission(1201, 'ledgers.write'), permission(1202, 'ledgers.close')],
      [
        scope('ledgers.readonly', []),
        scope('ledgers.write', ['ledgers.read', 'ledgers.write']),
        scope('ledgers.close', ['ledgers.close']),
      ],
    ) // prettier-ignore
    const held = await newKey(nora, agency, {
      scopes: ['ledgers.readonly', 'iam/access.readonly', 'iam/tenants.readonly'],
    })
    expect(await able(held.secret)).toContain('ledgers.read')
    await publish(narrowed)
    expect(await able(held.secret)).not.toContain('ledgers.read')
  })

  it('I-81 of a person who is disabled everywhere is dead, with its tokens, and the second secret of a rotation too', async () => {
    await world.join(nora, 'max', { tenant: agency, role: 'agency.admin', reach: 'subtree' })
    const max = await world.person('max')
    const { key, secret } = await newKey(max, agency, { scopes: ['iam/tenants.readonly'] })
    const { secret: next } = await max.must('apiKeys/rotate', { tenant: agency, key: key.key, overlapSeconds: 3_600 })
    const { access_token: token } = await world.withKey(next).must('credentials/exchange', {})
    const works = async () =>
      Promise.all(
        [secret, next, token].map(async (one) => (await world.withKey(one).call('tenants/get', { tenant: agency })).ok),
      )
    expect(await works()).toEqual([true, true, true])
    await nora.must('members/suspend', { tenant: agency, principal: { user: 'max' }, reason: 'gone' })
    expect(await works()).toEqual([false, false, false])
    expect(await nora.call('apiKeys/rotate', { tenant: agency, key: key.key, overlapSeconds: 0 })).toMatchObject({
      ok: false,
    })
    await nora.must('members/restore', { tenant: agency, principal: { user: 'max' }, reason: 'back' })
    expect((await works())[0]).toBe(true)
  })

  it('I-61 dies at its end although nobody sweeps: its secrets, its rotation, its tokens', async () => {
    const end = world.app.clock() + 3_600_000
    const { key, secret } = await newKey(nora, agency, {
      scopes: ['iam/tenants.readonly'],
      expiresAt: new Date(end).toISOString(),
    })
    const { secret: next } = await nora.must('apiKeys/rotate', { tenant: agency, key: key.key, overlapSeconds: 86_400 })
    world.advance(end - 300_000 - world.app.clock())
    const { access_token: token, expires_in: seconds } = await world.withKey(next).must('credentials/exchange', {})
    expect(seconds).toBeLessThanOrEqual(300)
    world.advance(end - world.app.clock())
    for (const one of [secret, next, token])
      expect(await world.withKey(one).call('tenants/get', { tenant: agency })).toEqual({
        ok: false,
        error: { code: 'invalid_token' },
      })
    world.advance(Date.now() - world.app.clock())
  })

  it('I-75 is one secret and no other, whatever stands behind byte 51, 72 or 200 of what is sent', async () => {
    const { secret } = await newKey(nora, agency, { scopes: ['iam/tenants.readonly'] })
    const works = async (text: string) => (await world.withKey(text).call('tenants/get', { tenant: agency })).ok
    expect(await works(secret)).toBe(true)
    for (const at of [50, 51, 52, 53, 70, 71, 72, 73, 77])
      expect(
        await works(secret.slice(0, at) + (secret[at] === 'a' ? 'b' : 'a') + secret.slice(at + 1)),
        String(at),
      ).toBe(false)
    for (const more of ['x', 'x'.repeat(22), 'é', 'x'.repeat(200)]) expect(await works(secret + more), more).toBe(false)
  })
})
