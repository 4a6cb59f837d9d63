import { expect, test } from 'vitest'
import { type CivilMinute, parseSchedule } from './cron.ts'

// 2026-11-22 is a Sunday.
const sunday: CivilMinute = { minute: 30, hour: 6, dayOfMonth: 22, month: 11, dayOfWeek: 0 }
const at = (change: Partial<CivilMinute>): CivilMinute => ({ ...sunday, ...change })

test.each([
  ['every 5 minutes', at({ minute: 35 }), at({ minute: 36 })],
  ['every 1 minutes', at({ minute: 59 }), undefined],
  ['every 2 hours', at({ minute: 0 }), at({ minute: 0, hour: 7 })],
  ['every day 06:30', sunday, at({ minute: 31 })],
  ['* * * * *', sunday, undefined],
  ['30 6 * * *', sunday, at({ hour: 7 })],
  ['*/15 * * * *', sunday, at({ minute: 31 })],
  ['5/15 * * * *', at({ minute: 50 }), at({ minute: 45 })],
  ['0-10/5,30 * * * *', at({ minute: 10 }), at({ minute: 6 })],
  ['30 6 22 * *', sunday, at({ dayOfMonth: 21 })],
  ['30 6 * nov *', sunday, at({ month: 10 })],
  ['30 6 * * sun', sunday, at({ dayOfWeek: 1 })],
  ['30 6 * * 7', sunday, at({ dayOfWeek: 6 })],
  ['30 6 * * MON-FRI', at({ dayOfWeek: 5 }), sunday],
])('%s is due when it should be, and not otherwise', (schedule, due, notDue) => {
  expect(parseSchedule(schedule)(due)).toBe(true)
  if (notDue) expect(parseSchedule(schedule)(notDue)).toBe(false)
})

test('with both day fields restricted either is enough, as in cron', () => {
  const due = parseSchedule('30 6 1 * sun')
  expect(due(sunday)).toBe(true)
  expect(due(at({ dayOfMonth: 1, dayOfWeek: 3 }))).toBe(true)
  expect(due(at({ dayOfMonth: 2, dayOfWeek: 3 }))).toBe(false)
})

test.each([
  '',
  'every 0 minutes',
  'every 25 hours',
  'often',
  '* * * *',
  '60 * * * *',
  '* 24 * * *',
  '* * 0 * *',
  '* * * foo *',
  '10-5 * * * *',
  '*/0 * * * *',
  '*-5 * * * *',
])('refuses %j instead of never firing it', (schedule) => {
  expect(() => parseSchedule(schedule)).toThrow(RangeError)
})
