// One listener for all who follow changes: it says so when it hears late, and only then.
import { instantOf } from '@latchkey/core/kernel/time'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Heard } from '../../platform/store/outbox-feed.ts'
import type { Revision } from '../../platform/store/revision.ts'
import { changeHub } from './change-hub.ts'

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-11-22T12:00:00Z') }))
afterEach(() => void vi.useRealTimers())

const clock = () => instantOf(Date.now())
const news = (): Heard => ({
  events: [],
  upTo: new Date(Date.now()).toISOString().replace('Z', '000Z') as Revision, // as the store writes them
  youngest: clock(),
})
const parents = { forgetAll: () => undefined, forget: () => undefined, know: async () => () => undefined }

/** A store that answers a pulse by telling of it, as long as it does. */
const followed = async () => {
  const said: string[] = []
  let answers = true
  let tell: (heard: Heard) => void = () => undefined
  const hub = changeHub({
    clock,
    parents,
    log: (severity, message, { lag } = {}) => void said.push(`${severity} ${message} ${Number(lag) > 2_000}`),
    outbox: {
      listen: (_from, heard) => {
        tell = heard
        queueMicrotask(() => heard(news()))
        return () => undefined
      },
      pulse: async () => {
        if (answers) tell(news())
      },
      close: () => undefined,
    },
  })
  const leave = await hub.join({ chain: ['platform'], own: [], tell: () => undefined }, undefined)
  const silence = () => {
    answers = false
  }
  return { said, leave, silence }
}

test('C-011 a revocation that would be heard late is said once in ten seconds, while somebody listens', async () => {
  const { said, leave, silence } = await followed()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(said).toEqual([])
  silence()
  await vi.advanceTimersByTimeAsync(13_000)
  expect(said).toEqual(['WARNING changes are heard late true', 'WARNING changes are heard late true'])
  leave()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(said).toHaveLength(2)
})
