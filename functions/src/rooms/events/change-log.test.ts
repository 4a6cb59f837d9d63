// What an instance can tell to those who come back, and when it says that it cannot.
import { describe, expect, it } from 'vitest'
import type { OutboxEvent } from '../../platform/store/outbox-feed.ts'
import type { Revision } from '../../platform/store/revision.ts'
import { changeLog, earlier, replaySeconds } from './change-log.ts'

const at = (minute: number, second = 0): Revision =>
  `2031-01-01T00:${String(minute).padStart(2, '0')}:${String(second).padStart(2, '0')}.000000Z` as Revision // in its form
const event = (id: string, committedAt: Revision): OutboxEvent => ({
  id,
  committedAt,
  changed: [id],
  tenants: ['acc_1'],
})

describe('the log of changes', () => {
  it('tells again from a minute before the cursor: two instances do not hear in the same order', () => {
    const log = changeLog(at(0))
    log.add([event('a', at(1)), event('b', at(3)), event('c', at(4))], at(4))
    expect(log.since(at(4))?.map(({ id }) => id)).toEqual(['c'])
    expect(log.since(at(3, 30))?.map(({ id }) => id)).toEqual(['b', 'c'])
    expect(log.since(at(3))?.map(({ id }) => id)).toEqual(['b', 'c'])
  })

  it('takes each event once, however many listeners bring it', () => {
    const log = changeLog(at(0))
    expect(log.add([event('a', at(1))], at(1))).toHaveLength(1)
    expect(log.add([event('a', at(1)), event('b', at(2))], at(2)).map(({ id }) => id)).toEqual(['b'])
  })

  it('does not know what was before it began', () => {
    const log = changeLog(at(5))
    log.add([event('a', at(5, 30))], at(6))
    expect(log.since(at(5, 59))).toBeUndefined()
    expect(log.since(at(6))).toHaveLength(1)
  })

  it('keeps a quarter of an hour', () => {
    const log = changeLog(at(0))
    log.add([event('a', at(1)), event('b', at(10))], at(10))
    expect(log.since(at(2))).toHaveLength(1)
    log.add([event('c', at(20))], at(20))
    expect(log.since(at(5, 59))).toBeUndefined()
    expect(log.since(at(6))?.map(({ id }) => id)).toEqual(['b', 'c'])
  })

  it('reckons with moments to the microsecond', () => {
    expect(earlier('2031-01-01T00:01:00.123456Z' as Revision, replaySeconds)).toBe('2031-01-01T00:00:00.123000Z')
  })
})
