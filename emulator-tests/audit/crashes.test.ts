// Kills at random moments (a hundred in a full run) while one tenant is written to and sealed: every committed change has its event, and the log is whole.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seeded, seedOfRun, shareOfRun } from '../proof/support/random.ts'
import { endpoints } from '../support/stack.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import { type LoggedWorld, linesOf, loggedWorld, seal, verified } from './support/log.ts'

const seed = seedOfRun()
const kills = Math.ceil(100 * shareOfRun())
const kinds = ['write', 'write', 'seal', 'seal'] as const
/** The database keeps the locks of a dead sealer for a minute, in which nobody seals: the later half dies among the writers, whose documents are their own. */
const writers = kinds.filter((kind) => kind === 'write').length
type Kind = (typeof kinds)[number]

interface Worker {
  readonly kind: Kind
  readonly child: ChildProcess
  /** Resolves at its first word: it is connected, and at work. */
  readonly atWork: Promise<void>
}

describe(`F-36 seed ${seed}: ${kills} kills`, () => {
  const random = seeded(seed)
  const told = new Map<string, string>()
  let world: LoggedWorld
  let tenant: string
  beforeAll(async () => {
    world = await loggedWorld()
    tenant = await world.agency('Northwind', 'nora')
    await world.platformOwner()
    await seal(world.app) // makes the first keys
  }, 60_000)
  afterAll(() => world.close())

  const started = (kind: Kind): Worker => {
    const child = spawn(process.execPath, ['emulator-tests/audit/support/worker.ts', kind, tenant], {
      env: {
        PATH: process.env['PATH'] ?? '',
        GCLOUD_PROJECT: world.projectId,
        FIRESTORE_EMULATOR_HOST: endpoints.firestore,
        LK_KMS_ENDPOINT: endpoints.kms,
        LK_ANCHOR_FOLDER: world.folder,
        METADATA_SERVER_DETECTION: 'none',
        NODE_COMPILE_CACHE: '.build/compile-cache',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const atWork = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const { message, event, hash } = JSON.parse(line)
        if (message === 'audit event') told.set(event, hash)
        resolve()
      })
      child.once('exit', () => resolve())
    })
    return { kind, child, atWork }
  }

  const ended = async ({ child }: Worker, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }

  const unsealed = async () =>
    [...(await storedDocuments(world.projectId))].filter(
      ([path, fields]) => path.startsWith('outbox/') && fields['toSeal'] !== undefined,
    ).length

  it('goes on after each of them, and seals what is left', async () => {
    const workers = kinds.map(started)
    await Promise.all(workers.map(({ atWork }) => atWork))
    const began = Date.now()
    for (let kill = 0; kill < kills; kill++) {
      const index = random.below(kill < kills / 2 ? workers.length : writers)
      const victim = workers[index]
      if (victim === undefined) throw new Error('there is one of each')
      await victim.atWork
      await delay(random.below(400))
      await ended(victim, 'SIGKILL')
      workers[index] = started(victim.kind)
    }
    const rate = (told.size * 1000) / (Date.now() - began)
    // Whoever is left leaves in peace.
    await Promise.all(workers.map(({ atWork }) => atWork))
    await Promise.all(workers.map((worker) => ended(worker, 'SIGTERM')))
    console.log(`audit crashes, seed ${seed}: ${kills} kills, ${told.size} events told, ${Math.round(rate)} a second`)
    let isWhole = false
    for (let tries = 0; tries < 120 && !isWhole; tries++) {
      const isDone = await seal(world.app).catch(() => false)
      isWhole = isDone && (await unsealed()) === 0
      if (!isWhole) await delay(500)
    }
    expect(isWhole).toBe(true)
    expect(await unsealed()).toBe(0)
    expect(told.size).toBeGreaterThan(10 * kills)
  }, 1_800_000)

  it('has one event for every change and one change for every event, and each says its state’s last event', async () => {
    const documents = await storedDocuments(world.projectId)
    const under = (prefix: string) => [...documents].filter(([path]) => path.startsWith(prefix))
    const idOf = (path: string): string => path.split('/').at(-1) ?? ''
    const changes = under(`tenants/${tenant}/resources/`)
    const events = under(`tenants/${tenant}/audit/`).filter(
      ([, fields]) => fields['type']?.['stringValue'] === 'access.resource_put',
    )
    expect(changes.map(([path]) => idOf(path)).sort()).toEqual(events.map(([path]) => idOf(path)).sort())
    for (const [path, fields] of changes) expect(fields['lastEvent']?.['stringValue']).toBe(idOf(path))
    for (const id of told.keys()) expect(documents.has(`tenants/${tenant}/audit/${id}`)).toBe(true)
  }, 300_000)

  it('verifies: every event once, at a position without gaps, under a seal, with the hash that its commit told', async () => {
    const lines = await linesOf(world, tenant)
    const stored = [...(await storedDocuments(world.projectId)).keys()].filter((path) =>
      path.startsWith(`tenants/${tenant}/audit/`),
    )
    const report = await verified(world, lines)
    expect(report).toMatchObject({ tenant, events: stored.length, last: stored.length, faults: [] })
    const sealed = new Map(
      lines.flatMap((line) => (line.kind === 'segment' ? line.events.map(({ id, hash }) => [id, hash] as const) : [])),
    )
    for (const [id, hash] of told) expect(sealed.get(id)).toBe(hash)
    expect(report.anchors, 'it was sealed while others died').toBeGreaterThan(2)
    console.log(`audit crashes: ${report.events} events in ${report.segments} segments, ${report.anchors} seals`)
  }, 300_000)
})
