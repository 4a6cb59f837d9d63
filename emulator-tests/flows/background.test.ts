// The background functions as deployed, driven by firebase-functions-test and by real snapshots of the emulator.

import { Firestore } from '@google-cloud/firestore'
import { hours, plusSeconds } from '@latchkey/core/kernel/time'
import functionsTest from 'firebase-functions-test'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { withSweepField } from '../../functions/src/platform/store/expiring.ts'
import { timestampOf } from '../../functions/src/platform/store/reader.ts'
import { type Actor, makeWorld, type World } from '../support/world.ts'

// biome-ignore lint/suspicious/noExplicitAny: the wrapped functions of another library.
type Loaded = any

/** The table of contents as an instance of `target` loads it, on the project of this test. */
const instance = async (target: string, projectId: string): Promise<Loaded> => {
  Object.assign(process.env, {
    FUNCTION_TARGET: target,
    GCLOUD_PROJECT: projectId,
    FIREBASE_CONFIG: JSON.stringify({ projectId }),
  })
  vi.resetModules() // an instance knows one target only
  const loaded: Record<string, unknown> = await import('../../functions/src/index.ts')
  return loaded[target]
}

describe('background functions', () => {
  let world: World
  let owner: Actor
  let agency: string
  let firestore: Firestore
  const harness = functionsTest()

  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Mine', 'olivia')
    owner = await world.person('olivia')
    firestore = new Firestore({ projectId: world.projectId })
  }, 60_000)
  afterAll(async () => {
    harness.cleanup()
    await firestore.terminate()
    await world.close()
  })

  it('F-20 onAssignmentWritten repairs a damaged grants document, and writes nothing when there is nothing to repair', async () => {
    await world.join(owner, 'vera', { tenant: agency, role: 'agency.auditor', reach: 'subtree' })
    const grants = firestore.doc(`tenants/${agency}/grants/user:vera`)
    const whole = (await grants.get()).data()
    const [assignment] = (
      await firestore.collection(`tenants/${agency}/assignments`).where('principal', '==', 'user:vera').get()
    ).docs
    await grants.update({ entries: {} })
    const wrapped = harness.wrap(await instance('onAssignmentWritten', world.projectId))
    const event = {
      data: harness.makeChange(assignment, assignment),
      params: { tenant: agency, assignment: assignment?.id },
    }
    await wrapped(event as never)
    expect((await grants.get()).data()?.['entries']).toEqual(whole?.['entries'])
    const { updateTime } = await grants.get()
    await wrapped(event as never)
    expect((await grants.get()).updateTime).toEqual(updateTime)
  }, 60_000)

  it('sweepExpired removes what expired and leaves what has not', async () => {
    const now = world.app.clock()
    const record = (hoursFromNow: number) => ({
      opId: 'x',
      inputDigest: 'y',
      ...withSweepField('idempotency/x', { expiresAt: timestampOf(plusSeconds(now, hours(hoursFromNow))) }, true),
    })
    await firestore.doc('idempotency/old').set(record(-2))
    await firestore.doc('idempotency/new').set(record(1))
    await (await instance('sweepExpired', world.projectId)).run({ scheduleTime: new Date().toISOString() })
    expect((await firestore.doc('idempotency/old').get()).exists).toBe(false)
    expect((await firestore.doc('idempotency/new').get()).exists).toBe(true)
  }, 60_000)

  it('C-115 runOperation marks the accounts of a deleted agency; a message that is no operation is parked', async () => {
    const other = await world.agency('Theirs', 'hannah')
    const hannah = await world.person('hannah')
    const accounts: string[] = []
    for (const name of ['One', 'Two', 'Three'])
      accounts.push((await hannah.must('tenants/create', { parent: other, name })).tenant)
    const { operation } = await hannah.must('tenants/delete', {
      tenant: other,
      reason: 'closing down',
      confirmName: 'Theirs',
    })
    const run = await instance('runOperation', world.projectId)
    const message = (json: unknown, messageId: string) => ({
      data: {
        message: { messageId, json, data: Buffer.from(JSON.stringify(json)).toString('base64') },
        subscription: 's',
      },
    })
    await run.run(message({ operation }, 'm1') as never)
    const stored = await firestore.getAll(...accounts.map((account) => firestore.doc(`tenants/${account}`)))
    expect(stored.map((document) => document.data()?.['status'])).toEqual(['deleted', 'deleted', 'deleted'])
    expect((await firestore.doc(`operations/${operation}`).get()).data()).toMatchObject({ status: 'done', done: 3 })
    await run.run(message({ nonsense: true }, 'm2') as never)
    expect((await firestore.doc('parked/runOperation-m2').get()).exists).toBe(true)
  }, 60_000)
})
