// Clients that hang up, send slowly, or only sit there: an instance under functions-framework keeps neither memory nor handles of them, and goes on answering.
import { readdirSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import { type Random, seeded, seedOfRun, shareOfRun } from '../proof/support/random.ts'
import { type Served, serve } from '../support/framework.ts'

const seed = seedOfRun()
const random: Random = seeded(seed)
const calls = Math.ceil(10_000 * shareOfRun())
const idle = Math.ceil(2_000 * shareOfRun())
const hands = 32

let two: TwoAgencies
let served: Served
let secrets: readonly string[]

beforeAll(async () => {
  two = await twoAgencies()
  // Of many services, so that it is not their rate that refuses them.
  secrets = await Promise.all(Array.from({ length: 12 }, (_, index) => keyOfService(index)))
  served = await serve('api', {
    ...{ GCLOUD_PROJECT: two.world.projectId, LK_TRUSTED_HOPS: '0', LK_KMS_ENDPOINT: '' },
    NODE_OPTIONS: '--max-old-space-size=150', // as in an instance of 512 MiB, so that garbage is collected and not counted
  })
}, 60_000)
afterAll(async () => {
  served.stop()
  await two.world.close()
})

const keyOfService = async (index: number): Promise<string> => {
  const { owner, agency } = two.north
  const { service } = await owner.must('members/createService', { tenant: agency, name: `Reader ${index}` })
  const reader = { tenant: agency, principal: { service }, role: 'agency.auditor', reach: 'subtree' }
  await owner.must('roles/assign', reader)
  return (await newKey(owner, agency, { service, scopes: ['iam/tenants.readonly'] })).secret
}

const ask = (body: object, signal?: AbortSignal): Promise<Response> =>
  fetch(`${served.origin}/v1/ops/tenants/list`, {
    method: 'POST',
    headers: { authorization: `Bearer ${random.pick(secrets)}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  })

/** Resident memory in bytes, and open files, sockets among them (Linux). */
const held = (): { readonly memory: number; readonly handles: number } => {
  const status = readFileSync(`/proc/${served.pid}/status`, 'utf8')
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1])
  return { memory: kilobytes * 1_024, handles: readdirSync(`/proc/${served.pid}/fd`).length }
}
const settled = async (): Promise<ReturnType<typeof held>> => {
  let last = held()
  await expect
    .poll(
      () => {
        const now = held()
        const still = now.handles === last.handles
        last = now
        return still
      },
      { timeout: 20_000, interval: 1_000 },
    )
    .toBe(true)
  return last
}

const inParallel = async (count: number, one: (index: number) => Promise<unknown>): Promise<void> => {
  let next = 0
  const hand = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await one(index)
  }
  await Promise.all(Array.from({ length: hands }, hand))
}

const abortingCalls = (count: number): Promise<number> => {
  let answered = 0
  return inParallel(count, async () => {
    const wait = random.below(40)
    const ended = await ask({ parent: two.north.agency, limit: 100 }, AbortSignal.timeout(wait)).catch(() => undefined)
    if (ended !== undefined) answered++
    await ended?.arrayBuffer().catch(() => undefined)
  }).then(() => answered)
}

describe('an instance', () => {
  it('I-70 F-48 keeps nothing of ten thousand list calls whose clients hang up, and answers the next one', async () => {
    await abortingCalls(calls) // warm: what a runtime grows to
    const before = await settled()
    const answered = await abortingCalls(calls)
    const after = await settled()
    console.log(
      `client aborts, seed ${seed}: ${calls} calls, ${calls - answered} hung up, memory ${Math.round(before.memory / 1e6)} → ` +
        `${Math.round(after.memory / 1e6)} MB, handles ${before.handles} → ${after.handles}`,
    )
    expect(calls - answered).toBeGreaterThan(calls / 10)
    expect(after.handles).toBeLessThanOrEqual(before.handles + hands * 2)
    expect(after.memory).toBeLessThan(before.memory * 1.25 + 30e6)
    await expect.poll(async () => (await ask({ parent: two.north.agency })).status, { timeout: 30_000 }).toBe(200)
  }, 300_000)

  it('F-48 answers while sockets sit idle and bodies come byte by byte, and lets go of them when they go', async () => {
    const { port } = new URL(served.origin)
    const open = (): Promise<Socket> =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(port), '127.0.0.1', () => resolve(socket)).on('error', reject)
      })
    const before = await settled()
    const sockets: Socket[] = []
    for (let made = 0; made < idle; made++) sockets.push((await open()).on('error', () => undefined))
    const slow = await Promise.all(Array.from({ length: 50 }, open))
    for (const socket of slow) {
      socket.on('error', () => undefined)
      socket.write(
        'POST /v1/ops/tenants/list HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n' +
          `Authorization: Bearer ${secrets[0]}\r\n\r\n{`,
      )
    }
    for (let rounds = 0; rounds < 5; rounds++) {
      for (const socket of slow) socket.write(' ')
      await delay(20) // a slow sender is slow: nothing is waited for here
      expect((await ask({ parent: two.north.agency })).status).toBe(200)
    }
    expect(held().handles).toBeGreaterThanOrEqual(before.handles + idle)
    for (const socket of [...sockets, ...slow]) socket.destroy()
    await expect.poll(() => held().handles, { timeout: 20_000 }).toBeLessThanOrEqual(before.handles + 10)
  }, 120_000)

  it('F-48 a write whose client hung up is done once or not at all, and asked again it has one answer', async () => {
    const { world, north } = two
    const maker = await newKey(north.owner, north.agency, { scopes: ['users/team-management.write'] })
    const create = async (index: number, signal?: AbortSignal): Promise<{ readonly team?: string }> => {
      const response = await fetch(`${served.origin}/v1/ops/teams/create`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${maker.secret}`,
          'content-type': 'application/json',
          'idempotency-key': `hung-up-on-${String(index).padStart(6, '0')}`,
        },
        body: JSON.stringify({ tenant: north.agency, name: `Team ${index}` }),
        ...(signal === undefined ? {} : { signal }),
      })
      return (await response.json()) as { readonly team?: string } // the answer of teams/create, or a problem
    }
    const many = 60
    const first = new Map<number, string>()
    await inParallel(many, async (index) => {
      const answer = await create(index, AbortSignal.timeout(random.below(400))).catch(() => undefined)
      if (answer?.team !== undefined) first.set(index, answer.team)
    })
    const again = new Map<number, string>()
    await inParallel(many, async (index) => {
      await expect
        .poll(
          async () => {
            const { team } = await create(index)
            if (team !== undefined) again.set(index, team)
            return team
          },
          { timeout: 100_000 }, // the emulator keeps the locks of a call that was cut off for a minute
        )
        .toBeDefined()
    })
    for (const [index, team] of first) expect(again.get(index)).toBe(team)
    const stored = await world.app.store.read.list({ collection: `tenants/${north.agency}/teams`, limit: 500 })
    expect(stored.map(({ fields }) => String(fields['name'])).sort()).toEqual(
      Array.from({ length: many }, (_, index) => `Team ${index}`).sort(),
    )
    expect(first.size).toBeLessThan(many)
    expect(new Set(again.values()).size).toBe(many)
  }, 180_000)
})
