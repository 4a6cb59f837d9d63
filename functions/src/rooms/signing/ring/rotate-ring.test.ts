// Rotators that meet, in every order of their steps: a ring holds each key once, and comes to rest or says that it does not.
import { type Instant, instantOf } from '@latchkey/core/kernel/time'
import { newKey } from '@latchkey/core/signing/ring'
import { policyOf } from '@latchkey/core/signing/rotation-policy'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Commit } from '../../../platform/store/commit.ts'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'
import { asRevision } from '../../../platform/store/revision.ts'
import type { SigningDependencies } from '../dependencies.ts'
import { kmsKeeper } from './keepers.ts'
import { readRing, ringPath, ringWrite, type StoredKey } from './ring-document.ts'
import { rotateRing } from './rotate-ring.ts'

const now = instantOf(Date.UTC(2026, 10, 22))
const asOf = asRevision('2026-11-22T00:00:00.000000Z')
if (asOf === undefined) throw new Error('a revision')
type Pause = (what: string) => Promise<void>

class Killed extends Error {}

/** One document, and a KMS with versions that nobody knows yet; whoever waits for either goes on when the scheduler says so. */
const estate = (orphans: number) => {
  const versions = Array.from({ length: orphans }, (_, at) => `v${at}`)
  const logs: string[] = []
  let document: DocumentFields | undefined
  const read: Reader = {
    getStamped: async (paths) => paths.map(() => ({ fields: document, writtenAt: asOf, asOf })),
    getAll: async (paths) => paths.map(() => document),
    list: async () => [],
  }
  const rotator = (pause: Pause, killedAt?: number): SigningDependencies => {
    let commits = 0
    const commit: Commit = async (_context, plan) => {
      await pause('commit')
      if (commits++ === killedAt) throw new Killed()
      const planned = await plan.plan(read) // in one go: as serial as a transaction
      if (!planned.ok) return planned
      for (const write of planned.value.writes) if (write.kind !== 'delete') document = write.fields
      return { ok: true, value: plan.answer(planned.value.outcome) }
    }
    const seal = kmsKeeper(
      {
        signingVersions: async () => {
          await pause('list')
          return [...versions]
        },
        createSigningVersion: async () => {
          versions.push(`v${versions.length}`)
          return `v${versions.length - 1}`
        },
        publicPoint: async (version) => {
          await pause('point')
          return { x: version, y: version }
        },
        sign: async () => new Uint8Array(),
        destroyVersion: async () => undefined,
        wrap: async (plain) => plain,
        unwrap: async () => Buffer.alloc(0),
      },
      'seal',
    )
    return {
      ...{ read, commit, trueTime: undefined, policyOf, drawId: () => 'op_1', clock: (): Instant => now },
      cache: { reader: () => read, forget: () => undefined },
      keepers: { access: seal, id: seal, seal },
      log: (severity, message) => void logs.push(`${severity} ${message}`),
      logSeldom: () => undefined,
    }
  }
  return { read, rotator, logs, versions, put: (fields: DocumentFields) => (document = fields) }
}

const rotate = (dependencies: SigningDependencies) =>
  rotateRing({ purpose: 'seal', now, requestId: 'test' }, dependencies)
const survive = (run: Promise<number>) =>
  run.catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error
  })

describe('a ring that is founded by several at once', () => {
  it('F-02: holds each key once and comes to rest, whoever adopts which version and dies after which call', async () => {
    const rotators = fc.array(fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }), {
      minLength: 2,
      maxLength: 3,
    })
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 0, max: 3 }), rotators, async (s, orphans, deaths) => {
        const { read, rotator } = estate(orphans)
        const pause: Pause = (what) => s.schedule(Promise.resolve(), what)
        await s.waitFor(Promise.all(deaths.map((death) => survive(rotate(rotator(pause, death))))))
        const next = await rotate(rotator(async () => undefined))
        expect(next).toBeLessThanOrEqual(5)
        const { keys } = await readRing(read, 'seal')
        expect(keys.map(({ state }) => state)).toEqual(['active', 'published'])
        expect(new Set(keys.map(({ kid }) => kid)).size).toBe(2)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a ring', () => {
  const key = (kidOf: string): StoredKey => ({
    ...newKey(kidOf, now),
    point: { x: 'v0', y: 'v0' },
    material: { version: 'v0' },
  })

  it('with two keys of one name is damaged: nothing is signed or stepped by it', async () => {
    const { read, rotator, put } = estate(1)
    await rotate(rotator(async () => undefined))
    const [first] = (await readRing(read, 'seal')).keys
    const twice = ringWrite('seal', [first ?? key(''), first ?? key('')])
    put(twice.kind === 'delete' ? {} : twice.fields)
    await expect(readRing(read, 'seal')).rejects.toThrow(`${ringPath('seal')} is damaged`)
    await expect(rotate(rotator(async () => undefined))).rejects.toThrow('damaged')
  })

  it('that does not come to rest fails aloud instead of quietly', async () => {
    const { rotator, logs } = estate(0)
    const deaf: Commit = async () => ({ ok: false, error: { code: 'conflict' } })
    await expect(rotate({ ...rotator(async () => undefined), commit: deaf })).rejects.toThrow('does not come to rest')
    expect(logs).toEqual(['ERROR a ring does not come to rest'])
  })
})
