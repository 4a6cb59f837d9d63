// Sealing: every event comes into its tenant's chain once, under one signature, whatever crashes, comes late, or comes twice.
import { readdirSync, renameSync, rmSync } from 'node:fs'
import { hours, minutes } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealing } from '../../functions/src/groups/audit.ts'
import type { Anchors } from '../../functions/src/platform/cloud/anchors.ts'
import { folderAnchors } from '../../functions/src/platform/cloud/anchors.ts'
import type { Operate } from '../../functions/src/platform/store/operate.ts'
import { StoreError } from '../../functions/src/platform/store/store-error.ts'
import { loose } from '../support/fly.ts'
import { damage, erase, map, plant, storedDocuments, text } from '../support/stored-documents.ts'
import type { Actor, Answer } from '../support/world.ts'
import { anchorsIn, type LoggedWorld, linesOf, loggedWorld, partsOf, seal, verified } from './support/log.ts'

/** The second place, which a test can take away. */
const place = { isDown: false }
const breakable = (folder: string): Anchors => {
  const real = folderAnchors(folder)
  const gate = async <T>(work: () => Promise<T>): Promise<T> => {
    if (place.isDown) throw new StoreError('unavailable', 'the second place is down')
    return work()
  }
  return {
    create: (name, body) => gate(() => real.create(name, body)),
    read: (name) => gate(() => real.read(name)),
  }
}

let world: LoggedWorld
let tenant: string
let other: string
let nora: Actor
beforeAll(async () => {
  world = await loggedWorld()
  tenant = await world.agency('Northwind', 'nora')
  other = await world.agency('Southwind', 'sue')
  nora = await world.person('nora')
  await world.platformOwner()
}, 60_000)
afterAll(() => world.close())

const unsealed = async () =>
  [...(await storedDocuments(world.projectId))].filter(
    ([path, fields]) => path.startsWith('outbox/') && fields['toSeal'] !== undefined,
  ).length
const eventsOf = async (at: string) =>
  [...(await storedDocuments(world.projectId)).keys()].filter((path) => path.startsWith(`tenants/${at}/audit/`)).length
const lastLine = (message: string) =>
  world.logs
    .map((line) => JSON.parse(line))
    .filter((line) => line.message === message)
    .at(-1)
const change = (name: string) => nora.must('teams/create', { tenant, name })
const whole = async (at: string) => {
  const report = await verified(world, await linesOf(world, at))
  expect(report).toMatchObject({ tenant: at, events: await eventsOf(at), faults: [] })
  return report
}

describe('the sealer', () => {
  it('C-146 C-148 seals every event of every tenant, once, and an outsider verifies each chain', async () => {
    expect(await unsealed()).toBeGreaterThan(4)
    await seal(world.app)
    await seal(world.app) // the first signature made keys, which are events, too
    expect(await unsealed()).toBe(0)
    for (const at of [tenant, other, 'platform']) await whole(at)
    expect(anchorsIn(world.folder)).toHaveLength(2)
    await seal(world.app)
    expect(anchorsIn(world.folder), 'nothing happened, so there is nothing to seal').toHaveLength(2)
  })

  it('C-146 says the hash of every event in the log line of its commit, too', async () => {
    await change('Sales')
    await seal(world.app)
    const sealed = (await linesOf(world, tenant)).findLast((line) => line.kind === 'segment')
    const { event, hash } = lastLine('audit event')
    expect(sealed?.kind === 'segment' && sealed.events).toContainEqual({ id: event, hash })
  })

  it('takes an event whose time is long over, and one of tomorrow', async () => {
    world.advance(hours(30) * 1000)
    await change('Tomorrow')
    world.advance(-hours(60) * 1000)
    await change('Yesterday')
    world.advance(hours(30) * 1000)
    await seal(world.app)
    expect(await unsealed()).toBe(0)
    await whole(tenant)
  })

  it('makes one seal when two are at work at once without a lease', async () => {
    for (let round = 0; round < 2; round++) {
      await Promise.all([change(`A${round}`), change(`B${round}`), change(`C${round}`)])
      const job = sealing(world.app)
      const before = anchorsIn(world.folder).length
      await Promise.all([1, 2].map((at) => job.run(loose(world.app, `run_${round}_${at}`))))
      expect(anchorsIn(world.folder)).toHaveLength(before + 1)
    }
    await seal(world.app)
    expect(await unsealed()).toBe(0)
    await whole(tenant)
  })

  it('C-148 is read while it goes on, again and again, and is whole each time', async () => {
    const state = { isDone: false }
    const written = (async () => {
      for (let round = 0; round < 20; round++) {
        await change(`Meanwhile ${round}`)
        await seal(world.app)
      }
    })().finally(() => {
      state.isDone = true
    })
    const ends: number[] = []
    while (!state.isDone) {
      const anchors = anchorsIn(world.folder) // first, as the guide says
      const report = await verified(world, await partsOf(world, tenant), anchors)
      const online = await nora.must('audit/verify', { tenant })
      expect([...report.faults, ...online.faults]).toEqual([])
      ends.push(report.last, online.last)
    }
    await written
    expect(new Set(ends).size).toBeGreaterThan(4)
    await whole(tenant)
  }, 60_000)

  it('a chain that was damaged is not gone on with, is said aloud, and makes no other tenant wait', async () => {
    const other = await world.agency('Damaged', 'dora')
    await seal(world.app)
    const path = `auditHeads/${other}`
    const before = (await storedDocuments(world.projectId)).get(path)
    await damage(world.projectId, path, { sequence: text('three') })
    const dora = await world.person('dora')
    await dora.must('tenants/update', { tenant: other, name: 'Waiting' })
    await change('Beside it')
    await expect(seal(world.app)).rejects.toThrow(other)
    await whole(tenant)
    expect(await unsealed()).toBeGreaterThan(0)
    await plant(world.projectId, path, before ?? {})
    await seal(world.app)
    expect(await unsealed()).toBe(0)
    await whole(other)
  })

  it('F-36 a chain that was damaged hides nobody else’s events, however many of its own wait before them', async () => {
    const crowded = await world.agency('Crowded', 'cleo')
    await seal(world.app)
    const head = (await storedDocuments(world.projectId)).get(`auditHeads/${crowded}`)
    await damage(world.projectId, `auditHeads/${crowded}`, { sequence: text('three') })
    await (await world.person('cleo')).must('tenants/update', { tenant: crowded, name: 'Waiting' })
    const waiting = [...(await storedDocuments(world.projectId))].find(
      ([path, { tenant: of, toSeal }]) =>
        path.startsWith('outbox/') && of?.['stringValue'] === crowded && toSeal !== undefined,
    )?.[1]
    const shard = { toSeal: { integerValue: '0' } }
    const copies = Array.from({ length: 260 }, (_, at) => `outbox/op_copy${at}`)
    for (let from = 0; from < copies.length; from += 20)
      await Promise.all(
        copies.slice(from, from + 20).map((path) => plant(world.projectId, path, { ...waiting, ...shard })),
      )
    await change('Behind it')
    for (const [path, { tenant: of, toSeal }] of await storedDocuments(world.projectId))
      if (path.startsWith('outbox/') && of?.['stringValue'] === tenant && toSeal !== undefined)
        await damage(world.projectId, path, shard)
    await expect(seal(world.app)).rejects.toThrow(crowded)
    await whole(tenant)
    for (const path of copies) await erase(world.projectId, path)
    await plant(world.projectId, `auditHeads/${crowded}`, head ?? {})
    await seal(world.app)
    await whole(crowded)
  })

  it.each(
    ['append', 'close', 'sign', 'anchor'].flatMap((step, nth) => [
      { step, nth, when: 'before' as const },
      { step, nth, when: 'after' as const },
    ]),
  )(
    'F-36 dies $when it has kept its step ($step): the next run finishes that one seal',
    async ({ nth, when, step }) => {
      await seal(world.app)
      const before = anchorsIn(world.folder).length
      await change(`Dies ${when} ${step}`)
      const { operate } = world.app.store
      let kept = 0
      const dying: Operate = {
        ...operate,
        transact: async (plan) => {
          const isLast = kept++ === nth
          if (isLast && when === 'before') throw new Error('killed')
          const value = await operate.transact(plan)
          if (isLast) throw new Error('killed')
          return value
        },
      }
      const job = sealing({ ...world.app, store: { ...world.app.store, operate: dying } })
      await expect(job.run(loose(world.app))).rejects.toThrow('killed')
      await seal(world.app)
      expect(await unsealed()).toBe(0)
      expect(anchorsIn(world.folder)).toHaveLength(before + 1)
      await whole(tenant)
    },
  )

  it('C-148 names an edited event, an erased one, and a chain whose end was taken away', async () => {
    const lines = await linesOf(world, tenant)
    const events = lines.flatMap((line) => (line.kind === 'event' ? [line] : []))
    const [edited, erased] = [events[2], events[4]]
    const documents = await storedDocuments(world.projectId)
    const path = (id = '') => `tenants/${tenant}/audit/${id}`
    const before = documents.get(path(edited?.id)) ?? {}
    await damage(world.projectId, path(edited?.id), { actor: map({ principal: text('user:somebody') }) })
    expect((await verified(world, await linesOf(world, tenant))).faults).toMatchObject([
      { kind: 'edited', tenant, position: 3, event: edited?.id },
    ])
    await damage(world.projectId, path(edited?.id), { actor: before['actor'] ?? {} })
    await whole(tenant)
    const kept = documents.get(path(erased?.id)) ?? {}
    await erase(world.projectId, path(erased?.id))
    expect((await verified(world, await linesOf(world, tenant))).faults).toMatchObject([
      { kind: 'removed', tenant, position: 5, event: erased?.id },
    ])
    await damage(world.projectId, path(erased?.id), kept)
    const ofSegments = [...documents].filter(([at]) => at.startsWith(`tenants/${tenant}/segments/`)).toSorted()
    const [tail, fields] = ofSegments.at(-1) ?? ['', {}]
    await erase(world.projectId, tail)
    const cut = (await verified(world, await linesOf(world, tenant))).faults
    expect(cut.map(({ kind }) => kind)).toEqual(['truncated', 'truncated'])
    expect(cut[1]?.sentence).toMatch(/^in the second place the chain goes on to position \d+$/)
    await damage(world.projectId, tail, fields)
    await whole(tenant)
  })

  it('C-148 holds after the key for seals was declared compromised, as long as the second place does', async () => {
    const owner = await world.platformOwner()
    await seal(world.app)
    await change('Sealed by the first key')
    await seal(world.app)
    const { rings } = await owner.must('signing/list', { purpose: 'seal' })
    const { kid } = rings[0].keys.find(({ state }: Answer) => state === 'active')
    await owner.must('signing/compromise', { kid, reason: 'an exercise' })
    expect((await nora.must('audit/verify', { tenant })).faults).toEqual([])
    await change('Sealed by the next key')
    await seal(world.app)
    expect((await nora.must('audit/verify', { tenant })).faults).toEqual([])
    const [first = ''] = readdirSync(world.folder).filter((name) => name.startsWith('seal-'))
    renameSync(`${world.folder}/${first}`, `${world.folder}-aside`)
    expect((await nora.must('audit/verify', { tenant })).faults).toMatchObject([
      { kind: 'signature', position: 1 },
      { kind: 'anchor', sentence: 'seal 1 is missing in the second place' },
    ])
    renameSync(`${world.folder}-aside`, `${world.folder}/${first}`)
  })

  it('C-148 keeps the place of an event that was erased before it was sealed', async () => {
    const { team } = await change('Short-lived')
    const { event } = lastLine('audit event')
    expect(team).toBeDefined()
    await erase(world.projectId, `tenants/${tenant}/audit/${event}`)
    await seal(world.app)
    expect(lastLine('an event is missing from the audit log')).toMatchObject({ severity: 'ERROR', tenant, event })
    const { faults } = await verified(world, await linesOf(world, tenant))
    expect(faults).toMatchObject([{ kind: 'removed', tenant, event }])
  })
})

describe('what it needs is down', () => {
  let quiet: LoggedWorld
  beforeAll(async () => {
    place.isDown = false
    quiet = await loggedWorld()
  }, 60_000)
  afterAll(() => quiet.close())

  const running = (down: boolean) => {
    const job = sealing({ ...quiet.app, anchors: breakable(quiet.folder) })
    place.isDown = down
    return job.run(loose(quiet.app))
  }

  it('F-37 the second place, for an hour: writes and seals go on, it fails loudly, and catches up', async () => {
    await running(false)
    const before = anchorsIn(quiet.folder).length
    const owner = await quiet.platformOwner()
    for (let quarter = 0; quarter < 4; quarter++) {
      quiet.advance(minutes(15) * 1000)
      await owner.must('tenants/create', {
        parent: 'platform',
        name: `Agency ${quarter}`,
        ownerEmail: 'x@people.example',
      })
      await expect(running(true)).rejects.toThrow('the second place is down')
    }
    expect(anchorsIn(quiet.folder)).toHaveLength(before)
    await running(false)
    expect(anchorsIn(quiet.folder)).toHaveLength(before + 4)
    const report = await verified(quiet, await linesOf(quiet, 'platform'))
    expect(report).toMatchObject({ anchors: before + 4, faults: [] })
  })

  it('F-37 KMS, for an hour: writes go on, the next run seals them all, and says for how long nothing was sealed', async () => {
    const owner = await quiet.platformOwner()
    const unsigned = sealing({
      ...quiet.app,
      signing: { ...quiet.app.signing, seal: async () => ({ ok: false, error: { code: 'unavailable' } }) },
    })
    for (let quarter = 0; quarter < 4; quarter++) {
      await owner.must('tenants/create', {
        parent: 'platform',
        name: `Later ${quarter}`,
        ownerEmail: 'x@people.example',
      })
      await expect(unsigned.run(loose(quiet.app))).rejects.toThrow('could not be signed')
      quiet.advance(minutes(15) * 1000)
    }
    await running(false)
    const told = quiet.logs
      .map((line) => JSON.parse(line))
      .filter(({ message }) => /not sealed for a while/.test(message))
    expect(told.at(-1)).toMatchObject({ severity: 'WARNING' })
    expect(told.at(-1).gapSeconds).toBeGreaterThan(minutes(40))
    expect(await verified(quiet, await linesOf(quiet, 'platform'))).toMatchObject({ faults: [] })
  })

  it('C-148 does not go on when the second place holds another seal of the number that comes next', async () => {
    const kept = anchorsIn(quiet.folder)
    const owner = await quiet.platformOwner()
    const next = `seal-00001-${String(kept.length + 1).padStart(10, '0')}.json`
    await folderAnchors(quiet.folder).create(next, JSON.stringify({ ...kept.at(-1), sequence: kept.length + 1 }))
    await owner.must('tenants/create', { parent: 'platform', name: 'Forked', ownerEmail: 'x@people.example' })
    await expect(running(false)).rejects.toThrow(`the second place holds seal ${kept.length + 1} before it is made`)
    rmSync(`${quiet.folder}/${next}`)
    await running(false)
    expect(anchorsIn(quiet.folder)).toHaveLength(kept.length + 1)
  })
})
