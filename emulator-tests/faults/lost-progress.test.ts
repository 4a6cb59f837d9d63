// A long operation whose every kind of answer is lost once: its work is done once, and its progress says the truth.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { operationRunner } from '../../functions/src/groups/long-operations.ts'
import { type FirestoreProxy, firestoreProxy, grpcStatus, nth } from '../support/firestore-proxy.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
let proxy: FirestoreProxy
let calm: () => void = () => undefined
beforeAll(async () => {
  proxy = await firestoreProxy()
  world = await makeWorld({ storeOf: proxy.store })
})
afterEach(() => calm())
afterAll(async () => {
  await world.close()
  await proxy.close()
})

it.each([
  ['the claim of a page', '/operations/', 1],
  ['the deletion of an account', '/audit/', 2],
  ['the progress', 'operations/', 2],
])('F-14 an operation that loses the answer of %s counts every account once', async (what, containing, ordinal) => {
  const owner = `owner${what.length}`
  const agency = await world.agency(`Agency ${what.length}`, owner)
  const sam = await world.person(owner)
  const below: string[] = []
  for (const name of ['One', 'Two', 'Three'])
    below.push((await sam.must('tenants/create', { parent: agency, name })).tenant)
  const confirmName = `Agency ${what.length}`
  const { operation } = await sam.must('tenants/delete', { tenant: agency, reason: 'closing down', confirmName })
  proxy.reset()
  calm = proxy.inject({
    method: 'Commit',
    status: grpcStatus.unavailable,
    containing,
    chosen: nth(ordinal),
    answerLost: true,
  })
  await operationRunner(world.app).run({ runId: 'run_test', now: world.app.clock() }, { operation })
  expect(proxy.counts().struck).toBe(1)
  const progress = await world.provisioner.must('tenants/operations', { tenant: 'platform', operation })
  expect(progress).toMatchObject({ status: 'done', done: 3 })
  const documents = [...(await storedDocuments(world.projectId))]
  for (const account of below) {
    const deletions = documents.filter(
      ([path, fields]) =>
        path.startsWith(`tenants/${account}/audit/`) && fields['type']?.['stringValue'] === 'tenancy.tenant_deleted',
    )
    expect(deletions).toHaveLength(1)
  }
})
