// Keys of message authentication codes in Secret Manager: two live versions, and no call for most of the time.
import { days, minutes } from '@latchkey/core/kernel/time'
import { hmacPurposes } from '@latchkey/core/signing/secret-versions'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { secretRotation } from '../../functions/src/groups/signing.ts'
import { loose } from '../support/fly.ts'
import { type Estate, type Instance, makeEstate } from './support/instances.ts'

let estate: Estate
beforeEach(async () => {
  estate = await makeEstate()
}, 60_000)
afterEach(() => estate.close())

const rotate = ({ app }: Instance) => secretRotation(app).run(loose(app))
const after = (seconds: number) => {
  estate.time.now += seconds * 1000
}

describe('the reader', () => {
  it('makes the first version where there is none, once for all who ask, and each purpose has its own', async () => {
    const instance = estate.instance()
    const [first, again] = await Promise.all([instance.app.hmacKeys('form-token'), instance.app.hmacKeys('form-token')])
    expect(first).toEqual(again)
    expect(first.making).toMatchObject({ version: 1, bytes: expect.any(Uint8Array) })
    expect(first.making.bytes).toHaveLength(32)
    const other = await instance.app.hmacKeys('page-cursor')
    expect(Buffer.from(other.making.bytes)).not.toEqual(Buffer.from(first.making.bytes))
  })

  it('two instances that begin at once make with the same version', async () => {
    const both = await Promise.all([1, 2].map(() => estate.instance().app.hmacKeys('dpop-nonce')))
    after(minutes(6))
    const making = await Promise.all([1, 2].map(() => estate.instance().app.hmacKeys('dpop-nonce')))
    expect(both.map((keys) => keys.making.version)).toEqual([1, 1])
    expect(new Set(making.map((keys) => keys.making.version)).size).toBe(1)
  })

  it('asks Secret Manager every five minutes and no more', async () => {
    const { app } = estate.instance()
    await app.hmacKeys('form-token')
    estate.kms.faults.clear()
    for (let call = 0; call < 100; call++) await app.hmacKeys('form-token')
    expect(estate.kms.faults.calls()).toEqual({})
    after(minutes(5))
    await Promise.all(Array.from({ length: 20 }, () => app.hmacKeys('form-token')))
    expect(estate.kms.faults.calls()).toEqual({ listSecretVersions: 1 })
  })

  it('goes on for an hour when Secret Manager is down, and then makes and accepts nothing', async () => {
    const { app } = estate.instance()
    const known = await app.hmacKeys('form-token')
    estate.kms.faults.add({ kind: 'unavailable' })
    after(minutes(59))
    expect(await app.hmacKeys('form-token')).toEqual(known)
    after(minutes(2))
    await expect(app.hmacKeys('form-token')).rejects.toThrow()
    await expect(estate.instance().app.hmacKeys('form-token')).rejects.toThrow()
    estate.kms.faults.clear()
    after(11)
    expect((await app.hmacKeys('form-token')).making.version).toBe(1)
  })
})

describe('a version that an instance does not know yet', () => {
  /** A version that came while this instance knew enough, as after an emergency. */
  const behind = async () => {
    const { app } = estate.instance()
    await app.hmacKeys('form-token')
    after(days(30))
    await app.hmacKeys('form-token')
    await rotate(estate.instance())
    estate.kms.faults.clear()
    return app
  }
  const versions = async (app: Instance['app'], met?: number) =>
    (await app.hmacKeys('form-token', met)).accepted.map(({ version }) => version)

  it('is looked for when it is met, and one that is made up costs one call in ten seconds', async () => {
    const app = await behind()
    after(11)
    expect(await versions(app)).toEqual([1])
    expect((await versions(app, 2)).toSorted()).toEqual([1, 2])
    for (let call = 0; call < 100; call++) await app.hmacKeys('form-token', 3 + call)
    expect(estate.kms.faults.calls()['listSecretVersions']).toBe(1)
    after(10)
    await Promise.all(Array.from({ length: 20 }, (_, call) => app.hmacKeys('form-token', 3 + call)))
    expect(estate.kms.faults.calls()['listSecretVersions']).toBe(2)
  })

  it('is not said to be wrong when nobody can be asked', async () => {
    const app = await behind()
    estate.kms.faults.add({ kind: 'unavailable' })
    after(minutes(10))
    expect(await versions(app, 1)).toEqual([1])
    await expect(app.hmacKeys('form-token', 2)).rejects.toThrow()
  })

  it('is met by nobody otherwise: what one instance makes the other accepts, whenever each of them was asked last', async () => {
    const [one, other] = [estate.instance(), estate.instance()]
    await rotate(one)
    after(days(30))
    for (let minute = 0; minute < 15; minute++) {
      for (const { app } of minute % 4 === 0 ? [one, other] : [one]) await app.hmacKeys('page-cursor')
      if (minute === 1) await rotate(one)
      const { making } = await one.app.hmacKeys('page-cursor')
      expect((await other.app.hmacKeys('page-cursor')).accepted).toContainEqual(making)
      after(60)
    }
    expect((await one.app.hmacKeys('page-cursor')).making.version).toBe(2)
  })

  it('a Secret Manager that refuses for good is asked once in ten seconds, and said so once', async () => {
    const { app, logs } = estate.instance()
    await app.hmacKeys('form-token')
    after(minutes(6))
    estate.kms.faults.clear()
    for (const call of [1, 2, 3])
      estate.kms.faults.add({ kind: 'fail', code: 'PERMISSION_DENIED', method: 'listSecretVersions', call })
    for (let call = 0; call < 50; call++) await app.hmacKeys('form-token')
    expect(estate.kms.faults.calls()).toEqual({ listSecretVersions: 1 })
    expect(logs.filter((line) => line.includes('secrets could not be refreshed'))).toHaveLength(1)
  })
})

describe('a secret that was damaged on its way', () => {
  it('is not used: nothing is made or accepted with it', async () => {
    await estate.instance().app.hmacKeys('form-token')
    const { app } = estate.instance()
    estate.kms.faults.add({ kind: 'damage', method: 'accessSecretVersion' })
    await expect(app.hmacKeys('form-token')).rejects.toThrow('was damaged on its way')
    expect((await app.hmacKeys('form-token')).making.version).toBe(1)
  })
})

describe('rotateSecrets', () => {
  it('adds a version each month; two are live; what the one before made is accepted', async () => {
    const instance = estate.instance()
    await rotate(instance)
    for (const purpose of hmacPurposes) expect((await instance.app.hmacKeys(purpose)).making.version).toBe(1)
    const first = await instance.app.hmacKeys('page-cursor')
    after(days(30))
    await rotate(instance)
    await rotate(instance)
    after(minutes(5))
    const fresh = await instance.app.hmacKeys('page-cursor')
    // Everybody may meet the new one now, and nobody makes with it yet.
    expect([fresh.making.version, fresh.accepted.map(({ version }) => version)]).toEqual([1, [2, 1]])
    after(minutes(6))
    expect((await instance.app.hmacKeys('page-cursor')).making.version).toBe(2)
    after(days(30))
    await rotate(instance)
    after(minutes(11))
    await rotate(instance)
    const third = await instance.app.hmacKeys('page-cursor')
    expect([third.making.version, third.accepted.map(({ version }) => version)]).toEqual([3, [3, 2]])
    expect(third.accepted).not.toContainEqual(first.making)
  })

  it('a version whose answer was lost is one more live version, and goes the same way', async () => {
    const instance = estate.instance()
    await rotate(instance)
    after(days(30))
    estate.kms.faults.add({ kind: 'loseAnswer', method: 'addSecretVersion' })
    await rotate(instance)
    after(minutes(11))
    const keys = await instance.app.hmacKeys('form-token')
    expect([keys.making.version, keys.accepted.map(({ version }) => version)]).toEqual([3, [3, 2, 1]])
    after(days(2))
    await rotate(instance)
    after(minutes(5))
    expect((await instance.app.hmacKeys('form-token')).accepted.map(({ version }) => version)).toEqual([3, 2])
  })

  it('one purpose in trouble does not hold up the others, and the run still fails aloud', async () => {
    const instance = estate.instance()
    estate.kms.faults.add({ kind: 'fail', code: 'PERMISSION_DENIED', method: 'addSecretVersion' })
    await expect(rotate(instance)).rejects.toThrow('1 of 3 secrets')
    estate.kms.faults.clear()
    const { app } = estate.instance()
    for (const purpose of hmacPurposes) await app.hmacKeys(purpose)
    // Only the one that was refused had none yet.
    expect(estate.kms.faults.calls()['addSecretVersion']).toBe(1)
  })

  it('I-82: a secret is in no log', async () => {
    const instance = estate.instance()
    await rotate(instance)
    const { making } = await instance.app.hmacKeys('form-token')
    const forms = (['base64', 'base64url', 'hex'] as const).map((form) => Buffer.from(making.bytes).toString(form))
    expect(instance.logs.length).toBeGreaterThan(0)
    for (const line of instance.logs) for (const form of forms) expect(line).not.toContain(form)
  })
})
