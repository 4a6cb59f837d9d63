// `apiKeys/rotate` and its two ends: the overlap is exact, a lost answer costs nothing, and nobody gets a secret for more than they hold.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const hour = 3_600_000
const dead = { ok: false, error: { code: 'invalid_token' } }
const conflict = { ok: false, error: { code: 'conflict' } }

describe('a rotation', () => {
  let world: World
  let agency: string
  let nora: Actor
  const scopes = ['iam/tenants.readonly', 'contacts.readonly']
  const use = async (secret: string) => (await world.withKey(secret).call('tenants/get', { tenant: agency })).ok
  const make = async (more: object = {}) => {
    const { key, secret } = await newKey(nora, agency, { scopes, ...more })
    return { key: key.key as string, secret: secret as string, view: key as Answer }
  }
  const rotate = (key: string, overlapSeconds: number, more: object = {}, who = nora) =>
    who.call('apiKeys/rotate', { tenant: agency, key, overlapSeconds, ...more })
  const rotated = async (key: string, overlapSeconds: number): Promise<Answer> =>
    nora.must('apiKeys/rotate', { tenant: agency, key, overlapSeconds })
  const get = (key: string): Promise<Answer> => nora.must('apiKeys/get', { tenant: agency, key })
  const home = () => world.advance(Date.now() - world.app.clock())
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
  })
  afterAll(() => world.close())

  it.each([60, hour / 1000, (30 * 24 * hour) / 1000])(
    'C-010 of %i s lets both secrets work until exactly its end, and from then on the new one alone',
    async (overlapSeconds) => {
      const { key, secret, view } = await make()
      const answer = await rotated(key, overlapSeconds)
      const end = Date.parse(answer.key.rotation.endsAt)
      expect(answer.key).toMatchObject({ key, owner: 'user:nora', scopes: view.scopes, expiresAt: view.expiresAt })
      expect(answer.key.rotation.oldHint).toBe(view.hint)
      expect(answer.key.hint).not.toBe(view.hint)
      expect(end - Date.parse(answer.key.rotation.startedAt)).toBe(overlapSeconds * 1000)
      expect([await use(secret), await use(answer.secret)]).toEqual([true, true])
      world.advance(end - 3_000 - world.app.clock())
      expect([await use(secret), await use(answer.secret)]).toEqual([true, true])
      world.advance(end - world.app.clock())
      expect([await use(secret), await use(answer.secret)]).toEqual([false, true])
      expect(await get(key)).not.toHaveProperty('rotation')
      home()
    },
  )

  it('C-010 is dead at its end and lives a millisecond before, wherever the clock stands still', async () => {
    let stopped: number | undefined
    const clock = () => (stopped ?? Date.now()) as ReturnType<World['app']['clock']>
    const still = await makeWorld({ clock })
    try {
      const tenant = await still.agency('Still', 'stella')
      const stella = await still.person('stella')
      const { key, secret } = await newKey(stella, tenant, { scopes })
      const answer: Answer = await stella.must('apiKeys/rotate', { tenant, key: key.key, overlapSeconds: 60 })
      const end = Date.parse(answer.key.rotation.endsAt)
      const works = async () => (await still.withKey(secret).call('tenants/get', { tenant })).ok
      stopped = end - 1
      expect(await works()).toBe(true)
      stopped = end
      expect(await works()).toBe(false)
    } finally {
      await still.close()
    }
  })

  it('C-010 of no overlap ends the old secret at once', async () => {
    const { key, secret } = await make()
    const answer = await rotated(key, 0)
    expect(answer.key).not.toHaveProperty('rotation')
    expect([await use(secret), await use(answer.secret)]).toEqual([false, true])
    world.advance(-60_000) // also where a clock is behind
    expect([await use(secret), await use(answer.secret)]).toEqual([false, true])
    home()
    expect(await nora.call('apiKeys/cancelRotation', { tenant: agency, key })).toMatchObject(conflict)
  })

  it('takes up to thirty days, and never outlasts the key', async () => {
    const { key } = await make()
    const refused = { ok: false, error: { code: 'invalid_request', field: 'overlapSeconds' } }
    for (const overlap of [-1, 1.5, 30 * 86_400 + 1, '60', null])
      expect(await rotate(key, overlap as number), String(overlap)).toMatchObject(refused)
    const expiresAt = new Date(world.app.clock() + hour).toISOString()
    const short = await make({ expiresAt })
    const answer = await rotated(short.key, 86_400)
    expect(answer.key.rotation.endsAt).toBe(expiresAt)
    expect(answer.key.expiresAt).toBe(expiresAt)
  })

  it('is one at a time: another is refused while it runs, and may follow when it is over', async () => {
    const { key, secret } = await make()
    const first = await rotated(key, 60)
    expect(await rotate(key, 60)).toMatchObject(conflict)
    expect(await rotate(key, 0)).toMatchObject(conflict)
    world.advance(61_000)
    const second = await rotated(key, 60)
    expect([await use(secret), await use(first.secret), await use(second.secret)]).toEqual([false, true, true])
    home()
    expect(await use(secret)).toBe(false) // tidied up, whatever the clock says
  })

  it('is cancelled: the new secret ends at once, the old one lives on as if nothing had been', async () => {
    const { key, secret, view } = await make()
    const answer = await rotated(key, 60)
    const back = await nora.must('apiKeys/cancelRotation', { tenant: agency, key })
    expect(back).toMatchObject({ hint: view.hint, status: 'active' })
    expect(back).not.toHaveProperty('rotation')
    expect([await use(secret), await use(answer.secret)]).toEqual([true, false])
    world.advance(2 * hour)
    expect(await use(secret)).toBe(true)
    home()
    for (const operation of ['apiKeys/cancelRotation', 'apiKeys/finishRotation'])
      expect(await nora.call(operation, { tenant: agency, key })).toMatchObject(conflict)
    const again = await rotated(key, 60)
    expect([await use(secret), await use(again.secret)]).toEqual([true, true])
  })

  it('is finished: the old secret ends before its time', async () => {
    const { key, secret } = await make()
    const answer = await rotated(key, 3_600)
    expect(await nora.must('apiKeys/finishRotation', { tenant: agency, key })).not.toHaveProperty('rotation')
    expect([await use(secret), await use(answer.secret)]).toEqual([false, true])
    expect(await nora.call('apiKeys/cancelRotation', { tenant: agency, key })).toMatchObject(conflict)
  })

  it('shows who still uses the old secret, when and from where; the address to whoever may see the key, in no list', async () => {
    const { key, secret } = await make()
    const from = (credential: string, address: string) =>
      world.withKey(credential).call('tenants/get', { tenant: agency }, { address })
    await from(secret, '198.51.100.7')
    const answer = await rotated(key, 3_600)
    expect(answer.key.rotation).toMatchObject({ oldLastUsedAt: expect.any(String) })
    expect(answer.key.rotation).not.toHaveProperty('newLastUsedAt')
    world.advance(4 * 60_000)
    await from(secret, '198.51.100.8')
    await from(answer.secret, '203.0.113.9')
    const seen = await get(key)
    expect(seen.rotation).toMatchObject({ oldLastUsedAt: expect.any(String), newLastUsedAt: expect.any(String) })
    expect(seen.secrets).toEqual([
      { hint: answer.key.hint, lastUsedAt: expect.any(String), lastAddress: '203.0.113.9' },
      { hint: answer.key.rotation.oldHint, lastUsedAt: expect.any(String), lastAddress: '198.51.100.8' },
    ])
    const { items } = await nora.must('apiKeys/list', { tenant: agency, limit: 100 })
    const listed = items.find((one: Answer) => one.key === key)
    expect(listed.rotation).toEqual(seen.rotation)
    expect(JSON.stringify(items)).not.toMatch(/198\.51\.100|203\.0\.113/)
    const live = (await storedDocuments(world.projectId)).get(`tenants/${agency}/apiKeys/${key}`)
    expect(JSON.stringify(live)).not.toMatch(/198\.51\.100|203\.0\.113|hash/)
    home()
  })

  it('last use is sampled: a hundred uses in a minute are one write for each secret', async () => {
    const { key, secret } = await make()
    const answer = await rotated(key, 3_600)
    const written = async () =>
      (await world.app.store.read.getStamped([`tenants/${agency}/apiKeys/${key}`])).map(({ writtenAt }) => writtenAt)
    await use(secret)
    await use(answer.secret)
    const before = await written()
    for (let round = 0; round < 5; round++)
      await Promise.all(Array.from({ length: 20 }, (_, index) => use(index % 2 === 0 ? secret : answer.secret)))
    expect(await written()).toEqual(before)
    world.advance(60_000)
    await use(secret)
    expect(await written()).not.toEqual(before)
    home()
  })

  it('F-12 asked for again under the same idempotency key gives the same secret, and makes no second one', async () => {
    const { key } = await make()
    const idempotencyKey = 'rotation-key-000001'
    const first: Answer = await rotate(key, 60, { idempotencyKey })
    expect(first).toMatchObject({ ok: true, value: { secret: expect.stringMatching(/^lk_api_/) } })
    expect(await rotate(key, 60, { idempotencyKey })).toEqual(first)
    expect(await use(first.value.secret)).toBe(true)
    expect(await rotate(key, 61, { idempotencyKey })).toMatchObject({ error: { code: 'idempotency_key_reused' } })
  })

  it('of a key that is revoked, disabled, expired or unknown is refused', async () => {
    const revoked = await make()
    await nora.must('apiKeys/revoke', { tenant: agency, key: revoked.key })
    const disabled = await make()
    await nora.must('apiKeys/disable', { tenant: agency, key: disabled.key })
    const expired = await make({ expiresAt: new Date(world.app.clock() + 60_000).toISOString() })
    for (const { key } of [revoked, disabled]) expect(await rotate(key, 60)).toMatchObject(conflict)
    world.advance(60_000)
    expect(await rotate(expired.key, 60)).toMatchObject(conflict)
    home()
    expect(await rotate(`key_${'0'.repeat(22)}`, 60)).toEqual({ ok: false, error: { code: 'not_found' } })
  })

  it('asked for many times at once happens once, and a key that is revoked meanwhile has no secret that works', async () => {
    const { key } = await make()
    const answers: Answer[] = await Promise.all(Array.from({ length: 8 }, () => rotate(key, 60)))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    for (const answer of answers) if (!answer.ok) expect(answer.error.code).toBe('conflict')
    for (let round = 0; round < 8; round++) {
      const racing = await make()
      const [given]: Answer[] = await Promise.all([
        rotate(racing.key, 3_600),
        nora.call('apiKeys/revoke', { tenant: agency, key: racing.key }),
        nora.call('apiKeys/update', { tenant: agency, key: racing.key, name: 'Raced' }),
      ])
      expect(await use(racing.secret)).toBe(false)
      if (given.ok) expect(await use(given.value.secret)).toBe(false)
    }
  }, 30_000)

  it('C-007 gives nobody a secret for more than they hold themselves: the owner’s own key stays with its power', async () => {
    await world.join(nora, 'adam', { tenant: agency, role: 'agency.admin', reach: 'node' })
    const adam = await world.person('adam')
    const { key } = await make({ scopes: ['contacts.write', 'contacts.readonly'] })
    expect(await rotate(key, 60, {}, adam)).toMatchObject({
      ok: false,
      error: { code: 'grant_exceeds_grantor', missing: expect.arrayContaining(['contacts.write']) },
    })
    const narrow = await make({
      scopes: ['iam/roles.readonly'],
      expiresAt: new Date(world.app.clock() + hour).toISOString(),
    })
    expect(await rotate(narrow.key, 60, {}, adam)).toMatchObject({ ok: false }) // over the whole agency, he is at its node only
    expect(await rotate(narrow.key, 60)).toMatchObject({ ok: true })
  })

  it('hands nobody a secret that acts as another person: others stop, finish and end it, whatever they hold', async () => {
    await world.join(nora, 'petra', { tenant: agency, role: 'agency.admin', reach: 'subtree' })
    const petra = await world.person('petra')
    const { key, secret } = await newKey(petra, agency, { scopes })
    const at = { tenant: agency, key: key.key }
    const theirs = { ok: false, error: { code: 'permission_denied' } }
    expect(await rotate(key.key, 0)).toMatchObject(theirs)
    const { secret: next } = await petra.must('apiKeys/rotate', { ...at, overlapSeconds: 60 })
    expect(await nora.call('apiKeys/cancelRotation', at)).toMatchObject(theirs)
    expect([await use(secret), await use(next)]).toEqual([true, true])
    for (const operation of ['finishRotation', 'disable', 'revoke']) await nora.must(`apiKeys/${operation}`, at)
    expect([await use(secret), await use(next)]).toEqual([false, false])
    const events = [...(await storedDocuments(world.projectId))].filter(([path]) => path.includes('/audit/'))
    const ended = events.map(([, fields]) => JSON.stringify(fields)).filter((event) => event.includes(key.key))
    expect(ended.filter((event) => !event.includes('user:petra'))).toEqual([])
    expect(ended.some((event) => event.includes('credentials.key_revoked'))).toBe(true)
  })

  it('goes on under another owner, or ends with its own: both secrets of it', async () => {
    const { service } = await nora.must('members/createService', { tenant: agency, name: 'Heir' })
    await nora.must('roles/assign', { tenant: agency, principal: { service }, role: 'agency.admin', reach: 'subtree' })
    for (const [keys, live] of [
      [{ service }, true],
      ['revoke', false],
    ] as const) {
      const uid = live ? 'leaver1' : 'leaver2'
      await world.join(nora, uid, { tenant: agency, role: 'agency.admin', reach: 'subtree' })
      const leaver = await world.person(uid)
      const { key, secret } = await newKey(leaver, agency, { scopes: ['iam/tenants.readonly'] })
      const answer = await leaver.must('apiKeys/rotate', { tenant: agency, key: key.key, overlapSeconds: 3_600 })
      await nora.must('members/transfer', { tenant: agency, user: uid, keys, reason: 'leaving' })
      expect([await use(secret), await use(answer.secret)]).toEqual([live, live])
      if (live) expect(await get(key.key)).toMatchObject({ owner: `service:${service}`, rotation: expect.anything() })
    }
  })

  it('revoking and disabling reach both secrets', async () => {
    for (const operation of ['apiKeys/revoke', 'apiKeys/disable']) {
      const { key, secret } = await make()
      const answer = await rotated(key, 3_600)
      expect([await use(secret), await use(answer.secret)]).toEqual([true, true])
      await nora.must(operation, { tenant: agency, key })
      expect(await world.withKey(secret).call('tenants/get', { tenant: agency })).toEqual(dead)
      expect(await use(answer.secret)).toBe(false)
    }
  })
})
