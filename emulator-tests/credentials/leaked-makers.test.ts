// A leaked key that made keys: they end with it, whoever else made keys keeps theirs, and a run that stopped is gone on with.
import { generateKeyPairSync, sign } from 'node:crypto'
import initial from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { type Moments, steppedStore } from '../faults/stores.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const scanner = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const keyId = 'scanner-key-0001'
/** No published scope lets a key make keys; an installation's own could. */
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
    world.advance(1_000)
    const after = await by(next)
    expect(await report([leaked.secret])).toMatchObject({ ok: true })
    expect([await works(before), await works(next), await works(after)]).toEqual([false, true, true])
  }, 30_000)
})
