// Reminders: at thirty, seven and one day, each once; the nearest one after an outage; none too early and none afterwards.
import { expect, test } from 'vitest'
import { days, type Instant, instantOf, plusSeconds, secondsOf } from '../kernel/time.ts'
import { firstReminder, planReminder } from './reminders.ts'

const end = instantOf(Date.UTC(2027, 0, 1))
const before = (count: number): Instant => plusSeconds(end, secondsOf(-Math.round(days(1) * count)))
const longAgo = before(90)

test.each([
  [31, undefined, 30],
  [30, 30, 7],
  [20, 30, 7],
  [7, 7, 1],
  [1.5, 7, 1],
  [1, 1, undefined],
  [0.01, 1, undefined],
])('F-28 %d days before the end %j is due, and the next one comes at %j', (left, due, next) => {
  const plan = planReminder(end, longAgo, before(left))
  expect(plan).toEqual({ due, next: next === undefined ? undefined : before(next) })
})

test('F-28 nothing is said at the end or after it', () => {
  for (const left of [0, -0.01, -30])
    expect(planReminder(end, longAgo, before(left))).toEqual({ due: undefined, next: undefined })
})

test('what was made after a reminder would have been due is not reminded of it', () => {
  expect(planReminder(end, before(20), before(20))).toEqual({ due: undefined, next: before(7) })
  expect(planReminder(end, before(20), before(6)).due).toBe(7)
  expect(planReminder(end, before(0.5), before(0.4))).toEqual({ due: undefined, next: undefined })
})

test('the first look is at the first reminder that can be said', () => {
  expect(firstReminder(end, undefined)).toBe(before(30))
  expect(firstReminder(end, before(30))).toBe(before(7))
  expect(firstReminder(end, before(3))).toBe(before(1))
  expect(firstReminder(end, before(1))).toBeUndefined()
})
