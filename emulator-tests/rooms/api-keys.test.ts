// `apiKeys/*`: what a key is made with, how long it lives, what it can do at most, and how it dies.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const day = 86_400_000
const dead = { ok: false, error: { code: 'invalid_token' } }

describe('an API key', () => {
  let world: World
  let agency: string
  let account: string
  let other: string
  let nora: Actor
  const scopes = ['iam/credentials.verify', 'contacts.readonly']
  const inDays = (count: number) => new Date(world.app.clock() + count * day).toISOString()
  const get = (secret: string, tenant = agency) => world.withKey(secret).call('tenants/get', { tenant })
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
    other = (await nora.must('tenants/create', { parent: agency, name: 'Other' })).tenant
  })
  afterAll(() => world.close())

  it('belongs to its maker, lives 90 days, shows its secret once and its hint always', async () => {
    const { key, secret } = await nora.must('apiKeys/create', {
      tenant: agency,
      name: ' Shop  sync ',
      scopes: [...scopes, 'contacts.readonly'],
    })
    expect(key).toMatchObject({
      tenant: agency,
      name: 'Shop sync',
      owner: 'user:nora',
      createdBy: 'user:nora',
      status: 'active',
    })
    expect(key.scopes).toEqual(['contacts.readonly', 'iam/credentials.verify'])
    expect(Date.parse(key.expiresAt) - Date.parse(key.createdAt)).toBe(90 * day)
    expect(secret).toMatch(/^lk_api_[0-9A-Za-z]{71}$/)
    expect(await nora.must('apiKeys/get', { tenant: agency, key: key.key })).toEqual({
      ...key,
      secrets: [{ hint: key.hint }],
    })
    expect(key).not.toHaveProperty('lastUsedAt')
    expect(await get(secret)).toMatchObject({ ok: true })
    expect(await nora.must('apiKeys/get', { tenant: agency, key: key.key })).toMatchObject({
      lastUsedAt: expect.any(String),
    })
  })

  it('may be asked to live up to 400 days, not longer, and not in the past', async () => {
    const create = (expiresAt: string) => nora.call('apiKeys/create', { tenant: agency, name: 'K', scopes, expiresAt })
    const refused = { ok: false, error: { code: 'invalid_request', field: 'expiresAt' } }
    expect(await create(inDays(399))).toMatchObject({ ok: true })
    expect(await create(inDays(401))).toMatchObject(refused)
    expect(await create(inDays(-1))).toMatchObject(refused)
    expect(await create(new Date(world.app.clock()).toISOString())).toMatchObject(refused)
  })

  it('is dead at its end, to the millisecond, and listed as expired; every key after 90 days', async () => {
    const end = world.app.clock() + 3_600_000
    const { key, secret } = await newKey(nora, agency, { scopes, expiresAt: new Date(end).toISOString() })
    world.advance(end - 5_000 - world.app.clock())
    expect(await get(secret)).toMatchObject({ ok: true })
    world.advance(end - world.app.clock())
    expect(await get(secret)).toEqual(dead)
    expect(await nora.must('apiKeys/get', { tenant: agency, key: key.key })).toMatchObject({ status: 'expired' })
    world.advance(Date.now() - world.app.clock())
  })

  it('is listed page by page, live and dead', async () => {
    const { tenant } = await nora.must('tenants/create', { parent: agency, name: 'Many' })
    for (let index = 0; index < 5; index++) await newKey(nora, tenant, { name: `Key ${index}`, scopes })
    const first: Answer = await nora.must('apiKeys/list', { tenant, limit: 5 })
    expect(first.items).toHaveLength(5)
    expect(first).not.toHaveProperty('nextPage')
    await nora.must('apiKeys/revoke', { tenant, key: first.items[0].key })
    const names: string[] = []
    for (let page: string | undefined = ''; page !== undefined; ) {
      const answer: Answer = await nora.must('apiKeys/list', { tenant, limit: 2, ...(page === '' ? {} : { page }) })
      names.push(...answer.items.map((one: Answer) => `${one.name} ${one.status}`))
      page = answer.nextPage
    }
    expect(names.length).toBe(5)
    expect(names.filter((one) => one.endsWith('revoked'))).toHaveLength(1)
    expect(new Set(names).size).toBe(5)
  })

  it('is revoked at once; revoking it again says the same and no sooner moment', async () => {
    const { key, secret } = await newKey(nora, agency, { scopes })
    expect(await get(secret)).toMatchObject({ ok: true })
    const gone = await nora.must('apiKeys/revoke', { tenant: agency, key: key.key, reason: 'leaked' })
    expect(gone).toMatchObject({ key: key.key, status: 'revoked' })
    expect(await get(secret)).toEqual(dead)
    expect(await nora.must('apiKeys/revoke', { tenant: agency, key: key.key })).toEqual({
      ...gone,
      revision: expect.any(String),
    })
    expect(await get(secret)).toEqual(dead)
    expect(await nora.call('apiKeys/revoke', { tenant: account, key: key.key })).toEqual({
      ok: false,
      error: { code: 'not_found' },
    })
  })

  it('of a service account does what both its scopes and the service’s roles allow', async () => {
    const { service } = await nora.must('members/createService', { tenant: agency, name: 'Sync' })
    const { key, secret } = await newKey(nora, agency, { service, scopes })
    expect(key.owner).toBe(`service:${service}`)
    expect(await get(secret)).toEqual({ ok: false, error: { code: 'not_found' } }) // the service holds nothing yet
    const assigned = await nora.must('roles/assign', {
      tenant: agency,
      principal: { service },
      role: 'agency.admin',
      reach: 'subtree',
    })
    expect(await get(secret)).toMatchObject({ ok: true })
    const list = () => world.withKey(secret).call('members/list', { tenant: agency })
    expect(await list()).toMatchObject({
      ok: false,
      error: { code: 'insufficient_scope', missing: ['iam.members.list'] },
    })
    await nora.must('roles/unassign', { tenant: agency, assignment: assigned.assignment })
    expect(await get(secret)).toEqual({ ok: false, error: { code: 'not_found' } })
    const missing = { ok: false, error: { code: 'not_found', field: 'service' } }
    const create = { tenant: account, name: 'K', scopes, service }
    expect(await nora.call('apiKeys/create', create)).toMatchObject(missing) // it lives at the agency
  })

  it('narrowed to accounts works there only: not at the agency, not at a sibling', async () => {
    const { key, secret } = await newKey(nora, agency, { scopes, accounts: [account] })
    expect(key.accounts).toEqual([account])
    expect(
      [await get(secret, account), await get(secret, other), await get(secret, agency)].map(({ ok }) => ok),
    ).toEqual([true, false, false])
    const wide = await newKey(nora, agency, { scopes })
    expect(
      [await get(wide.secret, account), await get(wide.secret, other), await get(wide.secret)].map(({ ok }) => ok),
    ).toEqual([true, true, true])
    const narrow = { tenant: account, name: 'K', scopes, accounts: [other] }
    expect(await nora.call('apiKeys/create', narrow)).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', field: 'accounts' },
    })
  })

  it('of an account stays in that account, though its owner holds the whole agency', async () => {
    const { secret } = await newKey(nora, account, { scopes })
    expect(
      [await get(secret, account), await get(secret, other), await get(secret, agency)].map(({ ok }) => ok),
    ).toEqual([true, false, false])
  })
})
