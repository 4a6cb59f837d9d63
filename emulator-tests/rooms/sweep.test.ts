// The sweep: what is over and was kept long enough goes, with an event where people could see it; nothing else does, whatever happens meanwhile.
import { Firestore } from '@google-cloud/firestore'
import { days, hours, plusSeconds, type Seconds, toIso } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sweep } from '../../functions/src/groups/sweep.ts'
import { jobPath } from '../../functions/src/guard/doors/single-flight.ts'
import { expiring } from '../../functions/src/platform/store/expiring.ts'
import { timestampOf } from '../../functions/src/platform/store/reader.ts'
import type { Place } from '../../functions/src/platform/store/sweep.ts'
import { applyWrites, type Write } from '../../functions/src/platform/store/write.ts'
import { fly } from '../support/fly.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

let world: World
let owner: Actor
let agency: string
let bea: Actor
let other: string
let firestore: Firestore

const advance = (span: Seconds): void => world.advance(span * 1_000)
const from = (span: Seconds) => timestampOf(plusSeconds(world.app.clock(), span))
const swept = () => fly(sweep(world.app), world.app)
const there = async (path: string): Promise<boolean> => (await firestore.doc(path).get()).exists
const record = async (): Promise<Answer> => (await firestore.doc(jobPath('sweepExpired')).get()).data()
/** As a door would write it, sweep field and all. */
const put = async (writes: readonly Write[]): Promise<void> => {
  const batch = firestore.batch()
  applyWrites(batch, writes, { firestore, door: 'operate' })
  await batch.commit()
}

beforeAll(async () => {
  world = await makeWorld()
  agency = await world.agency('Swept', 'olivia')
  owner = await world.person('olivia')
  other = await world.agency('Beside', 'bea')
  bea = await world.person('bea')
  firestore = new Firestore({ projectId: world.projectId })
}, 60_000)
afterAll(async () => {
  await firestore.terminate()
  await world.close()
})

describe('what is over', () => {
  it('C-146 goes after people could see it for a month, with one event for all of them, and without its grants', async () => {
    const end = toIso(plusSeconds(world.app.clock(), days(1)))
    await world.join(owner, 'vera', { tenant: agency, role: 'agency.auditor', reach: 'subtree' })
    const assigned = { tenant: agency, principal: { user: 'vera' }, role: 'agency.support', reach: 'subtree' }
    const short = await owner.must('roles/assign', { ...assigned, expiresAt: end })
    const key = await owner.must('apiKeys/create', {
      ...{ tenant: agency, name: 'Short', scopes: ['iam/tenants.readonly'], expiresAt: end },
    })
    const long = await owner.must('apiKeys/create', { tenant: agency, name: 'Long', scopes: ['iam/tenants.readonly'] })
    const assignment = `tenants/${agency}/assignments/${short.assignment}`
    const shown = `tenants/${agency}/apiKeys/${key.key.key}`
    const secret = `credentials/${key.secret.slice(7, 29)}`
    const grants = async () =>
      Object.keys((await firestore.doc(`tenants/${agency}/grants/user:vera`).get()).get('entries'))
    advance(days(2))
    await swept()
    // Over, and refused by every check; but still to be seen.
    expect(await Promise.all([assignment, shown, secret].map(there))).toEqual([true, true, true])
    expect(await world.withKey(key.secret).call('tenants/get', { tenant: agency })).toMatchObject({ ok: false })
    advance(days(30))
    expect(await grants()).toHaveLength(2)
    await swept()
    expect(await Promise.all([assignment, shown].map(there))).toEqual([false, false])
    expect(await grants()).toHaveLength(1)
    advance(days(1))
    await swept()
    expect(await there(secret)).toBe(false)
    expect(await world.withKey(long.secret).call('tenants/get', { tenant: agency })).toMatchObject({ ok: true })
    const events = await firestore.collection(`tenants/${agency}/audit`).where('type', '>=', 'lifecycle.').get()
    const told = events.docs.map((one) => [one.get('type'), one.get('targets'), one.get('actor.principal')])
    expect(told).toContainEqual([
      'lifecycle.expired_assignments_removed',
      [`assignment:${short.assignment}`],
      'system:sweepExpired',
    ])
    expect(told).toContainEqual(['lifecycle.expired_keys_removed', [`key:${key.key.key}`], 'system:sweepExpired'])
  }, 60_000)

  it('I-61 F-25 is refused although nobody sweeps, at the very moment of its end', async () => {
    const end = plusSeconds(world.app.clock(), days(2))
    const made = { tenant: agency, name: 'Ends', scopes: ['iam/tenants.readonly'], expiresAt: toIso(end) }
    const key = await owner.must('apiKeys/create', made)
    const asks = () => world.withKey(key.secret).call('tenants/get', { tenant: agency })
    expect(await asks()).toMatchObject({ ok: true })
    advance(days(2))
    expect(await asks()).toMatchObject({ ok: false, error: { code: 'invalid_token' } })
    advance(days(3))
    expect(await asks()).toMatchObject({ ok: false, error: { code: 'invalid_token' } })
    expect(await there(`credentials/${key.secret.slice(7, 29)}`)).toBe(true)
  })

  it('stays while it is not done with, and when it was renewed between being found and being removed', async () => {
    const old = { expiresAt: from(hours(-2)) }
    await put([
      { kind: 'set', path: 'idempotency/renewed', fields: old },
      { kind: 'set', path: 'idempotency/over', fields: old },
    ])
    const found: Answer[] = []
    const now = world.app.clock()
    for (let shard = 0; shard < 16; shard++)
      for await (const due of world.app.store.sweep.due({ kind: 'idempotency', shard, now, limit: 100 }))
        found.push(due)
    expect(found.map(({ path }) => path).toSorted()).toEqual(
      expect.arrayContaining(['idempotency/over', 'idempotency/renewed']),
    )
    await put([{ kind: 'set', path: 'idempotency/renewed', fields: { expiresAt: from(hours(24)) } }])
    expect(await world.app.store.sweep.remove(found)).toBe(found.length - 1)
    expect(await there('idempotency/renewed')).toBe(true)
    expect(await there('idempotency/over')).toBe(false)
  })

  it('an event stays in the outbox until it was relayed and sealed, however old it is', async () => {
    const events = await firestore.collection('outbox').get()
    const [one, other] = events.docs.filter((event) => event.get('toSeal') !== undefined)
    if (one === undefined || other === undefined) throw new Error('no events')
    await put([{ kind: 'update', path: one.ref.path, fields: { toSeal: undefined, toRelay: undefined } }])
    advance(days(2))
    await swept()
    expect(await there(one.ref.path)).toBe(false)
    expect(await there(other.ref.path)).toBe(true)
    expect((await record())['done']['held outbox']).toBeGreaterThan(0)
  })

  it.each(Object.keys(expiring))('%s has a field to be found by as soon as it has an end', async (kind) => {
    const known = expiring[kind]
    if (known === undefined) throw new Error(kind)
    const found = await firestore.collectionGroup(kind.split('/').at(-1) ?? '').get()
    for (const document of found.docs)
      if (document.get(known.end) !== undefined)
        expect(document.get('sweep'), document.ref.path).toMatch(/^s\d\d-\d{7}$/)
  })
})

describe('a sweep', () => {
  const many = (count: number, kind: 'idempotency' | 'limits', hoursFromNow: number) =>
    put(
      Array.from({ length: count }, (_, index) => ({
        kind: 'set' as const,
        path: `${kind}/many${hoursFromNow}-${index}`,
        fields: { expiresAt: from(hours(hoursFromNow)) },
      })),
    )

  it('F-19 looks behind what cannot go yet, stretch by stretch', async () => {
    await many(40, 'idempotency', -3)
    const { due } = world.app.store.sweep
    const now = world.app.clock()
    const paths: string[] = []
    for (let shard = 0; shard < 16; shard++) {
      let after: Place | undefined
      for (let found = 1; found > 0; ) {
        found = 0
        for await (const one of due({ kind: 'idempotency', shard, now, limit: 1, after })) {
          found++
          after = one.place
          paths.push(one.path)
        }
      }
    }
    expect(new Set(paths).size).toBe(paths.length)
    expect(paths.filter((path) => path.includes('/many-3-'))).toHaveLength(40)
  })

  it('T-46 one tenant’s key that cannot be removed keeps nobody else’s, and the run says so', async () => {
    const end = toIso(plusSeconds(world.app.clock(), days(1)))
    const made = { name: 'Over', scopes: ['iam/tenants.readonly'], expiresAt: end }
    const [mine, hers] = [
      await owner.must('apiKeys/create', { tenant: agency, ...made }),
      await bea.must('apiKeys/create', { tenant: other, ...made }),
    ]
    advance(days(40))
    const { commit } = world.app.store
    const faulty: typeof commit = (context, change) =>
      change.tenant === agency ? Promise.reject(new Error('a spoilt document')) : commit(context, change)
    const app = { ...world.app, store: { ...world.app.store, commit: faulty } }
    await expect(fly(sweep(app), app)).rejects.toThrow('a spoilt document')
    expect(await there(`tenants/${other}/apiKeys/${hers.key.key}`)).toBe(false)
    expect(await there(`tenants/${agency}/apiKeys/${mine.key.key}`)).toBe(true)
    expect((await record())['status']).toBe('failed')
    await swept()
    expect(await there(`tenants/${agency}/apiKeys/${mine.key.key}`)).toBe(false)
  }, 60_000)

  it('F-22 twice at once removes each thing once', async () => {
    await many(300, 'idempotency', -3)
    await Promise.all([swept(), swept()])
    const recent: Answer[] = (await record())['recent'].slice(0, 2)
    const counts = recent.map(({ done }) => Number(done['removed idempotency'] ?? 0))
    expect(Math.max(...counts)).toBe(300) // by one of them, whichever; the other did nothing, or came after it
  })

  it('refuses to remove most of what there is, says so, and goes on with everything else; let once, it does', async () => {
    const planted = Array.from(
      { length: 1_100 },
      (_, index) => `tenants/${agency}/invitations/inv_${String(index).padStart(22, '0')}`,
    )
    for (let at = 0; at < planted.length; at += 400) {
      const batch = firestore.batch()
      for (const path of planted.slice(at, at + 400))
        batch.set(firestore.doc(path), { expiresAt: from(days(-31)), sweep: 's07-0000001', status: 'pending' })
      await batch.commit()
    }
    await many(3, 'limits', -3)
    await expect(swept()).rejects.toThrow(/of \d+ in tenants\/\*\/invitations would be removed/)
    expect(await record()).toMatchObject({ status: 'failed', failures: 1 })
    expect((await firestore.collection('limits').get()).size).toBe(0)
    const left = async () => (await firestore.collection(`tenants/${agency}/invitations`).get()).size
    expect(await left()).toBeGreaterThanOrEqual(1_100)
    await fly(sweep(world.app, ['tenants/*/invitations']), world.app)
    expect(await left()).toBeLessThan(1_100)
  }, 120_000)

  it('F-33 does nothing by a clock that the database does not agree with', async () => {
    const wrong = await makeWorld({ trueTime: (asOf) => asOf })
    const fields = { expiresAt: new Date(plusSeconds(wrong.app.clock(), hours(12))), sweep: 's03-0000001' }
    const store = new Firestore({ projectId: wrong.projectId })
    await store.doc('idempotency/kept').set(fields)
    wrong.advance(days(1) * 1_000)
    await expect(fly(sweep(wrong.app), wrong.app)).rejects.toThrow('The clock of this instance is wrong')
    expect((await store.doc('idempotency/kept').get()).exists).toBe(true)
    wrong.advance(-days(1) * 1_000)
    expect(await fly(sweep(wrong.app), wrong.app)).toBe(true)
    await store.terminate()
    await wrong.close()
  }, 60_000)
})
