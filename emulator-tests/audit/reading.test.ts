// Reading the log: found by whoever may, by nobody of another tenant, and each reading an event of its own.

import { type OpId, prefixes } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import { hours, instantOf, toIso } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reconciler } from '../../functions/src/groups/reconcile.ts'
import { bySystem } from '../../functions/src/platform/store/by-system.ts'
import { fly } from '../support/fly.ts'
import { damage, erase, list, plant, storedDocuments, text } from '../support/stored-documents.ts'
import type { Actor, Answer } from '../support/world.ts'
import { type LoggedWorld, linesOf, loggedWorld, seal, verified } from './support/log.ts'

let world: LoggedWorld
let tenant: string
let other: string
let nora: Actor
let sue: Actor
beforeAll(async () => {
  world = await loggedWorld()
  tenant = await world.agency('Northwind', 'nora')
  other = await world.agency('Southwind', 'sue')
  nora = await world.person('nora')
  sue = await world.person('sue')
}, 60_000)
afterAll(() => world.close())

const all = async (actor: Actor, input: object): Promise<Answer[]> => {
  const items: Answer[] = []
  for (let page: string | undefined; ; ) {
    const answer = await actor.must('audit/search', { limit: 7, ...input, ...(page === undefined ? {} : { page }) })
    items.push(...answer.items)
    page = answer.nextPage
    if (page === undefined) return items
  }
}

describe('audit/search', () => {
  const teams: string[] = []
  beforeAll(async () => {
    for (let index = 0; index < 20; index++) {
      const { team } = await nora.must('teams/create', { tenant, name: `Team ${index}` })
      teams.push(team.team ?? team)
      world.advance(1_000)
    }
  })

  it('C-146 pages through every event, the newest first, each once', async () => {
    const items = await all(nora, { tenant })
    const ids = items.map(({ event }) => event)
    expect(new Set(ids).size).toBe(ids.length)
    const stored = [...(await storedDocuments(world.projectId)).keys()].filter((path) =>
      path.startsWith(`tenants/${tenant}/audit/`),
    )
    expect(ids.length).toBe(stored.length)
    const moments = items.map(({ at }) => at)
    expect(moments).toEqual(moments.toSorted().reverse())
  })

  it('C-146 finds by kind, target, actor, request and time, and by all of them at once', async () => {
    const made = await all(nora, { tenant, type: 'directory.team_created' })
    expect(made).toHaveLength(20)
    const one = made[4]
    expect(await all(nora, { tenant, request: one.request })).toEqual([one])
    expect(await all(nora, { tenant, target: one.targets[0], type: one.type })).toEqual([one])
    expect(await all(nora, { tenant, actor: 'user:nora', type: 'directory.team_created' })).toEqual(made)
    expect(await all(nora, { tenant, actor: 'user:sue' })).toEqual([])
    expect(await all(nora, { tenant, type: 'directory.team_created', from: made[9].at, until: made[4].at })).toEqual(
      made.slice(5, 10),
    )
  })

  it('shows one event with its hash, and says nothing of one that is not there', async () => {
    const [one] = await all(nora, { tenant, type: 'directory.team_created' })
    const shown = await nora.must('audit/get', { tenant, event: one.event })
    expect(shown).toMatchObject({ ...one, hash: expect.stringMatching(/^[\w-]{43}$/) })
    const told = world.logs.map((line) => JSON.parse(line)).find(({ event }) => event === one.event)
    expect(told.hash).toBe(shown.hash)
    expect(await nora.call('audit/get', { tenant, event: `op_${'0'.repeat(22)}` })).toMatchObject({
      error: { code: 'not_found' },
    })
  })

  it('C-149 answers 404 for another tenant, to whoever asks, by whatever operation', async () => {
    for (const operation of ['audit/search', 'audit/verify', 'audit/export'])
      expect(await sue.call(operation, { tenant })).toMatchObject({ error: { code: 'not_found' } })
    const [one] = await all(nora, { tenant })
    expect(await sue.call('audit/get', { tenant, event: one.event })).toMatchObject({ error: { code: 'not_found' } })
    expect(await sue.call('audit/get', { tenant: other, event: one.event })).toMatchObject({
      error: { code: 'not_found' },
    })
    expect(await sue.call('audit/search', { tenant: other })).toMatchObject({ ok: true })
  })

  it('C-149 I-78 shows what platform staff did at a tenant to that tenant', async () => {
    const staff = await world.platformOwner()
    await staff.must('tenants/suspend', { tenant, reason: 'an unpaid bill' })
    await staff.must('tenants/resume', { tenant, reason: 'paid by now' })
    const [suspended] = await all(nora, { tenant, type: 'tenancy.tenant_suspended' })
    expect(suspended).toMatchObject({ actor: { principal: 'user:platformowner' }, reason: 'an unpaid bill' })
  })
})

describe('an event', () => {
  it('C-146 digests the state before and after its change, under a salt of its own', async () => {
    const { team } = await nora.must('teams/create', { tenant, name: 'Digested' })
    const digestsOf = async (type: string) => {
      const [{ event }] = await all(nora, { tenant, type, target: `team:${team.team ?? team}` })
      return nora.must('audit/get', { tenant, event })
    }
    const digests = new Set<string>()
    for (const name of ['One', 'Two', 'One', 'Two']) {
      await nora.must('teams/update', { tenant, team: team.team ?? team, name })
      const { before, after } = await digestsOf('directory.team_updated')
      digests.add(before).add(after)
      world.advance(1_000)
    }
    for (const digest of digests) expect(digest).toMatch(/^[\w-]{43}$/)
    expect(digests.size, 'the same state never has the same digest').toBe(8)
  })

  it('C-146 is told in the log again by whoever finds it there after a lost answer', async () => {
    const opId = world.app.drawId(prefixes.op) as OpId // just drawn
    const told = () => world.logs.map((line) => JSON.parse(line)).filter(({ event }) => event === opId)
    const now = world.app.clock()
    for (let run = 1; run <= 2; run++) {
      const event = { type: 'access.resource_put', targets: [], details: {} }
      await world.app.store.commit(bySystem({ job: 'writer', opId, runId: 'run', now }), {
        tenant: tenant as Parameters<typeof world.app.store.commit>[1]['tenant'], // as it was founded
        plan: async () => ok({ writes: [], event, outcome: {} }),
        answer: () => ({}),
      })
    }
    expect(told()).toHaveLength(2)
    expect(new Set(told().map(({ hash }) => hash)).size).toBe(1)
  })
})

describe('reading is an event', () => {
  it('C-146 once an hour for each reader and way of reading, however often; each time for an export', async () => {
    const count = async (type: string, from: string) => (await all(nora, { tenant, type, from })).length
    const now = toIso(world.app.clock())
    await nora.must('audit/export', { tenant })
    await nora.must('audit/export', { tenant })
    expect(await count('audit.exported', now)).toBe(2)
    const hour = hours(1) * 1000
    for (let nth = 1; nth <= 2; nth++) {
      world.advance(hour)
      const thisHour = toIso(instantOf(Math.floor(world.app.clock() / hour) * hour))
      for (let round = 0; round < 4; round++) await nora.must('audit/search', { tenant })
      await nora.must('audit/verify', { tenant })
      expect(await count('audit.searched', thisHour)).toBe(1)
      expect(await count('audit.verified', thisHour)).toBe(1)
    }
  })
})

describe('what is not live', () => {
  it.each([
    ['members/listInvitations', 'directory.invitations_listed', {}],
    ['webhooks/list', 'webhooks.listed', {}],
    ['webhooks/deliveries', 'webhooks.deliveries_listed', { webhook: `whk_${'0'.repeat(22)}` }],
  ])('C-146 leaves an event when it is read by %s, and none when that is refused', async (operation, type, more) => {
    const noted = async () => (await all(nora, { tenant, type })).map(({ actor }) => actor.principal)
    expect(await sue.call(operation, { tenant, ...more })).toMatchObject({ ok: false })
    expect(await noted()).toEqual([])
    await nora.call(operation, { tenant, ...more })
    await nora.call(operation, { tenant, ...more })
    expect(await noted()).toEqual(['user:nora'])
  })
})

describe('audit/verify', () => {
  it('C-148 says that all is well, a stretch at a time, and where it is not', async () => {
    await seal(world.app)
    await nora.must('teams/create', { tenant, name: 'One more' })
    await seal(world.app)
    const first = await nora.must('audit/verify', { tenant, limit: 1 })
    expect(first).toMatchObject({ segments: 1, faults: [], next: 1 })
    const rest = await nora.must('audit/verify', { tenant, after: first.next })
    expect(rest).toMatchObject({ faults: [] })
    expect(rest).not.toHaveProperty('next')
    expect(rest.last).toBe(first.events + rest.events)
    expect(rest.anchors).toBeGreaterThan(0)
    const { fields, id } = ((await linesOf(world, tenant)) as Answer[]).find((line) => line.position === 2)
    const path = `tenants/${tenant}/audit/${id}`
    await damage(world.projectId, path, { type: text('directory.nothing_happened') })
    expect((await nora.must('audit/verify', { tenant })).faults).toMatchObject([
      { kind: 'edited', tenant, position: 2, event: id },
    ])
    await damage(world.projectId, path, { type: text(fields.type) })
    expect((await nora.must('audit/verify', { tenant })).faults).toEqual([])
  })

  it('C-148 misses a seal in the database, and finds one that is another in the second place', async () => {
    const documents = await storedDocuments(world.projectId)
    const seals = [...documents].filter(([path]) => path.startsWith('auditSeals/')).toSorted()
    const [path, fields] = seals[0] ?? ['', {}]
    await erase(world.projectId, path)
    expect((await nora.must('audit/verify', { tenant })).faults).toMatchObject([{ kind: 'seal', position: 1 }])
    await damage(world.projectId, path, fields)
    expect((await nora.must('audit/verify', { tenant })).faults).toEqual([])
  })

  it('C-148 names an event that a search does not find any more by what it says, or at its time', async () => {
    const [one] = await all(nora, { tenant, type: 'directory.team_created' })
    const path = `tenants/${tenant}/audit/${one.event}`
    const kept = (await storedDocuments(world.projectId)).get(path) ?? {}
    for (const blinded of [
      { terms: list(text('*')) },
      { terms: list(...['*', 'type:other', 'actor:user:nora', 'target:x', 'request:x'].map(text)) },
      { newest: text('9'.repeat(13)) },
    ]) {
      await damage(world.projectId, path, blinded)
      expect((await verified(world, await linesOf(world, tenant))).faults, 'an export has none of it').toEqual([])
      expect((await nora.must('audit/verify', { tenant })).faults).toMatchObject([
        { kind: 'search', tenant, event: one.event, position: expect.any(Number) },
      ])
      await plant(world.projectId, path, kept)
    }
    expect((await nora.must('audit/verify', { tenant })).faults).toEqual([])
  })

  it('counts what is not sealed yet for the next time', async () => {
    await nora.must('teams/create', { tenant, name: 'Unsealed' })
    const { faults, last } = await nora.must('audit/verify', { tenant })
    expect(faults).toEqual([])
    await seal(world.app)
    expect((await nora.must('audit/verify', { tenant })).last).toBeGreaterThan(last)
    expect((await verified(world, await linesOf(world, tenant))).faults).toEqual([])
  })
})

describe('the reconciler', () => {
  const drift = () =>
    world.logs.map((line) => JSON.parse(line)).filter(({ message, what }) => message === 'drift' && what === 'events')

  it('C-148 finds state whose last event is in no log, and nothing where all are there', async () => {
    await nora.must('teams/create', { tenant, name: 'Whose event goes' })
    await nora.must('tenants/create', { parent: tenant, name: 'Corner Shop', ownerEmail: 'x@people.example' })
    await fly(reconciler(world.app), world.app)
    expect(drift()).toEqual([])
    const documents = [...(await storedDocuments(world.projectId))]
    const [named = ''] = documents.flatMap(([at, { lastEvent }]) =>
      at.startsWith(`tenants/${tenant}/members/`)
        ? [`tenants/${tenant}/audit/${String(lastEvent?.['stringValue'])}`]
        : [],
    )
    const kept = new Map(documents).get(named) ?? {}
    await damage(world.projectId, named, { terms: list() })
    await fly(reconciler(world.app), world.app)
    const hidden = `${named} is not found by what it says.`
    expect(new Set(drift().map(({ severity, sentence }) => `${severity} ${sentence}`))).toEqual(
      new Set([`ERROR ${hidden}`]),
    )
    await plant(world.projectId, named, kept)
    const [path, fields] = documents.find(([at]) => at.startsWith(`tenants/${tenant}/teams/`)) ?? ['', {}]
    const event = String(fields['lastEvent']?.['stringValue'])
    await erase(world.projectId, `tenants/${tenant}/audit/${event}`)
    await fly(reconciler(world.app), world.app)
    expect(drift().filter(({ sentence }) => sentence !== hidden)).toMatchObject([
      { severity: 'ERROR', sentence: `${path} names the event ${event}, which is in no log.` },
    ])
  })
})
