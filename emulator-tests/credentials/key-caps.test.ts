// A guardrail that comes later narrows or ends the keys that are there, at every door, and `access/explain` says whose it was.
import { readToken } from '@latchkey/core/tokens/compact'
import type { Latchkey } from '@latchkey/sdk/service/create-latchkey'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { authzInstance, type Instance } from '../sdk/instance.ts'
import { bearing, platformVerifier, sdkOf } from '../sdk/support.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const day = 86_400_000
const scopes = ['contacts.readonly', 'iam/tenants.readonly']

describe('a guardrail for keys that comes later', () => {
  let world: World
  let agency: string
  let account: string
  let other: string
  let nora: Actor
  let verifier: string
  let instance: Instance
  let sdk: Latchkey
  const set = (guardrail: object, tenant = agency) =>
    nora.must('roles/setGuardrail', { tenant, deniedPermissions: [], reason: 'for the test', ...guardrail })
  const tokenOf = async (secret: string, more: object = {}): Promise<string> =>
    (await world.withKey(secret).must('credentials/exchange', more)).access_token

  interface Held {
    readonly secret: string
    readonly token: string
    readonly forService: string
  }
  /** What each door says of contacts.read at a tenant: through the key, and through a token that was made of it before. */
  const doors: Readonly<Record<string, (held: Held, tenant: string) => Promise<boolean>>> = {
    'a check by the key': async ({ secret }, tenant) => checked(secret, tenant),
    'a check by its token': async ({ token }, tenant) => checked(token, tenant),
    'credentials/verify': async ({ secret }, tenant) => {
      const { permissions = [] } = await verified(secret, tenant)
      return permissions[0]?.allowed === true
    },
    'the SDK by the key': async ({ secret }, tenant) => inProcess(secret, tenant),
    'the SDK by its token': async ({ forService }, tenant) => inProcess(forService, tenant),
    whatCan: async ({ secret }, tenant) => {
      const answer: Answer = await world.withKey(secret).call('access/whatCan', { tenant })
      return answer.ok && answer.value.items.some((one: Answer) => one.permission === 'contacts.read')
    },
    'a new token': async ({ secret }, tenant) => {
      const answer: Answer = await world.withKey(secret).call('credentials/exchange', { tenant })
      return answer.ok && answer.value.scope.split(' ').includes('contacts.readonly')
    },
  }
  const checked = async (credential: string, tenant: string): Promise<boolean> => {
    const answer: Answer = await world.withKey(credential).call('access/check', { tenant, permission: 'contacts.read' })
    return answer.ok && answer.value.allowed
  }
  const verified = (secret: string, tenant: string): Promise<Answer> =>
    world.withKey(verifier).must('credentials/verify', { credential: secret, tenant, permissions: ['contacts.read'] })
  const inProcess = async (text: string, tenant: string): Promise<boolean> => {
    try {
      const caller = await sdk.authenticate(bearing(text))
      return (await caller.check('contacts.read', { tenant } as never)).allowed
    } catch {
      return false
    }
  }
  const withTokens = async ({ key, secret }: Answer): Promise<Held & { readonly key: string }> => {
    const forService = await tokenOf(secret, { tenant: account, audience: 'https://calendar.example' })
    return { key: key.key, secret, token: await tokenOf(secret, { tenant: account }), forService }
  }
  const held = async () => withTokens(await newKey(nora, agency, { scopes }))
  const said = async (one: Held, tenant: string): Promise<Record<string, boolean>> =>
    Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, (await doors[name]?.(one, tenant)) ?? false])),
    )
  const names = Object.keys(doors)
  const all = (value: boolean) => Object.fromEntries(names.map((name) => [name, value]))
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
    other = (await nora.must('tenants/create', { parent: agency, name: 'Other' })).tenant
    const { service } = await nora.must('members/createService', { tenant: agency, name: 'Calendar' })
    await nora.must('roles/assign', { tenant: agency, principal: { service }, role: 'agency.admin', reach: 'subtree' })
    verifier = (await newKey(nora, agency, { service, scopes: ['iam/credentials.verify'] })).secret
    instance = await authzInstance(world.projectId)
    sdk = sdkOf(world, instance, { credential: await platformVerifier(world) })
    expect(await sdk.ready()).toBe(true)
  }, 60_000)
  beforeEach(async () => {
    await set({})
    await set({}, account)
  })
  afterAll(async () => {
    await sdk.close()
    await instance.close()
    await world.close()
  })

  it.each([
    ['a scope', { keyScopes: ['iam/tenants.readonly', 'iam/credentials.verify'] }],
    ['a kind', { keyKinds: ['service'] }],
  ])(
    'C-107 forbids %s to the keys that are there, at every door at once, and gives it back when it goes',
    async (_, cap) => {
      const one = await held()
      const expected = all(true)
      await expect.poll(() => said(one, account), { timeout: 10_000, interval: 1_000 }).toEqual(expected)
      await set(cap)
      await expect.poll(() => said(one, account), { timeout: 10_000, interval: 1_000 }).toEqual(all(false))
      await set({})
      await expect.poll(() => said(one, account), { timeout: 10_000, interval: 1_000 }).toEqual(expected)
    },
    40_000,
  )

  it('C-009 I-61 caps the life of the keys that are there, and of the tokens made of them', async () => {
    world.advance(-2 * day)
    const made = await newKey(nora, agency, { scopes })
    world.advance(2 * day)
    const [old, fresh] = [await withTokens(made), await held()]
    await expect.poll(() => said(old, account), { timeout: 10_000, interval: 1_000 }).toEqual(all(true))
    await set({ maxKeyLifetimeDays: 1 })
    await expect.poll(() => said(old, account), { timeout: 10_000, interval: 1_000 }).toEqual(all(false))
    expect(await said(fresh, account)).toEqual(all(true))
  }, 40_000)

  it('C-107 of one account narrows an agency’s key there, and nowhere else', async () => {
    const one = await held()
    await set({ keyScopes: ['iam/tenants.readonly', 'iam/credentials.verify'] }, account)
    const key = (tenant: string) => checked(one.secret, tenant)
    await expect.poll(() => key(account), { timeout: 10_000, interval: 1_000 }).toBe(false)
    expect(await key(other)).toBe(true)
    expect((await verified(one.secret, account)).scopes).toEqual(['iam/tenants.readonly'])
    expect((await verified(one.secret, other)).scopes).toEqual([...scopes].sort())
    const claims = readToken(await tokenOf(one.secret, { tenant: account }))?.claims as Answer
    expect(claims.scope).toBe('iam/tenants.readonly')
    expect(
      await world.withKey(one.secret).call('credentials/exchange', { tenant: account, scopes: ['contacts.readonly'] }),
    ).toEqual({ ok: false, error: { code: 'insufficient_scope', missing: ['contacts.readonly'] } })
  }, 30_000)

  it('C-107 is named by access/explain for the key: which tenant’s, which field, in words, and what would mend it', async () => {
    const one = await held()
    const explain = (tenant: string, more: object = {}) =>
      nora.must('access/explain', { tenant, permission: 'contacts.read', key: one.key, ...more })
    expect(await explain(account)).toMatchObject({ allowed: true, code: 'allowed' })
    await set({ keyScopes: ['iam/tenants.readonly', 'iam/credentials.verify'] }, account)
    const narrowed = await explain(account)
    expect(narrowed).toMatchObject({ allowed: false, code: 'scope_missing' })
    expect(narrowed.trace).toMatchObject({ decidedBy: 'token' })
    expect(narrowed.trace.steps.find(({ check }: Answer) => check === 'token').keyCaps).toEqual([
      {
        tenant: account,
        field: 'keyScopes',
        detail: `The guardrail of ${account} lets no key have contacts.readonly.`,
      },
    ])
    expect(narrowed.fixes).toEqual([{ kind: 'loosen_key_guardrail', tenant: account, field: 'keyScopes' }])
    expect(await explain(other)).toMatchObject({ allowed: true })
    await set({ keyKinds: ['service'] })
    const ended = await explain(other)
    expect(ended).toMatchObject({ allowed: false, code: 'tenant_not_visible' })
    expect(ended.trace.steps[0]).toMatchObject({ check: 'visible', keyCaps: [{ tenant: agency, field: 'keyKinds' }] })
  })

  it('I-28 and a key is explained to its owner, and to others where they may explain; of keys above nothing is said', async () => {
    const one = await held()
    const role = { role: 'account.admin', reach: 'subtree' }
    await world.join(nora, 'adam', { tenant: account, ...role })
    const adam = await world.person('adam')
    const explain = (who: Actor, tenant: string, key = one.key) =>
      who.call('access/explain', { tenant, permission: 'contacts.read', key })
    const below = await newKey(adam, account, { scopes: ['contacts.readonly'] })
    expect(await explain(adam, account, below.key.key)).toMatchObject({ ok: true, value: { allowed: true } })
    expect(await explain(nora, account, below.key.key)).toMatchObject({ ok: true })
    const hidden = await explain(adam, account)
    expect(hidden).toMatchObject({ ok: false })
    expect(hidden).toEqual(await explain(adam, account, `key_${'0'.repeat(22)}`))
    await nora.must('apiKeys/revoke', { tenant: agency, key: one.key })
    expect(await explain(nora, agency)).toMatchObject({ error: { code: 'conflict', field: 'key' } })
    expect(
      await nora.call('access/explain', {
        ...{ tenant: agency, permission: 'contacts.read' },
        ...{ key: below.key.key, principal: { user: 'nora' } },
      }),
    ).toMatchObject({ error: { code: 'invalid_request', field: 'principal' } })
  })

  it('C-107 tells beforehand how many keys it would end and narrow, and does so; of what is ended or narrowed already, none', async () => {
    const house = await world.agency('Eastside', 'ed')
    const ed = await world.person('ed')
    const [shop, kiosk] = await Promise.all(
      ['Shop', 'Kiosk'].map(async (name) => (await ed.must('tenants/create', { parent: house, name })).tenant),
    )
    const { service } = await ed.must('members/createService', { tenant: house, name: 'Robot' })
    await ed.must('roles/assign', { tenant: house, principal: { service }, role: 'agency.admin', reach: 'subtree' })
    const own = { scopes: ['iam/tenants.readonly', 'contacts.readonly'] }
    const narrow = { scopes: ['iam/tenants.readonly'] }
    await newKey(ed, house, own)
    await newKey(ed, shop, own)
    await newKey(ed, kiosk, own)
    await newKey(ed, house, { ...own, service })
    await newKey(ed, house, narrow)
    const gone = await newKey(ed, house, own)
    await ed.must('apiKeys/revoke', { tenant: house, key: gone.key.key })
    const paused = await newKey(ed, house, own)
    await ed.must('apiKeys/disable', { tenant: house, key: paused.key.key })
    const guard = (change: object, tenant = house) =>
      ed.must('roles/setGuardrail', { tenant, deniedPermissions: [], reason: 'for the test', ...change })
    const dry = async (change: object, tenant = house) => {
      const guardrail = { deniedPermissions: [], ...change }
      const { keys } = await ed.must('roles/preview', { tenant, change: { guardrail } })
      expect((await guard({ ...change, dryRun: true }, tenant)).change.keys).toEqual(keys)
      return keys
    }
    expect(await dry({})).toEqual({ ending: 0, narrowed: 0, complete: true })
    expect(await dry({ keyScopes: narrow.scopes })).toEqual({ ending: 0, narrowed: 5, complete: true })
    expect(await dry({ keyKinds: ['service'] })).toEqual({ ending: 5, narrowed: 0, complete: true })
    expect(await dry({ keyKinds: ['service'], keyScopes: narrow.scopes })).toMatchObject({ ending: 5, narrowed: 1 })
    expect(await dry({ keyKinds: [] }, shop)).toMatchObject({ ending: 1, narrowed: 0 })
    await guard({ keyScopes: narrow.scopes }, kiosk)
    expect(await dry({ keyScopes: narrow.scopes })).toMatchObject({ narrowed: 4 })
    await guard({ keyKinds: ['service'] })
    expect(await dry({ keyKinds: ['service'], keyScopes: narrow.scopes })).toMatchObject({ ending: 0, narrowed: 1 })
    expect((await guard({ keyKinds: ['service'] })).change).not.toHaveProperty('keys')
  }, 30_000)

  it('C-107 and counts no keys for whoever may not list them', async () => {
    const permissions = ['iam.guardrails.set', 'iam.guardrails.get', 'iam.roles.preview', 'iam.tenants.get']
    const { role } = await nora.must('roles/create', { tenant: agency, name: 'Warden', permissions })
    await world.join(nora, 'wanda', { tenant: agency, role: 'agency.verifier', reach: 'node' })
    await nora.must('roles/assign', { tenant: agency, principal: { user: 'wanda' }, role, reach: 'subtree' })
    const change = { tenant: agency, deniedPermissions: [], keyKinds: [], dryRun: true, reason: 'for the test' }
    const told = async (who: Actor) => (await who.must('roles/setGuardrail', change)).change
    expect(await told(await world.person('wanda'))).not.toHaveProperty('keys')
    expect(await told(nora)).toHaveProperty('keys')
  })
})
