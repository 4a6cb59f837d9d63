// Reminders of what ends: at thirty, seven and one day, each once, after outages too, never of an old end and never afterwards.
import { days, hours, instantOf, minutes, plusSeconds, secondsOf, toIso } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { reminders } from '../../functions/src/groups/notifications.ts'
import { fly, loose } from '../support/fly.ts'
import { damage, moment, storedDocuments, text } from '../support/stored-documents.ts'
import type { Actor, Answer } from '../support/world.ts'
import { type NotifyWorld, notifyWorld } from './support.ts'

const scopes = ['iam/tenants.readonly']
const day = days(1) * 1000

describe('reminders', () => {
  let house: NotifyWorld
  let nora: Actor
  let agency: string
  beforeAll(async () => {
    house = await notifyWorld()
    agency = await house.world.agency('Northwind', 'nora')
    nora = await house.world.person('nora')
    await house.world.join(nora, 'petra', { tenant: agency, role: 'agency.auditor', reach: 'subtree' })
  })
  afterAll(() => house.close())
  beforeEach(() => house.catcher.clear())

  const inDays = (count: number): string =>
    toIso(instantOf(Math.floor(house.world.app.clock() / 3_600_000) * 3_600_000 + count * day))
  const makeKey = async (name: string, lasts: number): Promise<Answer> =>
    (await nora.must('apiKeys/create', { tenant: agency, name, scopes, expiresAt: inDays(lasts) })).key
  /** Of each reminder so far: how many days before which end, of what is named so. */
  const saidOf = async (id: string): Promise<Answer[]> => {
    const stored = [...(await storedDocuments(house.world.projectId))]
    return stored.flatMap(([path, fields]) => {
      const details = (fields['details']?.['mapValue'] as Answer)?.fields
      const about = path.includes('/audit/') && JSON.stringify(fields['targets'] ?? '').includes(id)
      return about && details?.days !== undefined ? [Number(details.days.integerValue)] : []
    })
  }
  const forward = (count: number): void => house.world.advance(count * day)

  it('F-28 a key is spoken of thirty, seven and one day before its end, each once, however often it is looked at', async () => {
    const key = await makeKey('Yearly', 40)
    const end = Date.parse(key.expiresAt)
    const said: Answer[] = []
    for (const left of [35, 30.2, 29.9, 29.5, 8, 7.2, 6.9, 6.5, 1.2, 0.9, 0.5, -0.1, -10]) {
      house.world.advance(end - left * day - house.world.app.clock())
      await house.remind()
      said.push([left, (await saidOf(key.key)).toSorted()])
    }
    const [none, once, twice, thrice] = [[], [30], [30, 7].toSorted(), [30, 7, 1].toSorted()]
    expect(said).toEqual([
      ...[35, 30.2].map((left) => [left, none]),
      ...[29.9, 29.5, 8, 7.2].map((left) => [left, once]),
      ...[6.9, 6.5, 1.2].map((left) => [left, twice]),
      ...[0.9, 0.5, -0.1, -10].map((left) => [left, thrice]),
    ])
  }, 60_000)

  it('tells and mails the owner until when, once however often the event is heard', async () => {
    const key = await makeKey('Spoken of', 31)
    forward(1.2)
    await house.remind()
    await house.deliverAll('credentials.key_expiring')
    await house.deliverAll('credentials.key_expiring')
    const about = house.mailsTo('nora').filter(({ subject }) => subject.includes('Spoken of'))
    expect(about.map(({ subject }) => subject)).toEqual([
      `API key “Spoken of” ends on ${key.expiresAt.slice(0, 16).replace('T', ' ')} UTC`,
    ])
    expect(about[0]?.headers['list-unsubscribe']).toBeDefined()
    const { items } = await house.listOf(nora)
    expect(items.filter(({ title }: Answer) => title.includes('Spoken of'))).toHaveLength(1)
  })

  it('F-28 after an outage of weeks the nearest one is said once, late; after the end nothing is, also not by a message that was late', async () => {
    const key = await makeKey('Slept through', 40)
    forward(35) // thirty and seven days were missed
    await house.remind()
    await house.remind()
    expect(await saidOf(key.key)).toEqual([7])
    const gone = await makeKey('Over before it woke', 31)
    forward(32)
    await house.remind()
    expect(await saidOf(gone.key)).toEqual([])
    expect(await saidOf(key.key)).toEqual([7])
    await house.deliverAll('credentials.key_expiring')
    expect(house.mailsTo('nora').filter(({ subject }) => subject.includes('Slept through'))).toEqual([])
  })

  it('what was renewed is not spoken of by its old end, and again by its new one', async () => {
    const key = await makeKey('Renewed', 33)
    forward(2)
    await nora.must('apiKeys/update', { tenant: agency, key: key.key, expiresAt: inDays(80) })
    forward(2)
    await house.remind()
    expect(await saidOf(key.key)).toEqual([])
    forward(48.2)
    await house.remind()
    expect(await saidOf(key.key)).toEqual([30])
    await nora.must('apiKeys/update', { tenant: agency, key: key.key, name: 'Renamed' }) // begins to be looked at anew
    await house.remind()
    house.world.advance(hours(2) * 1000)
    await house.remind()
    expect(await saidOf(key.key)).toEqual([30])
  })

  it('whoever has just set an end is not told of it', async () => {
    const key = await makeKey('Set anew', 33)
    forward(10)
    await nora.must('apiKeys/update', { tenant: agency, key: key.key, expiresAt: inDays(20) })
    house.world.advance(hours(2) * 1000)
    await house.remind()
    expect(await saidOf(key.key)).toEqual([])
    forward(13)
    await house.remind()
    expect(await saidOf(key.key)).toEqual([7])
  })

  it('what ends sooner than it was made to is spoken of by its new end', async () => {
    const key = await makeKey('Shortened', 80)
    await nora.must('apiKeys/update', { tenant: agency, key: key.key, expiresAt: inDays(31) })
    forward(1.2)
    await house.remind()
    expect(await saidOf(key.key)).toEqual([30])
  })

  it('nothing is said right after something short-lived was made, and nothing of what is dead', async () => {
    const short = await makeKey('Short', 5)
    const revoked = await makeKey('Revoked', 31)
    await house.remind()
    house.world.advance(hours(2) * 1000)
    await house.remind()
    expect(await saidOf(short.key)).toEqual([])
    await nora.must('apiKeys/revoke', { tenant: agency, key: revoked.key })
    forward(4)
    await house.remind()
    expect(await saidOf(short.key)).toEqual([1])
    expect(await saidOf(revoked.key)).toEqual([])
  })

  it('a role that ends is spoken of to whoever holds it, and the old secret of a rotation to the key’s owner', async () => {
    const role = { role: 'account.viewer', reach: 'subtree', expiresAt: inDays(9) }
    const { assignment } = await nora.must('roles/assign', { tenant: agency, principal: { user: 'petra' }, ...role })
    const key = await makeKey('Turned', 60)
    await nora.must('apiKeys/rotate', { tenant: agency, key: key.key, overlapSeconds: days(9) })
    const cancelled = await makeKey('Turned back', 60)
    await nora.must('apiKeys/rotate', { tenant: agency, key: cancelled.key, overlapSeconds: days(9) })
    await nora.must('apiKeys/cancelRotation', { tenant: agency, key: cancelled.key })
    house.world.advance(hours(2) * 1000)
    await house.remind()
    expect([await saidOf(assignment), await saidOf(key.key)]).toEqual([[], []])
    forward(2.5)
    await house.remind()
    expect([await saidOf(assignment), await saidOf(key.key), await saidOf(cancelled.key)]).toEqual([[7], [7], []])
    await house.deliverAll('access.assignment_expiring', 'credentials.overlap_ending')
    expect(house.mailsTo('petra').map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^Role “account\.viewer” ends on /),
    ])
    expect(house.mailsTo('nora').map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^The old secret of API key “Turned” ends on /),
    ])
  })

  it('F-16 two runs at once say everything once', async () => {
    const keys = []
    for (let count = 0; count < 5; count++) keys.push((await makeKey(`Twice ${count}`, 31)).key)
    forward(1.5)
    const { app } = house.world
    await Promise.all([reminders(app).run(loose(app, 'run_one')), reminders(app).run(loose(app, 'run_two'))])
    for (const key of keys) expect(await saidOf(key)).toEqual([30])
  })

  it('a document whose end was spoilt holds up no other', async () => {
    const [spoilt, sound] = [await makeKey('Spoilt', 31), await makeKey('Sound', 31)]
    forward(1.5)
    await damage(house.world.projectId, `tenants/${agency}/apiKeys/${spoilt.key}`, { notAfter: text('never') })
    await house.remind()
    expect(await saidOf(spoilt.key)).toEqual([])
    expect(await saidOf(sound.key)).toEqual([30])
    const next = Number((await remindOf(`tenants/${agency}/apiKeys/${sound.key}`)).slice(-7)) * 3_600_000
    expect(next).toBeGreaterThanOrEqual(Date.parse(sound.expiresAt) - 7 * day)
    expect(next).toBeLessThan(Date.parse(sound.expiresAt) - 6 * day)
  })

  it('T-46 what cannot be said, however much, hides nothing, and is said by a later run', async () => {
    const { world } = house
    const keys: string[] = []
    for (let count = 0; count < 4; count++) keys.push((await makeKey(`Held ${count}`, 31)).key)
    forward(1.5)
    const { app } = world
    const commit: typeof app.store.commit = () => Promise.reject(new Error('cannot be said'))
    const faulty = { ...app, store: { ...app.store, commit } }
    await expect(fly(reminders(faulty), faulty)).rejects.toThrow('cannot be said')
    // Put behind whatever waits by now, and not forgotten.
    for (const key of keys) {
      const hour = Number((await remindOf(`tenants/${agency}/apiKeys/${key}`)).slice(-7))
      expect(hour * 3_600_000).toBeGreaterThan(app.clock())
      expect(await saidOf(key)).toEqual([])
    }
    world.advance(hours(2) * 1000)
    await house.remind()
    for (const key of keys) expect(await saidOf(key)).toEqual([30])
  })

  it('of a key that is switched off nothing is said, and everything again once it is on', async () => {
    const key = await makeKey('Off and on', 31)
    await nora.must('apiKeys/disable', { tenant: agency, key: key.key, reason: 'paused for a while' })
    forward(1.5)
    await house.remind()
    expect(await saidOf(key.key)).toEqual([])
    await nora.must('apiKeys/enable', { tenant: agency, key: key.key, reason: 'on again' })
    forward(23)
    await house.remind()
    expect(await saidOf(key.key)).toEqual([7])
  })

  it('T-46 one tenant with hundreds that are due delays nobody else’s reminder, and all are said, stretch by stretch', async () => {
    const { world } = house
    const { app, projectId } = world
    const many = 250
    const mine = await makeKey('Mine', 30.1)
    const [, shard = ''] = /^s(\d\d)-/.exec(await remindOf(`tenants/${agency}/apiKeys/${mine.key}`)) ?? []
    const loud = `agy_${'7'.repeat(22)}`
    const end = plusSeconds(app.clock(), secondsOf(days(30) + minutes(5)))
    const due = `s${String((Number(shard) + 15) % 16).padStart(2, '0')}-${String(Math.ceil((end - 30 * day) / 3_600_000)).padStart(7, '0')}`
    await damage(projectId, `tenants/${loud}`, { name: text('Loud'), kind: text('agency'), status: text('active') })
    for (let index = 0; index < many; index++)
      await damage(projectId, `tenants/${loud}/apiKeys/key_${String(index).padStart(22, '0')}`, {
        ...{ name: text('Of many'), owner: text('user:somebody'), status: text('active'), remind: text(due) },
        ...{ notAfter: moment(end), createdAt: moment(end - 90 * day) },
      })
    world.advance(hours(3) * 1000)
    const ofLoud = async () =>
      (await house.events('credentials.key_expiring')).filter(({ tenant }) => tenant === loud).length
    // Taken over after everybody had one turn: the loud tenant had its stretch, and the other one is through.
    await reminders(app).run({ ...loose(app), reached: async () => false })
    expect(await ofLoud()).toBe(100)
    expect(await saidOf(mine.key)).toEqual([30])
    const started = performance.now()
    await house.remind()
    const seconds = (performance.now() - started) / 1000
    console.log(
      `reminders: ${many - 100} of one tenant in ${seconds.toFixed(1)} s, ${((many - 100) / seconds).toFixed(0)}/s`,
    )
    expect(await ofLoud()).toBe(many)
  }, 120_000)

  const remindOf = async (path: string): Promise<string> =>
    String((await storedDocuments(house.world.projectId)).get(path)?.['remind']?.['stringValue'])
})

describe('whoever has left', () => {
  it('hears nothing of keys that are dead, however they died; others hear of theirs', async () => {
    const house = await notifyWorld()
    const { world } = house
    const agency = await world.agency('Northwind', 'nora')
    const nora = await world.person('nora')
    await world.join(nora, 'lena', { tenant: agency, role: 'agency.admin', reach: 'subtree' })
    const expiresAt = toIso(plusSeconds(world.app.clock(), days(31)))
    const lena = await world.person('lena')
    const gone = await lena.must('apiKeys/create', { tenant: agency, name: 'Dead', scopes, expiresAt })
    const kept = await nora.must('apiKeys/create', { tenant: agency, name: 'Alive', scopes, expiresAt })
    await nora.must('members/remove', { tenant: agency, user: 'lena' })
    expect((await nora.must('apiKeys/get', { tenant: agency, key: gone.key.key })).status).toBe('revoked')
    world.advance(1.2 * day)
    await house.remind()
    const said = [...(await storedDocuments(world.projectId))].filter(
      ([path, fields]) => path.includes('/audit/') && fields['type']?.['stringValue'] === 'credentials.key_expiring',
    )
    expect(said).toHaveLength(1)
    expect(JSON.stringify(said)).toContain(kept.key.key)
    await house.close()
  })
})
