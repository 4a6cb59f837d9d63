// `apiKeys/update`, `disable` and `enable`: less may always be, more only by who holds all of it, and a pause is no end.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const hour = 3_600_000
const dead = { ok: false, error: { code: 'invalid_token' } }
const conflict = { ok: false, error: { code: 'conflict' } }

describe('a change of a key', () => {
  let world: World
  let agency: string
  let account: string
  let other: string
  let nora: Actor
  let adam: Actor
  const scopes = ['contacts.readonly', 'iam/tenants.readonly']
  const make = async (more: object = {}, who = nora, tenant = agency) => {
    const { key, secret } = await newKey(who, tenant, { scopes, ...more })
    return { key: key.key as string, secret: secret as string }
  }
  const update = (key: string, change: object, who = nora, tenant = agency) =>
    who.call('apiKeys/update', { tenant, key, ...change })
  const get = (secret: string, tenant = agency, call: object = {}) =>
    world.withKey(secret).call('tenants/get', { tenant }, call)
  const inHours = (count: number) => new Date(world.app.clock() + count * hour).toISOString()
  const events = async (key: string): Promise<Answer[]> =>
    [...(await storedDocuments(world.projectId))]
      .filter(([path, fields]) => path.includes('/audit/') && JSON.stringify(fields['targets']).includes(key))
      .map(([, fields]) => fields['type']?.['stringValue'])
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
    other = (await nora.must('tenants/create', { parent: agency, name: 'Other' })).tenant
    // May change keys of the agency, and holds little beside.
    const { role } = await nora.must('roles/create', {
      tenant: agency,
      name: 'Key keeper',
      permissions: [
        'iam.apiKeys.update',
        'iam.apiKeys.disable',
        'iam.apiKeys.enable',
        'iam.apiKeys.get',
        'iam.tenants.get',
      ],
    })
    await world.join(nora, 'adam', { tenant: agency, role: 'agency.verifier', reach: 'node' })
    adam = await world.person('adam')
    await nora.must('roles/assign', { tenant: agency, principal: { user: 'adam' }, role, reach: 'subtree' })
  })
  afterAll(() => world.close())

  it('keeps the secret, and shows everything that was changed', async () => {
    const { key, secret } = await make()
    const expiresAt = inHours(24)
    const changed = await nora.must('apiKeys/update', {
      tenant: agency,
      key,
      name: ' New  name ',
      scopes: ['iam/tenants.readonly', 'iam/roles.readonly'],
      accounts: [account],
      expiresAt,
      allowedAddresses: ['10.0.0.0/8', '::ffff:10.0.0.0/104', '2001:DB8::/32'],
      rate: { perSecond: 5, burst: 9 },
    }) // prettier-ignore
    expect(changed).toMatchObject({
      name: 'New name',
      scopes: ['iam/roles.readonly', 'iam/tenants.readonly'],
      accounts: [account],
      expiresAt,
      rate: { perSecond: 5, burst: 9 },
      status: 'active',
    }) // prettier-ignore
    const shown = await nora.must('apiKeys/get', { tenant: agency, key })
    expect(shown.allowedAddresses).toEqual(['10.0.0.0/8', '2001:db8::/32'])
    const from = { address: '10.1.2.3' }
    expect(await get(secret, account, from)).toMatchObject({ ok: true })
    expect(await get(secret, agency, from)).toMatchObject({ ok: false })
    const back = await nora.must('apiKeys/update', {
      tenant: agency,
      key,
      accounts: null,
      allowedAddresses: null,
      rate: null,
    })
    expect(back).not.toHaveProperty('accounts')
    expect(back).not.toHaveProperty('rate')
    expect(await get(secret)).toMatchObject({ ok: true })
    expect((await events(key)).filter((type) => type === 'credentials.key_updated')).toHaveLength(2)
  })

  it('counts for both secrets of a rotation, and for the next one', async () => {
    const { key, secret } = await make()
    const { secret: next } = await nora.must('apiKeys/rotate', { tenant: agency, key, overlapSeconds: 3_600 })
    await nora.must('apiKeys/update', { tenant: agency, key, scopes: ['contacts.readonly'] })
    for (const one of [secret, next]) expect(await get(one)).toMatchObject({ error: { code: 'insufficient_scope' } })
    await nora.must('apiKeys/finishRotation', { tenant: agency, key })
    const { secret: last } = await nora.must('apiKeys/rotate', { tenant: agency, key, overlapSeconds: 0 })
    expect(await get(last)).toMatchObject({ error: { code: 'insufficient_scope' } })
  })

  it('C-007 that only takes away is open to whoever may change keys, though they hold none of it', async () => {
    const { key } = await make({ allowedAddresses: ['10.0.0.0/8'], rate: { perSecond: 10, burst: 10 } })
    const less = [
      { name: 'Less' },
      { scopes: ['contacts.readonly'] },
      { accounts: [account, other] },
      { accounts: [account] },
      { expiresAt: inHours(5) },
      { allowedAddresses: ['10.1.0.0/16'] },
      { rate: { perSecond: 1, burst: 10 } },
      { allowedAddresses: ['10.1.2.3'] },
      {},
    ] // prettier-ignore
    for (const change of less)
      expect(await update(key, change, adam), JSON.stringify(change)).toMatchObject({ ok: true })
    const more = [
      { scopes: ['contacts.readonly', 'iam/tenants.readonly'] },
      { accounts: [account, other] },
      { accounts: null },
      { expiresAt: inHours(6) },
      { allowedAddresses: ['10.1.2.0/24'] },
      { allowedAddresses: null },
      { rate: { perSecond: 2, burst: 10 } },
      { rate: null },
      { rate: 'high' },
    ] // prettier-ignore
    for (const change of more)
      expect(await update(key, change, adam), JSON.stringify(change)).toMatchObject({
        error: { code: 'grant_exceeds_grantor', missing: expect.arrayContaining(['contacts.read']) },
      })
    for (const change of more) expect(await update(key, change), JSON.stringify(change)).toMatchObject({ ok: true }) // who holds it all
  })

  it('C-007 cannot widen somebody’s key beyond the one who widens it, however much its owner holds', async () => {
    await world.join(nora, 'anna', { tenant: account, role: 'account.admin', reach: 'subtree' })
    const anna = await world.person('anna')
    const { key, secret } = await make({ scopes: ['contacts.readonly'] }, nora, account)
    expect(await update(key, { scopes: ['contacts.readonly', 'contacts.write'] }, anna, account)).toMatchObject({
      ok: true,
    })
    await world.join(nora, 'vic', { tenant: account, role: 'account.viewer', reach: 'subtree' })
    const { role: keeper } = await nora.must('roles/create', {
      tenant: account,
      name: 'Keeper',
      permissions: ['iam.apiKeys.update'],
    })
    await nora.must('roles/assign', { tenant: account, principal: { user: 'vic' }, role: keeper, reach: 'subtree' })
    const vic = await world.person('vic')
    expect(
      await update(key, { scopes: ['contacts.readonly', 'contacts.write', 'calendars.write'] }, vic, account),
    ).toMatchObject({
      error: { code: 'grant_exceeds_grantor' },
    })
    expect(await world.withKey(secret).call('tenants/get', { tenant: account })).toMatchObject({
      error: { code: 'insufficient_scope' },
    })
  })

  it('C-072 C-071 C-009 takes no field of another type, no unknown scope, no end that is none', async () => {
    const { key } = await make()
    const bad = [
      [{ scopes: 'contacts.readonly' }, 'scopes'],
      [{ scopes: [] }, 'scopes'],
      [{ scopes: ['contacts.readonly', 'no.such'] }, 'scopes[1]'],
      [{ scopes: ['__proto__'] }, 'scopes[0]'],
      [{ scopes: ['constructor.prototype'] }, 'scopes[0]'],
      [{ scopes: ['contacts.*'] }, 'scopes[0]'],
      [{ expiresAt: 'never' }, 'expiresAt'],
      [{ expiresAt: inHours(-1) }, 'expiresAt'],
      [{ expiresAt: inHours(24 * 401) }, 'expiresAt'],
      [{ expiresAt: null }, 'expiresAt'],
      [{ allowedAddresses: ['10.0.0.1/8'] }, 'allowedAddresses[0]'],
      [{ allowedAddresses: [] }, 'allowedAddresses'],
      [{ allowedAddresses: '10.0.0.0/8' }, 'allowedAddresses'],
      [{ allowedAddresses: ['fe80::1%eth0'] }, 'allowedAddresses[0]'],
      [{ rate: 'unlimited' }, 'rate'],
      [{ rate: { perSecond: 1_001, burst: 1 } }, 'rate.perSecond'],
      [{ rate: { perSecond: 0, burst: 1 } }, 'rate.perSecond'],
      [{ owner: 'user:adam' }, 'owner'],
      [{ status: 'active' }, 'status'],
      [{ secret: 'x' }, 'secret'],
    ] as const // prettier-ignore
    for (const [change, field] of bad)
      expect(await update(key, change), JSON.stringify(change)).toMatchObject({
        error: { code: 'invalid_request', field },
      })
    expect(await update(key, { accounts: [`acc_${'0'.repeat(22)}`] })).toMatchObject({
      error: { code: 'not_found', field: 'accounts[0]' },
    })
  })

  it('brings nothing back to life: not what is revoked, nor what is expired', async () => {
    const revoked = await make()
    await nora.must('apiKeys/revoke', { tenant: agency, key: revoked.key })
    expect(await update(revoked.key, { name: 'Again' })).toMatchObject(conflict)
    const expired = await make({ expiresAt: inHours(1) })
    world.advance(hour)
    expect(await update(expired.key, { expiresAt: inHours(2) })).toMatchObject(conflict)
    expect(await update(expired.key, { name: 'A name' })).toMatchObject({ ok: true, value: { status: 'expired' } })
    expect(await get(expired.secret)).toEqual(dead)
    world.advance(-hour)
  })

  it('disabling stops it at once and enabling brings it back; revoking is for good', async () => {
    const { key, secret } = await make()
    const at = { tenant: agency, key }
    for (let round = 0; round < 2; round++) {
      expect(await get(secret, agency, { address: `10.0.1.${round}` })).toMatchObject({ ok: true })
      expect(await nora.must('apiKeys/disable', { ...at, reason: 'odd traffic' })).toMatchObject({ status: 'disabled' })
      expect(await nora.must('apiKeys/disable', at)).toMatchObject({ status: 'disabled' })
      expect(await nora.must('credentials/verify', { credential: secret, tenant: agency })).toEqual({
        active: false,
        code: 'invalid_token',
      })
      expect(await nora.must('apiKeys/enable', at)).toMatchObject({ status: 'active' })
      expect(await nora.must('apiKeys/enable', at)).toMatchObject({ status: 'active' })
    }
    await nora.must('apiKeys/revoke', at)
    for (const operation of ['apiKeys/enable', 'apiKeys/disable'])
      expect(await nora.call(operation, at), operation).toMatchObject(conflict)
    expect(await get(secret)).toEqual(dead)
  })

  it('C-007 enabling gives all that the key carries: only who holds it may; disabling asks for nothing', async () => {
    const { key } = await make()
    expect(await adam.call('apiKeys/disable', { tenant: agency, key })).toMatchObject({ ok: true })
    expect(await adam.call('apiKeys/enable', { tenant: agency, key })).toMatchObject({
      error: { code: 'grant_exceeds_grantor', missing: expect.arrayContaining(['contacts.read']) },
    })
    expect(await nora.call('apiKeys/enable', { tenant: agency, key })).toMatchObject({ ok: true })
  })

  it('needs its permission each, and another tenant’s key is none', async () => {
    const { key } = await make()
    const south = await world.agency('Southridge', 'sven')
    const sven = await world.person('sven')
    const inputs: Record<string, object> = {
      'apiKeys/rotate': { overlapSeconds: 0 },
      'apiKeys/update': { name: 'Mine' },
    }
    for (const operation of ['update', 'rotate', 'cancelRotation', 'finishRotation', 'disable', 'enable', 'revoke']) {
      const more = inputs[`apiKeys/${operation}`] ?? {}
      expect(await sven.call(`apiKeys/${operation}`, { tenant: agency, key, ...more })).toEqual({
        ok: false,
        error: { code: 'not_found' },
      })
      expect(await sven.call(`apiKeys/${operation}`, { tenant: south, key, ...more })).toEqual({
        ok: false,
        error: { code: 'not_found' },
      })
    }
    expect(await adam.call('apiKeys/rotate', { tenant: agency, key, overlapSeconds: 0 })).toMatchObject({
      error: { code: 'permission_denied', missing: ['iam.apiKeys.rotate'] },
    })
  })
})
