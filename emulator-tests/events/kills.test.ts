// Two processes send to one endpoint, and one or both are killed again and again: every delivery arrives, and twice only what was on its way at a kill.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { Firestore } from '@google-cloud/firestore'
import { minutes } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { seeded, seedOfRun, shareOfRun } from '../proof/support/random.ts'
import { clearFirestore, endpoints } from '../support/stack.ts'
import type { Actor } from '../support/world.ts'
import { makeWay, type Receiver, receiver, type Way } from './support.ts'

const seed = seedOfRun()
const kills = Math.max(2, Math.ceil(12 * shareOfRun()))
const perKill = 20
/** A process that dies in a transaction keeps its locks for a minute, here as in the cloud. */
const patience = 120_000
/** Calls that one process has open at once. */
const lanes = 4

interface Sending {
  readonly child: ChildProcess
  /** Resolves at its first word: it is at work. */
  readonly atWork: Promise<void>
}

let way: Way
let hook: Receiver
let owner: Actor
let agency: string
let folder: string
let offset = 0
const alive = new Set<Sending>()

beforeAll(async () => {
  hook = await receiver()
  way = await makeWay([hook])
  agency = await way.world.agency('Mortal', 'olivia')
  owner = await way.world.person('olivia')
  folder = mkdtempSync(join(tmpdir(), 'latchkey-kills-'))
  pass(0)
}, 60_000)
afterAll(async () => {
  await Promise.all([...alive].map((one) => ended(one, 'SIGTERM')))
  hook.close()
  rmSync(folder, { recursive: true })
  await way.world.close().catch(() => undefined)
  // A transaction of a process that was killed keeps the emulator from clearing, until it expires.
  await vi.waitFor(() => clearFirestore(way.world.projectId), { timeout: patience, interval: 1_000 })
}, 2 * patience)

/** For the processes, too. */
const pass = (milliseconds: number): void => {
  offset += milliseconds
  way.world.advance(milliseconds)
  writeFileSync(join(folder, 'clock'), String(offset))
}

const started = (webhook: string): Sending => {
  const child = spawn(process.execPath, ['emulator-tests/events/sending-process.ts', agency, webhook], {
    env: {
      PATH: process.env['PATH'] ?? '',
      GCLOUD_PROJECT: way.world.projectId,
      FIRESTORE_EMULATOR_HOST: endpoints.firestore,
      LK_KMS_ENDPOINT: endpoints.kms,
      LK_WEBHOOK_ALLOW: hook.host,
      LK_CLOCK_FILE: join(folder, 'clock'),
      LK_INVOKER_TOKEN: 'b1946ac92492d2347c6235b4d2611184',
      METADATA_SERVER_DETECTION: 'none',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const atWork = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', () => resolve())
    child.once('exit', () => resolve())
  })
  const sending = { child, atWork }
  alive.add(sending)
  return sending
}

const ended = async (sending: Sending, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
  alive.delete(sending)
  const gone = new Promise((resolve) => sending.child.once('exit', resolve))
  sending.child.kill(signal)
  await gone
}

/** So many events, as if somebody had renamed the agency as often. */
const happen = async (times: number): Promise<void> => {
  const firestore = new Firestore({ projectId: way.world.projectId })
  const [template] = (await firestore.collection(`tenants/${agency}/audit`).limit(1).get()).docs
  const type = 'tenancy.tenant_renamed'
  const events = Array.from({ length: times }, () => way.world.app.drawId('op'))
  const writer = firestore.bulkWriter()
  for (const event of events)
    void writer.set(firestore.doc(`tenants/${agency}/audit/${event}`), { ...template?.data(), type })
  await writer.close()
  await firestore.terminate()
  way.messages.push(...events.map((event) => ({ event, tenant: agency, type })))
  await way.deliver()
}

it(`F-17 seed ${seed}: ${kills} kills lose nothing`, async () => {
  const random = seeded(seed)
  const wanted = { tenant: agency, name: 'Shop', url: hook.url, types: ['tenancy.tenant_renamed'] }
  const { webhook } = (await owner.must('webhooks/create', wanted)).webhook
  const waiting = perKill * (kills + 1)
  await happen(waiting)
  hook.meanwhile = () => delay(random.below(40))
  const arrived = () => new Set(hook.got.map(({ headers }) => headers['webhook-id'])).size
  const sending = [started(webhook), started(webhook)]
  for (let kill = 0; kill < kills; kill++) {
    const next = (kill + 1) * perKill - random.below(perKill)
    await expect.poll(arrived, { timeout: patience, interval: 5 }).toBeGreaterThanOrEqual(next)
    // Both, or one, which may be the one that waits.
    const victims = random.chance(0.5) ? [0, 1] : [random.below(2)]
    for (const index of victims) await ended(sending[index] as Sending, 'SIGKILL') // there are two
    for (const index of victims) sending[index] = started(webhook)
    await Promise.all(sending.map(({ atWork }) => atWork))
    pass(minutes(2) * 1_000) // whoever holds a lease has lost it, dead or not
  }
  await expect.poll(arrived, { timeout: patience }).toBe(waiting)
  const queue = () => way.world.app.store.read.getAll([`webhookQueues/${webhook}`])
  await expect.poll(async () => (await queue())[0]?.['wakeAt'], { timeout: patience }).toBeUndefined()
  const left = await owner.must('webhooks/deliveries', { tenant: agency, webhook, status: 'pending' })
  expect(left.items).toEqual([])
  console.log(`seed ${seed}: ${kills} kills, ${waiting} deliveries, ${hook.got.length - waiting} of them twice`)
  // The one that was killed, and the one that lives and lost its lease as the clock was set.
  expect(hook.got.length - waiting).toBeLessThanOrEqual(2 * lanes * kills)
}, 1_200_000)
