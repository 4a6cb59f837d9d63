// Idempotency keys: one effect and one answer however often a client asks, never somebody else's, never after power is gone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { dump, storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'
import { gate, type Moments, steppedStore } from './stores.ts'

const minute = 60_000
const never = new Promise<void>(() => undefined)

describe('an idempotency key', () => {
  let world: World
  let agency: string
  let nora: Actor
  const moments: Moments = { beforeCommit: undefined, afterCommit: undefined }
  let drawn = 0
  const fresh = () => `idempotency-key-${String(drawn++).padStart(4, '0')}`
  const body = (more: object = {}) => ({ tenant: agency, name: 'Shop', scopes: ['contacts.readonly'], ...more })
  const create = (who: Actor, key: string, more: object = {}) =>
    who.call('apiKeys/create', { ...body(more), idempotencyKey: key })
  const keys = async (): Promise<number> =>
    (await nora.must('apiKeys/list', { tenant: agency, limit: 100 })).items.length
  const events = async (): Promise<number> =>
    [...(await storedDocuments(world.projectId)).values()].filter(
      (fields) => fields['type']?.['stringValue'] === 'credentials.key_created' && fields['actor'] !== undefined,
    ).length
  beforeAll(async () => {
    world = await makeWorld({ storeOf: steppedStore(moments) })
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    for (const uid of ['otto', 'dora'])
      await world.join(nora, uid, { tenant: agency, role: 'agency.admin', reach: 'subtree' })
  })
  afterAll(() => world.close())

  it('F-12 with the same body gives the stored answer byte for byte, secret included, and makes one key and one event', async () => {
    const [key, before, eventsBefore] = [fresh(), await keys(), await events()]
    const first = await create(nora, key)
    expect(first).toMatchObject({ ok: true, value: { secret: expect.stringMatching(/^lk_api_/) } })
    for (let again = 0; again < 3; again++) expect(JSON.stringify(await create(nora, key))).toBe(JSON.stringify(first))
    expect(await keys()).toBe(before + 1)
    expect(await events()).toBe(eventsBefore + 1)
    expect(await create(nora, fresh())).not.toEqual(first) // the control: another key is another call
    expect(await keys()).toBe(before + 2)
  })

  it('over HTTP travels in the header, and in the body there is an unknown field', async () => {
    const scopes = ['iam/tenants.write', 'iam/tenants.readonly']
    const door = world.withKey((await newKey(nora, agency, { scopes })).secret)
    const found = { parent: agency, name: 'Annex' }
    const key = fresh()
    const first = await door.call('tenants/create', found, { idempotencyKey: key })
    expect(first).toMatchObject({ ok: true, value: { name: 'Annex' } })
    expect(await door.call('tenants/create', found, { idempotencyKey: key })).toEqual(first)
    const refused = { ok: false, error: { code: 'invalid_request', field: 'idempotencyKey' } }
    expect(await door.call('tenants/create', { ...found, idempotencyKey: key })).toMatchObject(refused)
    for (const bad of ['short', 'has spaces in it, sixteen', 'x'.repeat(129), '../../../../../../x'])
      expect(await door.call('tenants/create', found, { idempotencyKey: bad }), bad).toMatchObject(refused)
    const items: Answer[] = (await nora.must('tenants/list', { parent: agency })).items
    expect(items.filter((one) => one.name === 'Annex')).toHaveLength(1)
  })

  it('with another body is 422, and changes nothing', async () => {
    const key = fresh()
    await create(nora, key)
    const before = await dump(world.projectId)
    for (const more of [
      { name: 'Shop ' },
      { name: 'shop' },
      { scopes: ['contacts.write'] },
      { expiresAt: '2099-01-01T00:00:00Z' },
    ])
      expect(await create(nora, key, more)).toEqual({ ok: false, error: { code: 'idempotency_key_reused' } })
    expect(await dump(world.projectId)).toBe(before)
  })

  it('is one and the same for the same body in another order', async () => {
    const key = fresh()
    const first = await nora.call('apiKeys/create', { ...body(), idempotencyKey: key })
    const turned = Object.fromEntries(Object.entries(body()).reverse())
    expect(await nora.call('apiKeys/create', { idempotencyKey: key, ...turned })).toEqual(first)
  })

  it('of a call in flight is 409 with a time to wait; then it is the stored answer', async () => {
    const [key, before] = [fresh(), await keys()]
    const reached = gate()
    const held = gate()
    moments.beforeCommit = async () => {
      reached.open()
      await held.opened
    }
    const first = create(nora, key)
    await reached.opened
    const second: Answer = await create(nora, key)
    expect(second).toMatchObject({ ok: false, error: { code: 'idempotency_in_progress' } })
    expect(second.error.retryAfterSeconds).toBeGreaterThan(0)
    expect(second.error.retryAfterSeconds).toBeLessThanOrEqual(120)
    held.open()
    expect(await create(nora, key).then(() => first)).toMatchObject({ ok: true })
    expect(await create(nora, key)).toEqual(await first)
    expect(await keys()).toBe(before + 1)
  })

  it('sent twelve times at once makes one key; every answer is that key, or "in progress"', async () => {
    const [key, before] = [fresh(), await keys()]
    const answers: Answer[] = await Promise.all(Array.from({ length: 12 }, () => create(nora, key)))
    const made = answers.filter(({ ok }) => ok)
    expect(made.length).toBeGreaterThan(0)
    expect(new Set(made.map((one) => one.value.secret)).size).toBe(1)
    for (const one of answers) if (!one.ok) expect(one.error.code).toBe('idempotency_in_progress')
    expect(await keys()).toBe(before + 1)
  })

  it('F-12 of a process that died between claim and effect is taken over after its lease, with the same op id', async () => {
    const [key, before] = [fresh(), await keys()]
    moments.beforeCommit = () => never
    void create(nora, key)
    const records = async () =>
      [...(await storedDocuments(world.projectId))].filter(
        ([path, fields]) => path.startsWith('idempotency/') && fields['answer'] === undefined,
      )
    await expect.poll(async () => (await records()).length).toBe(1)
    const opId = (await records())[0]?.[1]['opId']?.['stringValue']
    world.advance(2 * minute - 2_000)
    expect(await create(nora, key)).toMatchObject({ error: { code: 'idempotency_in_progress' } })
    world.advance(2_000)
    const taken = await create(nora, key)
    expect(taken).toMatchObject({ ok: true })
    expect(await create(nora, key)).toEqual(taken)
    expect(await keys()).toBe(before + 1)
    const documents = await storedDocuments(world.projectId)
    expect(documents.has(`tenants/${agency}/audit/${String(opId)}`)).toBe(true)
  })

  it('F-12 of a slow process that wakes after the takeover: both get the same answer, and there is one key', async () => {
    const [key, before] = [fresh(), await keys()]
    const reached = gate()
    const held = gate()
    moments.beforeCommit = async () => {
      reached.open()
      await held.opened
    }
    const slow = create(nora, key)
    await reached.opened
    world.advance(2 * minute)
    const taken = await create(nora, key)
    held.open()
    expect(taken).toMatchObject({ ok: true })
    expect(await slow).toEqual(taken)
    expect(await keys()).toBe(before + 1)
  })

  it('F-12 of a call that broke before or after its effect is carried on by the next try at once', async () => {
    for (const when of ['beforeCommit', 'afterCommit'] as const) {
      const [key, before] = [fresh(), await keys()]
      moments[when] = () => Promise.reject(new Error('the process broke'))
      expect(await create(nora, key)).toEqual({ ok: false, error: { code: 'internal' } })
      expect(await keys(), when).toBe(when === 'afterCommit' ? before + 1 : before)
      const again = await create(nora, key)
      expect(again, when).toMatchObject({ ok: true, value: { secret: expect.stringMatching(/^lk_api_/) } })
      expect(await create(nora, key)).toEqual(again)
      expect(await keys(), when).toBe(before + 1)
    }
  })

  it('is forgotten after 24 hours: the same call runs again', async () => {
    const [key, before] = [fresh(), await keys()]
    const first: Answer = await create(nora, key)
    world.advance(24 * 60 * minute - 60_000)
    expect(await create(nora, key)).toEqual(first)
    world.advance(60_000)
    const second: Answer = await create(nora, key)
    expect(second.value.secret).not.toBe(first.value.secret)
    expect(await keys()).toBe(before + 2)
  })

  it('of another person, credential or operation is independent', async () => {
    const otto = await world.person('otto')
    const key = fresh()
    const mine: Answer = await create(nora, key)
    const theirs: Answer = await create(otto, key)
    expect(theirs).toMatchObject({ ok: true, value: { key: { owner: 'user:otto' } } })
    expect(theirs.value.secret).not.toBe(mine.value.secret)
    const service = { tenant: agency, name: 'Robot', idempotencyKey: key }
    expect(await nora.call('members/createService', service)).toMatchObject({ ok: true, value: { name: 'Robot' } })
    expect(await create(nora, key)).toEqual(mine)
  })

  it('replays nothing to who was demoted or signed out meanwhile: stages 1 to 4 run again', async () => {
    const dora = await world.person('dora')
    const key = fresh()
    const first = await create(dora, key)
    expect(await create(dora, key)).toEqual(first)
    const { items } = await nora.must('roles/listAssignments', { tenant: agency, principal: { user: 'dora' } })
    await nora.must('roles/assign', {
      tenant: agency,
      principal: { user: 'dora' },
      role: 'agency.auditor',
      reach: 'node',
    })
    await nora.must('roles/unassign', { tenant: agency, assignment: items[0].assignment })
    expect(await create(dora, key)).toMatchObject({ ok: false, error: { code: 'permission_denied' } })
    await nora.must('members/remove', { tenant: agency, user: 'dora' })
    expect(await create(dora, key)).toEqual({ ok: false, error: { code: 'not_found' } })
    const scopes = ['iam/tenants.write', 'iam/tenants.readonly']
    const made = await newKey(nora, agency, { scopes })
    const found = () =>
      world.withKey(made.secret).call('tenants/create', { parent: agency, name: 'Late' }, { idempotencyKey: key })
    expect(await found()).toMatchObject({ ok: true })
    await nora.must('apiKeys/revoke', { tenant: agency, key: made.key.key })
    expect(await found()).toEqual({ ok: false, error: { code: 'invalid_token' } })
  })

  it('of a refused call is free again: the corrected state is tried anew', async () => {
    const key = fresh()
    const account = (await nora.must('tenants/create', { parent: agency, name: 'Closed' })).tenant
    const resume = () => nora.call('tenants/resume', { tenant: account, reason: 'try again', idempotencyKey: key })
    expect(await resume()).toMatchObject({ ok: false, error: { code: 'conflict' } })
    await nora.must('tenants/suspend', { tenant: account, reason: 'unpaid' })
    expect(await resume()).toMatchObject({ ok: true, value: { status: 'active' } })
  })

  it('and its secret stand nowhere in the store: the answer is sealed, the key only hashed', async () => {
    const key = fresh()
    const { value }: Answer = await create(nora, key)
    const everything = await dump(world.projectId)
    expect(everything).toContain('"sealed"')
    expect(everything).not.toContain(value.secret)
    expect(everything).not.toContain(value.secret.slice(30, 73))
    expect(everything).not.toContain(key)
    expect(everything).not.toContain(Buffer.from(value.secret).toString('base64url').slice(0, 40))
  })
})
