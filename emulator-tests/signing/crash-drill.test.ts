// Sixty days of rotations (a usual run: at least twelve) by rotators that die at any step, lose answers, meet a failing KMS and run two at once.
import { isPublished } from '@latchkey/core/signing/ring'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRing, type StoredKey } from '../../functions/src/rooms/signing/ring/ring-document.ts'
import { rotateRing } from '../../functions/src/rooms/signing/ring/rotate-ring.ts'
import { seeded, seedOfRun, shareOfRun } from '../proof/support/random.ts'
import { type Estate, everyDays, type Instance, Killed, makeEstate } from './support/instances.ts'
import { claimsAt, forgeBy, foundRings, lifeSeconds, ownDoor, verifierOf } from './support/tokens.ts'

const minute = 60_000
const day = 86_400_000
const seed = seedOfRun()
/** Long enough for a key to sign, to retire, and to be destroyed a week later. */
const drilled = Math.max(12, Math.ceil(60 * shareOfRun()))

let estate: Estate
beforeAll(async () => {
  estate = await makeEstate()
  await foundRings(estate.instance().app)
}, 60_000)
afterAll(() => estate.close())

const runOnce = async ({ app }: Instance): Promise<void> => {
  await rotateRing({ purpose: 'access', now: app.clock(), requestId: 'drill' }, app.rings)
}

/** A run that dies, or finds KMS down, is simply over; anything else would be our mistake. */
const survive = async (run: Promise<void>): Promise<string> => {
  try {
    await run
    return 'whole'
  } catch (error) {
    if (error instanceof Killed) return 'killed'
    if (error instanceof Error && error.name === 'StoreError') return 'kms'
    throw error
  }
}

interface Issued {
  readonly token: string
  readonly kid: string
  readonly at: number
}

describe(`seed ${seed}`, () => {
  it('F-02 F-03 I-77 C-066: no valid token is refused, none by an unpublished or retired key is accepted, and one key signs at every moment', async () => {
    const { below: roll, pick } = seeded(seed)
    const { time, kms } = estate
    const policy = { policyOf: everyDays(2) }
    const rotators = [estate.instance({ skew: -minute, ...policy }), estate.instance({ skew: minute, ...policy })]
    const issuers = [estate.instance(policy), estate.instance(policy)]
    const server = estate.instance(policy).app
    const caches = [0, 300, 600]
    const verifiers = caches.map((cache, index) => verifierOf(server, time, cache, (index - 1) * minute))
    const door = ownDoor(server)
    const told = { whole: 0, killed: 0, kms: 0, issued: 0, verified: 0, refused: 0, forged: 0, faults: [] as string[] }
    const seen = new Map<string, { key: StoredKey; publishedUntil: number; isPublished: boolean }>()
    const living: Issued[] = []
    let wobbly = 0

    const upset = (rotator: Instance): void => {
      rotator.accidents.length = 0
      for (let commits = 0; commits < 3; commits++) rotator.accidents.push(pick(['before', 'after', 'none'] as const))
      if (roll(3) > 0) rotator.accidents.length = 0
    }
    const trouble = (): void => {
      kms.faults.clear()
      const kind = roll(4)
      // Every third call, and a service that is away: the client tries three times before a run gives up.
      if (kind === 0)
        for (let call = 1; call < 10; call += 3)
          kms.faults.add({ kind: 'fail', code: 'UNAVAILABLE', method: 'encrypt', call })
      if (kind === 1) kms.faults.add({ kind: 'loseAnswer', method: 'encrypt' })
      if (kind === 2) kms.faults.add({ kind: 'unavailable', method: 'encrypt' })
    }
    const look = async (): Promise<void> => {
      const { keys } = await readRing(server.store.read, 'access')
      const active = keys.filter(({ state }) => state === 'active')
      if (active.length !== 1) told.faults.push(`${active.length} keys sign at ${new Date(time.now).toISOString()}`)
      for (const key of keys) {
        const before = seen.get(key.kid)
        if (before?.key.state !== key.state) wobbly = 6
        // Its wrapped private half is kept as it was seen first: a thief does not give it back.
        seen.set(key.kid, {
          key: { ...key, material: before?.key.material ?? key.material },
          isPublished: isPublished(key),
          publishedUntil: isPublished(key) ? time.now : (before?.publishedUntil ?? 0),
        })
      }
    }
    const issue = async (): Promise<void> => {
      for (const { app } of issuers) {
        const signed = await app.signing.sign('access', 'at+jwt', claimsAt(time.now))
        if (!signed.ok) {
          told.faults.push(`not signed: ${signed.error.code}`)
          continue
        }
        told.issued++
        const kid = JSON.parse(Buffer.from(signed.value.split('.')[0] ?? '', 'base64url').toString()).kid
        living.push({ token: signed.value, kid, at: time.now })
      }
    }
    const present = async (one: Issued): Promise<void> => {
      for (const [index, verify] of [...verifiers, door].entries()) {
        const skew = index === 3 ? 0 : (index - 1) * minute
        if (time.now + skew >= (Math.floor(one.at / 1000) + lifeSeconds) * 1000) continue
        const verdict = await verify(one.token)
        told.verified++
        if (!verdict.ok)
          told.faults.push(
            `${one.kid} refused by ${index}: ${verdict.error}, ${(time.now - one.at) / 1000} s after it was issued`,
          )
      }
    }
    const forge = async (): Promise<void> => {
      const unpublished = [...seen.values()].filter((one) => !one.isPublished)
      const stolen = unpublished[roll(Math.max(1, unpublished.length))]
      if (stolen === undefined) return
      const token = await forgeBy(server, stolen.key, time.now)
      for (const [index, verify] of [...verifiers, door].entries()) {
        // A copy that was taken while the key was in the set may be kept for as long as the set says.
        if (time.now - stolen.publishedUntil <= (caches[index] ?? 5) * 1000 + 5000) continue
        told.forged++
        const verdict = await verify(token)
        if (verdict.ok) told.faults.push(`${stolen.key.kid} (${stolen.key.state}) was accepted by ${index}`)
        else told.refused++
      }
    }

    const begun = time.now
    const end = begun + drilled * day
    while (time.now < end) {
      // The last tokens before whatever comes now.
      if (time.now > begun) await issue()
      trouble()
      for (const rotator of rotators) upset(rotator)
      const runs = roll(3) === 0 ? rotators : [pick(rotators)]
      for (const how of await Promise.all(runs.map((rotator) => survive(runOnce(rotator))))) told[how as 'whole']++
      kms.faults.clear()
      await look()
      await issue()
      await look()
      for (const one of living.splice(0)) {
        await present(one)
        if (time.now + minute < one.at + lifeSeconds * 1000) living.push(one)
      }
      await forge()
      // Closely for a while after anything has changed, else every few hours; the breaker of KMS counts in this time, too.
      wobbly = Math.max(0, wobbly - 1)
      time.now += wobbly > 0 ? (1 + roll(5)) * minute : (120 + roll(120)) * minute
    }
    console.log(JSON.stringify({ seed, days: drilled, keys: seen.size, ...told }))
    // In the first days there is no old key yet that could be forged with.
    const part = (drilled - 5) / 55
    expect(told.faults.slice(0, 10)).toEqual([])
    expect(told.killed).toBeGreaterThan(10 * part)
    expect(told.kms).toBeGreaterThan(0)
    expect(told.refused).toBeGreaterThan(500 * part)
    expect(told.verified).toBeGreaterThan(5000 * part)
    expect(seen.size).toBeGreaterThan(25 * part)
  }, 600_000)
})
