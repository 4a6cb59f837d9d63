// `POST /v1/credentials/exchange` and the tokens that it gives: narrower, shorter, for one service, and dead with the key.
import { accessTokenClaims } from '@latchkey/core/tokens/access-token'
import { readToken } from '@latchkey/core/tokens/compact'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { dump, storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const minute = 60_000
const dead = { ok: false, error: { code: 'invalid_token' } }
const notFound = { ok: false, error: { code: 'not_found' } }

describe('a key that is exchanged', () => {
  let world: World
  let agency: string
  let account: string
  let other: string
  let nora: Actor
  const scopes = ['contacts.readonly', 'iam/tenants.readonly', 'iam/tenants.write']
  const make = (more: object = {}, tenant = agency) => newKey(nora, tenant, { scopes, ...more })
  const exchange = (secret: string, more: object = {}, call: object = {}) =>
    world.withKey(secret).call('credentials/exchange', more, call)
  const token = async (secret: string, more: object = {}): Promise<string> =>
    (await world.withKey(secret).must('credentials/exchange', more)).access_token
  const claimsOf = (text: string): Answer => readToken(text)?.claims
  const get = (credential: string, tenant = agency) => world.withKey(credential).call('tenants/get', { tenant })
  const home = () => world.advance(Date.now() - world.app.clock())
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
    other = (await nora.must('tenants/create', { parent: agency, name: 'Other' })).tenant
  })
  afterAll(() => world.close())

  it('C-065 C-069 gives an RFC 9068 token with every claim that is required, none that tells of people, and few bytes', async () => {
    const { key, secret } = await make()
    const answer = await world.withKey(secret).must('credentials/exchange', {})
    expect(answer).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 600,
      scope: [...scopes].sort().join(' '),
      tenant: agency,
    })
    const read = readToken(answer.access_token)
    expect(read?.header).toMatchObject({ typ: 'at+jwt', alg: 'ES256', kid: expect.stringMatching(/^access-/) })
    const claims = accessTokenClaims.parse(read?.claims)
    expect(claims).toEqual({
      iss: world.app.config.issuer,
      sub: 'user:nora',
      aud: world.app.config.apiAudience,
      client_id: key.key,
      scope: answer.scope,
      tenant: agency,
      agency,
      plc: expect.any(String),
      gid: secret.slice(7, 29),
      jti: expect.stringMatching(/^[0-9A-Za-z]{22}$/),
      iat: expect.any(Number),
      exp: claims.iat + 600,
    })
    expect(answer.access_token.length).toBeLessThan(4096)
    expect(JSON.stringify(read?.claims)).not.toMatch(/@|role|email|owner/)
  })

  it('works at our own doors with what both carry, and as its owner in the log and the audit event', async () => {
    const { key, secret } = await make()
    const narrow = await token(secret, { scopes: ['iam/tenants.write'] })
    expect(await get(narrow)).toMatchObject({ ok: true })
    const made = await world.withKey(narrow).must('tenants/create', { parent: agency, name: 'By a token' })
    const events = [...(await storedDocuments(world.projectId))].filter(
      ([path, fields]) => path.includes('/audit/') && JSON.stringify(fields).includes(made.tenant),
    )
    expect(JSON.stringify(events)).toContain(key.key)
    expect(JSON.stringify(events)).toContain(claimsOf(narrow).jti)
    expect(await world.withKey(narrow).call('roles/list', { tenant: agency })).toMatchObject({
      error: { code: 'insufficient_scope' },
    })
    const reading = await token(secret, { scopes: ['iam/tenants.readonly'] })
    expect(await world.withKey(reading).call('tenants/create', { parent: agency, name: 'No' })).toMatchObject({
      error: { code: 'insufficient_scope', missing: ['iam.tenants.create'] },
    })
    expect(world.logs.some((line) => line.includes(claimsOf(narrow).jti) && line.includes('token issued'))).toBe(true)
  })

  it('C-007 is never given more: not a scope that it lacks, not a tenant that it does not cover, not a longer life', async () => {
    const { secret } = await make({ scopes: ['contacts.readonly', 'iam/tenants.readonly'] })
    const missing = ['contacts.write', 'iam/roles.write']
    expect(await exchange(secret, { scopes: ['contacts.readonly', 'iam/roles.write', 'contacts.write'] })).toEqual({
      ok: false,
      error: { code: 'insufficient_scope', missing },
    })
    expect(await exchange(secret, { scopes: ['no.such'] })).toMatchObject({
      error: { code: 'insufficient_scope', missing: ['no.such'] },
    })
    const south = await world.agency('Southridge', 'sven')
    for (const tenant of [south, 'platform', `acc_${'0'.repeat(22)}`])
      expect(await exchange(secret, { tenant }), tenant).toEqual(notFound)
    for (const lifetimeSeconds of [601, 29, 0, -1, '60'])
      expect(await exchange(secret, { lifetimeSeconds })).toMatchObject({
        error: { code: 'invalid_request', field: 'lifetimeSeconds' },
      })
    expect(claimsOf(await token(secret, { lifetimeSeconds: 30 })).exp - claimsOf(await token(secret)).iat).toBeLessThan(
      35,
    )
    const end = world.app.clock() + 2 * minute
    const short = await make({ expiresAt: new Date(end).toISOString() })
    expect(claimsOf(await token(short.secret)).exp).toBe(Math.floor(end / 1000))
    for (const scope of [['contacts.readonly', 'contacts.readonly'], ['contacts.readonly']])
      expect(claimsOf(await token(secret, { scopes: scope })).scope).toBe('contacts.readonly')
  })

  it('C-072 takes no other types: scopes as text, a tenant as an object, an audience as a list', async () => {
    const { secret } = await make()
    const cases = [
      { scopes: 'contacts.readonly' },
      { scopes: [] },
      { scopes: [['contacts.readonly']] },
      { tenant: { id: agency } },
      { audience: ['https://a.example'] },
      { audience: 'https://user@a.example' },
      { audience: 'https://a.example/#x' },
      { audience: 'https://a.example?x=1' },
      { audience: 'javascript:alert(1)' },
      { audience: `https://a.example/${'x'.repeat(250)}` },
      { roles: 'admin,user' },
      { scope: 'contacts.readonly' },
    ] // prettier-ignore
    for (const input of cases)
      expect(await exchange(secret, input), JSON.stringify(input)).toMatchObject({ error: { code: 'invalid_request' } })
    for (const name of ['__proto__', 'constructor', 'toString'])
      expect(await exchange(secret, { scopes: [name] }), `C-071 ${name}`).toMatchObject({ ok: false })
  })

  it('C-059 is for the one service that was named: another service’s token is nothing here', async () => {
    const { secret } = await make()
    const foreign = await token(secret, { audience: 'https://billing.example/api' })
    expect(claimsOf(foreign).aud).toBe('https://billing.example/api')
    expect(await get(foreign)).toEqual(dead)
    expect(await get(await token(secret))).toMatchObject({ ok: true }) // the control
  })

  it('for an account is used there alone, at its present placement', async () => {
    const { secret } = await make()
    const there = await token(secret, { tenant: account })
    expect(claimsOf(there)).toMatchObject({ tenant: account, agency })
    expect([(await get(there, account)).ok, (await get(there, other)).ok, (await get(there)).ok]).toEqual([
      true,
      false,
      false,
    ])
    const south = await world.agency('Movers', 'mona')
    const platform = await world.platformOwner()
    const moved = (await nora.must('tenants/create', { parent: agency, name: 'Moving' })).tenant
    const before = await token(secret, { tenant: moved })
    expect(await get(before, moved)).toMatchObject({ ok: true })
    await platform.must('tenants/move', { tenant: moved, to: south, reason: 'sold' })
    expect(await get(before, moved)).toEqual(notFound)
    await platform.must('tenants/move', { tenant: moved, to: agency, reason: 'and back' })
    expect(await get(before, moved)).toEqual(notFound)
    expect(await get(await token(secret, { tenant: moved }), moved)).toMatchObject({ ok: true })
  })

  it('narrowed to accounts gives tokens for each of them, and none for the agency', async () => {
    const { secret } = await make({ accounts: [account] })
    expect(await get(await token(secret, { tenant: account }), account)).toMatchObject({ ok: true })
    for (const tenant of [agency, other]) expect(await exchange(secret, { tenant })).toEqual(notFound)
    expect(await exchange(secret)).toEqual(notFound)
  })

  it('of a service account gives tokens for the accounts below as well', async () => {
    const { service } = await nora.must('members/createService', { tenant: agency, name: 'Robot' })
    await nora.must('roles/assign', { tenant: agency, principal: { service }, role: 'agency.admin', reach: 'subtree' })
    const { secret } = await make({ service })
    expect(await get(await token(secret, { tenant: account }), account)).toMatchObject({ ok: true })
    expect(claimsOf(await token(secret)).sub).toBe(`service:${service}`)
  })

  it.each(['revoke', 'disable', 'rotate', 'narrow', 'remove', 'bulk'])(
    'F-29 its tokens lose at once what the key loses: %s',
    async (how) => {
      const uid = `leaver${how}`
      await world.join(nora, uid, { tenant: agency, role: 'agency.admin', reach: 'subtree' })
      const leaver = await world.person(uid)
      const { key, secret } = await newKey(leaver, agency, { scopes: ['iam/tenants.readonly', 'iam/roles.readonly'] })
      const living = await token(secret)
      expect(await get(living)).toMatchObject({ ok: true })
      const at = { tenant: agency, key: key.key }
      if (how === 'revoke') await nora.must('apiKeys/revoke', at)
      if (how === 'disable') await nora.must('apiKeys/disable', at)
      if (how === 'rotate') await leaver.must('apiKeys/rotate', { ...at, overlapSeconds: 0 })
      if (how === 'narrow') await nora.must('apiKeys/update', { ...at, scopes: ['iam/roles.readonly'] })
      if (how === 'remove') await nora.must('members/remove', { tenant: agency, user: uid })
      if (how === 'bulk')
        await nora.must('apiKeys/revokeAll', { tenant: agency, owner: { user: uid }, reason: 'leaving' })
      expect((await get(living)).ok).toBe(false)
      expect((await exchange(secret, { scopes: ['iam/tenants.readonly'] })).ok).toBe(false)
    },
  )

  it('works again when a disabled key is enabled, and never beyond its own end', async () => {
    const { key, secret } = await make()
    const living = await token(secret)
    await nora.must('apiKeys/disable', { tenant: agency, key: key.key })
    expect(await get(living)).toEqual(dead)
    await nora.must('apiKeys/enable', { tenant: agency, key: key.key })
    const again = await token(secret) // of the other one, the refusal is remembered for two seconds
    expect(await get(again)).toMatchObject({ ok: true })
    const end = claimsOf(again).exp * 1000
    world.advance(end - 3_000 - world.app.clock())
    expect(await get(again)).toMatchObject({ ok: true })
    world.advance(end - world.app.clock())
    expect(await get(again)).toEqual(dead)
    home()
  })

  it('C-007 of one that gained a scope later gives old tokens nothing more', async () => {
    const { key, secret } = await make({ scopes: ['iam/roles.readonly'] })
    const old = await token(secret)
    await nora.must('apiKeys/update', { tenant: agency, key: key.key, scopes })
    expect(await get(old)).toMatchObject({ error: { code: 'insufficient_scope' } })
    expect(await get(await token(secret))).toMatchObject({ ok: true })
  })

  it('I-83 a token is not exchanged again, and makes no key', async () => {
    const { secret } = await make()
    const living = await token(secret)
    expect(await exchange(living, {})).toMatchObject({ error: { code: 'permission_denied' } })
    expect(await exchange(living, { scopes: ['contacts.readonly'] })).toMatchObject({
      error: { code: 'permission_denied' },
    })
    const worm = { tenant: agency, name: 'Worm', scopes: ['contacts.readonly'] }
    expect(await world.withKey(living).call('apiKeys/create', worm)).toMatchObject({
      error: { code: 'insufficient_scope' },
    })
  })

  it('is nothing at a callable, and a person exchanges nothing', async () => {
    const { secret } = await make()
    const living = await token(secret)
    expect(await world.withToken(living).call('tenants/get', { tenant: agency })).toEqual(dead)
    expect(await world.withKey(await world.idToken('nora')).call('credentials/exchange', {})).toEqual(dead)
  })

  it('is not verified for services, who verify it by the published keys: only keys are', async () => {
    const { secret } = await make()
    const verify = (credential: string) => nora.must('credentials/verify', { credential, tenant: agency })
    expect(await verify(secret)).toMatchObject({ active: true })
    expect(await verify(await token(secret))).toMatchObject({ active: false, code: 'invalid_token' })
  })

  it('keeps the answer of a wider token from a narrower one that knows its idempotency key', async () => {
    const { secret } = await make()
    const [wide, narrow] = [await token(secret), await token(secret, { scopes: ['iam/tenants.write'] })]
    const found = { parent: agency, name: 'Twice' }
    const call = { idempotencyKey: 'token-identity-0001' }
    const first: Answer = await world.withKey(wide).call('tenants/create', found, call)
    expect(await world.withKey(await token(secret)).call('tenants/create', found, call)).toEqual(first)
    const second: Answer = await world.withKey(narrow).call('tenants/create', found, call)
    expect(second.ok && second.value.tenant).not.toBe(first.value.tenant)
  })

  it('leaves nothing in the database but its last use, and I-21 no token in any log', async () => {
    const { secret } = await make()
    await get(secret)
    const without = ['signingKeys', 'tenants/platform']
    const before = await dump(world.projectId, { without })
    const living = await token(secret)
    expect(await dump(world.projectId, { without })).toBe(before)
    await get(living)
    expect(await dump(world.projectId)).not.toContain(living)
    expect(world.logs.join('\n')).not.toContain(living.slice(0, 40))
    expect(world.logs.join('\n')).not.toContain(secret)
  })
})
