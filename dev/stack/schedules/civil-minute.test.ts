import { expect, test } from 'vitest'
import { civilMinute } from './civil-minute.ts'

const instant = new Date('2026-11-22T00:05:00Z')

test('midnight is hour 0, in UTC', () => {
  expect(civilMinute(instant, 'UTC')).toEqual({ minute: 5, hour: 0, dayOfMonth: 22, month: 11, dayOfWeek: 0 })
})

test('another zone may still be in yesterday', () => {
  expect(civilMinute(instant, 'America/Los_Angeles')).toMatchObject({ hour: 16, dayOfMonth: 21, dayOfWeek: 6 })
})
