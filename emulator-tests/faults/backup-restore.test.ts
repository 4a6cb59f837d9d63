// A backup restored into an empty project: how long it takes, and that everything in it holds together.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../functions/src/app.ts'
import { newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import { copyDatabase } from '../support/copy-database.ts'
import { breachesIn } from '../support/invariants.ts'
import { clearFirestore, endpoints } from '../support/stack.ts'
import { damage, dump, erase, map, plant, text } from '../support/stored-documents.ts'
import { actor, allOperations } from '../support/world.ts'

let two: TwoAgencies
let folder: string
let restored: string

beforeAll(async () => {
  two = await twoAgencies()
  folder = mkdtempSync(join(tmpdir(), 'latchkey-backup-'))
  restored = `${two.world.projectId}-r`
}, 60_000)
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await clearFirestore(restored)
  await two.world.close()
})

describe('the scanner of invariants', () => {
  it('finds nothing where nothing is wrong, and each breach by its name', async () => {
    const { world, north, south } = two
    expect(await breachesIn(world.projectId)).toEqual([])
    const before = await dump(world.projectId)
    await plant(world.projectId, `tenants/${north.agency}/teams/x`, { tenant: text(south.agency) })
    await plant(world.projectId, `tenants/acc_nowhere/members/x`, {})
    await plant(world.projectId, `tenants/${north.agency}/assignments/x`, { principal: text('team:tea_elsewhere') })
    await plant(world.projectId, 'signingKeys/x', {
      keys: map({ a: map({ state: text('active') }), b: map({ state: text('active') }) }),
    })
    await plant(world.projectId, 'credentials/x', {
      kind: text('api'),
      status: text('active'),
      tenant: text(north.agency),
    })
    await plant(world.projectId, 'users/x', { lastEvent: text('op_gone') })
    await plant(world.projectId, 'outbox/x', { tenant: text(north.agency), toSeal: { integerValue: '3' } })
    await plant(world.projectId, 'limits/x', { note: text(`lk_api_${'a'.repeat(71)}`) })
    await plant(world.projectId, 'idempotency/x', { opId: text('op_gone'), answer: map({}) })
    const found = (await breachesIn(world.projectId)).map((sentence) => sentence.split(' ')[0])
    expect([...new Set(found)].sort()).toEqual(['INV-1', 'INV-13', 'INV-14', 'INV-2', 'INV-4', 'INV-5', 'INV-8'])
    expect(found.filter((name) => name === 'INV-8')).toHaveLength(2)
    for (const path of ['signingKeys/x', 'credentials/x', 'users/x', 'outbox/x', 'limits/x', 'idempotency/x'])
      await erase(world.projectId, path)
    for (const path of [`${north.agency}/teams/x`, 'acc_nowhere/members/x', `${north.agency}/assignments/x`])
      await erase(world.projectId, `tenants/${path}`)
    await damage(world.projectId, `tenants/${north.agency}/grants/user:${north.ownerUid}`, { entries: map({}) })
    expect(await breachesIn(world.projectId)).toEqual([expect.stringContaining('INV-10')])
    await plant(
      world.projectId,
      `tenants/${north.agency}/grants/user:${north.ownerUid}`,
      (JSON.parse(before) as [string, Parameters<typeof plant>[2]][]).find(
        ([path]) => path === `tenants/${north.agency}/grants/user:${north.ownerUid}`,
      )?.[1] ?? {},
    )
    expect(await dump(world.projectId)).toBe(before)
  })
})

describe('a backup', () => {
  it('F-38 restored is as it was and holds together; what was revoked since lives again, which is why no traffic goes there before the rest of the runbook', async () => {
    const { world, north } = two
    const kept = await newKey(north.owner, north.agency)
    const revoked = await newKey(north.owner, north.agency)
    const before = await dump(world.projectId)
    await copyDatabase(world.projectId, 'export', { export_directory: folder, export_name: 'backup' })
    await north.owner.must('apiKeys/revoke', { tenant: north.agency, key: revoked.key.key })
    const from = performance.now()
    await copyDatabase(restored, 'import', {
      export_directory: join(folder, 'backup', 'backup.overall_export_metadata'),
    })
    expect(JSON.parse(await dump(restored))).toEqual(JSON.parse(before))
    expect(await breachesIn(restored)).toEqual([])
    const app = createApp(
      { GCLOUD_PROJECT: restored, FIRESTORE_EMULATOR_HOST: endpoints.firestore, LK_KMS_ENDPOINT: endpoints.kms },
      { clock: world.app.clock, log: () => undefined, publish: async () => undefined },
    )
    const asks = (secret: string) =>
      actor(app, allOperations(app), { transport: 'http', authorization: [`Bearer ${secret}`] }).call('tenants/get', {
        tenant: north.agency,
      })
    expect(await asks(kept.secret)).toMatchObject({ ok: true })
    console.log(`restored, looked through and answering after ${Math.round(performance.now() - from)} ms`)
    expect(await asks(revoked.secret)).toMatchObject({ ok: true })
    expect(await world.withKey(revoked.secret).call('tenants/get', { tenant: north.agency })).toMatchObject({
      ok: false,
    })
    await app.store.close()
  }, 60_000)
})
