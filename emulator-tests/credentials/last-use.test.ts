// When a key was last used, as its owner sees it: to the hour over all instances, to the minute while it is rotated.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../functions/src/app.ts'
import { newKey } from '../attacks/two-agencies.ts'
import { platformVerifier } from '../sdk/support.ts'
import { endpoints } from '../support/stack.ts'
import { type Actor, type Answer, actor, allOperations, makeWorld, type World } from '../support/world.ts'

const [minute, hour] = [60_000, 3_600_000]

describe('the last use of a key', () => {
  let world: World
  let other: World['app']
  let agency: string
  let nora: Actor
  let verifier: string
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    verifier = await platformVerifier(world)
    const env = { GCLOUD_PROJECT: world.projectId, FIRESTORE_EMULATOR_HOST: endpoints.firestore }
    other = createApp(
      { ...env, LK_KMS_ENDPOINT: endpoints.kms },
      { clock: world.app.clock, log: () => undefined, publish: async () => undefined, enqueue: async () => undefined },
    )
  })
  afterEach(() => world.advance(Date.now() - world.app.clock()))
  afterAll(async () => {
    await other.store.close()
    await world.close()
  })

  const make = () => newKey(nora, agency, { scopes: ['iam/tenants.readonly'] })
  const from = (app: World['app'], secret: string, address: string) =>
    actor(app, allOperations(app), { transport: 'http', authorization: [`Bearer ${secret}`] }).must(
      'tenants/get',
      { tenant: agency },
      { address },
    )
  /** By a service that decides by itself, which says when it was, and not from where. */
  const report = (secret: string) =>
    world.withKey(verifier).must('credentials/usage', {
      process: '0'.repeat(16),
      uses: [{ secret: secret.slice(7, 29), count: 1, denied: 0, lastUsedAt: Number(world.app.clock()) }],
    })
  const secretsOf = async (key: string): Promise<readonly Answer[]> =>
    (await nora.must('apiKeys/get', { tenant: agency, key })).secrets
  /** Between two moments: clocks of tests go on by themselves. */
  const isFrom = (shown: Answer, moment: number): boolean => Math.abs(Date.parse(shown.lastUsedAt) - moment) < 10_000

  it('L-03 is written at the first use, not within the hour by any instance, and after the hour by the first', async () => {
    const { key, secret } = await make()
    const first = world.app.clock()
    await from(world.app, secret, '198.51.100.7')
    world.advance(30 * minute)
    await from(world.app, secret, '198.51.100.8')
    await from(other, secret, '198.51.100.9')
    const [within] = await secretsOf(key.key)
    expect(within).toMatchObject({ lastAddress: '198.51.100.7' })
    expect(isFrom(within, first)).toBe(true)
    world.advance(30 * minute)
    const second = world.app.clock()
    await from(other, secret, '198.51.100.9')
    await from(world.app, secret, '198.51.100.8')
    const [after] = await secretsOf(key.key)
    expect(after).toMatchObject({ lastAddress: '198.51.100.9' })
    expect(isFrom(after, second)).toBe(true)
  })

  it('keeps its address when a service reports the next use, which says none', async () => {
    const { key, secret } = await make()
    await from(world.app, secret, '198.51.100.7')
    world.advance(hour)
    await report(secret)
    const [shown] = await secretsOf(key.key)
    expect(isFrom(shown, world.app.clock())).toBe(true)
    expect(shown).toMatchObject({ lastAddress: '198.51.100.7' })
  })

  it('I-52 a secret of somebody else is neither noted nor counted, also when others have reported it before', async () => {
    const { key, secret } = await make()
    const south = await world.agency('Southwind', 'sue')
    const stranger = await newKey(await world.person('sue'), south, { scopes: ['iam/credentials.verify'] })
    const id = secret.slice(7, 29)
    const counted = async (who: string, lastUsedAt: number) => {
      const before = world.logs.length
      const uses = [{ secret: id, count: 4, denied: 0, lastUsedAt }]
      await world.withKey(who).must('credentials/usage', { process: '0'.repeat(16), uses })
      const said = world.logs.slice(before).map((line) => JSON.parse(line))
      return said.filter(({ message }) => message === 'usage reported').flatMap((line) => line.uses)
    }
    const now = Number(world.app.clock())
    expect(await counted(verifier, 0)).toMatchObject([{ secret: id, count: 4 }])
    for (const lastUsedAt of [0, now]) expect(await counted(stranger.secret, lastUsedAt)).toEqual([])
    expect(await secretsOf(key.key)).toEqual([{ hint: key.hint }])
    expect(await counted(verifier, 0)).toMatchObject([{ secret: id, count: 4 }])
    expect(await counted(verifier, now)).toHaveLength(1)
    expect(await secretsOf(key.key)).toMatchObject([{ lastUsedAt: expect.any(String) }])
  })

  it('is seen each minute of the old secret while it is rotated away, whichever way it was used', async () => {
    const { key, secret } = await make()
    await from(world.app, secret, '198.51.100.7')
    const { secret: young } = await nora.must('apiKeys/rotate', {
      ...{ tenant: agency, key: key.key, overlapSeconds: 24 * 3_600 },
    })
    const began = world.app.clock()
    await from(world.app, young, '203.0.113.9')
    for (const use of [() => from(other, secret, '198.51.100.8'), () => report(secret)]) {
      world.advance(minute)
      await use()
      await from(world.app, young, '203.0.113.10')
      const [current, old] = await secretsOf(key.key)
      expect(isFrom(old, world.app.clock())).toBe(true)
      expect(old).toMatchObject({ lastAddress: '198.51.100.8' })
      expect(isFrom(current, began)).toBe(true)
    }
  })
})
