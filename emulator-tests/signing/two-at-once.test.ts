// Several instances at once: at the very first signature, when a schedule fires twice, and when it fires late.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyRotation } from '../../functions/src/groups/signing.ts'
import type { Keeper } from '../../functions/src/rooms/signing/ring/keepers.ts'
import { readRing } from '../../functions/src/rooms/signing/ring/ring-document.ts'
import { rotateRing } from '../../functions/src/rooms/signing/ring/rotate-ring.ts'
import { loose } from '../support/fly.ts'
import { dailyRotation, type Estate, type Instance, Killed, makeEstate } from './support/instances.ts'
import { claimsAt, ownDoor } from './support/tokens.ts'

let estate: Estate
beforeEach(async () => {
  estate = await makeEstate()
}, 60_000)
afterEach(() => estate.close())

const fire = ({ app }: Instance, runId: string) => keyRotation(app).run(loose(app, runId))
const statesOf = async ({ app }: Instance, purpose: 'access' | 'id' | 'seal') =>
  (await readRing(app.store.read, purpose)).keys.map(({ state }) => state)
const eventsOf = async ({ app }: Instance) =>
  (await app.store.read.list({ collection: 'tenants/platform/audit', limit: 100 })).map(({ fields }) =>
    String(fields['type']),
  )

const makeGate = () => {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), opened }
}

describe('a new installation', () => {
  it('F-02: five instances sign for the first time at once, by one key, and every token counts', async () => {
    const five = Array.from({ length: 5 }, () => estate.instance())
    const signed = await Promise.all(five.map(({ app }) => app.signing.sign('access', 'at+jwt', claimsAt(app.clock()))))
    const door = ownDoor(estate.instance().app)
    for (const one of signed) expect(one.ok && (await door(one.value)).ok).toBe(true)
    expect(await statesOf(estate.instance(), 'access')).toEqual(['active', 'published'])
    // Each step happened once, whoever took it: two keys were made and published, one began to sign.
    expect((await eventsOf(estate.instance())).toSorted()).toEqual([
      'signing.key_activated',
      ...['signing.key_created', 'signing.key_created'],
      ...['signing.key_published', 'signing.key_published'],
    ])
  })

  it('F-02: two that adopt the same version of KMS store its key once, also when one dies between KMS and its transaction', async () => {
    const [late, other] = [estate.instance(), estate.instance()]
    const seal = { purpose: 'seal', requestId: 'test' } as const
    const rotate = ({ app }: Instance, keepers = app.rings.keepers) =>
      rotateRing({ ...seal, now: app.clock() }, { ...app.rings, keepers })
    // A version that nobody knows: its maker died before he could store the key.
    late.accidents.push('before')
    await expect(rotate(late)).rejects.toThrow(Killed)
    const made = makeGate()
    const released = makeGate()
    const slow: Keeper = {
      ...late.app.rings.keepers.seal,
      make: async (...asked) => {
        const key = await late.app.rings.keepers.seal.make(...asked)
        made.open()
        await released.opened
        return key
      },
    }
    const running = rotate(late, { ...late.app.rings.keepers, seal: slow })
    await made.opened
    // The other one adopts it too, is quicker, and dies just where the next key is due.
    other.accidents.push('none', 'none', 'none', 'before')
    await expect(rotate(other)).rejects.toThrow(Killed)
    expect(await statesOf(other, 'seal')).toEqual(['active'])
    released.open()
    await running
    expect(await statesOf(other, 'seal')).toEqual(['active', 'published'])
    const { keys } = await readRing(other.app.store.read, 'seal')
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(2)
    // Two were ever made: both that died left theirs to be adopted.
    expect(estate.kms.faults.calls()['createCryptoKeyVersion']).toBe(2)
  })

  it('the schedule makes the first keys of every purpose', async () => {
    const instance = estate.instance()
    await fire(instance, 'first')
    for (const purpose of ['access', 'id', 'seal'] as const)
      expect(await statesOf(instance, purpose)).toEqual(['active', 'published'])
  })
})

describe('a schedule that fires twice', () => {
  it('F-02: of two runs at the same moment, and of one that comes an hour late, one rotates; the others do nothing and succeed', async () => {
    const [one, other, late] = [1, 2, 3].map(() => estate.instance({ policyOf: dailyRotation })) as [
      Instance,
      Instance,
      Instance,
    ]
    await fire(one, 'first')
    estate.time.now += 86_400_000
    const before = (await eventsOf(one)).length
    await Promise.all([fire(one, 'twice'), fire(other, 'twice'), fire(other, 'twice again')])
    const after = await eventsOf(one)
    // A takeover, a new key and its publication, of each of three purposes; seals live for a day here, too.
    expect(after).toHaveLength(before + 9)
    for (const purpose of ['access', 'id', 'seal'] as const)
      expect(await statesOf(one, purpose)).toEqual(['retiring', 'active', 'published'])
    estate.time.now += 3_600_000
    await fire(late, 'first')
    expect(await statesOf(one, 'access')).toEqual(['retired', 'active', 'published'])
    expect(await statesOf(one, 'id')).toEqual(['retiring', 'active', 'published'])
  })

  it('F-02: one purpose in trouble does not hold up the others, and the run still fails aloud', async () => {
    const instance = estate.instance()
    estate.kms.faults.add({ kind: 'fail', code: 'PERMISSION_DENIED', method: 'listCryptoKeyVersions' })
    await expect(fire(instance, 'first')).rejects.toThrow('1 of 3 rings')
    expect(await statesOf(instance, 'access')).toEqual(['active', 'published'])
    expect(await statesOf(instance, 'seal')).toEqual([])
    await fire(instance, 'second')
    expect(await statesOf(instance, 'seal')).toEqual(['active', 'published'])
  })
})
