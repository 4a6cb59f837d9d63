// The clock by which things age: it goes forward, and on while the machine sleeps.
import { expect, it } from 'vitest'
import { sleepless } from './clocks.ts'

it('the steady clock goes on while the machine sleeps, and is not led by a calendar that is corrected', () => {
  let [wall, steady] = [1_000_000, 0]
  const clock = sleepless({ wall: () => wall, steady: () => steady })
  expect(clock.steady()).toBe(0)
  steady += 500
  wall += 900
  expect(clock.steady()).toBe(500)
  wall -= 3_600_000 // set back
  expect(clock.steady()).toBe(500)
  wall += 60_000 // asleep
  expect(clock.steady()).toBe(60_500)
  steady += 10
  wall += 10
  expect(clock.steady()).toBe(60_510)
})
