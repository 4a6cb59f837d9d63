// Scheduled jobs fired twice, killed in the middle, taken over, and failing: one run at a time, from where the last one stopped.
import { instantOf, minutes } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FlightPlan, type Run, singleFlight } from '../../functions/src/guard/doors/single-flight.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld()
}, 60_000)
afterAll(() => world.close())

const fired = (run: FlightPlan['run'], runId: string) =>
  singleFlight({ name: 'reconcile', run }, { runId, now: world.app.clock() }, world.app.guard)
const record = async () => (await world.app.store.read.getAll(['jobs/reconcile']))[0]
const nothing = async (): Promise<void> => undefined

describe('a scheduled job', () => {
  it('F-22 fired twice at once runs once, and the second is no failure', async () => {
    let runs = 0
    const once = async () => {
      runs++
    }
    await Promise.all(['a', 'b', 'c'].map((runId) => fired(once, runId)))
    const parallel = runs
    expect(parallel).toBeGreaterThanOrEqual(1)
    // Held open, nobody else begins; let go, the next begins at once.
    await fired(async () => {
      await fired(once, 'second')
      expect(runs).toBe(parallel)
    }, 'first')
    await fired(once, 'third')
    expect(runs).toBe(parallel + 1)
  })

  it('F-24 killed in the middle is taken up where it stopped, after its lease and not before', async () => {
    const dying = fired(async ({ reached }) => {
      await reached({ after: 'thing-37' }, { removed: 37 })
      await new Promise(() => undefined) // killed: it never comes back
    }, 'killed')
    void dying
    await expect.poll(async () => (await record())?.['place']).toContain('thing-37')
    expect(await record()).toMatchObject({ status: 'running', done: { removed: 37 } })
    const places: unknown[] = []
    const noting = async ({ place }: Run) => void places.push(place)
    await fired(noting, 'too-early')
    expect(places).toEqual([])
    world.advance(minutes(3) * 1_000)
    await fired(noting, 'after')
    expect(places).toEqual([{ after: 'thing-37' }])
  })

  it('F-22 a run that was taken for dead and comes back is told so, and changes the record no more', async () => {
    let returned: boolean | undefined
    await fired(async ({ reached }) => {
      world.advance(minutes(3) * 1_000)
      await fired(async (second) => void (await second.reached(undefined, { removed: 2 })), 'heir')
      returned = await reached({ after: 'old' }, { removed: 1 })
    }, 'sleeper')
    expect(returned).toBe(false)
    expect(await record()).toMatchObject({ fence: 'heir', status: 'done', place: null, done: { removed: 2 } })
  })

  it('F-33 a lease that a clock far ahead has written holds nobody up, and what it says of success is not believed', async () => {
    const day = 86_400_000
    await singleFlight(
      { name: 'reconcile', run: nothing },
      { runId: 'ahead', now: instantOf(world.app.clock() + day) },
      { ...world.app.guard, clock: () => instantOf(world.app.clock() + day) },
    )
    let runs = 0
    expect(await fired(async () => void runs++, 'right')).toBe(true)
    const dying = singleFlight(
      { name: 'reconcile', run: () => new Promise(() => undefined) },
      { runId: 'killed-ahead', now: instantOf(world.app.clock() + day) },
      world.app.guard,
    )
    void dying
    await expect.poll(async () => (await record())?.['fence']).toBe('killed-ahead')
    expect(await fired(async () => void runs++, 'again')).toBe(true)
    expect(runs).toBe(2)
  })

  it('that fails says so without a secret, is thrown on, and counts its failures until it succeeds', async () => {
    const failing = async () => {
      throw new Error(`the store refused lk_api_${'a'.repeat(71)}`)
    }
    await expect(fired(failing, 'one')).rejects.toThrow('refused')
    await expect(fired(failing, 'two')).rejects.toThrow('refused')
    const failed = await record()
    expect(failed).toMatchObject({ status: 'failed', failures: 2, failure: 'Error: the store refused [secret]' })
    await fired(nothing, 'three')
    expect(await record()).toMatchObject({ status: 'done', failures: 0, failure: null })
    const recent = (await record())?.['recent'] as { readonly runId: string }[]
    expect(recent.slice(0, 3).map(({ runId }) => runId)).toEqual(['three', 'two', 'one'])
  })
})
