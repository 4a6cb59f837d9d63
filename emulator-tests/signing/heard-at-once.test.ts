// From a compromise to the set that the whole world fetches: whoever asks after the answer gets the set without the key, whatever an instance has kept.
import { readIssuerKeys } from '@latchkey/sdk/service/tokens/access-tokens'
import { keyRing } from '@latchkey/sdk/service/tokens/key-ring'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../functions/src/app.ts'
import { keySetDocument } from '../../functions/src/rooms/signing/key-set.ts'
import { type Served, serve } from '../support/framework.ts'
import { endpoints } from '../support/stack.ts'
import { type Actor, makeWorld, type World } from '../support/world.ts'
import { claimsAt, foundRings, publishedSet } from './support/tokens.ts'

let world: World
let owner: Actor
let served: Served
beforeAll(async () => {
  world = await makeWorld()
  owner = await world.platformOwner()
  await foundRings(world.app)
  served = await serve('oauth', { GCLOUD_PROJECT: world.projectId, LK_KMS_ENDPOINT: endpoints.kms })
}, 60_000)
afterAll(async () => {
  served.stop()
  await world.close()
})

const url = () => `${served.origin}/.well-known/jwks.json`
const kidsServed = async (): Promise<readonly string[]> =>
  (await (await fetch(url())).json()).keys.map(({ kid }: { kid: string }) => kid)
const signingKid = async (): Promise<string> => {
  const signed = await world.app.signing.sign('access', 'at+jwt', claimsAt(world.app.clock()))
  if (!signed.ok) throw new Error(signed.error.code)
  return JSON.parse(Buffer.from(signed.value.split('.')[0] ?? '', 'base64url').toString()).kid
}
const compromise = (kid: string) => owner.must('signing/compromise', { kid, reason: 'found in a build log' })

describe('a compromised key', () => {
  it('F-04: is not in the set that is fetched next, although the instance that serves it has just read the ring', async () => {
    const kid = await signingKid()
    for (let warm = 0; warm < 5; warm++) expect(await kidsServed()).toContain(kid)
    const other = createApp(
      { GCLOUD_PROJECT: world.projectId, FIRESTORE_EMULATOR_HOST: endpoints.firestore },
      { clock: world.app.clock, log: () => undefined },
    )
    expect(await other.signing.findKey(kid)).toBeDefined()
    await compromise(kid)
    // Its doors may still have it, for some seconds; its set has not.
    expect(await other.signing.findKey(kid)).toBeDefined()
    expect((await publishedSet(other)).map((jwk) => jwk.kid)).not.toContain(kid)
    await other.store.close()
    const after = await Promise.all(Array.from({ length: 10 }, kidsServed))
    for (const kids of after) expect(kids).not.toContain(kid)
  })

  it('F-04: is forgotten by an SDK as soon as it hears of it, and asked for from nobody’s cache', async () => {
    const asked: RequestInit[] = []
    const ring = keyRing({
      url: url(),
      clocks: { wall: Date.now, steady: () => performance.now() },
      fetch: (where, init) => {
        asked.push(init)
        return fetch(where, init)
      },
      read: readIssuerKeys,
    })
    const kid = await signingKid()
    expect(await ring.find(kid)).toBeDefined()
    await compromise(kid)
    ring.doubt()
    expect(await ring.find(kid)).toBeUndefined()
    expect(asked.map(({ cache }) => cache)).toEqual(['no-store', 'no-store'])
  })

  it('the set costs the database two reads for a crowd that asks at once', async () => {
    const { rings } = world.app
    let reads = 0
    const counted = {
      ...rings.read,
      getStamped: (paths: readonly string[]) => {
        reads++
        return rings.read.getStamped(paths)
      },
    }
    const document = keySetDocument({ read: counted })
    const sets = await Promise.all(Array.from({ length: 200 }, () => document.read()))
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1)
    expect(reads).toBe(2)
  })
})
