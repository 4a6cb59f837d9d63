// `credentials/verify`: tells a service who is behind a credential of its own subtree, and of nobody else's anything.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import { damage, plant, storedDocuments } from '../support/stored-documents.ts'
import type { Actor, Answer } from '../support/world.ts'

const inactive = { active: false, code: 'invalid_token' }

describe('credentials/verify', () => {
  let two: TwoAgencies
  let asker: Actor
  const verify = (credential: string, more: object = {}, who = asker): Promise<Answer> =>
    who.must('credentials/verify', { credential, ...more })
  beforeAll(async () => {
    two = await twoAgencies()
    asker = two.world.withKey(two.north.key.secret)
  })
  afterAll(() => two.world.close())

  it('describes a live key and decides each permission for it, at its tenant or below', async () => {
    const { north } = two
    const { key, secret } = await newKey(north.owner, north.agency)
    const permissions = ['contacts.read', 'contacts.write', 'iam.tenants.get', 'no.such']
    const here = await verify(secret, { permissions })
    expect(here).toMatchObject({
      active: true,
      code: 'active',
      credential: key.key,
      principal: 'user:nowner',
      tenant: north.agency,
      scopes: key.scopes,
      expiresAt: key.expiresAt,
    })
    expect(here.permissions.map(({ allowed }: Answer) => allowed)).toEqual([false, false, true, false])
    const below = await verify(secret, { permissions, tenant: north.account })
    expect(below.permissions.map(({ code }: Answer) => code)).toEqual([
      'allowed',
      'scope_missing',
      'allowed',
      'unknown_permission',
    ])
  })

  it('C-101 says exactly the same of garbage, of a key that never was, of a revoked one and of the other agency’s', async () => {
    const { north, south, world } = two
    const revoked = await newKey(north.owner, north.agency)
    await north.owner.must('apiKeys/revoke', { tenant: north.agency, key: revoked.key.key })
    const short = await newKey(north.owner, north.agency, {
      expiresAt: new Date(world.app.clock() + 60_000).toISOString(),
    })
    expect(await verify(short.secret)).toMatchObject({ active: true })
    world.advance(60_000)
    const invitation = await north.owner.must('members/invite', {
      tenant: north.agency,
      email: 'm@people.example',
      role: 'agency.auditor',
      reach: 'node',
    })
    for (const credential of [
      'garbage',
      south.key.secret,
      revoked.secret,
      short.secret,
      invitation.secret,
      `${north.key.secret}x`,
      await world.idToken('nowner'),
    ])
      if (credential.length <= 500)
        expect(await verify(credential, { permissions: ['contacts.read'] })).toEqual(inactive)
    const theirs = world.withKey(south.key.secret)
    expect(await verify(south.key.secret, {}, theirs)).toMatchObject({ active: true }) // the control: it is live
    expect(await verify(north.key.secret, {}, theirs)).toEqual(inactive)
  })

  it('asked at an account says nothing of a key above it, and from the agency all of one below', async () => {
    const { north, world } = two
    const below = await newKey(north.owner, north.account, { scopes: ['iam/credentials.verify', 'contacts.readonly'] })
    expect(await verify(below.secret)).toMatchObject({ active: true, tenant: north.account })
    expect(await verify(north.key.secret, {}, world.withKey(below.secret))).toEqual(inactive)
  })

  it('answers for a tenant outside the key’s coverage as for one that never was', async () => {
    const { north, south } = two
    const permissions = ['contacts.read']
    const narrow = await newKey(north.owner, north.agency, { accounts: [north.account] })
    const sibling = (await north.owner.must('tenants/create', { parent: north.agency, name: 'Sibling' })).tenant
    const at = async (tenant: string) => (await verify(narrow.secret, { permissions, tenant })).permissions
    expect(await at(north.account)).toEqual([{ permission: 'contacts.read', allowed: true, code: 'allowed' }])
    const outside = [{ permission: 'contacts.read', allowed: false, code: 'tenant_not_visible' }]
    for (const tenant of [sibling, north.agency, south.account, `acc_${'0'.repeat(22)}`])
      expect(await at(tenant), tenant).toEqual(outside)
  })

  it('says why a key of a stopped tenant or of a removed owner is good for nothing, and only to who stands above', async () => {
    const { north, world } = two
    const { tenant } = await north.owner.must('tenants/create', { parent: north.agency, name: 'Stopped' })
    await world.join(north.owner, 'nleaver', { tenant, role: 'account.admin', reach: 'subtree' })
    const leaver = await world.person('nleaver')
    const { secret } = await newKey(leaver, tenant, { scopes: ['contacts.readonly', 'iam/credentials.verify'] })
    expect(await verify(secret)).toMatchObject({ active: true, tenant })
    await north.owner.must('tenants/suspend', { tenant, reason: 'unpaid' })
    expect(await verify(secret, { permissions: ['contacts.read'] })).toEqual({
      active: false,
      code: 'tenant_suspended',
    })
    expect(await verify(secret, {}, world.withKey(two.south.key.secret))).toEqual(inactive)
    expect(await world.withKey(secret).call('credentials/verify', { credential: secret })).toMatchObject({
      ok: false,
      error: { code: 'tenant_suspended' },
    })
    await north.owner.must('tenants/resume', { tenant, reason: 'paid' })
    expect(await verify(secret)).toMatchObject({ active: true })
    await north.owner.must('members/remove', { tenant, user: 'nleaver' })
    expect(await verify(secret)).toEqual({
      active: false,
      code: expect.stringMatching(/^(no_assignment|principal_inactive)$/),
    })
    await north.owner.must('tenants/delete', { tenant, reason: 'closing', confirmName: 'Stopped' })
    expect((await verify(secret)).active).toBe(false)
  })

  it('F-49 does not call a key invalid that cannot be judged: 503', async () => {
    const { north, world } = two
    const below = await newKey(north.owner, north.account, { scopes: ['contacts.readonly', 'iam/credentials.verify'] })
    const policy = `tenants/${north.account}/policy/current`
    const right = (await storedDocuments(world.projectId)).get(policy) ?? {}
    const unavailable = { ok: false, error: { code: 'unavailable' } }
    await damage(world.projectId, policy, { guardrail: { nullValue: null } })
    expect(await asker.call('credentials/verify', { credential: below.secret })).toMatchObject(unavailable)
    const at = { credential: north.key.secret, tenant: north.account, permissions: ['contacts.read'] }
    expect(await asker.call('credentials/verify', at)).toMatchObject(unavailable)
    expect(await verify(north.key.secret)).toMatchObject({ active: true })
    await plant(world.projectId, policy, right)
    expect(await verify(below.secret)).toMatchObject({ active: true })
  })

  it('asks for the permission to verify: a key without the scope learns nothing, a person names the tenant', async () => {
    const { north, world } = two
    const plain = await newKey(north.owner, north.agency, { scopes: ['contacts.readonly'] })
    expect(
      await world.withKey(plain.secret).call('credentials/verify', { credential: north.key.secret }),
    ).toMatchObject({
      ok: false,
      error: { code: 'insufficient_scope', missing: ['iam.credentials.verify'] },
    })
    expect(await north.owner.call('credentials/verify', { credential: north.key.secret })).toMatchObject({
      error: { code: 'invalid_request', field: 'tenant' },
    })
    expect(await verify(north.key.secret, { tenant: north.agency }, north.owner)).toMatchObject({ active: true })
  })
})
