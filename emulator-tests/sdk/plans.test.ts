// Rate plans at services that decide by themselves: one plan for all that a key has, shared by all processes, however many keys there are.
import type { Latchkey } from '@latchkey/sdk/service/create-latchkey'
import { LatchkeyRefusal } from '@latchkey/sdk/service/refused'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import { authzInstance, type Instance } from './instance.ts'
import { bearing, platformVerifier, sdkOf } from './support.ts'

const rate = { perSecond: 5, burst: 10 }

describe('C-014 the plan of a key at services', () => {
  let two: TwoAgencies
  let instance: Instance
  let verifier: string
  const sdks: Latchkey[] = []
  let now = Date.now()

  /** Another process of a service, by one settable clock. */
  const service = (): Latchkey => {
    const clocks = { wall: () => now, steady: () => now }
    const sdk = sdkOf(two.world, instance, { credential: verifier, clocks, feed: false, usage: true })
    sdks.push(sdk)
    return sdk
  }
  /** How many of so many uses pass at one moment. */
  const passes = async (sdk: Latchkey, texts: readonly string[], times: number): Promise<number> => {
    let passed = 0
    for (let time = 0; time < times; time++) {
      for (const text of texts) {
        const told = await sdk.authenticate(bearing(text)).then(
          () => 'passed',
          (error: unknown) => (error instanceof LatchkeyRefusal ? error.code : String(error)),
        )
        if (told === 'passed') passed++
        else expect(told).toBe('rate_limited')
      }
    }
    return passed
  }
  const tokenOf = async (secret: string): Promise<string> =>
    (await two.world.withKey(secret).must('credentials/exchange', { audience: 'https://calendar.example' }))
      .access_token

  beforeAll(async () => {
    two = await twoAgencies()
    instance = await authzInstance(two.world.projectId)
    verifier = await platformVerifier(two.world)
  }, 60_000)
  afterAll(async () => {
    for (const sdk of sdks) await sdk.close()
    await instance.close()
    await two.world.close()
  })

  it('is one while the key is rotated: both secrets and their tokens share it, at first and once it was reported', async () => {
    const { owner, agency, key: another } = two.north
    const { key, secret } = await newKey(owner, agency, { rate })
    const rotated = await owner.must('apiKeys/rotate', { tenant: agency, key: key.key, overlapSeconds: 86_400 })
    const texts = [secret, rotated.secret, await tokenOf(secret), await tokenOf(rotated.secret)]
    const sdk = service()
    const half = rate.burst / 2 // the other one is our own door's, where tokens were made
    for (let turn = 0; turn < 2; turn++) {
      expect(await passes(sdk, texts, rate.burst)).toBe(half)
      expect(await passes(sdk, [another.secret], rate.burst + 1)).toBe(rate.burst + 1)
      await sdk.report()
      now += 4_000 // as long as the plan needs to be whole again
    }
  })

  it('is not given out whole by every process that meets the key by its token first', async () => {
    const { owner, agency } = two.north
    const text = await tokenOf((await newKey(owner, agency, { rate })).secret)
    let passed = 0
    for (let process = 0; process < 5; process++) passed += await passes(service(), [text], rate.burst)
    expect(passed).toBeGreaterThanOrEqual(rate.burst)
    expect(passed).toBeLessThanOrEqual(2 * rate.burst)
  })

  it('is leased for more than a hundred keys: once two processes have reported, none of them has more than its half', async () => {
    const { owner, agency } = two.north
    const texts = await Promise.all(
      Array.from({ length: 105 }, async () => (await newKey(owner, agency, { rate })).secret),
    )
    const [one, other] = [service(), service()]
    const reportBoth = async (): Promise<void> => {
      for (const sdk of [one, other]) {
        await passes(sdk, texts, 1)
        await sdk.report()
      }
    }
    for (let turn = 0; turn < 2; turn++) {
      await reportBoth()
      now += 10_000
    }
    for (const sdk of [one, other]) {
      const passed = await passes(sdk, texts, rate.burst)
      expect(passed).toBe((texts.length * rate.burst) / 2)
    }
  }, 120_000)
})
