// Background jobs as their operators see them: status, a run now, what could not be taken, and an alarm that is raised once.
import { hours, plusSeconds } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { askedRunner } from '../../functions/src/groups/jobs.ts'
import { reconciler } from '../../functions/src/groups/reconcile.ts'
import { sweep } from '../../functions/src/groups/sweep.ts'
import { type SubscriberDefinition, subscriber } from '../../functions/src/guard/definition.ts'
import { singleFlight } from '../../functions/src/guard/doors/single-flight.ts'
import { takeMessage } from '../../functions/src/guard/doors/take-message.ts'
import { StoreError } from '../../functions/src/platform/store/store-error.ts'
import { fly } from '../support/fly.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

let world: World
let operator: Actor
const sent: { readonly topic: string; readonly message: Answer }[] = []

beforeAll(async () => {
  world = await makeWorld({ publish: async (topic, message) => void sent.push({ topic, message }) })
  operator = await world.platformOwner()
}, 60_000)
afterAll(() => world.close())

const statusOf = async (job: string): Promise<Answer> =>
  (await operator.must('jobs/status', {})).jobs.find((one: Answer) => one.job === job)
const runner = () => askedRunner(world.app)
const asJob = () => ({ runId: world.app.drawId('req'), now: world.app.clock() })

describe('a background job', () => {
  it('shows what it did, that it never ran, and that it failed', async () => {
    expect(await statusOf('sweepExpired')).toMatchObject({ status: 'never', late: false, failures: 0, recent: [] })
    await fly(sweep(world.app), world.app)
    const status = await statusOf('sweepExpired')
    expect(status).toMatchObject({ status: 'done', everySeconds: 600, late: false })
    expect(status.recent).toHaveLength(1)
    expect((await statusOf('reconcile')).lateFrom).toBeDefined()
  })

  it('runs now when an operator asks, by the event and not by the message; and not beside another run', async () => {
    sent.length = 0
    const asked = await operator.must('jobs/run', { job: 'sweepExpired', reason: 'a look at the sweep' })
    expect(sent).toEqual([{ topic: 'jobs', message: { event: asked.asked } }])
    const before = (await statusOf('sweepExpired')).recent.length
    await runner().run(asJob(), { event: asked.asked })
    expect((await statusOf('sweepExpired')).recent).toHaveLength(before + 1)
    // An event that asks for nothing, or that is not there (yet), runs nothing.
    const events = await world.app.store.read.list({ collection: 'tenants/platform/audit', limit: 100 })
    const other = events.find(({ fields }) => fields['type'] !== 'lifecycle.job_asked')
    await expect(runner().run(asJob(), { event: other?.id })).rejects.toThrow('asks for no job')
    await expect(runner().run(asJob(), { event: `op_${'0'.repeat(22)}` })).rejects.toThrow('asks for no job')
    const again = await operator.must('jobs/run', { job: 'sweepExpired', reason: 'another look' })
    const busy = async () => {
      await expect(runner().run(asJob(), { event: again.asked })).rejects.toThrow('at work already')
    }
    await singleFlight({ name: 'sweepExpired', run: busy }, asJob(), world.app.guard)
  })

  it('F-17 what an operator allowed is allowed once, however often and late its message comes', async () => {
    const asked = await operator.must('jobs/run', {
      ...{ job: 'sweepExpired', reason: 'they are over in truth', allow: ['tenants/*/apiKeys'] },
    })
    const runs = async () => (await statusOf('sweepExpired')).recent.length
    const before = await runs()
    for (let time = 0; time < 3; time++) await runner().run(asJob(), { event: asked.asked })
    expect(await runs()).toBe(before + 1)
    const late = await operator.must('jobs/run', { job: 'sweepExpired', reason: 'comes too late' })
    await runner().run({ ...asJob(), now: plusSeconds(world.app.clock(), hours(2)) }, { event: late.asked })
    expect(await runs()).toBe(before + 1)
  })

  it('is nobody’s to see or run who has no power at the platform; what is asked wrongly is refused', async () => {
    await world.agency('Elsewhere', 'nora')
    const nora = await world.person('nora')
    for (const [operation, input] of [
      ['jobs/status', {}],
      ['jobs/run', { job: 'sweepExpired', reason: 'mischief' }],
      ['jobs/listParked', {}],
      ['jobs/replay', { parked: 'runJob-1', reason: 'mischief' }],
    ] as const)
      expect(await nora.call(operation, input), operation).toMatchObject({ ok: false, error: { code: 'not_found' } })
    const wrong = { job: 'sweepExpired', reason: 'a look', allow: ['credentials', 'tenants/*/audit'] }
    expect(await operator.call('jobs/run', wrong)).toMatchObject({
      error: { code: 'invalid_request', field: 'allow[1]' },
    })
    expect(await operator.call('jobs/run', { job: 'rotateSigningKeys', reason: 'no' })).toMatchObject({
      error: { code: 'invalid_request', field: 'job' },
    })
  })
})

describe('a message that cannot be taken', () => {
  const taken: string[] = []
  const definition = (): SubscriberDefinition =>
    subscriber({
      name: 'deliverNotes',
      summary: 'Takes notes.',
      topic: 'notes',
      message: z.strictObject({ note: z.string() }),
      run: async (_job, message) => {
        const { note } = message as { note: string }
        if (note === 'poison') throw new Error(`cannot take lk_api_${'a'.repeat(71)}`)
        if (note === 'outage') throw new StoreError('unavailable', 'down')
        taken.push(note)
      },
    })
  const message = (messageId: string, content: unknown) => ({
    messageId,
    data: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64'),
  })
  const take = (one: ReturnType<typeof message>) => takeMessage(definition(), one, world.app.guard)
  const parked = async (): Promise<Answer[]> => (await operator.must('jobs/listParked', { limit: 100 })).items

  it('F-19 is parked at once when it is none, after five tries when its handler throws; those behind it are taken', async () => {
    await take(message('m1', '{bad json'))
    await take(message('m2', { note: 'x', more: 1 }))
    await take(message('m3', 'x'.repeat(1_000_000)))
    for (let tries = 1; tries < 5; tries++) {
      await expect(take(message('m4', { note: 'poison' }))).rejects.toThrow('cannot take')
      await take(message(`good-${tries}`, { note: `good ${tries}` }))
    }
    await take(message('m4', { note: 'poison' }))
    expect(taken).toEqual(['good 1', 'good 2', 'good 3', 'good 4'])
    expect((await parked()).map(({ parked, reason, tries }) => [parked, reason, tries])).toEqual([
      ['deliverNotes-m1', 'It is no message of this topic.', 1],
      ['deliverNotes-m2', 'It is no message of this topic.', 1],
      ['deliverNotes-m3', 'It is no message of this topic.', 1],
      ['deliverNotes-m4', 'Error: cannot take [secret]', 5],
    ])
    expect(world.logs.some((line) => line.includes('message parked') && line.includes('ERROR'))).toBe(true)
  })

  it('is not given up because the database is down', async () => {
    for (let tries = 0; tries < 8; tries++)
      await expect(take(message('m5', { note: 'outage' }))).rejects.toThrow('down')
    expect((await parked()).map((one) => one.parked)).not.toContain('deliverNotes-m5')
  })

  it('F-19 is sent again as it was, once its cause is gone; twice is no harm, and what was cut cannot be', async () => {
    sent.length = 0
    const replay = { parked: 'deliverNotes-m4', reason: 'the handler was mended' }
    const once = { ...replay, idempotencyKey: 'replay-of-a-parked-message' }
    await operator.must('jobs/replay', once)
    expect(sent.map(({ topic, message }) => [topic, Buffer.from(message).toString()])).toEqual([
      ['notes', '{"note":"poison"}'],
    ])
    await operator.must('jobs/replay', once)
    expect(sent).toHaveLength(1)
    expect(await operator.call('jobs/replay', replay)).toMatchObject({ error: { code: 'not_found', field: 'parked' } })
    const cut = { parked: 'deliverNotes-m3', reason: 'try it' }
    expect(await operator.call('jobs/replay', cut)).toMatchObject({ error: { code: 'conflict' } })
    expect((await parked()).map((one) => one.parked)).toEqual(['deliverNotes-m1', 'deliverNotes-m2', 'deliverNotes-m3'])
    const first = await operator.must('jobs/listParked', { limit: 2 })
    expect(first.items).toHaveLength(2)
    expect((await operator.must('jobs/listParked', { limit: 2, page: first.nextPage })).items).toHaveLength(1)
  })
})

describe('a job that nothing runs', () => {
  it('is late when it did not succeed for two runs, which is said in one event and not in ten', async () => {
    world.advance(hours(1) * 1_000)
    expect(await statusOf('sweepExpired')).toMatchObject({ late: true })
    for (let run = 0; run < 3; run++) await fly(reconciler(world.app), world.app)
    const events = await world.app.store.read.list({ collection: 'tenants/platform/audit', limit: 500 })
    const late = events.filter(({ fields }) => fields['type'] === 'lifecycle.job_late').map(({ fields }) => fields)
    expect(late.map(({ targets }) => targets)).toContainEqual(['job:sweepExpired'])
    expect(late.filter(({ targets }) => String(targets) === 'job:sweepExpired')).toHaveLength(1)
    expect(late.map(({ targets }) => String(targets))).not.toContain('job:reconcile')
    await fly(sweep(world.app), world.app)
    expect(await statusOf('sweepExpired')).toMatchObject({ late: false })
  })
})
