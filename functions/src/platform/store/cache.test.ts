// The cache of documents: nothing older than four seconds, than a named revision, or than what this instance wrote itself.
import { instantOf } from '@latchkey/core/kernel/time'
import { describe, expect, it } from 'vitest'
import { documentCache } from './cache.ts'
import type { Reader, Stamped } from './reader.ts'
import type { Revision } from './revision.ts'

const at = (second: number): Revision => `2030-01-01T00:00:${String(second).padStart(2, '0')}.000000Z` as Revision // its form

/** A store with a settable time, that counts what it is asked. */
const store = () => {
  const documents = new Map<string, string>()
  const asked: string[][] = []
  let second = 0
  let failing = false
  let held: (() => void) | undefined
  const getStamped = async (paths: readonly string[]): Promise<readonly Stamped[]> => {
    asked.push([...paths])
    const found = paths.map((path) => ({ fields: { value: documents.get(path) }, writtenAt: at(0), asOf: at(second) }))
    if (failing) throw new Error('down')
    if (held !== undefined) await new Promise<void>((resolve) => (held = resolve))
    return found
  }
  const strict: Reader = { getStamped, getAll: async () => [], list: async () => [] }
  return {
    asked,
    cache: documentCache(strict, () => instantOf(second * 1000)),
    set: (path: string, value: string) => void documents.set(path, value),
    pass: (seconds: number) => (second += seconds),
    fail: (now: boolean) => (failing = now),
    hold: () => (held = () => undefined),
    release: () => {
      held?.()
      held = undefined
    },
  }
}
const read = async (reader: Reader, path = 'a') => (await reader.getAll([path]))[0]?.['value']

describe('the cache', () => {
  it('P2 serves a document for four seconds from when it was read, and not a moment longer, however often it is used', async () => {
    const { cache, set, pass, asked } = store()
    set('a', 'old')
    expect(await read(cache.reader())).toBe('old')
    set('a', 'new')
    for (const seconds of [1, 1, 1, 0.999]) {
      pass(seconds)
      expect(await read(cache.reader())).toBe('old')
    }
    pass(0.001)
    expect(await read(cache.reader())).toBe('new')
    expect(asked).toHaveLength(2)
  })

  it('F-33 takes a clock that was set back for no reason to keep anything longer', async () => {
    const { cache, set, pass } = store()
    pass(30)
    set('a', 'old')
    await read(cache.reader())
    set('a', 'new')
    pass(-20)
    expect(await read(cache.reader())).toBe('new')
  })

  it('F-15 reads again what is older than the revision that is named, for everybody after, too', async () => {
    const { cache, set, pass, asked } = store()
    set('a', 'old')
    await read(cache.reader())
    pass(2)
    set('a', 'new')
    expect(await read(cache.reader())).toBe('old')
    expect(await read(cache.reader(at(1)))).toBe('new')
    expect(await read(cache.reader())).toBe('new')
    expect(asked).toHaveLength(2)
  })

  it('P3 never serves what this instance has overwritten, not even from a read that was under way', async () => {
    const { cache, set, pass, hold, release } = store()
    set('a', 'old')
    hold()
    const slow = read(cache.reader())
    await Promise.resolve()
    pass(1)
    set('a', 'new')
    cache.forget(['a'], at(1))
    release()
    await slow
    expect(await read(cache.reader())).toBe('new')
  })

  it('F-31 asks once for a thousand at the same time, and for each path once', async () => {
    const { cache, set, asked } = store()
    set('a', 'x')
    await Promise.all(Array.from({ length: 1_000 }, () => cache.reader().getAll(['a', 'b', 'a'])))
    expect(asked).toEqual([['a', 'b']])
  })

  it('F-09 keeps no failure: who waits for it hears it, who comes after asks anew', async () => {
    const { cache, set, fail } = store()
    set('a', 'x')
    fail(true)
    const waiting = [read(cache.reader()), read(cache.reader())]
    for (const one of waiting) await expect(one).rejects.toThrow('down')
    fail(false)
    expect(await read(cache.reader())).toBe('x')
  })

  it('F-32 keeps that a document is not there no longer than anything else', async () => {
    const { cache, set, pass } = store()
    expect(await read(cache.reader())).toBeUndefined()
    set('a', 'made')
    expect(await read(cache.reader(at(0)))).toBeUndefined()
    pass(5)
    expect(await read(cache.reader())).toBe('made')
  })
})
