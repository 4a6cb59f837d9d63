// Keys that make keys: only with the power to pass power on, and never more or longer than they may at that very moment.
import initial from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { type Moments, steppedStore } from '../faults/stores.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const hour = 3_600_000
const day = 24 * hour

/** No published scope lets a key make or change keys; an installation's own could. */
const keepingKeys = {
  name: 'iam/apiKeys.write',
  title: 'Keep keys',
  permissions: ['create', 'rotate', 'enable', 'update'].map((verb) => `iam.apiKeys.${verb}`),
  levels: ['agency'],
}

describe('a key that makes keys', () => {
  let world: World
  let agency: string
  let nora: Actor
  const moments: Moments = { beforeCommit: undefined, afterCommit: undefined }
  const scopes = ['contacts.readonly', 'iam/credentials.verify', 'iam/tenants.readonly']
  const passing = [...scopes, keepingKeys.name, 'iam/credentials.delegate']
  const exceeds = { ok: false, error: { code: 'grant_exceeds_grantor' } }
  const inHours = (count: number) => new Date(world.app.clock() + count * hour).toISOString()
  const make = async (more: object = {}): Promise<{ key: string; secret: string }> => {
    const { key, secret } = await newKey(nora, agency, { scopes: passing, expiresAt: inHours(10), ...more })
    return { key: key.key, secret }
  }
  const child = (secret: string, more: object = {}): Promise<Answer> =>
    world.withKey(secret).call('apiKeys/create', { tenant: agency, name: 'Child', scopes, ...more })
  beforeAll(async () => {
    world = await makeWorld({ storeOf: steppedStore(moments) })
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    const document = { ...initial, version: '2027-02-01', scopes: [...initial.scopes, keepingKeys] }
    await (await world.platformOwner()).must('roles/publishCatalogue', { document, reason: 'for the test' })
    const head = async () => (await nora.must('roles/catalogue', { tenant: agency })).head
    await vi.waitFor(async () => expect(await head()).toBe(document.version), { timeout: 15_000, interval: 500 })
  }, 60_000)
  afterAll(() => world.close())

  it('I-83 is none that was not given that power, for itself or for another', async () => {
    const { secret } = await make({ scopes: [...scopes, keepingKeys.name] })
    const able = await make()
    const [target, paused] = [
      await make({ scopes: scopes.slice(1), expiresAt: inHours(5) }),
      await make({ scopes, expiresAt: inHours(5) }),
    ]
    await nora.must('apiKeys/disable', { tenant: agency, key: paused.key })
    const calls: readonly (readonly [string, object])[] = [
      ['create', { name: 'Worm', scopes, expiresAt: inHours(1) }],
      ['rotate', { key: target.key, overlapSeconds: 60 }],
      ['update', { key: target.key, scopes }],
      ['enable', { key: paused.key }],
    ]
    for (const [name, input] of calls) {
      const asked = (with_: string) => world.withKey(with_).call(`apiKeys/${name}`, { tenant: agency, ...input })
      expect(await asked(secret), name).toMatchObject({
        ok: false,
        error: { code: 'insufficient_scope', missing: ['iam.credentials.delegate'] },
      })
      expect(await asked(able.secret), name).toMatchObject({ ok: true }) // the control
    }
  }, 30_000)

  it.each(['itself', 'by its token'])(
    'C-103 C-007 and is narrowed between admission and commit makes nothing wider or longer, %s',
    async (way) => {
      const credentialOf = async (secret: string): Promise<string> =>
        way === 'itself' ? secret : (await world.withKey(secret).must('credentials/exchange', {})).access_token
      const meanwhile = async (change: object, more: object = {}): Promise<Answer> => {
        const maker = await make()
        const credential = await credentialOf(maker.secret)
        moments.beforeCommit = () => nora.must('apiKeys/update', { tenant: agency, key: maker.key, ...change })
        return child(credential, more)
      }
      const soon = { expiresAt: new Date(world.app.clock() + 60_000).toISOString() }
      expect(await meanwhile({ scopes: passing.slice(1) }, soon)).toMatchObject(exceeds)
      expect(await meanwhile({ expiresAt: soon.expiresAt }, { expiresAt: inHours(2) })).toMatchObject(exceeds)
      const { ok, value } = await meanwhile({ expiresAt: soon.expiresAt, rate: { perSecond: 1, burst: 1 } })
      expect(ok).toBe(true)
      expect(Date.parse(value.key.expiresAt)).toBeLessThanOrEqual(Date.parse(soon.expiresAt))
      expect(value.key.rate).toEqual({ perSecond: 1, burst: 1 })
    },
  )

  it('is named by the keys that it made, and by the event of each', async () => {
    const maker = await make()
    const { value }: Answer = await child(maker.secret)
    expect(value.key.madeBy).toBe(maker.key)
    const { items } = await nora.must('apiKeys/list', { tenant: agency, limit: 100 })
    const made = items.filter(({ madeBy }: Answer) => madeBy === maker.key)
    expect(made.map(({ key }: Answer) => key)).toEqual([value.key.key])
    const event = [...(await storedDocuments(world.projectId))].find(
      ([path, fields]) => path.includes('/audit/') && JSON.stringify(fields['targets']).includes(value.key.key),
    )
    expect(JSON.stringify(event?.[1]['details'])).toContain(maker.key)
  })

  it('with a secret that is rotated away gives nothing that outlives that secret', async () => {
    const maker = await make()
    const { key } = await nora.must('apiKeys/rotate', { tenant: agency, key: maker.key, overlapSeconds: 300 })
    const { endsAt } = key.rotation
    const made = await child(maker.secret)
    expect(made).toMatchObject({ ok: true, value: { key: { expiresAt: endsAt } } })
    expect(await child(maker.secret, { expiresAt: inHours(1) })).toMatchObject(exceeds)
    const { expires_in: seconds } = await world.withKey(maker.secret).must('credentials/exchange', {})
    expect(seconds).toBeLessThanOrEqual(300)
    const asked = { credential: maker.secret, tenant: agency }
    expect(await nora.must('credentials/verify', asked)).toMatchObject({ active: true, expiresAt: endsAt })
  })

  it('and any other is verified with the end that a guardrail sets to it', async () => {
    const { secret, key } = await make({ expiresAt: inHours(24 * 30) })
    const { createdAt } = await nora.must('apiKeys/get', { tenant: agency, key })
    const guard = (more: object) =>
      nora.must('roles/setGuardrail', { tenant: agency, deniedPermissions: [], reason: 'for the test', ...more })
    await guard({ maxKeyLifetimeDays: 7 })
    const end = new Date(Date.parse(createdAt) + 7 * day).toISOString()
    const asked = async () => (await nora.must('credentials/verify', { credential: secret, tenant: agency })).expiresAt
    await expect.poll(asked, { timeout: 10_000, interval: 500 }).toBe(end)
    const expiresAt = new Date(world.app.clock() + 20 * day).toISOString()
    expect(await nora.must('apiKeys/update', { tenant: agency, key, expiresAt })).toMatchObject({ expiresAt: end })
    await guard({})
  }, 20_000)

  it('or is changed lives at most 400 days from when it was made, however often it is prolonged', async () => {
    const { key } = await make({ scopes })
    const update = (expiresAt: string) => nora.call('apiKeys/update', { tenant: agency, key, expiresAt })
    const last = new Date(world.app.clock() + 399 * day).toISOString()
    world.advance(2 * hour)
    expect(await update(last)).toMatchObject({ ok: true })
    world.advance(2 * day)
    expect(await update(new Date(world.app.clock() + 399 * day).toISOString())).toMatchObject({
      error: { code: 'invalid_request', field: 'expiresAt' },
    })
    expect(await update(last)).toMatchObject({ ok: true })
    world.advance(-2 * day - 2 * hour)
  })
})
