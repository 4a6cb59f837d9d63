// A leaked key that made keys: they end with it, whoever else made keys keeps theirs, and a run that stopped is gone on with.
import { generateKeyPairSync, sign } from 'node:crypto'
import initial from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import type { KeyId } from '@latchkey/core/kernel/ids'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { operationRunner } from '../../functions/src/groups/long-operations.ts'
import { bySystem, opIdOf } from '../../functions/src/platform/store/by-system.ts'
import { endDescendants } from '../../functions/src/rooms/credentials/leaks/end-descendants.ts'
import { newKey } from '../attacks/two-agencies.ts'
import { type Moments, steppedStore } from '../faults/stores.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const scanner = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const keyId = 'scanner-key-0001'
/** As `api-keys.write`, and nothing else. */
const keepingKeys = {
  name: 'iam/apiKeys.write',
  title: 'Keep keys',
  permissions: ['iam.apiKeys.create', 'iam.apiKeys.rotate'],
  levels: ['agency', 'account'],
}
const scopes = ['iam/tenants.readonly', keepingKeys.name, 'iam/credentials.delegate']

interface Made {
  readonly key: string
  readonly secret: string
}

describe('a leaked key that made keys', () => {
  let world: World
  let agency: string
  let account: string
  let nora: Actor
  let asked = 0
  const moments: Moments = { beforeCommit: undefined, afterCommit: undefined }
  const report = (tokens: readonly string[]): Promise<Answer> => {
    const body = tokens.map((token) => ({ token, type: 'latchkey_api_key', source: 'content' }))
    const signature = sign('sha256', Buffer.from(JSON.stringify(body)), scanner.privateKey).toString('base64')
    return world.withKey('').call('leaks/report', body, {
      authorization: [],
      address: `10.7.0.${asked++}`,
      signed: { keyId, signature },
    })
  }
  const bare = ({ key, secret }: Answer): Made => ({ key: key.key, secret })
  const root = async (): Promise<Made> => bare(await newKey(nora, agency, { scopes }))
  const by = async (maker: Made, tenant = agency): Promise<Made> =>
    bare(await world.withKey(maker.secret).must('apiKeys/create', { tenant, name: 'Made', scopes }))
  const works = async ({ secret }: Made, tenant = agency): Promise<boolean> =>
    (await world.withKey(secret).call('tenants/get', { tenant })).ok
  const eventsOf = async ({ key }: Made): Promise<Answer[]> =>
    [...(await storedDocuments(world.projectId))]
      .filter(([path, fields]) => path.includes('/audit/') && JSON.stringify(fields['targets'] ?? '').includes(key))
      .map(([, fields]) => fields)
      .filter((fields) => fields['type']?.['stringValue'] === 'credentials.key_leaked')
  const noticesOf = async ({ key }: Made): Promise<string[]> =>
    [...(await storedDocuments(world.projectId))]
      .filter(([path, fields]) => path.includes('/notifications/') && fields['key']?.['stringValue'] === key)
      .map(([path]) => path.split('/')[1] ?? '')
  beforeAll(async () => {
    const spki = scanner.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
    world = await makeWorld({ storeOf: steppedStore(moments), env: { LK_SCANNER_KEYS: `${keyId} ${spki}` } })
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
    const document = { ...initial, version: '2027-02-01', scopes: [...initial.scopes, keepingKeys] }
    await (await world.platformOwner()).must('roles/publishCatalogue', { document, reason: 'for the test' })
    const head = async () => (await nora.must('roles/catalogue', { tenant: agency })).head
    await vi.waitFor(async () => expect(await head()).toBe(document.version), { timeout: 15_000, interval: 500 })
  }, 60_000)
  afterAll(() => world.close())

  it('C-012 I-83 ends them and what they made, at every tenant, each with an event and a notice; those of others live on', async () => {
    const [leaked, other] = [await root(), await root()]
    const children = [await by(leaked), await by(leaked, account)]
    const [first = leaked] = children
    const grandchild = await by(first)
    const [theirs, own] = [await by(other), await root()]
    // One between that is dead already hides nothing that it made.
    const middle = await by(leaked)
    const below = await by(middle)
    await nora.must('apiKeys/revoke', { tenant: agency, key: middle.key })
    const { access_token: token } = await world.withKey(grandchild.secret).must('credentials/exchange', {})
    expect(await report([leaked.secret])).toMatchObject({ ok: true })
    for (const dead of [leaked, first, grandchild, middle, below]) expect(await works(dead)).toBe(false)
    expect(await works(children[1] ?? leaked, account)).toBe(false)
    expect(await works({ key: '', secret: token })).toBe(false)
    for (const alive of [other, theirs, own]) expect(await works(alive)).toBe(true)
    for (const one of [leaked, ...children, grandchild, below]) {
      expect(await eventsOf(one), one.key).toHaveLength(1)
      expect(await noticesOf(one), one.key).toEqual(['nora'])
    }
    expect(await eventsOf(middle)).toEqual([])
    const [told] = await eventsOf(grandchild)
    expect(JSON.stringify(told['details'])).toContain(first.key)
    expect(JSON.stringify(told['details'])).toContain(leaked.key)
    expect(JSON.stringify(told)).toContain('system:secretScanner')
  }, 30_000)

  it('C-012 and whose report dies in the middle is ended by the same report sent again, each once', async () => {
    const leaked = await root()
    const children = [await by(leaked), await by(leaked), await by(leaked)]
    const [first = leaked] = children
    const grandchild = await by(first)
    let commits = 0
    // A process that dies after its second commit: the leaked key and one of those that it made are ended, nothing is noted.
    const died = new Promise<void>((resolve) => {
      const step = async (): Promise<void> => {
        if (++commits === 2) {
          resolve()
          return new Promise<void>(() => undefined)
        }
        moments.afterCommit = step
      }
      moments.afterCommit = step
    })
    void report([leaked.secret])
    await died
    moments.afterCommit = undefined
    const alive = await Promise.all([leaked, ...children, grandchild].map((one) => works(one)))
    expect(alive.filter((one) => one)).toHaveLength(3)
    expect(await report([leaked.secret])).toMatchObject({ ok: true })
    for (const one of [leaked, ...children, grandchild]) {
      expect(await works(one)).toBe(false)
      expect(await eventsOf(one)).toHaveLength(1)
    }
  }, 30_000)

  it('C-012 of a secret that was rotated away, ends what was made until its end, and neither the key nor what came later', async () => {
    const leaked = await root()
    const before = await by(leaked)
    world.advance(1_000)
    const input = { tenant: agency, key: leaked.key, overlapSeconds: 0 }
    const next: Made = { key: leaked.key, secret: (await nora.must('apiKeys/rotate', input)).secret }
    world.advance(120_000)
    const after = await by(next)
    expect(await report([leaked.secret])).toMatchObject({ ok: true })
    expect([await works(before), await works(next), await works(after)]).toEqual([false, true, true])
  }, 30_000)

  /** Of a life that another key may give anew. */
  const short = async (): Promise<Made> => {
    const expiresAt = new Date(world.app.clock() + 10 * 86_400_000).toISOString()
    return bare(await newKey(nora, agency, { scopes, expiresAt }))
  }
  const rotated = async (by: Made, key: string, overlapSeconds = 0): Promise<Made> =>
    bare(await world.withKey(by.secret).must('apiKeys/rotate', { tenant: agency, key, overlapSeconds }))

  it('C-012 I-83 that rotated itself: its new secret ends with the old one; what a person rotated later lives', async () => {
    const leaked = await root()
    const next = await rotated(leaked, leaked.key)
    expect(await works(next)).toBe(true)
    expect(await report([leaked.secret])).toMatchObject({ ok: true })
    expect(await works(next)).toBe(false)
    const other = await root()
    await rotated(other, other.key)
    const safe = bare(await nora.must('apiKeys/rotate', { tenant: agency, key: other.key, overlapSeconds: 0 }))
    expect(await report([other.secret])).toMatchObject({ ok: true })
    expect(await works(safe)).toBe(true)
  }, 30_000)

  it('C-012 I-83 that rotated another key: that key ends, with what it made since, and not what it made before', async () => {
    const [leaked, target] = [await root(), await short()]
    const before = await by(target)
    world.advance(120_000)
    const stolen = await rotated(leaked, target.key, 3_600)
    const after = await by(stolen)
    expect(await report([leaked.secret])).toMatchObject({ ok: true })
    expect(await Promise.all([target, stolen, after].map((one) => works(one)))).toEqual([false, false, false])
    expect(await works(before)).toBe(true)
    const [told] = await eventsOf(stolen)
    expect(JSON.stringify(told['details'])).toContain('drawnBy')
  }, 30_000)

  it('C-012 that rotated another key, which a person took back: it lives, and what its stolen secret made does not', async () => {
    const [leaked, target] = [await root(), await short()]
    const stolen = await rotated(leaked, target.key, 3_600)
    const made = await by(stolen)
    world.advance(120_000)
    await nora.must('apiKeys/cancelRotation', { tenant: agency, key: target.key })
    world.advance(120_000)
    const later = await by(target)
    expect(await report([leaked.secret])).toMatchObject({ ok: true })
    expect(await Promise.all([target, later].map((one) => works(one)))).toEqual([true, true])
    expect(await Promise.all([leaked, stolen, made].map((one) => works(one)))).toEqual([false, false, false])
  }, 30_000)

  it('C-012 F-16 what a report that died left is ended without the scanner', async () => {
    const leaked = await root()
    const children = [await by(leaked), await by(leaked)]
    const died = new Promise<void>((resolve) => {
      moments.afterCommit = () => {
        resolve()
        return new Promise<void>(() => undefined) // after the commit that ended the leaked key
      }
    })
    void report([leaked.secret])
    await died
    expect(await Promise.all(children.map((one) => works(one)))).toEqual([true, true])
    const { app } = world
    const job = { runId: 'req_1', now: app.clock() }
    const left = async () =>
      (await app.store.read.list({ collection: 'operations', limit: 100 })).filter(
        ({ fields }) => fields['key'] === leaked.key && fields['status'] === 'running',
      )
    const [operation, ...others] = await left()
    expect(others).toEqual([])
    await operationRunner(app).run(job, { operation: operation?.id }) // too early: the call may still be at it
    expect(await works(children[0] ?? leaked)).toBe(true)
    world.advance(121_000)
    await operationRunner(app).run(job, { operation: operation?.id })
    expect(await Promise.all(children.map((one) => works(one)))).toEqual([false, false])
    expect(await left()).toEqual([])
    for (const child of children) expect(await eventsOf(child)).toHaveLength(1)
  }, 30_000)

  it('C-012 F-45 one call ends so many and no more, and the next one the rest', async () => {
    const leaked = await root()
    const children: Made[] = []
    for (let count = 0; count < 5; count++) children.push(await by(leaked))
    await nora.must('apiKeys/revoke', { tenant: agency, key: leaked.key })
    const { app } = world
    const endSome = (left: number) => {
      const started = { job: 'secretScanner', runId: 'req_1', now: app.clock() }
      const commit = bySystem({ ...started, opId: opIdOf(`report ${leaked.key}`) })
      const dependencies = { commit: app.store.commit, drawId: app.drawId, read: app.store.read }
      const from = { key: leaked.key as KeyId, until: undefined }
      return endDescendants(from, left, { commit, now: app.clock() }, dependencies)
    }
    const alive = async () => (await Promise.all(children.map((one) => works(one)))).filter((one) => one).length
    expect(await endSome(3)).toEqual({ ok: true, value: { ended: 3, complete: false } })
    expect(await alive()).toBe(2)
    expect(await endSome(3)).toEqual({ ok: true, value: { ended: 2, complete: true } })
    expect(await alive()).toBe(0)
    expect(await endSome(3)).toEqual({ ok: true, value: { ended: 0, complete: true } })
  }, 30_000)
})
