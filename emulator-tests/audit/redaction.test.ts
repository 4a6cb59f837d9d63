// Taking personal data out of the log: lawfully, once, said aloud; and found when it was done by hand.
import { redactEvent } from '@latchkey/core/audit/commitment'
import { type OpId, prefixes } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import { days, minutes } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../functions/src/platform/seal.ts'
import { recordedEvent } from '../../functions/src/platform/store/audit-document.ts'
import { bySystem } from '../../functions/src/platform/store/by-system.ts'
import { erase, map, plant, storedDocuments, text } from '../support/stored-documents.ts'
import type { Actor, Answer } from '../support/world.ts'
import { type LoggedWorld, linesOf, loggedWorld, seal, verified } from './support/log.ts'

let world: LoggedWorld
let tenant: string
let nora: Actor
const reason = 'asked for by the person'
beforeAll(async () => {
  world = await loggedWorld()
  tenant = await world.agency('Northwind', 'nora')
  nora = await world.person('nora')
  await world.platformOwner()
}, 60_000)
afterAll(() => world.close())

const found = async (type: string): Promise<readonly Answer[]> =>
  (await nora.must('audit/search', { tenant, type })).items
const made = async (name: string): Promise<string> => {
  await nora.must('teams/create', { tenant, name })
  return (await found('directory.team_created')).find(({ details }) => details?.name === name).event
}
const redact = (event: string, fields: readonly string[], who = nora) =>
  who.call('audit/redact', { tenant, event, fields, reason })
const pathOf = (event: string): string => `tenants/${tenant}/audit/${event}`
const report = async () => verified(world, await linesOf(world, tenant))

describe('audit/redact', () => {
  const secret = 'Team of Ada Lovelace'
  let event: string

  it('C-147 takes what was named out of the event, its terms included; hash and chain hold', async () => {
    event = await made(secret)
    await seal(world.app)
    const before = await nora.must('audit/get', { tenant, event })
    const fields = ['details.name', 'targets', 'actor.principal']
    expect(await redact(event, fields)).toMatchObject({ ok: true, value: { event, removed: fields.toSorted() } })
    const after = await nora.must('audit/get', { tenant, event })
    expect(after).toMatchObject({ hash: before.hash, targets: [] })
    expect(after.removed.toSorted()).toEqual(fields.toSorted())
    const stored = JSON.stringify((await storedDocuments(world.projectId)).get(pathOf(event)))
    for (const gone of [before.actor.principal, before.targets[0], '"salt"']) expect(stored).not.toContain(gone)
    for (const asked of [{ target: before.targets[0] }, { actor: before.actor.principal }]) {
      const { items } = await nora.must('audit/search', { tenant, ...asked })
      expect(items.map((one: Answer) => one.event)).not.toContain(event)
    }
    expect((await found('directory.team_created')).map((one) => one.event)).toContain(event)
  })

  it('C-146 is an event of its own, which names event and fields, and covers it wherever the log is verified', async () => {
    const [said] = await found('audit.redacted')
    expect(said).toMatchObject({
      actor: { principal: 'user:nora' },
      reason,
      details: { event, fields: ['details.name', 'targets', 'actor.principal'] },
    })
    expect((await nora.must('audit/verify', { tenant })).faults).toEqual([])
    await seal(world.app)
    const expected = { redactions: [{ event, covered: true }], faults: [] }
    expect(await report()).toMatchObject(expected)
    expect(await nora.must('audit/verify', { tenant })).toMatchObject(expected)
    const stretch = await nora.must('audit/verify', { tenant, limit: 1 })
    expect(stretch).toMatchObject({ faults: [] })
  })

  it('C-146 C-148 stays covered, however much else is done about that event', async () => {
    const { commit } = world.app.store
    const sentAgain = { type: 'webhooks.sent_again', targets: [`event:${event}`], details: {} }
    const send = () =>
      // Casts: an id just drawn, and a tenant as it was founded.
      commit(
        bySystem({ job: 'writer', opId: world.app.drawId(prefixes.op) as OpId, runId: 'run', now: world.app.clock() }),
        {
          tenant: tenant as Parameters<typeof commit>[1]['tenant'],
          plan: async () => ok({ writes: [], event: sentAgain, outcome: {} }),
          answer: () => ({}),
        },
      )
    for (let batch = 0; batch < 5; batch++) await Promise.all(Array.from({ length: 20 }, send))
    const stretch = await nora.must('audit/verify', { tenant, limit: 1 })
    expect(stretch).toMatchObject({ redactions: [{ event, covered: true }], faults: [] })
  })

  it('refuses what an event cannot be without, what is not there or not any more, and an event that is none', async () => {
    for (const fields of [['type'], ['at'], ['after'], ['before'], ['requestId'], ['details.phone'], ['targets']])
      expect(await redact(event, fields), fields[0]).toMatchObject({
        error: { code: 'invalid_request', field: 'fields' },
      })
    expect(await redact(`op_${'0'.repeat(22)}`, ['reason'])).toMatchObject({ error: { code: 'not_found' } })
    const [said] = await found('audit.redacted')
    expect(await redact(said.event, ['details.fields'])).toMatchObject({ error: { code: 'invalid_request' } })
    expect(await redact(said.event, ['reason'])).toMatchObject({ ok: true })
    expect((await nora.must('audit/verify', { tenant })).faults).toEqual([])
  })

  it('keeps the outcome for a day, in which its call may come again', async () => {
    expect(await redact(event, ['outcome.name'])).toMatchObject({ error: { code: 'conflict' } })
    world.advance(-days(1) * 1000)
    const old = await made('Of yesterday')
    world.advance(days(1) * 1000)
    expect(await redact(old, ['outcome.name'])).toMatchObject({ ok: true, value: { removed: ['outcome.name'] } })
  })

  it('needs the right and a fresh sign-in, and says nothing to strangers', async () => {
    const other = await world.agency('Southwind', 'sue')
    const sue = await world.person('sue')
    expect(await redact(event, ['reason'], sue)).toMatchObject({ error: { code: 'not_found' } })
    expect(await sue.call('audit/redact', { tenant: other, event, fields: ['details.name'], reason })).toMatchObject({
      error: { code: 'not_found' },
    })
    await world.join(nora, 'adam', { tenant, role: 'agency.admin', reach: 'subtree' })
    expect(await redact(event, ['reason'], await world.person('adam'))).toMatchObject({
      error: { code: 'permission_denied' },
    })
    world.advance(minutes(11) * 1000)
    expect(await redact(event, ['reason'])).toMatchObject({ error: { code: 'insufficient_user_authentication' } })
    world.advance(-minutes(11) * 1000)
  })
})

describe('what was taken out by hand', () => {
  /** As whoever may write the database can: every hash holds. */
  const byHand = async (event: string, slots: readonly string[]) => {
    const kept = (await storedDocuments(world.projectId)).get(pathOf(event)) ?? {}
    const [stored] = await world.app.store.read.getAll([pathOf(event)])
    const { salts, removed } = redactEvent(sha256, recordedEvent(event, stored ?? {}), slots)
    const texts = (by: object) => map(Object.fromEntries(Object.entries(by).map(([name, hash]) => [name, text(hash)])))
    const { salt: _salt, details: _details, ...rest } = kept
    await plant(world.projectId, pathOf(event), { ...rest, salts: texts(salts), removed: texts(removed) })
    return kept
  }

  it('C-148 is found with its position, until an event of the log admits it', async () => {
    const event = await made('Blanked')
    await seal(world.app)
    const { last } = await report()
    const kept = await byHand(event, ['details.name'])
    const lines: readonly Answer[] = await linesOf(world, tenant)
    const { position } = lines.find(({ id }) => id === event)
    const fault = { kind: 'redacted', tenant, event, position }
    expect(position).toBeLessThanOrEqual(last)
    expect((await nora.must('audit/verify', { tenant })).faults).toMatchObject([fault])
    expect((await report()).faults).toMatchObject([fault])
    await plant(world.projectId, pathOf(event), kept)
    expect((await report()).faults).toEqual([])
  })

  it('C-148 is found as well when the event that admitted it is erased', async () => {
    const event = await made('Admitted')
    await seal(world.app)
    expect(await redact(event, ['details.name'])).toMatchObject({ ok: true })
    await seal(world.app)
    const [said] = await found('audit.redacted')
    const kept = (await storedDocuments(world.projectId)).get(pathOf(said.event)) ?? {}
    await erase(world.projectId, pathOf(said.event))
    const kinds = (await report()).faults.map(({ kind }) => kind)
    expect(kinds.toSorted()).toEqual(['redacted', 'removed'])
    await plant(world.projectId, pathOf(said.event), kept)
    expect((await report()).faults).toEqual([])
  })
})
