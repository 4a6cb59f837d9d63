// Whether the clock tells what the words do not: foreign ids and ids that never were, asked in turns, in a measurement that is printed.
import { performance } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import { type Served, serve } from '../support/framework.ts'
import { twinOf } from './cross-tenant/swap.ts'
import { type Door, openDoor } from './support/door.ts'
import { seeded, seedOfRun, shareOfRun } from './support/random.ts'

const pairs = Math.ceil(1_000 * shareOfRun())

describe('T-44 the time of a "not found"', () => {
  const random = seeded(seedOfRun())
  let two: TwoAgencies
  let served: Served
  let door: Door
  const keys: string[] = []
  beforeAll(async () => {
    two = await twoAgencies()
    const { north, world } = two
    // So many that no bucket of one runs dry.
    for (let index = 0; index < 12; index++) {
      const { service } = await north.owner.must('members/createService', { tenant: north.agency, name: 'Curious' })
      const grant = { tenant: north.agency, principal: { service }, role: 'agency.admin', reach: 'subtree' }
      await north.owner.must('roles/assign', grant)
      const scopes = ['iam/tenants.readonly', 'iam/roles.write']
      keys.push((await newKey(north.owner, north.agency, { service, scopes })).secret)
    }
    const preload = '--require ./emulator-tests/proof/support/without-domains.cjs'
    served = await serve('api', { GCLOUD_PROJECT: world.projectId, LK_TRUSTED_HOPS: '1', NODE_OPTIONS: preload })
    door = openDoor(served.origin, 1)
  }, 120_000)
  afterAll(async () => {
    door.close()
    served.stop()
    await two.world.close()
  })

  const median = (times: readonly number[]): number =>
    times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0

  const asked = async (path: string, body: object): Promise<{ readonly took: number; readonly bytes: number }> => {
    const start = performance.now()
    const { status, text } = await door.post(path, body, {
      bearer: random.pick(keys),
      address: `10.3.0.${random.below(250)}`,
    })
    const took = performance.now() - start
    expect(status, text).toBe(404)
    return { took, bytes: text.length }
  }

  const measure = async (what: string, path: string, body: (id: string) => object, foreign: string): Promise<void> => {
    const never = twinOf(foreign)
    const times = { foreign: [] as number[], never: [] as number[] }
    const sizes = new Set<number>()
    for (let index = 0; index < 40; index++) await asked(path, body(index % 2 === 0 ? foreign : never)) // warm
    for (let index = 0; index < pairs; index++) {
      // In a drawn order within each pair: whatever slows the machine down slows both.
      const order = random.chance(0.5) ? (['foreign', 'never'] as const) : (['never', 'foreign'] as const)
      for (const which of order) {
        const { took, bytes } = await asked(path, body(which === 'foreign' ? foreign : never))
        times[which].push(took)
        sizes.add(bytes)
      }
    }
    const [left, right] = [median(times.foreign), median(times.never)]
    const apart = Math.abs(left - right) / Math.min(left, right)
    console.log(
      `timing, ${what}: ${pairs} pairs in turns, medians ${left.toFixed(2)} ms foreign, ${right.toFixed(2)} ms never, ` +
        `${(apart * 100).toFixed(1)} % apart; one size: ${[...sizes].join()} bytes`,
    )
    expect(sizes.size).toBe(1)
    expect(apart).toBeLessThan(0.2)
  }

  it('T-44 is the same for a foreign tenant as for one that never was', async () => {
    await measure('a tenant', '/v1/ops/tenants/get', (tenant) => ({ tenant }), two.south.account)
  }, 120_000)

  it('T-44 is the same for a foreign assignment under one’s own tenant as for one that never was', async () => {
    const tenant = two.north.agency
    await measure(
      'an assignment',
      '/v1/ops/roles/unassign',
      (assignment) => ({ tenant, assignment }),
      two.south.assignment,
    )
  }, 120_000)
})
