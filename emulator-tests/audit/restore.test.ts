// A database that was restored to a state of before: sealing says so, and goes on in a new epoch; what was lost stays provable.
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operations, sealing } from '../../functions/src/groups/audit.ts'
import { folderAnchors } from '../../functions/src/platform/cloud/anchors.ts'
import { StoreError } from '../../functions/src/platform/store/store-error.ts'
import { lastSealReader } from '../../functions/src/rooms/audit/documents.ts'
import { compromiseKey } from '../../functions/src/rooms/signing/operations/compromise-key.ts'
import { loose } from '../support/fly.ts'
import { erase, plant, storedDocuments } from '../support/stored-documents.ts'
import type { Actor, Answer } from '../support/world.ts'
import { anchorsIn, type LoggedWorld, linesOf, loggedWorld, seal, verified } from './support/log.ts'

let world: LoggedWorld
let tenant: string
let other: string
let nora: Actor
let owner: Actor
beforeAll(async () => {
  world = await loggedWorld()
  tenant = await world.agency('Northwind', 'nora')
  other = await world.agency('Southwind', 'sue')
  nora = await world.person('nora')
  owner = await world.platformOwner()
  await seal(world.app)
  await change('Kept')
  await seal(world.app)
}, 60_000)
afterAll(() => world.close())

const change = (name: string) => nora.must('teams/create', { tenant, name })
const faults = async (at = tenant) => (await verified(world, await linesOf(world, at))).faults
const begin = (who: Actor) => who.call('audit/beginEpoch', { reason: 'restored from the backup of the night' })

/** A dry run: whether it would be done. */
const compromise = (kid: string) => {
  const { clock, store, rings, anchors } = world.app
  const { handler } = compromiseKey({ ...rings, lastSeal: lastSealReader(anchors) })
  const input = { kid, reason: 'stolen', dryRun: true }
  // Cast: of a call that was admitted it needs no more.
  return handler({ input, now: clock(), read: store.read, commit: {} } as unknown as Parameters<typeof handler>[0])
}

type Backup = Awaited<ReturnType<typeof storedDocuments>>
let earliest: Backup

/** Puts every document back as it was. */
const restore = async (backup: Backup): Promise<void> => {
  const present = await storedDocuments(world.projectId)
  for (const path of present.keys()) if (!backup.has(path)) await erase(world.projectId, path)
  for (const [path, fields] of backup)
    if (JSON.stringify(present.get(path)) !== JSON.stringify(fields)) await plant(world.projectId, path, fields)
}

describe('a restored database', () => {
  let first: Backup
  let second: Backup
  let lostLines: Awaited<ReturnType<typeof linesOf>>
  let at: { readonly last: number; readonly seal: number }
  let lost: object

  it('F-38 C-148 does not go on under numbers that are given out: each run fails and says what is to be done', async () => {
    first = await storedDocuments(world.projectId)
    earliest = first
    const { last } = await verified(world, await linesOf(world, tenant))
    at = { last, seal: anchorsIn(world.folder).length }
    for (const name of ['Lost', 'Lost, too']) {
      await change(name)
      await change(`${name} beside it`)
      await seal(world.app)
    }
    lostLines = await linesOf(world, tenant)
    expect(anchorsIn(world.folder)).toHaveLength(at.seal + 2)
    await restore(first)
    await change('After the restore')
    const sentence = `the second place holds seal ${at.seal + 1} before it is made`
    for (let run = 1; run <= 2; run++) await expect(seal(world.app)).rejects.toThrow(sentence)
    expect(await nora.must('audit/verify', { tenant })).toMatchObject({
      faults: [{ kind: 'anchor', sentence: expect.stringContaining(`holds seal ${at.seal + 1}, which this database`) }],
    })
    const [record] = await world.app.store.read.getAll(['jobs/sealAudit'])
    expect(record).toMatchObject({ status: 'failed', failure: expect.stringContaining(sentence), failures: 2 })
    const told = world.logs.map((line) => JSON.parse(line)).filter(({ message }) => /begin an epoch/.test(message))
    expect(told.at(-1)).toMatchObject({ severity: 'ERROR', epoch: 1, sequence: at.seal + 1 })
    expect(anchorsIn(world.folder)).toHaveLength(at.seal + 2)
  })

  it('F-38 goes on in a new epoch, which only the platform begins', async () => {
    const { keys } = (await owner.must('signing/list', { purpose: 'seal' })).rings[0]
    const kid: string = keys.find((key: Answer) => key.state === 'active').kid
    expect(await compromise(kid)).toMatchObject({
      error: { code: 'conflict', detail: expect.stringContaining('begin an epoch first') },
    })
    expect(await begin(nora)).toMatchObject({ error: { code: 'not_found' } })
    expect(await begin(owner)).toMatchObject({ ok: true, value: { epoch: 2, after: at.seal } })
    expect(await compromise(kid)).toMatchObject({ ok: true })
    await seal(world.app)
    expect(anchorsIn(world.folder).filter(({ epoch }) => epoch === 2)).toMatchObject([{ sequence: at.seal + 1 }])
    const { items } = await owner.must('audit/search', { tenant: 'platform', type: 'audit.epoch_begun' })
    expect(items).toMatchObject([{ details: { epoch: 2, after: at.seal } }])
    expect(await begin(owner)).toMatchObject({ error: { code: 'conflict' } })
  })

  it('C-148 names exactly what was lost of each tenant, and nothing where nothing was', async () => {
    lost = {
      kind: 'lost',
      tenant,
      position: at.last + 1,
      sentence: `a restore lost the events to position ${at.last + 4}, which were under seals ${at.seal + 1} to ${at.seal + 2} before epoch 2`,
    }
    expect(await faults()).toEqual([lost])
    expect(await faults(other)).toEqual([])
    expect(await nora.must('audit/verify', { tenant })).toMatchObject({ faults: [] })
    const page = await nora.must('audit/verify', { tenant, limit: 1 })
    expect(page, 'of before the epoch').toMatchObject({ segments: 1, faults: [], next: 1 })
  })

  it('C-148 proves what was lost to whoever took it out before', async () => {
    const report = await verified(world, lostLines)
    expect(report).toMatchObject({ events: at.last + 4, faults: [lost] })
    const forged = lostLines.map((line) =>
      line.kind === 'event' && line.position === at.last + 2 ? { ...line, salt: 'x'.repeat(22) } : line,
    )
    expect((await verified(world, forged)).faults).toContainEqual(
      expect.objectContaining({ kind: 'edited', position: at.last + 2 }),
    )
  })

  it('F-38 signs anew what was sealed while the second place was down, too, and finds each epoch’s number free', async () => {
    second = await storedDocuments(world.projectId)
    await change('Lost the second time')
    await seal(world.app)
    await restore(second)
    const down = async (): Promise<never> => {
      throw new StoreError('unavailable', 'the second place is down')
    }
    const blind = sealing({ ...world.app, anchors: { create: down, read: down } })
    for (const name of ['Blindly', 'Blindly again']) {
      await change(name)
      await expect(blind.run(loose(world.app))).rejects.toThrow('the second place is down')
    }
    await expect(seal(world.app)).rejects.toThrow('is another one')
    expect(await begin(owner)).toMatchObject({ ok: true, value: { epoch: 3 } })
    await seal(world.app)
    expect(anchorsIn(world.folder).filter(({ epoch }) => epoch === 3).length).toBeGreaterThan(2)
    expect((await faults()).map(({ kind }) => kind)).toEqual(['lost', 'lost'])
    expect((await nora.must('audit/verify', { tenant })).faults).toEqual([])
    await restore(first)
    await change('After the last restore')
    expect(await begin(owner)).toMatchObject({ ok: true, value: { epoch: 4, after: at.seal } })
    await seal(world.app)
    expect((await faults()).map(({ kind }) => kind)).toEqual(['lost', 'lost', 'lost'])
    expect(await faults(other)).toEqual([])
    await change('And on')
    await seal(world.app)
    expect((await nora.must('audit/verify', { tenant })).faults).toEqual([])
  })

  it('C-148 begins no epoch where nothing was lost, nor while the second place is down', async () => {
    expect(await begin(owner)).toMatchObject({ error: { code: 'conflict' } })
    expect(await folderAnchors(world.folder).read('epoch-00005.json')).toBeUndefined()
    await restore(first)
    await change('Restored once more')
    renameSync(world.folder, `${world.folder}-aside`)
    writeFileSync(world.folder, 'no folder any more')
    const refused = await begin(owner)
    rmSync(world.folder)
    renameSync(`${world.folder}-aside`, world.folder)
    expect(refused).toMatchObject({ error: { code: 'unavailable' } })
    expect(await begin(owner)).toMatchObject({ ok: true, value: { epoch: 5 } })
  })
})

describe('a database that was restored once more, to a state of after the first backup', () => {
  it('F-38 C-148 does not go on in an epoch that is over, although its next number is free', async () => {
    await seal(world.app)
    const backup = await storedDocuments(world.projectId)
    const epochs = anchorsIn(world.folder).map(({ epoch }) => epoch)
    const old = Math.max(...epochs)
    await restore(earliest)
    await change('In the wrong state')
    expect(await begin(owner)).toMatchObject({ ok: true, value: { epoch: old + 1 } })
    await seal(world.app)
    const wrong = await faults()
    await restore(backup)
    await change('In the right one')
    const before = anchorsIn(world.folder).length
    await expect(seal(world.app)).rejects.toThrow(`the second place holds epoch ${old + 1}`)
    expect(anchorsIn(world.folder)).toHaveLength(before)
    const { keys } = (await owner.must('signing/list', { purpose: 'seal' })).rings[0]
    const { kid } = keys.find((key: Answer) => key.state === 'active')
    expect(await compromise(kid)).toMatchObject({ error: { code: 'conflict' } })
    expect(await nora.must('audit/verify', { tenant })).toMatchObject({
      faults: [{ kind: 'anchor', sentence: expect.stringContaining(`holds epoch ${old + 1}, which this database`) }],
    })
    expect(await begin(owner)).toMatchObject({ ok: true, value: { epoch: old + 2 } })
    await seal(world.app)
    expect(anchorsIn(world.folder).at(-1)).toMatchObject({ epoch: old + 2 })
    const found = await faults()
    expect(wrong.map(({ kind }) => kind)).toContain('lost')
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['lost']))
    expect(found.at(-1)?.sentence).toContain(`before epoch ${old + 2}`)
    expect((await nora.must('audit/verify', { tenant })).faults).toEqual([])
    expect(await faults(other)).toEqual([])
  })

  it('F-38 C-148 nor does one whose seals were made while the second place was down', async () => {
    const backup = await storedDocuments(world.projectId)
    await restore(earliest)
    expect(await begin(owner)).toMatchObject({ ok: true })
    await change('In the wrong state')
    await seal(world.app)
    await restore(backup)
    await change('Made blindly')
    const down = async (): Promise<never> => {
      throw new StoreError('unavailable', 'the second place is down')
    }
    const blind = sealing({ ...world.app, anchors: { create: down, read: down } })
    await expect(blind.run(loose(world.app))).rejects.toThrow('the second place is down')
    const before = anchorsIn(world.folder).length
    await expect(seal(world.app)).rejects.toThrow('the second place holds epoch')
    expect(anchorsIn(world.folder)).toHaveLength(before)
    expect(await begin(owner)).toMatchObject({ ok: true })
    await seal(world.app)
    expect(new Set((await faults()).map(({ kind }) => kind))).toEqual(new Set(['lost']))
  })
})

describe('a healthy database', () => {
  const nextEpoch = (anchored: ReturnType<typeof anchorsIn>): string =>
    `epoch-0000${Math.max(...anchored.map(({ epoch }) => epoch)) + 1}.json`

  it('C-148 begins no epoch because a sealer has anchored a seal in between', async () => {
    await seal(world.app)
    await change('Sealed in between')
    const { anchors } = world.app
    const slow = {
      ...anchors,
      read: async (name: string) => {
        if (name.startsWith('seal-')) await sealing(world.app).run(loose(world.app, 'run_quick'))
        return anchors.read(name)
      },
    }
    const handler = operations({ ...world.app, anchors: slow }).find(({ name }) => name === 'beginEpoch')?.handler
    const before = anchorsIn(world.folder)
    // Cast: it is refused before it needs more of the call.
    const refused = await handler?.({ input: { reason: 'none' }, now: world.app.clock() } as never)
    expect(refused).toMatchObject({ error: { code: 'conflict', detail: 'A seal was made meanwhile; try again.' } })
    expect(anchorsIn(world.folder)).toHaveLength(before.length + 1)
    expect(await anchors.read(nextEpoch(before))).toBeUndefined()
  })
})
