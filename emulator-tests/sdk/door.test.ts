// The SDK as a door: what it takes and refuses, whom it asks, and what it says when nobody answers.
import type { Latchkey } from '@latchkey/sdk/service/create-latchkey'
import { LatchkeyRefusal } from '@latchkey/sdk/service/refused'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import { always, type FirestoreProxy, firestoreProxy, grpcStatus } from '../support/firestore-proxy.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import { authzInstance, type Instance } from './instance.ts'
import { bearing, platformVerifier, sdkOf, until } from './support.ts'

const code = (error: unknown): string =>
  error instanceof LatchkeyRefusal ? `${error.status} ${error.code}` : `thrown: ${String(error)}`

describe('the SDK as a door', () => {
  let two: TwoAgencies
  let proxy: FirestoreProxy
  let instance: Instance
  let latchkey: Latchkey
  let verifier: string
  const calls: string[] = []

  const ask = (sdk: Latchkey, text: string, tenant: string, permission = 'contacts.read', more: object = {}) =>
    sdk
      .authenticate(bearing(text))
      .then((caller) => caller.require(permission, { tenant, ...more }))
      .then(() => 'allowed', code)
  const tokenOf = async (secret: string, more: object = {}): Promise<string> => {
    const input = { audience: 'https://calendar.example', ...more }
    return (await two.world.withKey(secret).must('credentials/exchange', input)).access_token
  }

  beforeAll(async () => {
    two = await twoAgencies()
    proxy = await firestoreProxy()
    verifier = await platformVerifier(two.world)
    instance = await authzInstance(two.world.projectId, { store: proxy.store(two.world.projectId) })
    latchkey = sdkOf(two.world, instance, { credential: verifier, calls, feed: false })
    await latchkey.ready()
  }, 60_000)
  afterAll(async () => {
    await latchkey.close()
    await instance.close()
    await proxy.close()
    await two.world.close()
  })

  it('takes a key, its access token and its owner’s sign-in, each for what it carries', async () => {
    const { north, world } = two
    const token = await tokenOf(north.key.secret, { tenant: north.account, scopes: ['contacts.readonly'] })
    for (const text of [north.key.secret, token, await world.idToken(north.ownerUid)]) {
      expect(await ask(latchkey, text, north.account)).toBe('allowed')
    }
    expect(await ask(latchkey, token, north.account, 'iam.tenants.get')).toBe('403 insufficient_scope')
    expect(await ask(latchkey, token, north.agency)).toBe('404 not_found')
    const caller = await latchkey.authenticate(bearing(token))
    expect(caller).toMatchObject({ id: `user:${north.ownerUid}`, kind: 'access_token', tenant: north.account })
    expect(await latchkey.authenticate(bearing(await world.idToken(north.ownerUid)))).toMatchObject({ kind: 'session' })
  })

  it('P-2 decides warm for all three without one call', async () => {
    const { north, world } = two
    const texts = [north.key.secret, await tokenOf(north.key.secret), await world.idToken(north.ownerUid)]
    for (const text of texts) expect(await ask(latchkey, text, north.account)).toBe('allowed')
    calls.length = 0
    const start = performance.now()
    const rounds = 20_000
    for (let round = 0; round < rounds; round++) {
      const caller = await latchkey.authenticate(bearing(north.key.secret))
      await caller.require('contacts.read', { tenant: north.account })
      if (performance.now() - start > 2_000) break
    }
    const perSecond = Math.round(rounds / ((performance.now() - start) / 1_000))
    for (const text of texts) expect(await ask(latchkey, text, north.account)).toBe('allowed')
    expect(calls).toEqual([])
    console.log(`SDK warm: authenticate and require ${perSecond}/s on a shared machine, 0 calls`)
  })

  it('C-057 C-060 C-062 refuses tokens that are not exactly ours, and calls nobody about what they say', async () => {
    const { north } = two
    const token = await tokenOf(north.key.secret)
    expect(await ask(latchkey, token, north.agency, 'iam.tenants.get')).toBe('allowed')
    const [head = '', payload = '', signature = ''] = token.split('.')
    const header = JSON.parse(Buffer.from(head, 'base64url').toString('utf8'))
    const part = (value: object | string): string =>
      Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
    const evil = { jku: 'https://evil.example/keys', x5u: 'https://evil.example/cert', x5c: ['AAAA'] }
    const forged = [
      `${part({ ...header, ...evil })}.${payload}.${signature}`,
      `${part({ ...header, jwk: { kty: 'EC' } })}.${payload}.${signature}`,
      `${part({ ...header, alg: 'none' })}.${payload}.`,
      `${part({ ...header, alg: 'HS256' })}.${payload}.${signature}`,
      `${part({ ...header, kid: '../../evil' })}.${payload}.${signature}`,
      `${part({ ...header, kid: 'https://evil.example/key' })}.${payload}.${signature}`,
      `${part({ ...header, typ: 'JWT' })}.${payload}.${signature}`,
      `${head}.${part(`{"sub":"user:eve",${Buffer.from(payload, 'base64url').toString('utf8').slice(1)}`)}.${signature}`,
      `${head}.${payload}.${signature.slice(0, -4)}AAAA`,
      `${token}.x`,
      `${token}=`,
    ]
    calls.length = 0
    for (const one of forged) expect(await ask(latchkey, one, north.agency), one.slice(0, 60)).toBe('401 invalid_token')
    const elsewhere = (await two.world.withKey(north.key.secret).must('credentials/exchange', {})).access_token
    expect(await ask(latchkey, elsewhere, north.agency)).toBe('401 invalid_token') // for another audience
    const hosts = new Set(calls.map((url) => new URL(url).host))
    expect(
      [...hosts].filter((host) => host !== new URL(instance.origin).host && host !== 'keys.latchkey.example'),
    ).toEqual([])
  })

  it('C-101 tells nothing of another agency: its tenants look like none, its keys like garbage', async () => {
    const { north, south } = two
    const mine = sdkOf(two.world, instance, { credential: north.key.secret, feed: false })
    expect(await ask(mine, south.key.secret, south.account)).toBe('401 invalid_token')
    expect(await ask(mine, await tokenOf(south.key.secret), south.account)).toBe('401 invalid_token')
    expect(await ask(mine, north.key.secret, south.account)).toBe('404 not_found')
    expect(await ask(mine, await two.world.idToken(south.ownerUid), south.account)).toBe('404 not_found')
    await mine.close()
  })

  it('F-15 sees a write whose revision is demanded, however fresh its caches are', async () => {
    const { north } = two
    const { key, secret } = await newKey(north.owner, north.agency)
    expect(await ask(latchkey, secret, north.account)).toBe('allowed')
    const { revision } = await north.owner.must('roles/setGuardrail', {
      tenant: north.account,
      deniedPermissions: ['contacts.read'],
      reason: 'for the proof',
    })
    expect(await ask(latchkey, secret, north.account)).toBe('allowed')
    expect(await ask(latchkey, secret, north.account, 'contacts.read', { atLeast: revision })).toBe(
      '403 permission_denied',
    )
    expect(await ask(latchkey, secret, north.account)).toBe('403 permission_denied')
    await north.owner.must('roles/setGuardrail', { tenant: north.account, deniedPermissions: [], reason: 'and back' })
    await north.owner.must('apiKeys/revoke', { tenant: north.agency, key: key.key })
  })

  it('F-33 a service whose clock is a minute off takes what is alive, and nothing a minute after its end', async () => {
    const { north } = two
    const token = await tokenOf(north.key.secret, { lifetimeSeconds: 60 })
    const end = Date.now() + 60_000
    for (const skew of [-60_000, 0, 50_000]) {
      let wall = Date.now() + skew
      const sdk = sdkOf(two.world, instance, {
        credential: verifier,
        feed: false,
        clocks: { wall: () => wall, steady: () => performance.now() },
      })
      expect(await ask(sdk, token, north.agency, 'iam.tenants.get'), `${skew}`).toBe('allowed')
      wall = end + 1_000
      expect(await ask(sdk, token, north.agency, 'iam.tenants.get'), `${skew}, after its end`).toBe('401 invalid_token')
      await sdk.close()
    }
  })

  it('C-068 knows nobody again under an old name: what was a deleted service’s stays dead when another one is called the same', async () => {
    const { north, world } = two
    const fresh = sdkOf(world, instance, { credential: verifier, feed: false }) // what others set meanwhile is none of its
    const named = async () => {
      const { service } = await north.owner.must('members/createService', { tenant: north.agency, name: 'Sync twice' })
      const grant = { tenant: north.agency, principal: { service }, role: 'agency.admin', reach: 'subtree' }
      await north.owner.must('roles/assign', grant)
      const { secret } = await newKey(north.owner, north.agency, { service, scopes: ['contacts.readonly'] })
      return { service, secret, token: await tokenOf(secret) }
    }
    const before = await named()
    for (const text of [before.secret, before.token]) expect(await ask(fresh, text, north.account)).toBe('allowed')
    const reason = 'for the proof'
    const { revision } = await north.owner.must('members/deleteService', {
      tenant: north.agency,
      service: before.service,
      reason,
    })
    const after = await named()
    expect(after.service).not.toBe(before.service)
    for (const text of [before.secret, before.token]) {
      expect(await ask(fresh, text, north.account, 'contacts.read', { atLeast: revision })).toBe('404 not_found')
    }
    for (const text of [after.secret, after.token]) {
      expect(await ask(fresh, text, north.account, 'contacts.read', { atLeast: revision })).toBe('allowed')
      expect(await fresh.authenticate(bearing(text))).toMatchObject({ id: `service:${after.service}` })
    }
    // Nor does a person come back under the id of a service, or of somebody else.
    expect((await fresh.authenticate(bearing(await world.idToken(north.ownerUid)))).id).toBe(`user:${north.ownerUid}`)
    await fresh.close()
  })

  it('F-09 goes on by what it knows for at most five seconds when the store is down, and then says so: never a yes', async () => {
    const { north } = two
    const { secret } = await newKey(north.owner, north.agency)
    // A process that has just loaded everything: nothing of it is about to end.
    const fresh = sdkOf(two.world, instance, { credential: verifier, feed: false })
    await fresh.ready()
    expect(await ask(fresh, secret, north.account)).toBe('allowed')
    const start = performance.now()
    const mend = proxy.inject({ status: grpcStatus.unavailable, chosen: always })
    try {
      let lastYes = 0
      await until(async () => {
        const told = await ask(fresh, secret, north.account)
        if (told === 'allowed') lastYes = performance.now() - start
        return told !== 'allowed'
      }, 12_000)
      expect(lastYes).toBeGreaterThan(2_000)
      expect(lastYes).toBeLessThanOrEqual(5_000)
      expect(performance.now() - start).toBeLessThan(9_000)
      const answers = new Set<string>()
      for (let round = 0; round < 20; round++) answers.add(await ask(fresh, secret, north.account))
      expect([...answers]).toEqual(['503 unavailable'])
    } finally {
      mend()
    }
    await until(async () => (await ask(fresh, secret, north.account)) === 'allowed', 20_000)
    await fresh.close()
  }, 60_000)

  it('reports uses, denials and differences to a legacy check, and shadows without changing the answer', async () => {
    const { north, world } = two
    const { key, secret } = await newKey(north.owner, north.agency)
    const sdk = sdkOf(world, instance, { credential: verifier, feed: false, usage: true })
    const caller = await sdk.authenticate(bearing(secret))
    const on = { tenant: north.account }
    await expect(
      caller.shadow('contacts.read', on, { allows: () => false, authority: 'latchkey' }),
    ).resolves.toBeUndefined()
    await expect(
      caller.shadow('contacts.read', on, { allows: () => false, authority: 'legacy' }),
    ).rejects.toMatchObject({ code: 'permission_denied' })
    await expect(
      caller.shadow('contacts.write', on, { allows: async () => true, authority: 'legacy' }),
    ).resolves.toBeUndefined()
    await expect(
      caller.shadow('contacts.write', on, { allows: () => Promise.reject(new Error('old')), authority: 'latchkey' }),
    ).rejects.toMatchObject({ code: 'insufficient_scope' })
    const logs: string[] = []
    await sdk.report()
    const view = await until(async () => {
      const shown = await north.owner.must('apiKeys/get', { tenant: north.agency, key: key.key })
      return JSON.stringify(shown).includes('lastUsedAt')
    }, 5_000)
    expect(view).toBeLessThan(5_000)
    const denials = [...(await storedDocuments(world.projectId))].filter(
      ([path, fields]) => path.includes('/denials/') && JSON.stringify(fields).includes(key.key),
    )
    expect(JSON.stringify(denials)).toContain('contacts.write')
    expect(logs).toEqual([])
    await sdk.close()
  })

  it('keeps a key to its plan over several services, each by what it was leased', async () => {
    const { north, world } = two
    const { secret } = await newKey(north.owner, north.agency, { rate: { perSecond: 20, burst: 20 } })
    const sdks = Array.from({ length: 4 }, () =>
      sdkOf(world, instance, { credential: verifier, feed: false, usage: true }),
    )
    const let_in = async (seconds: number): Promise<number> => {
      let passed = 0
      const end = performance.now() + seconds * 1_000
      while (performance.now() < end) {
        const told = await Promise.all(
          sdks.map((sdk) =>
            sdk.authenticate(bearing(secret)).then(
              () => 1,
              () => 0,
            ),
          ),
        )
        passed += told.reduce((sum: number, one) => sum + one, 0)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      return passed
    }
    const first = await let_in(3)
    for (const sdk of sdks) await sdk.report()
    await let_in(1)
    const steady = await let_in(3)
    console.log(
      `rate plan of 20/s over 4 services: ${(first / 3).toFixed(1)}/s at the first sight (bursts included), ${(steady / 3).toFixed(1)}/s once leased`,
    )
    expect(steady / 3).toBeLessThanOrEqual(20 * 1.2)
    expect(steady / 3).toBeGreaterThan(10)
    expect(first).toBeLessThanOrEqual(2 * (20 * 3 + 20))
    for (const sdk of sdks) await sdk.close()
  }, 30_000)
})
