// `signing/list` and `signing/rotate`, whoever asks and however often.
import { minutes, secondsOf } from '@latchkey/core/kernel/time'
import { policyOf } from '@latchkey/core/signing/rotation-policy'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyRotation } from '../../functions/src/groups/signing.ts'
import { fly } from '../support/fly.ts'
import { type Actor, makeWorld, type World } from '../support/world.ts'
import { claimsAt, ownDoor } from './support/tokens.ts'

let world: World
let owner: Actor
beforeAll(async () => {
  // Everything that rotation waits for takes 90 seconds here, so that a sign-in is still fresh after three rotations.
  world = await makeWorld({
    policyOf: (purpose) => ({
      ...policyOf(purpose),
      cacheLife: minutes(1),
      slack: secondsOf(30),
      tokenLife: minutes(5),
    }),
  })
  owner = await world.platformOwner()
  await world.app.signing.sign('access', 'at+jwt', token())
}, 60_000)
afterAll(() => world.close())

const token = () => claimsAt(world.app.clock(), { exp: Math.floor(world.app.clock() / 1000) + 60 })
const ringOf = async (purpose: string) => (await owner.must('signing/list', { purpose })).rings[0]
const statesOf = async (purpose: string): Promise<readonly string[]> =>
  (await ringOf(purpose)).keys.map(({ state }: { state: string }) => state)
const refusal = (code: string) => ({ ok: false, error: { code } })
const rotate = { purpose: 'access', reason: 'the quarterly drill' }

describe('signing/list', () => {
  it('shows states, moments and public halves, and nothing else of a key', async () => {
    const ring = await ringOf('access')
    expect(ring.keys.map(({ state, published }: Record<string, unknown>) => [state, published])).toEqual([
      ['active', true],
      ['published', true],
    ])
    expect(Object.keys(ring.keys[0]).toSorted()).toEqual(
      ['activeAt', 'createdAt', 'jwk', 'kid', 'published', 'publishedAt', 'state'].toSorted(),
    )
    expect(Object.keys(ring.keys[0].jwk).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    expect((await owner.must('signing/list', {})).rings.map(({ purpose }: { purpose: string }) => purpose)).toEqual([
      'access',
      'id',
      'seal',
    ])
  })

  it('shows no seal key as part of the published set, which holds none', async () => {
    await world.app.signing.seal(Buffer.from('a root'))
    const { keys } = await ringOf('seal')
    expect(keys.map(({ state, published }: Record<string, unknown>) => [state, published])).toEqual([
      ['active', false],
      ['published', false],
    ])
  })

  it.each(['list', 'rotate', 'compromise'])(
    'signing/%s is for operators of the platform: an agency’s owner sees nothing of it',
    async (name) => {
      await world.agency(`Mine ${name}`, `olivia${name}`)
      const olivia = await world.person(`olivia${name}`)
      const input = { list: {}, rotate, compromise: { kid: (await ringOf('access')).keys[0].kid, reason: 'mischief' } }[
        name
      ]
      expect(await olivia.call(`signing/${name}`, input)).toMatchObject(refusal('not_found'))
      expect(await world.anonymous.call(`signing/${name}`, input)).toMatchObject(refusal('invalid_token'))
      expect(await world.provisioner.call(`signing/${name}`, input)).toMatchObject(refusal('permission_denied'))
      expect(await statesOf('access')).toEqual(['active', 'published'])
    },
  )
})

describe('signing/rotate', () => {
  it('waits until everybody can know the standby, and says from when', async () => {
    expect(await owner.call('signing/rotate', rotate)).toMatchObject(refusal('conflict'))
    const { rotatableAt } = await ringOf('access')
    world.advance(Date.parse(rotatableAt) - world.app.clock())
    expect(await owner.must('signing/rotate', { ...rotate, dryRun: true })).toMatchObject({ saved: false })
    expect(await statesOf('access')).toEqual(['active', 'published'])
  })

  it('lets the standby sign, keeps what was signed before, and makes a new standby', async () => {
    const before = await world.app.signing.sign('access', 'at+jwt', token())
    const [old, standby] = (await ringOf('access')).keys
    const answer = await owner.must('signing/rotate', rotate)
    expect(answer).toMatchObject({ saved: true, before: old.kid, active: standby.kid, revision: expect.any(String) })
    expect(await statesOf('access')).toEqual(['retiring', 'active', 'published'])
    const after = await world.app.signing.sign('access', 'at+jwt', token())
    const door = ownDoor(world.app)
    for (const signed of [before, after]) expect(signed.ok && (await door(signed.value)).ok).toBe(true)
    const decoded = JSON.parse(Buffer.from((after.ok ? after.value : '').split('.')[0] ?? '', 'base64url').toString())
    expect(decoded.kid).toBe(standby.kid)
  })

  it('the same idempotency key rotates once', async () => {
    world.advance(91_000)
    const input = { ...rotate, idempotencyKey: 'rotate-once-1234567890' }
    const first = await owner.must('signing/rotate', input)
    const again = await owner.must('signing/rotate', input)
    expect(again).toEqual(first)
    expect((await statesOf('access')).filter((state) => state === 'retiring')).toHaveLength(2)
  })

  it('I-82: takes a sign-in that is younger than ten minutes, and leaves an event with the reason', async () => {
    const audit = await world.app.store.read.list({ collection: 'tenants/platform/audit', limit: 100 })
    const events = audit.filter(({ fields }) => fields['type'] === 'signing.rotated')
    expect(events).toHaveLength(2)
    for (const { fields } of events)
      expect(fields).toMatchObject({ reason: rotate.reason, actor: { principal: expect.stringMatching(/^user:/) } })
    world.advance(11 * 60_000)
    for (const [name, input] of [
      ['rotate', rotate],
      ['compromise', { kid: (await ringOf('access')).keys[0].kid, reason: 'mischief' }],
    ] as const)
      expect(await owner.call(`signing/${name}`, input)).toMatchObject(refusal('insufficient_user_authentication'))
    world.advance(-11 * 60_000)
  })

  it('of two operators at once one rotates, and the other hears that there is nothing to rotate to', async () => {
    world.advance(91_000)
    const both = await Promise.all([owner.call('signing/rotate', rotate), owner.call('signing/rotate', rotate)])
    expect(both.map(({ ok }) => ok).toSorted()).toEqual([false, true])
    expect(both.find(({ ok }) => !ok)).toMatchObject(refusal('conflict'))
    expect((await statesOf('access')).filter((state) => state === 'active')).toHaveLength(1)
  })
})

describe('versions in KMS', () => {
  it('C-151 of the key for seals are made by the schedule alone, whoever rotates', async () => {
    const versions = () => world.app.kms.signingVersions()
    const before = await versions()
    world.advance(100_000)
    const again = await world.platformOwner()
    await again.must('signing/rotate', { purpose: 'seal', reason: 'the quarterly drill' })
    expect(await versions()).toEqual(before)
    expect(await statesOf('seal')).toEqual(['retiring', 'active'])
    await fly(keyRotation(world.app), world.app)
    expect(await statesOf('seal')).toEqual(['retiring', 'active', 'published'])
    expect(await versions()).toHaveLength(before.length + 1)
  })
})
