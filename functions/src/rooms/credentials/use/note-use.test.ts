// When a secret was last used is written down once an hour over all instances, once a minute while it is rotated away, and its failure is nobody's.
import { isTenantId } from '@latchkey/core/kernel/ids'
import { invariant } from '@latchkey/core/kernel/invariant'
import { type Instant, instantOf } from '@latchkey/core/kernel/time'
import { describe, expect, it, vi } from 'vitest'
import type { Caller } from '../../../guard/caller.ts'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'
import { keyPath } from '../keys/key-document.ts'
import { useNoter, usePath } from './note-use.ts'

const start = 1_900_000_000_000
const [minute, hour] = [60_000, 3_600_000]
const at = (milliseconds: number): Instant => instantOf(start + milliseconds)

const home = `acc_${'a'.repeat(22)}`
invariant(isTenantId(home), 'an account of this form')

const callerWith = (secret: string, endsAt?: Instant): Caller => {
  // What a noter looks at.
  return { credential: 'key_a', key: { id: secret, home }, bounds: { endsAt } } as unknown as Caller
}

/** One store, and as many instances before it as are asked for. */
const platform = () => {
  const stored = new Map<string, DocumentFields>()
  const seen = { reads: 0, writes: 0, isDown: false, gate: Promise.resolve() }
  const read: Reader = {
    getAll: async (paths) => {
      seen.reads++
      await seen.gate
      if (seen.isDown) throw new Error('the store is down')
      return paths.map((path) => stored.get(path))
    },
    getStamped: async () => [],
    list: async () => [],
  }
  const project = async (plan: (inside: Reader) => Promise<{ readonly writes: readonly unknown[] }>) => {
    // Cast: merges and updates alike.
    const inside: Reader = { ...read, getAll: async (paths) => paths.map((path) => stored.get(path)) }
    const { writes } = (await plan(inside)) as { readonly writes: readonly { path: string; fields: DocumentFields }[] }
    seen.writes++
    for (const { path, fields } of writes) stored.set(path, { ...stored.get(path), ...fields })
  }
  const key = (fields: DocumentFields): void => void stored.set(keyPath(home, 'key_a'), fields)
  const keyNow = () => stored.get(keyPath(home, 'key_a'))
  const useOf = (secret: string) => stored.get(usePath(secret))
  return { seen, instance: () => useNoter({ read, project }), useOf, key, keyNow }
}

describe('the last use of a secret', () => {
  it('is written down at its first use at once, and with the address that it came from', async () => {
    const { seen, instance, useOf } = platform()
    await instance()(callerWith('first'), at(0), '198.51.100.7')
    expect(seen).toMatchObject({ reads: 1, writes: 1 })
    expect(useOf('first')).toMatchObject({ lastAddress: '198.51.100.7' })
  })

  it('is not written again within the hour, neither by this instance nor by another, which looks once', async () => {
    const { seen, instance } = platform()
    const [one, other] = [instance(), instance()]
    await one(callerWith('known'), at(0), undefined)
    await one(callerWith('known'), at(hour - 1_000), undefined)
    expect(seen).toMatchObject({ reads: 1, writes: 1 })
    for (const later of [10, 20, 30]) await other(callerWith('known'), at(later * minute), undefined)
    expect(seen).toMatchObject({ reads: 2, writes: 1 })
  })

  it('is written again after the hour, once over all instances; whatever another wrote counts from then', async () => {
    const { seen, instance } = platform()
    const [one, other] = [instance(), instance()]
    await one(callerWith('known'), at(0), undefined)
    await other(callerWith('known'), at(30 * minute), undefined)
    await other(callerWith('known'), at(hour), undefined)
    await one(callerWith('known'), at(hour + minute), undefined)
    expect(seen).toMatchObject({ reads: 4, writes: 2 })
    await one(callerWith('known'), at(2 * hour - minute), undefined)
    expect(seen).toMatchObject({ reads: 4, writes: 2 })
    await one(callerWith('known'), at(2 * hour), undefined)
    expect(seen).toMatchObject({ reads: 5, writes: 3 })
  })

  it('is written once a minute while the secret is rotated away, also when it was written within the hour before', async () => {
    const { seen, instance } = platform()
    const [one, other] = [instance(), instance()]
    const old = callerWith('old', at(24 * hour))
    await one(callerWith('old'), at(0), undefined)
    await one(old, at(minute), undefined)
    await other(old, at(minute + 59_000), undefined)
    expect(seen.writes).toBe(2)
    await other(old, at(2 * minute), undefined)
    expect(seen.writes).toBe(3)
    await one(old, at(minute + 5_000), undefined) // reported late: what is written already is newer
    expect(seen.writes).toBe(3)
  })

  it('keeps the address of a use before when the next one comes without one', async () => {
    const { instance, useOf } = platform()
    const note = instance()
    await note(callerWith('kept'), at(0), '198.51.100.7')
    await note(callerWith('kept'), at(hour), undefined)
    expect(useOf('kept')).toMatchObject({ lastAddress: '198.51.100.7' })
    await note(callerWith('kept'), at(2 * hour), '198.51.100.8')
    expect(useOf('kept')).toMatchObject({ lastAddress: '198.51.100.8' })
  })

  it('that cannot be written down fails no call, and is tried again by a use in a minute', async () => {
    const { seen, instance, useOf } = platform()
    const note = instance()
    seen.isDown = true
    await note(callerWith('unlucky'), at(0), undefined)
    seen.isDown = false
    await note(callerWith('unlucky'), at(30_000), undefined)
    expect(useOf('unlucky')).toBeUndefined()
    await note(callerWith('unlucky'), at(minute), undefined)
    expect(useOf('unlucky')).toBeDefined()
  })

  it('is not held up by a clock that wrote it far ahead', async () => {
    const { seen, instance } = platform()
    await instance()(callerWith('ahead'), at(48 * hour), undefined)
    await instance()(callerWith('ahead'), at(0), undefined)
    expect(seen.writes).toBe(2)
  })

  it('of a hundred uses at once is one look and one write', async () => {
    const { seen, instance } = platform()
    const note = instance()
    await Promise.all(Array.from({ length: 100 }, () => note(callerWith('busy'), at(0), undefined)))
    expect(seen).toMatchObject({ reads: 1, writes: 1 })
  })

  it('is shown for the secret that it was by, whatever the caller was known by before a rotation, and for none that is gone', async () => {
    const { instance, key, keyNow } = platform()
    const before = callerWith('old')
    key({ credential: 'new', rotation: { old: 'old' } })
    await instance()(before, at(0), undefined)
    expect(keyNow()).not.toHaveProperty('lastUsedAt')
    expect(keyNow()).toHaveProperty('previousUsedAt')
    await instance()(callerWith('new'), at(0), undefined)
    expect(keyNow()).toHaveProperty('lastUsedAt')
    key({ credential: 'old' })
    await instance()(callerWith('new'), at(2 * hour), undefined)
    expect(keyNow()).toEqual({ credential: 'old' })
    await instance()(callerWith('old', at(24 * hour)), at(2 * hour), undefined)
    expect(keyNow()).toEqual({ credential: 'old', lastUsedAt: expect.anything() })
  })

  it('keeps no caller waiting for a store that is slow, and is written down when it comes', async () => {
    vi.useFakeTimers()
    try {
      const { seen, instance, useOf } = platform()
      let answers = (): void => undefined
      seen.gate = new Promise<void>((resolve) => {
        answers = resolve
      })
      let isAnswered = false
      const noted = instance()(callerWith('slow'), at(0), undefined).then(() => {
        isAnswered = true
      })
      await vi.advanceTimersByTimeAsync(1_000)
      expect(isAnswered).toBe(true)
      await noted
      answers()
      await vi.advanceTimersByTimeAsync(0)
      expect(useOf('slow')).toBeDefined()
    } finally {
      vi.useRealTimers()
    }
  })
})
