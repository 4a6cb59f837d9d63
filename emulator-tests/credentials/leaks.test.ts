// `POST /v1/leaks`: a signed report ends the keys that it names, twice is once, and nobody learns from the answer what was ours.
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { formatSecret } from '@latchkey/core/credentials/secret-format'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { type FirestoreProxy, firestoreProxy, grpcStatus } from '../support/firestore-proxy.ts'
import { dump, storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const refused = { ok: false, error: { code: 'invalid_token' } }
const scanner = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const keyId = 'scanner-key-0001'

describe('a report of leaked secrets', () => {
  let world: World
  let proxy: FirestoreProxy
  let agency: string
  let nora: Actor
  let asked = 0
  const scopes = ['iam/tenants.readonly']
  const report = (
    tokens: unknown,
    { by = scanner.privateKey, id = keyId, signed = undefined as string | undefined } = {},
  ) => {
    const text = JSON.stringify(tokens)
    const signature = sign('sha256', Buffer.from(signed ?? text), by as KeyObject).toString('base64')
    return world.withKey('').call('leaks/report', tokens, {
      authorization: [],
      address: `10.0.${asked >> 8}.${asked++ & 255}`,
      signed: { keyId: id, signature },
    })
  }
  const leak = (token: string, more: object = {}) => ({ token, type: 'latchkey_api_key', source: 'content', ...more })
  const works = async (secret: string): Promise<boolean> =>
    (await world.withKey(secret).call('tenants/get', { tenant: agency })).ok
  const events = async (key: string): Promise<Answer[]> =>
    [...(await storedDocuments(world.projectId))]
      .filter(([path, fields]) => path.includes('/audit/') && JSON.stringify(fields['targets'] ?? '').includes(key))
      .map(([, fields]) => fields)
      .filter((fields) => fields['type']?.['stringValue'] === 'credentials.key_leaked')
  beforeAll(async () => {
    proxy = await firestoreProxy()
    const spki = scanner.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
    world = await makeWorld({ storeOf: proxy.store, env: { LK_SCANNER_KEYS: `${keyId} ${spki}` } })
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
  })
  afterAll(async () => {
    await world.close()
    await proxy.close()
  })

  it('C-012 ends the whole key at once, both secrets of a rotation, and tells its tenant and owner in one event', async () => {
    const { key, secret } = await newKey(nora, agency, { scopes })
    const next: Answer = await nora.must('apiKeys/rotate', { tenant: agency, key: key.key, overlapSeconds: 3_600 })
    const url = `https://github.example/x/blob/main/.env?key=${secret}`
    const answer: Answer = await report([leak(secret, { url, unknown_field: 1 })])
    expect(answer).toEqual({
      ok: true,
      value: [
        {
          token_hash: createHash('sha256').update(secret).digest('base64url'),
          token_type: 'latchkey_api_key',
          label: 'true_positive',
        },
      ],
    }) // prettier-ignore
    expect([await works(secret), await works(next.secret)]).toEqual([false, false])
    expect(await nora.must('apiKeys/get', { tenant: agency, key: key.key })).toMatchObject({ status: 'revoked' })
    const told = await events(key.key)
    expect(told).toHaveLength(1)
    expect(JSON.stringify(told)).toContain('user:nora')
    expect(JSON.stringify(told)).toContain('system:secretScanner')
    expect(JSON.stringify(told)).not.toContain(secret)
    const frames = [...(await storedDocuments(world.projectId))].filter(
      ([path, fields]) => path.startsWith('outbox/') && fields['type']?.['stringValue'] === 'credentials.key_leaked',
    )
    expect(JSON.stringify(frames)).toContain(`credential:${secret.slice(7, 29)}`)
    expect(JSON.stringify(frames)).toContain(`credential:${next.secret.slice(7, 29)}`)
    expect(world.logs.join('\n')).not.toContain(secret)
  })

  it('C-012 without a signature of a key that was set here, over exactly this body, is 401 and ends nothing', async () => {
    const { secret } = await newKey(nora, agency, { scopes })
    const tokens = [leak(secret)]
    const text = JSON.stringify(tokens)
    const good = sign('sha256', Buffer.from(text), scanner.privateKey)
    const before = await dump(world.projectId)
    const answers = [
      await report(tokens, { by: stranger.privateKey }),
      await report(tokens, { id: 'scanner-key-0002' }),
      await report(tokens, { id: '' }),
      await report(tokens, { id: `${keyId} ` }),
      await report(tokens, { signed: `${text} ` }),
      ...(await Promise.all(
        [
          undefined,
          '',
          good.toString('hex'),
          good.subarray(0, -1).toString('base64'),
          `${good.toString('base64')}\n`,
          sign('sha256', Buffer.from(text), { key: scanner.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64'),
          Buffer.alloc(70).toString('base64'),
        ].map((signature) =>
          world.withKey('').call('leaks/report', tokens, { authorization: [], signed: { keyId, signature } }),
        ),
      )),
      await world.withKey('').call('leaks/report', tokens, { authorization: [] }),
      await world.withKey(secret).call('leaks/report', tokens),
    ] // prettier-ignore
    expect(answers).toEqual(answers.map(() => refused))
    expect(await dump(world.projectId)).toBe(before)
    expect(await works(secret)).toBe(true)
    expect(await report(tokens)).toMatchObject({ ok: true }) // the control
    expect(await works(secret)).toBe(false)
  })

  it('C-012 says of every text only whether it has our form: of live, dead and never made keys the same', async () => {
    const live = await newKey(nora, agency, { scopes })
    const gone = await newKey(nora, agency, { scopes })
    await nora.must('apiKeys/revoke', { tenant: agency, key: gone.key.key })
    const never = formatSecret('api', 'A'.repeat(22) as Parameters<typeof formatSecret>[1], new Uint8Array(32))
    const forged = formatSecret('api', live.secret.slice(7, 29), new Uint8Array(32)) // a real id under another secret
    const tokens = [live.secret, gone.secret, never, forged, 'garbage', '', 'ghp_0123456789', `${live.secret}x`]
    const answer: Answer = await report(tokens.map((token) => leak(token)))
    const labels = answer.value.map(({ label }: Answer) => label)
    expect(labels).toEqual([...Array(4).fill('true_positive'), ...Array(4).fill('false_positive')])
    expect(await works(live.secret)).toBe(false)
    expect(await events(gone.key.key)).toHaveLength(0)
  })

  it('C-012 whoever knows only the id of a key cannot end it', async () => {
    const { secret } = await newKey(nora, agency, { scopes })
    const guessed = formatSecret('api', secret.slice(7, 29), new Uint8Array(32).fill(7))
    expect(await report([leak(guessed)])).toMatchObject({ ok: true })
    expect(await works(secret)).toBe(true)
  })

  it('C-012 sent again is answered again and does nothing; the same key in another report is ended once', async () => {
    const { key, secret } = await newKey(nora, agency, { scopes })
    const tokens = [leak(secret), leak(secret, { source: 'issue' })]
    const first = await report(tokens)
    expect(await events(key.key)).toHaveLength(1)
    proxy.reset()
    expect(await report(tokens)).toEqual(first)
    expect(proxy.counts().writes).toBe(0)
    await report([leak(secret, { source: 'commit' })])
    expect(await events(key.key)).toHaveLength(1)
    world.advance(25 * 3_600_000)
    expect(await report(tokens)).toEqual(first)
    expect(await events(key.key)).toHaveLength(1)
    world.advance(-25 * 3_600_000)
  })

  it('C-012 takes five hundred at once and no more; each that is real is ended', async () => {
    const real = await Promise.all(Array.from({ length: 12 }, () => newKey(nora, agency, { scopes })))
    const others = Array.from({ length: 488 }, (_, index) =>
      formatSecret('api', String(index).padStart(22, 'z') as Parameters<typeof formatSecret>[1], new Uint8Array(32)),
    )
    const tokens = [...others, ...real.map(({ secret }) => secret)].map((token) => leak(token))
    const started = performance.now()
    expect(await report(tokens)).toMatchObject({ ok: true })
    console.log(`leaks: 500 texts, 12 of them live keys, in ${(performance.now() - started).toFixed(0)} ms`)
    expect(performance.now() - started).toBeLessThan(25_000)
    for (const { secret } of real) expect(await works(secret)).toBe(false)
    expect(await report([...tokens, leak('one more')])).toMatchObject({ error: { code: 'invalid_request' } })
    for (const bad of [[], {}, 'x', null])
      expect(await report(bad)).toMatchObject({ error: { code: 'invalid_request' } })
  }, 60_000)

  it('C-012 an old secret that is dead already ends nothing: the key goes on, and its owner is told', async () => {
    const { key, secret } = await newKey(nora, agency, { scopes })
    const rotate = (): Promise<Answer> =>
      nora.must('apiKeys/rotate', { tenant: agency, key: key.key, overlapSeconds: 60 })
    const { secret: second } = await rotate()
    world.advance(61_000)
    expect(await report([leak(secret)])).toMatchObject({ ok: true })
    const { secret: third } = await rotate()
    await nora.must('apiKeys/finishRotation', { tenant: agency, key: key.key })
    expect(await report([leak(second), leak(secret, { source: 'issue' })])).toMatchObject({ ok: true })
    expect(await works(third)).toBe(true)
    expect(await events(key.key)).toHaveLength(3)
    expect(await report([leak(third)])).toMatchObject({ ok: true })
    expect(await works(third)).toBe(false)
    world.advance(-61_000)
  })

  it('C-012 is told to the person whose key it was, and of a service account to the owners, in lists of their own', async () => {
    const { service } = await nora.must('members/createService', { tenant: agency, name: 'Robot' })
    const role = { role: 'agency.admin', reach: 'subtree' }
    await nora.must('roles/assign', { tenant: agency, principal: { service }, ...role })
    await world.join(nora, 'petra', { tenant: agency, ...role })
    const own = await newKey(await world.person('petra'), agency, { scopes })
    const theirs = await newKey(nora, agency, { scopes, service })
    const url = `https://github.example/x?key=${own.secret}`
    expect(await report([leak(own.secret, { url }), leak(theirs.secret)])).toMatchObject({ ok: true })
    const told = [...(await storedDocuments(world.projectId))].flatMap(([path, fields]) => {
      const [, uid, list] = path.split('/')
      const key = String(fields['key']?.['stringValue'])
      return list === 'notifications' && [own.key.key, theirs.key.key].includes(key)
        ? [{ uid, key, text: JSON.stringify(fields) }]
        : []
    })
    expect(told.map(({ uid, key }) => [uid, key]).sort()).toEqual(
      [
        ['nora', theirs.key.key],
        ['petra', own.key.key],
      ].sort(),
    )
    for (const { text } of told) expect(text).not.toContain(own.secret)
  })

  it('C-012 odd entries, long texts and a header of somebody’s proxy save no key beside them', async () => {
    const { secret } = await newKey(nora, agency, { scopes })
    const odd = [{ type: 'x' }, { token: 7 }, 'x', null, { token: 'y'.repeat(2_000), type: 5, url: 'z'.repeat(9_000) }]
    const long = Array.from({ length: 480 }, (_, index) =>
      leak(`${index}`, { url: 'https://x.example/'.padEnd(1_500, 'p') }),
    )
    const tokens = [...odd, ...long, leak(secret)]
    expect(JSON.stringify(tokens).length).toBeGreaterThan(600_000)
    const signature = sign('sha256', Buffer.from(JSON.stringify(tokens)), scanner.privateKey).toString('base64')
    const call = { authorization: [], signed: { keyId, signature }, idempotencyKey: 'a-key-of-some-proxy' }
    const answer: Answer = await world.withKey('').call('leaks/report', tokens, call)
    expect(answer).toMatchObject({ ok: true })
    expect(answer.value.map(({ label }: Answer) => label === 'true_positive')).toEqual([
      ...Array(odd.length + long.length).fill(false),
      true,
    ])
    expect(await works(secret)).toBe(false)
    expect(await world.withKey('').call('leaks/report', tokens, call)).toEqual(answer)
    expect(await report([leak('w'.repeat(1_100_000))])).toMatchObject({ error: { code: 'payload_too_large' } })
  }, 30_000)

  it('is 503 while the database is gone, and the same report then does what it says', async () => {
    const { key, secret } = await newKey(nora, agency, { scopes })
    const stop = proxy.inject({ status: grpcStatus.unavailable, chosen: () => true })
    expect(await report([leak(secret)])).toMatchObject({ error: { code: 'unavailable' } })
    stop()
    expect(await report([leak(secret)])).toMatchObject({ ok: true })
    expect(await works(secret)).toBe(false)
    expect(await events(key.key)).toHaveLength(1)
  }, 60_000)

  it('refuses to start with a scanner’s key that is none', async () => {
    for (const setting of ['scanner-key-0001', 'x AAAA', `${keyId} AAAA`, `${keyId} AAAA BBBB`])
      await expect(makeWorld({ env: { LK_SCANNER_KEYS: setting } })).rejects.toThrow('LK_SCANNER_KEYS')
  })
})
