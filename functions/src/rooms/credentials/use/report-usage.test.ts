// What a report of many keys makes the server do: twenty of them at once and no more, and nothing for those that are only counted.
import { platformTenant } from '@latchkey/core/kernel/ids'
import { instantOf } from '@latchkey/core/kernel/time'
import { describe, expect, it } from 'vitest'
import type { Admitted } from '../../../guard/admitted.ts'
import { type DocumentFields, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import { reportUsage } from './report-usage.ts'

const now = instantOf(1_900_000_000_000)
const hour = 3_600_000
const idOf = (index: number): string => String(index).padStart(22, '0')

/** A key of an account of its own for each secret. */
const credentialOf = (path: string): DocumentFields => {
  const id = path.slice('credentials/'.length)
  const dates = { notAfter: timestampOf(instantOf(now + 24 * hour)), createdAt: timestampOf(now) }
  return { ...dates, kind: 'api', tenant: `acc_${id}`, key: `key_${id}`, owner: 'user:nora', scopes: [] }
}

const atWork = () => {
  const seen = { running: 0, most: 0, done: 0 }
  const work = async (): Promise<void> => {
    seen.most = Math.max(seen.most, ++seen.running)
    await new Promise((resolve) => setImmediate(resolve))
    seen.running--
    seen.done++
  }
  return { seen, work }
}

const server = () => {
  const [looks, notes] = [atWork(), atWork()]
  const seen = { read: 0, logged: 0 }
  const read: Reader = {
    getAll: async (paths) => {
      seen.read += paths.length
      return paths.map(credentialOf)
    },
    getStamped: async () => [],
    list: async () => [],
  }
  const { handler } = reportUsage({
    isWithin: async () => looks.work().then(() => true),
    lease: async () => ({ perSecond: 1, seconds: 10 }),
    noteUse: () => notes.work(),
    noteDenial: async () => undefined,
    log: (_severity, _message, facts) => {
      seen.logged += Array.isArray(facts?.['uses']) ? facts['uses'].length : 0
    },
  })
  const report = (lastUsedAt: number, at = now) => {
    const uses = Array.from({ length: 50 }, (_, index) => ({ secret: idOf(index), count: 1, denied: 0, lastUsedAt }))
    const input = { process: 'process-of-a-test', uses, denials: [], differences: [], leases: [] }
    const facts = { chain: [{ id: platformTenant }] }
    // What the handler looks at.
    return handler({ input, facts, read, now: at, caller: { principal: 'service:x' } } as unknown as Admitted<
      typeof input
    >)
  }
  return { seen, looks: looks.seen, notes: notes.seen, report }
}

describe('a report of fifty keys', () => {
  it('looks at twenty accounts at once and writes down twenty uses at once, all of them in the end', async () => {
    const { seen, looks, notes, report } = server()
    await report(now)
    expect(seen).toEqual({ read: 50, logged: 50 })
    expect(looks).toEqual({ running: 0, most: 20, done: 50 })
    expect(notes).toEqual({ running: 0, most: 20, done: 50 })
  })

  it('that are only counted is looked at once an hour, written down never, and logged every time', async () => {
    const { seen, looks, notes, report } = server()
    await report(0)
    await report(0, instantOf(now + hour - 1_000))
    expect(seen).toEqual({ read: 50, logged: 100 })
    await report(0, instantOf(now + hour))
    expect(seen).toEqual({ read: 100, logged: 150 })
    expect(looks.done).toBe(100)
    expect(notes.done).toBe(0)
  })

  it('says nothing of what was used long ago', async () => {
    const { notes, report } = server()
    await report(now - 600_000)
    expect(notes.done).toBe(0)
  })
})
