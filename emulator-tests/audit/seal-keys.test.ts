// Keys for seals: where one ends, whose signature is kept, and what the second place knows of them.
import { readdirSync, readFileSync, renameSync } from 'node:fs'
import { hours } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../functions/src/app.ts'
import { sealing } from '../../functions/src/groups/audit.ts'
import { keyRotation } from '../../functions/src/groups/signing.ts'
import { StoreError } from '../../functions/src/platform/store/store-error.ts'
import { loose } from '../support/fly.ts'
import { endpoints } from '../support/stack.ts'
import type { Actor, Answer } from '../support/world.ts'
import { anchorsIn, type LoggedWorld, linesOf, loggedWorld, seal, verified } from './support/log.ts'

let world: LoggedWorld
let tenant: string
let nora: Actor
let owner: Actor
beforeAll(async () => {
  world = await loggedWorld()
  tenant = await world.agency('Northwind', 'nora')
  nora = await world.person('nora')
  owner = await world.platformOwner()
  await seal(world.app)
}, 60_000)
afterAll(() => world.close())

const change = (name: string) => nora.must('teams/create', { tenant, name })
const keys = async (): Promise<readonly Answer[]> =>
  (await owner.must('signing/list', { purpose: 'seal' })).rings[0].keys
const activeKid = async (): Promise<string> => (await keys()).find(({ state }) => state === 'active').kid
const compromise = (kid: string) => owner.must('signing/compromise', { kid, reason: 'an exercise' })
const faults = async () => {
  const online: Answer[] = (await nora.must('audit/verify', { tenant })).faults
  return [...online, ...(await verified(world, await linesOf(world, tenant))).faults]
}

describe('a key for seals that is declared compromised', () => {
  it('C-148 ends with the last seal of that moment, whatever date a fast clock has given it', async () => {
    await change('Dated by a fast clock')
    world.advance(hours(1) * 1000)
    await seal(world.app)
    world.advance(-hours(1) * 1000)
    const last = anchorsIn(world.folder).at(-1)
    const kid = await activeKid()
    expect(last?.kid).toBe(kid)
    await compromise(kid)
    const ended = (await keys()).find((key) => key.kid === kid)
    expect(ended.lastSeal).toEqual({ epoch: 1, sequence: last?.sequence })
    expect(last?.at.localeCompare(ended.compromisedAt)).toBeGreaterThan(0)
    expect(await faults()).toEqual([])
  })

  it('C-148 while it signs: the signature is not kept, and the next key signs that very seal', async () => {
    await change('Signed in between')
    const kid = await activeKid()
    const signedBy: string[] = []
    const racing = {
      ...world.app,
      signing: {
        ...world.app.signing,
        seal: async (bytes: Uint8Array) => {
          const signed = await world.app.signing.seal(bytes)
          if (signed.ok) signedBy.push(signed.value.kid)
          if (signedBy.length === 1) await compromise(kid)
          return signed
        },
      },
    }
    await sealing(racing).run(loose(world.app))
    expect(signedBy[0]).toBe(kid)
    expect(new Set(signedBy).size).toBe(2)
    expect(anchorsIn(world.folder).at(-1)?.kid).toBe(signedBy[1])
    expect((await keys()).find((key) => key.kid === kid).lastSeal.sequence).toBeLessThan(
      anchorsIn(world.folder).at(-1)?.sequence ?? 0,
    )
    expect(await faults()).toEqual([])
  })

  it('C-148 signs nothing more at an instance that knew it a moment ago', async () => {
    const other = createApp({
      GCLOUD_PROJECT: world.projectId,
      FIRESTORE_EMULATOR_HOST: endpoints.firestore,
      LK_KMS_ENDPOINT: endpoints.kms,
      LK_ANCHOR_FOLDER: world.folder,
    })
    const kid = await activeKid()
    const bytes = new TextEncoder().encode('to be sealed')
    expect(await other.signing.seal(bytes)).toMatchObject({ ok: true, value: { kid } })
    await compromise(kid)
    const after = await other.signing.seal(bytes)
    expect(after.ok).toBe(true)
    expect(after.ok && after.value.kid).not.toBe(kid)
    await other.store.close()
  })
})

describe('a wrong clock', () => {
  it('F-33 closes no seal, and the next run with a right one does', async () => {
    await change('Beside a wrong clock')
    const before = anchorsIn(world.folder).length
    const wrong = sealing({ ...world.app, clockFault: async () => 'The clock is wrong.' })
    await expect(wrong.run(loose(world.app))).rejects.toThrow('the clock of this instance is wrong')
    expect(anchorsIn(world.folder)).toHaveLength(before)
    await seal(world.app)
    expect(anchorsIn(world.folder)).toHaveLength(before + 1)
    expect(await faults()).toEqual([])
  })

  it('F-33 C-148 makes no seal older than the one before, and says when that one is of the future', async () => {
    const later = () => world.logs.filter((line) => line.includes('the seal before is dated later than now')).length
    await change('Dated ahead')
    world.advance(hours(2) * 1000)
    await seal(world.app)
    world.advance(-hours(2) * 1000)
    const told = later()
    await change('Dated no earlier')
    await seal(world.app)
    const [before, last] = anchorsIn(world.folder).slice(-2)
    expect(last?.at).toBe(before?.at)
    expect(later()).toBe(told + 1)
    expect(await faults()).toEqual([])
  })
})

describe('another sealer', () => {
  it('F-36 that has made the same seal in between is no second log', async () => {
    await change('Sealed by somebody else')
    const before = anchorsIn(world.folder).length
    const { anchors } = world.app
    const slow = {
      ...anchors,
      read: async (name: string) => {
        if (name.startsWith('seal-')) await sealing(world.app).run(loose(world.app, 'run_quick'))
        return anchors.read(name)
      },
    }
    await sealing({ ...world.app, anchors: slow }).run(loose(world.app, 'run_slow'))
    expect(anchorsIn(world.folder)).toHaveLength(before + 1)
    expect(await faults()).toEqual([])
  })
})

describe('the second place', () => {
  const heldKeys = () => readdirSync(world.folder).filter((name) => name.startsWith('key-'))

  it('C-148 holds every key that signed, from its first seal on, and none other', async () => {
    await seal(world.app)
    const used = [...new Set(anchorsIn(world.folder).map(({ kid }) => `key-${kid}.json`))]
    expect(heldKeys().toSorted()).toEqual(used.toSorted())
    expect((await keys()).length).toBeGreaterThan(used.length)
    for (const name of heldKeys()) {
      const held = JSON.parse(readFileSync(`${world.folder}/${name}`, 'utf8'))
      const { jwk } = (await keys()).find(({ kid }) => kid === held.kid)
      expect(held).toEqual(jwk)
    }
  })

  it('C-148 takes no key that KMS does not have, whatever the database says', async () => {
    await compromise(await activeKid()) // so that the next seal is by a key that is not there yet
    await change('By a key of nobody')
    const before = heldKeys().length
    const foreign = sealing({ ...world.app, kms: { ...world.app.kms, signingVersions: async () => [] } })
    await expect(foreign.run(loose(world.app))).rejects.toThrow('is none of KMS')
    expect(heldKeys()).toHaveLength(before)
    await seal(world.app)
    expect(heldKeys()).toHaveLength(before + 1)
    expect(await faults()).toEqual([])
  })

  it('C-148 gets a key with its first seal, also while others wait to be anchored', async () => {
    const { anchors } = world.app
    const stuck = {
      ...anchors,
      create: async (name: string, text: string) => {
        if (name.startsWith('seal-')) throw new StoreError('unavailable', 'the second place takes no seal')
        return anchors.create(name, text)
      },
    }
    const run = () => sealing({ ...world.app, anchors: stuck }).run(loose(world.app))
    await change('Waits to be anchored')
    await expect(run()).rejects.toThrow('takes no seal')
    await compromise(await activeKid())
    const before = heldKeys().length
    await change('By the next key')
    await expect(run()).rejects.toThrow('takes no seal')
    expect(heldKeys()).toHaveLength(before + 1)
    await seal(world.app)
    expect(await faults()).toEqual([])
  })

  it('C-148 that misses a key finds every seal that only the database can vouch for', async () => {
    const name = `key-${anchorsIn(world.folder).at(-1)?.kid}.json`
    renameSync(`${world.folder}/${name}`, `${world.folder}-aside`)
    const sentences = (await faults()).map(({ sentence }) => sentence)
    expect(sentences.length).toBeGreaterThan(1)
    for (const sentence of sentences) expect(sentence).toContain('which the second place does not hold')
    renameSync(`${world.folder}-aside`, `${world.folder}/${name}`)
    expect(await faults()).toEqual([])
  })

  it('C-148 is waited for by a key that signed while it was down: that one stays in KMS for as long', async () => {
    const down = async (): Promise<never> => {
      throw new StoreError('unavailable', 'the second place is down')
    }
    const stuck = { ...world.app, anchors: { create: down, read: down } }
    await compromise(await activeKid())
    await change('Signed while the second place is down')
    await expect(sealing(stuck).run(loose(world.app))).rejects.toThrow('is down')
    const kid = await activeKid()
    await compromise(kid)
    const day = 86_400_000
    const rotated = async () => {
      const run = keyRotation(world.app).run(loose(world.app))
      return run.then(
        () => undefined,
        (error: AggregateError) => error.errors.map(String).join(),
      )
    }
    const state = async () => (await keys()).find((key) => key.kid === kid).state
    world.advance(8 * day)
    for (let step = 0; step < 3; step++) await rotated()
    world.advance(8 * day)
    expect(await rotated()).toContain(`${kid} is not destroyed`)
    expect(await state()).toBe('retired')
    await seal(world.app)
    expect(await rotated()).toBeUndefined()
    expect(await state()).toBe('destroyed')
    expect(await faults()).toEqual([])
  })
})
