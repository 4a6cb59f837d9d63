// ID tokens that must not count: forged, foreign, expired, revoked, disabled, suspended; each beside the same token when it does.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endpoints } from '../support/stack.ts'
import { damage, list, moment, text } from '../support/stored-documents.ts'
import { makeWorld, type World } from '../support/world.ts'

const refused = { ok: false, error: { code: 'invalid_token' } }
const identity = `${endpoints.auth}/identitytoolkit.googleapis.com/v1`

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const forge = (payload: object, header: object = { alg: 'none', typ: 'JWT' }, signature = ''): string =>
  `${encoded(header)}.${encoded(payload)}.${signature}`
const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>

describe('an ID token', () => {
  let world: World
  let other: World
  let agency: string
  let variants = 0
  /** A sign-in of the same second is the same bytes, and what was refused is remembered for two seconds: this one is new. */
  const variantOf = (token: string): string => forge({ ...claimsOf(token), jti: String(variants++) })
  const use = (token: string) => world.withToken(token).call('tenants/list', {})
  /** What an administrator of Firebase Auth can do to an account. */
  const administer = async (change: object): Promise<void> => {
    const response = await fetch(`${identity}/projects/${world.projectId}/accounts:update`, {
      method: 'POST',
      headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
      body: JSON.stringify(change),
    })
    expect(response.status).toBe(200)
  }
  beforeAll(async () => {
    world = await makeWorld()
    other = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
  })
  afterAll(async () => {
    await world.close()
    await other.close()
  })

  it('counts, as the positive control', async () => {
    const answer = await use(await world.idToken('nora'))
    expect(answer).toMatchObject({ ok: true, value: { items: [{ tenant: agency }] } })
  })

  it('C-098 of another project is refused, though the same person exists here', async () => {
    expect(await use(await other.idToken('nora'))).toMatchObject(refused)
  })

  it('C-098 that is a custom token, of an unknown person, forged, or garbage is refused', async () => {
    const good = claimsOf(await world.idToken('nora'))
    const { projectId } = world
    const audience = 'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit'
    const now = Math.floor(Date.now() / 1000)
    const service = `firebase-adminsdk@${projectId}.iam.gserviceaccount.com`
    const custom = { uid: 'nora', aud: audience, iss: service, sub: service, iat: now, exp: now + 3600 }
    const bad = {
      'custom token': forge(custom),
      'unknown person': forge({ ...good, sub: 'nobody', user_id: 'nobody' }),
      'foreign issuer': forge({ ...good, iss: 'https://securetoken.google.com/evil' }),
      'foreign audience': forge({ ...good, aud: 'evil' }),
      'no subject': forge({ ...good, sub: '' }),
      'subject with a slash': forge({ ...good, sub: 'nora/tenants/x' }),
      'no sign-in time': forge({ ...good, auth_time: undefined }),
      'text for a sign-in time': forge({ ...good, auth_time: 'now' }),
      'two parts': 'e30.e30',
      'four parts': `${forge(good)}.x`,
      'no JSON': 'bm90.anNvbg.x',
      garbage: 'garbage',
    }
    for (const [what, token] of Object.entries(bad)) expect(await use(token), what).toMatchObject(refused)
  })

  it('C-098 that has expired is refused', async () => {
    const good = claimsOf(await world.idToken('nora'))
    const past = Math.floor(Date.now() / 1000) - 1
    expect(await use(forge({ ...good, exp: past, iat: past - 3600 }))).toMatchObject(refused)
    expect(await use(forge(good))).toMatchObject({ ok: true }) // the emulator signs nothing: only the time differed
  })

  it('C-097 L-18 is refused at once when its sessions are revoked, and a later sign-in counts', async () => {
    const token = variantOf(await world.idToken('nora'))
    const signedIn = Number(claimsOf(token)['auth_time'])
    expect(await use(token)).toMatchObject({ ok: true })
    await administer({ localId: 'nora', validSince: String(signedIn + 1) })
    expect(await use(token)).toMatchObject(refused)
    await administer({ localId: 'nora', validSince: String(signedIn) })
    expect(await use(variantOf(token))).toMatchObject({ ok: true })
  })

  it('C-097 is refused at once when the person is disabled in Firebase Auth', async () => {
    const token = variantOf(await world.idToken('nora'))
    expect(await use(token)).toMatchObject({ ok: true })
    await administer({ localId: 'nora', disableUser: true })
    expect(await use(token)).toMatchObject(refused)
    await administer({ localId: 'nora', disableUser: false })
    expect(await use(variantOf(token))).toMatchObject({ ok: true })
  })

  it('C-097 is refused at once by our own notBefore, denied sessions and status, and by nothing less', async () => {
    const token = await world.idToken('nora')
    const signedIn = Number(claimsOf(token)['auth_time'])
    const again = () => use(variantOf(token))
    const set = (fields: Parameters<typeof damage>[2]) => damage(world.projectId, 'users/nora', fields)
    expect(await again()).toMatchObject({ ok: true })
    await set({ notBefore: moment(signedIn * 1000) }) // signed in at that very moment: dead
    expect(await again()).toMatchObject(refused)
    await set({ notBefore: moment(signedIn * 1000 - 1) })
    expect(await again()).toMatchObject({ ok: true })
    await set({ deniedAuthTimes: list({ integerValue: String(signedIn) }) })
    expect(await again()).toMatchObject(refused)
    await set({ deniedAuthTimes: list({ integerValue: String(signedIn - 1) }) })
    expect(await again()).toMatchObject({ ok: true })
    for (const status of ['suspended', 'deleted', 'Active', '']) {
      await set({ status: text(status) })
      expect(await again(), status).toMatchObject(refused)
    }
    await set({ status: text('active') })
    expect(await again()).toMatchObject({ ok: true })
  })

  it('C-097 stops the person’s keys too when their status is suspended', async () => {
    const owner = world.withToken(variantOf(await world.idToken('nora')))
    const scopes = ['iam/tenants.readonly']
    const { secret } = await owner.must('apiKeys/create', { tenant: agency, name: 'Mine', scopes })
    const get = () => world.withKey(secret).call('tenants/get', { tenant: agency })
    expect(await get()).toMatchObject({ ok: true })
    await damage(world.projectId, 'users/nora', { status: text('suspended') })
    expect(await get()).toMatchObject({ ok: false, error: { code: 'not_found' } })
    await damage(world.projectId, 'users/nora', { status: text('active') })
    expect(await get()).toMatchObject({ ok: true })
  })
})
