// `tenants/delete`: a tombstone for ever; an agency's accounts are marked by an operation that survives crashes and rivals.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../functions/src/app.ts'
import { createApp } from '../../functions/src/app.ts'
import { operationRunner } from '../../functions/src/groups/long-operations.ts'
import { sweep } from '../../functions/src/groups/sweep.ts'
import { fly } from '../support/fly.ts'
import { endpoints } from '../support/stack.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import { actor, allOperations, makeWorld, type World } from '../support/world.ts'

const notFound = { ok: false, error: { code: 'not_found' } }
const accounts = 30 // more than one page of 25

describe('a deleted tenant', () => {
  let world: World
  const sent: { topic: string; data: unknown }[] = []
  const job = () => ({ runId: 'run_test', now: world.app.clock() })
  beforeAll(async () => {
    world = await makeWorld({ publish: async (topic, data) => void sent.push({ topic, data }) })
  })
  afterAll(() => world.close())

  /** An agency with accounts, deleted; what is left is the long half. */
  const deletedAgency = async (name: string, owner: string, count: number) => {
    const agency = await world.agency(name, owner)
    const sam = await world.person(owner)
    const below = await Promise.all(
      Array.from(
        { length: count },
        async (_, index) => (await sam.must('tenants/create', { parent: agency, name: `Shop ${index}` })).tenant,
      ),
    )
    const gone = await sam.must('tenants/delete', { tenant: agency, reason: 'closing down', confirmName: name })
    expect(gone).toMatchObject({ tenant: agency, status: 'deleted', operation: expect.stringMatching(/^opn_/) })
    return { agency, sam, below: below as string[], operation: gone.operation as string }
  }
  const progress = (operation: string) =>
    world.provisioner.must('tenants/operations', { tenant: 'platform', operation })
  const marked = async (below: readonly string[]) => {
    const documents = await storedDocuments(world.projectId)
    return {
      deleted: below.filter((id) => documents.get(`tenants/${id}`)?.['status']?.['stringValue'] === 'deleted').length,
      events: below.map(
        (id) =>
          [...documents].filter(
            ([path, fields]) =>
              path.startsWith(`tenants/${id}/audit/`) && fields['type']?.['stringValue'] === 'tenancy.tenant_deleted',
          ).length,
      ),
    }
  }

  it('T-34 asks for its name and a fresh sign-in, is gone at once with what is below it, and cannot be deleted again', async () => {
    const agency = await world.agency('Northwind', 'nora')
    const nora = await world.person('nora')
    const { tenant } = await nora.must('tenants/create', { parent: agency, name: 'Shop' })
    const remove = { tenant, reason: 'closing down', confirmName: 'shop' }
    const wrong = { ok: false, error: { code: 'invalid_request', field: 'confirmName' } }
    expect(await nora.call('tenants/delete', { ...remove, confirmName: 'Store' })).toMatchObject(wrong)
    world.advance(10 * 60_000)
    expect(await nora.call('tenants/delete', remove)).toMatchObject({
      error: { code: 'insufficient_user_authentication' },
    })
    world.advance(-10 * 60_000)
    expect(await nora.must('tenants/delete', remove)).toMatchObject({ tenant, status: 'deleted' })
    for (const operation of ['tenants/get', 'members/list', 'apiKeys/list'])
      expect(await nora.call(operation, { tenant })).toEqual(notFound)
    expect(await nora.call('tenants/delete', remove)).toEqual(notFound)
    expect(await nora.call('tenants/resume', { tenant, reason: 'come back' })).toEqual(notFound)
    expect((await nora.must('tenants/list', { parent: agency })).items).toEqual([])
    const documents = await storedDocuments(world.projectId)
    expect(documents.get(`tenants/${tenant}`)?.['status']).toEqual({ stringValue: 'deleted' }) // the tombstone stays
  })

  it('leaves an id that is never given again: whoever draws it founds nothing', async () => {
    const agency = await world.agency('Eastgate', 'emma')
    const emma = await world.person('emma')
    const { tenant } = await emma.must('tenants/create', { parent: agency, name: 'Shop' })
    await emma.must('tenants/delete', { tenant, reason: 'closing down', confirmName: 'Shop' })
    const env = { GCLOUD_PROJECT: world.projectId, FIRESTORE_EMULATOR_HOST: endpoints.firestore }
    const drawId: App['drawId'] = (prefix) => (prefix === 'acc' ? tenant : world.app.drawId(prefix))
    const app = createApp(env, { drawId, clock: world.app.clock, log: () => undefined })
    const token = await world.idToken('emma')
    const rival = actor(app, allOperations(app), { transport: 'callable', authorization: [`Bearer ${token}`] })
    expect(await rival.call('tenants/create', { parent: agency, name: 'Phoenix' })).toMatchObject({ ok: false })
    expect(await emma.call('tenants/get', { tenant })).toEqual(notFound)
    expect((await storedDocuments(world.projectId)).get(`tenants/${tenant}`)?.['name']).toEqual({ stringValue: 'Shop' })
    await app.store.close()
  })

  it('T-34 T-36 that was an agency: its accounts are out of reach at once, then marked page by page, each with its event', async () => {
    const { agency, sam, below, operation } = await deletedAgency('Southridge', 'sam', accounts)
    expect(sent.at(-1)).toEqual({ topic: 'operations', data: { operation } })
    expect(await sam.call('tenants/get', { tenant: below[0] })).toEqual(notFound)
    expect(await sam.call('tenants/operations', { tenant: agency, operation })).toEqual(notFound)
    expect(await progress(operation)).toMatchObject({ kind: 'delete_accounts', status: 'running', done: 0 })
    await operationRunner(world.app).run(job(), { operation })
    expect(await progress(operation)).toMatchObject({ status: 'done', done: accounts, finishedAt: expect.any(String) })
    expect(await marked(below)).toEqual({ deleted: accounts, events: below.map(() => 1) })
    await operationRunner(world.app).run(job(), { operation }) // delivered again
    expect(await progress(operation)).toMatchObject({ status: 'done', done: accounts })
    expect((await marked(below)).events).toEqual(below.map(() => 1))
  })

  it('whose worker died in the middle is carried on after its lease, from its cursor, without a double', async () => {
    const { below, operation } = await deletedAgency('Westbrook', 'wim', accounts)
    let commits = 0
    const dying: App = {
      ...world.app,
      store: {
        ...world.app.store,
        commit: (context, plan) => {
          if (++commits > 27) throw new Error('killed') // on the second page
          return world.app.store.commit(context, plan)
        },
      },
    }
    await expect(operationRunner(dying).run(job(), { operation })).rejects.toThrow('killed')
    expect(await progress(operation)).toMatchObject({ status: 'running', done: 25 })
    expect((await marked(below)).deleted).toBe(27)
    await operationRunner(world.app).run(job(), { operation })
    expect((await marked(below)).deleted).toBe(27) // the dead worker's lease still holds
    world.advance(5 * 60_000)
    sent.length = 0
    await fly(sweep(world.app), world.app)
    expect(sent).toContainEqual({ topic: 'operations', data: { operation } }) // nobody has to remember it
    await operationRunner(world.app).run(job(), { operation })
    expect(await progress(operation)).toMatchObject({ status: 'done', done: accounts })
    expect(await marked(below)).toEqual({ deleted: accounts, events: below.map(() => 1) })
  })

  it('worked on by three workers at once is marked once', async () => {
    world.advance(-5 * 60_000) // sign-ins are on real time
    const { below, operation } = await deletedAgency('Uplands', 'una', accounts)
    await Promise.all([1, 2, 3].map(() => operationRunner(world.app).run(job(), { operation })))
    expect(await progress(operation)).toMatchObject({ status: 'done', done: accounts })
    expect(await marked(below)).toEqual({ deleted: accounts, events: below.map(() => 1) })
  })

  it('shows its progress to nobody else: another agency and an unknown operation are the same 404', async () => {
    const { operation } = await deletedAgency('Lowlands', 'lou', 1)
    const other = await world.agency('Highlands', 'hal')
    const hal = await world.person('hal')
    expect(await hal.call('tenants/operations', { tenant: other, operation })).toEqual(notFound)
    expect(await hal.call('tenants/operations', { tenant: other, operation: `opn_${'0'.repeat(22)}` })).toEqual(
      notFound,
    )
    expect(await progress(operation)).toMatchObject({ status: 'running' })
  })
})
