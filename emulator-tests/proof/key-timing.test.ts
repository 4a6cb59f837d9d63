// Whether the clock tells which ids are those of keys, and of a key in rotation which secret is the new one: wrong secrets, asked in turns.
import { performance } from 'node:perf_hooks'
import { formatSecret } from '@latchkey/core/credentials/secret-format'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import { type Served, serve } from '../support/framework.ts'
import { type Door, openDoor } from './support/door.ts'
import { seeded, seedOfRun, shareOfRun } from './support/random.ts'
import { compareRanks } from './support/rank-sums.ts'

const seed = seedOfRun()
const rounds = Math.max(200, Math.ceil(2_500 * shareOfRun()))
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

type Kind = 'unknown' | 'alone' | 'new of two' | 'old of two'
const kinds: readonly Kind[] = ['unknown', 'alone', 'new of two', 'old of two']

describe('C-006 the time of a wrong secret', () => {
  const random = seeded(seed)
  let two: TwoAgencies
  let served: Served
  let door: Door
  const ids: Record<Exclude<Kind, 'unknown'>, string[]> = { alone: [], 'new of two': [], 'old of two': [] }
  const idOf = (secret: string): string => secret.slice(7, 29)
  beforeAll(async () => {
    two = await twoAgencies()
    const { north, world } = two
    for (let index = 0; index < 12; index++) {
      ids.alone.push(idOf((await newKey(north.owner, north.agency)).secret))
      const { key, secret } = await newKey(north.owner, north.agency)
      const input = { tenant: north.agency, key: key.key, overlapSeconds: 86_400 }
      ids['old of two'].push(idOf(secret))
      ids['new of two'].push(idOf((await north.owner.must('apiKeys/rotate', input)).secret))
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

  const drawnId = (): string => `0${Array.from({ length: 21 }, () => base62[random.below(62)]).join('')}`
  const wrong = (kind: Kind): string => {
    const id = kind === 'unknown' ? drawnId() : random.pick(ids[kind])
    const bytes = Uint8Array.from({ length: 32 }, () => random.below(256))
    return formatSecret('api', id as Parameters<typeof formatSecret>[1], bytes) // in the shape of a drawn id
  }
  const asked = async (bearer: string): Promise<number> => {
    const address = `10.${random.below(250)}.${random.below(250)}.${random.below(250)}`
    const start = performance.now()
    const { status, text } = await door.post('/v1/ops/tenants/get', { tenant: two.north.agency }, { bearer, address })
    const took = performance.now() - start
    expect(status, text).toBe(401)
    return took
  }

  it('C-006 is the same for a key’s and for both secrets of a rotation, and tells nothing of an id that never was', {
    timeout: 240_000,
    retry: 1,
  }, async () => {
    const times: Record<Kind, number[]> = { unknown: [], alone: [], 'new of two': [], 'old of two': [] }
    for (let index = 0; index < 200; index++) await asked(wrong(kinds[index % 4] ?? 'unknown')) // warm
    for (let round = 0; round < rounds; round++) {
      // In a drawn order within each round: whatever slows the machine down slows all of them.
      const order = kinds.map((kind) => ({ kind, at: random.below(1_000_000) })).toSorted((a, b) => a.at - b.at)
      for (const { kind } of order) times[kind].push(await asked(wrong(kind)))
    }
    const median = (kind: Kind): number => times[kind].toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
    const pairs = kinds.flatMap((left, index) => kinds.slice(index + 1).map((right) => [left, right] as const))
    const found = pairs.map(([left, right]) => ({
      what: `${left} / ${right}`,
      isOfKeys: left !== 'unknown',
      ...compareRanks(times[left], times[right]),
    }))
    console.log(
      `timing of wrong secrets, seed ${seed}: ${rounds * 4} samples, medians ` +
        `${kinds.map((kind) => `${kind} ${median(kind).toFixed(3)} ms`).join(', ')}; p (and how often the first is slower) ` +
        found.map(({ what, p, slower }) => `${what} ${p.toFixed(3)} (${(slower * 100).toFixed(1)} %)`).join(', '),
    )
    // Three comparisons with one chance in a hundred together of a false alarm, which is asked twice.
    for (const { what, p, isOfKeys } of found) if (isOfKeys) expect(p, what).toBeGreaterThan(0.01 / 3)
    // A document that is there is decoded: some hundredths of a millisecond, which of one answer tell nothing, and an id is no secret.
    for (const { what, slower } of found) expect(Math.abs(slower - 0.5), what).toBeLessThan(0.1)
  })

  it('C-006 and the measure tells times apart that are', () => {
    const same = seeded(1) // whose samples are alike: one in a thousand is not
    const sample = (shift: number) => Array.from({ length: rounds }, () => same.below(1_000) + shift)
    expect(compareRanks(sample(0), sample(0)).p).toBeGreaterThan(0.001)
    const { p, slower } = compareRanks(sample(0), sample(250))
    expect(p).toBeLessThan(0.001)
    expect(slower).toBeLessThan(0.4)
  })
})
