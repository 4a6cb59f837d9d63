// Declaring a key compromised, and keys that are used for what they are not meant for: our own doors refuse at once, others when their copy ends.
import { platformTenant } from '@latchkey/core/kernel/ids'
import { purposes } from '@latchkey/core/signing/purpose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRing } from '../../functions/src/rooms/signing/ring/ring-document.ts'
import { rotateRing } from '../../functions/src/rooms/signing/ring/rotate-ring.ts'
import { type Actor, makeWorld, type World } from '../support/world.ts'
import { claimsAt, forgeBy, foundRings, ownDoor, publishedSet, verifierOf } from './support/tokens.ts'

let world: World
let owner: Actor
const time = {
  get now() {
    return world.app.clock()
  },
}
beforeAll(async () => {
  world = await makeWorld()
  owner = await world.platformOwner()
  await foundRings(world.app)
}, 60_000)
afterAll(() => world.close())

const minutes = (count: number) => count * 60_000
const sign = async (): Promise<string> => {
  const signed = await world.app.signing.sign('access', 'at+jwt', claimsAt(time.now))
  if (!signed.ok) throw new Error(signed.error.code)
  return signed.value
}
const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
const ring = async () => (await readRing(world.app.store.read, 'access')).keys
const refusedBy = async (verify: (token: string) => Promise<{ readonly ok: boolean }>, token: string) =>
  !(await verify(token)).ok

describe('looking before leaping', () => {
  it('a dry run says what would sign, and changes nothing', async () => {
    await sign()
    const keys = await ring()
    const active = keys.find(({ state }) => state === 'active')
    const standby = keys.find(({ state }) => state === 'published')
    const answer = await owner.must('signing/compromise', { kid: active?.kid, reason: 'only a try', dryRun: true })
    expect(answer).toMatchObject({ saved: false, before: active?.kid, active: standby?.kid })
    expect(await ring()).toEqual(keys)
  })

  it('a name that no ring knows is not found', async () => {
    for (const purpose of purposes) {
      const kid = `${purpose}-${'0'.repeat(43)}`
      expect(await owner.call('signing/compromise', { kid, reason: 'who is this' })).toMatchObject({
        ok: false,
        error: { code: 'not_found' },
      })
    }
  })
})

describe('an emergency', () => {
  it('F-04: our doors refuse the key within five seconds, others within ten minutes, and new tokens are good everywhere at once', async () => {
    const before = await sign()
    const verifiers = [0, 300, 600].map((cache) => verifierOf(world.app, time, cache, 0))
    const door = ownDoor(world.app)
    for (const verify of [...verifiers, door]) expect(await refusedBy(verify, before)).toBe(false)
    const kid = kidOf(before)
    const answer = await owner.must('signing/compromise', { kid, reason: 'found in a build log' })
    expect(answer).toMatchObject({ purpose: 'access', saved: true, before: kid })
    expect(await owner.call('signing/compromise', { kid, reason: 'once more' })).toMatchObject({
      ok: false,
      error: { code: 'conflict' },
    })
    world.advance(5_000)
    expect(await refusedBy(door, before)).toBe(true)
    expect(await refusedBy(verifiers[0] ?? door, before)).toBe(true)
    const after = await sign()
    expect(kidOf(after)).toBe(answer.active)
    // The standby had been published all along: no verifier needs to hear of anything first.
    for (const verify of [...verifiers, door]) expect(await refusedBy(verify, after)).toBe(false)
    world.advance(minutes(5))
    expect(await refusedBy(verifiers[1] ?? door, before)).toBe(true)
    world.advance(minutes(5))
    expect(
      await refusedBy(verifiers[2] ?? door, await forgeBy(world.app, (await compromised(kid)) ?? never(), time.now)),
    ).toBe(true)
    expect((await publishedSet(world.app)).map((jwk) => jwk.kid)).not.toContain(kid)
    expect((await ring()).map(({ state }) => state)).toEqual(['retired', 'active', 'published'])
  })

  it('F-04: nothing brings the key back: not a clock that goes backwards, not a rotation, not time', async () => {
    const lost = (await ring()).find(({ compromisedAt }) => compromisedAt !== undefined)
    if (lost === undefined) return never()
    const isBack = async () =>
      (await world.app.signing.findKey(lost.kid)) !== undefined ||
      (await publishedSet(world.app)).some(({ kid }) => kid === lost.kid)
    world.advance(-minutes(60))
    expect(await isBack()).toBe(false)
    world.advance(minutes(60))
    // When nothing is due, when its retention is over, and when the next key’s month is.
    for (const days of [0, 1, 31, 40]) {
      world.advance(days * 86_400_000)
      await rotateRing({ purpose: 'access', now: time.now, requestId: 'test' }, world.app.rings)
      expect(await isBack()).toBe(false)
    }
  })

  it('leaves an event with the reason, and a frame for every cache', async () => {
    const lost = (await ring()).find(({ compromisedAt }) => compromisedAt !== undefined)
    const audit = await world.app.store.read.list({ collection: `tenants/${platformTenant}/audit`, limit: 100 })
    const event = audit.find(({ fields }) => fields['type'] === 'signing.key_compromised')
    expect(event?.fields).toMatchObject({ reason: 'found in a build log', targets: [`signingKey:${lost?.kid}`] })
    const [frame] = await world.app.store.read.getAll([`outbox/${event?.id}`])
    expect(frame).toMatchObject({ changed: ['kid'] })
  })
})

describe('keys are bound to what they are for', () => {
  it('C-066 I-77: an access token by the key for ID tokens is refused everywhere, whoever signs it', async () => {
    await world.app.signing.sign('id', 'JWT', { iss: 'x', exp: Math.floor(time.now / 1000) + 60 })
    const [forId] = (await readRing(world.app.store.read, 'id')).keys
    const token = await forgeBy(
      {
        ...world.app,
        rings: { ...world.app.rings, keepers: { ...world.app.rings.keepers, access: world.app.rings.keepers.id } },
      },
      forId ?? never(),
      time.now,
    )
    expect(await ownDoor(world.app)(token)).toEqual({ ok: false, error: 'wrong_purpose' })
    expect(await verifierOf(world.app, time, 0, 0)(token)).toEqual({ ok: false, error: 'wrong_purpose' })
    // The very same key is in the very same set, and verifies what it is for.
    expect((await publishedSet(world.app)).map(({ kid }) => kid)).toContain(forId?.kid)
  })

  it('C-066: the signer does not sign one purpose’s token with another’s key, nor one that outlives its key', async () => {
    const { signing } = world.app
    const exp = Math.floor(time.now / 1000) + 60
    await expect(signing.sign('id', 'at+jwt', { exp })).rejects.toThrow('does not sign')
    await expect(signing.sign('access', 'JWT', { exp })).rejects.toThrow('does not sign')
    await expect(signing.sign('access', 'at+jwt', { exp: exp + 3600 })).rejects.toThrow('ends before')
    await expect(signing.sign('access', 'at+jwt', {})).rejects.toThrow('ends before')
  })

  it('C-066: a key that was made and not published yet verifies nothing', async () => {
    const made = await world.app.rings.keepers.access.make([], world.app.clock())
    expect(await ownDoor(world.app)(await forgeBy(world.app, made, time.now))).toEqual({
      ok: false,
      error: 'unknown_key',
    })
    const again = await sign()
    expect((await ownDoor(world.app)(again)).ok).toBe(true)
  })

  it('I-77: what one key signed is not by another: the signature counts only under its own name', async () => {
    const [, body, signature] = (await sign()).split('.')
    const standby = (await ring()).find(({ state }) => state === 'published')
    const header = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: standby?.kid })).toString('base64url')
    expect(await ownDoor(world.app)(`${header}.${body}.${signature}`)).toEqual({ ok: false, error: 'bad_signature' })
  })
})

const compromised = async (kid: string) => (await ring()).find((key) => key.kid === kid)

const never = (): never => {
  throw new Error('the test has no key to work with')
}
