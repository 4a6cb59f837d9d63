// A rate plan is one for all instances of ours: each counts by itself, within the part that it leased through the store.
import { instantOf } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, createApp } from '../../functions/src/app.ts'
import { openStore } from '../../functions/src/platform/store/open.ts'
import type { Operate } from '../../functions/src/platform/store/operate.ts'
import { newKey } from '../attacks/two-agencies.ts'
import { endpoints } from '../support/stack.ts'
import { type Actor, actor, allOperations, makeWorld, type World } from '../support/world.ts'

const rate = { perSecond: 20, burst: 40 }
const leaseSeconds = 12

describe('a rate plan at several instances', () => {
  let world: World
  const apps: App[] = []
  const secrets: Record<string, string> = {}
  /** Transactions that are under way: time stands still until they are done, as seconds pass here in milliseconds. */
  const leasing: Promise<unknown>[] = []
  let now = Date.now()

  /** Warm instances of a function on the project of the world, all by one settable clock. */
  const instance = (): App => {
    const clock = () => instantOf(now)
    const store = openStore(world.projectId, clock)
    const transact: Operate['transact'] = (plan) => {
      const work = store.operate.transact(plan)
      leasing.push(work)
      return work
    }
    const app = createApp(
      { GCLOUD_PROJECT: world.projectId, FIRESTORE_EMULATOR_HOST: endpoints.firestore },
      {
        clock,
        log: () => undefined,
        publish: async () => undefined,
        store: { ...store, operate: { ...store.operate, transact } },
      },
    )
    apps.push(app)
    return app
  }
  const door = (app: App, secret: string): Actor =>
    actor(app, allOperations(app), { transport: 'http', authorization: [`Bearer ${secret}`] })
  const secretOf = (name: string): string => secrets[name] ?? ''

  beforeAll(async () => {
    world = await makeWorld({ clock: () => instantOf(now) })
    for (const [name, owner] of [
      ['northwind', 'nora'],
      ['contoso', 'carl'],
    ] as const) {
      const agency = await world.agency(name, owner)
      const scopes = ['iam/tenants.readonly', 'iam/credentials.verify']
      secrets[name] = (await newKey(await world.person(owner), agency, { scopes, rate })).secret
    }
  }, 60_000)
  afterAll(async () => {
    for (const app of apps) await app.store.close()
    await world.close()
  })

  /** Every instance is asked `perSecond` times in each of `seconds`, at which the clock moves. */
  const passing = async (doors: readonly Actor[], seconds: number, perSecond: number): Promise<number> => {
    let passed = 0
    for (let second = 0; second < seconds; second++) {
      for (let count = 0; count < perSecond; count++) {
        const answers = await Promise.all(doors.map((one) => one.call('credentials/verify', { credential: 'lk_none' })))
        for (const answer of answers) {
          if (answer.ok) passed++
          else expect(answer.error.code).toBe('rate_limited')
        }
        await Promise.all(leasing.splice(0))
        now += 1_000 / perSecond
      }
    }
    return passed
  }

  it('C-014 one instance gives all of it, three give no more than twice until they know of each other, and then once', async () => {
    const alone = await passing([door(instance(), secretOf('northwind'))], 3, 40)
    expect(alone).toBeGreaterThanOrEqual(rate.burst + 2 * rate.perSecond)
    expect(alone).toBeLessThanOrEqual(rate.burst + 3 * rate.perSecond)

    now += (leaseSeconds + 1) * 1_000
    const three = [instance(), instance(), instance()].map((app) => door(app, secretOf('northwind')))
    const first = await passing(three, leaseSeconds, 20)
    const later = await passing(three, 12, 20)
    console.log(`a plan of ${rate.perSecond}/s and ${rate.burst} at once, by three: ${first} and ${later} in 12 s each`)
    expect(first).toBeLessThanOrEqual(2 * (rate.burst + leaseSeconds * rate.perSecond) + 3)
    expect(later).toBeLessThanOrEqual(12 * rate.perSecond + 3)
    expect(later).toBeGreaterThanOrEqual(0.9 * 12 * rate.perSecond)

    // Another tenant's key at the same instances has its whole plan.
    const theirs = door(apps[1] ?? instance(), secretOf('contoso'))
    expect(await passing([theirs], 1, rate.burst)).toBe(rate.burst)
  }, 60_000)
})
