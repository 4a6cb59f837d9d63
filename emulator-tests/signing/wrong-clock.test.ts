// An instance whose clock is wrong, in an emergency: what can wait is refused, and the kill switch works.
import { type Instant, instantOf } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRing } from '../../functions/src/rooms/signing/ring/ring-document.ts'
import { rotateRing } from '../../functions/src/rooms/signing/ring/rotate-ring.ts'
import { type Actor, makeWorld, type World } from '../support/world.ts'
import { claimsAt, foundRings } from './support/tokens.ts'

const hour = 3_600_000
let world: World
let owner: Actor
/** How far this instance's clock is ahead of the database's. */
let ahead = 0
beforeAll(async () => {
  world = await makeWorld({ trueTime: (): Instant => instantOf(world.app.clock() - ahead) })
  owner = await world.platformOwner()
  await foundRings(world.app)
}, 60_000)
afterAll(() => world.close())

const ring = async () => (await readRing(world.app.store.read, 'access')).keys
const activeKid = async () => (await ring()).find(({ state }) => state === 'active')?.kid
const sign = () => world.app.signing.sign('access', 'at+jwt', claimsAt(world.app.clock()))
const unavailable = { ok: false, error: { code: 'unavailable' } }

describe('an hour off', () => {
  it.each([hour, -hour])(
    'F-33 F-04: %i ms ahead, it rotates and signs nothing, and declares a key compromised by the database’s time',
    async (off) => {
      ahead = off
      const before = await ring()
      const kid = await activeKid()
      expect(await sign()).toMatchObject(unavailable)
      expect(await owner.call('signing/rotate', { purpose: 'access', reason: 'a drill' })).toMatchObject(unavailable)
      expect(await ring()).toEqual(before)
      const input = { kid, reason: 'found in a build log' }
      const dry = await owner.must('signing/compromise', { ...input, dryRun: true })
      expect(await owner.must('signing/compromise', input)).toMatchObject({ ...dry, saved: true, before: kid })
      const lost = (await ring()).find((key) => key.kid === kid)
      const trueNow = world.app.clock() - ahead
      expect(Math.abs((lost?.compromisedAt ?? 0) - trueNow)).toBeLessThan(10_000)
      // Nothing was stamped with the wrong time: once the clock is right, everything goes on.
      world.advance(Math.max(0, -ahead))
      ahead = 0
      expect((await sign()).ok).toBe(true)
      expect(await activeKid()).not.toBe(kid)
      await rotateRing({ purpose: 'access', now: world.app.clock(), requestId: 'test' }, world.app.rings)
      expect((await ring()).map(({ state }) => state).slice(-2)).toEqual(['active', 'published'])
    },
  )
})
