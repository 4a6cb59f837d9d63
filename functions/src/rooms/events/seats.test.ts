// What is told in one line, in several, or not at all; and of whose keys.

import type { ChangeLine } from '@latchkey/core/events/changes'
import { expect, it } from 'vitest'
import { heardBy } from './audience.ts'
import { flush, greet, newSeat, type Standing } from './seats.ts'

const standing = (second: number): Standing => ({ upTo: `2031-01-01T00:00:0${second}.000000Z`, lag: 0 })
const seated = (containers: number) => {
  const lines: ChangeLine[] = []
  const seat = newSeat({ chain: ['platform'], own: [], tell: (line) => void lines.push(line) })
  for (let index = 0; index < containers; index++) seat.pending.add(`policy:acc_${index}`)
  return { seat, lines }
}

it('a follower that missed more than a line holds is told to begin anew, in a short line', () => {
  const { seat, lines } = seated(20_000)
  greet(seat, standing(1), true)
  expect(lines).toEqual([{ ...standing(1), reset: true }])
  expect(seat.pending.size).toBe(0)
})

it('of several lines only the last says that everything was told', () => {
  const { seat, lines } = seated(0)
  greet(seat, standing(1), true)
  for (let index = 0; index < 5_000; index++) seat.pending.add(`policy:acc_${index}`)
  flush(seat, () => standing(2))
  expect(lines.map(({ upTo, changed }) => [upTo, changed?.length])).toEqual([
    [standing(1).upTo, undefined],
    [standing(1).upTo, 2_000],
    [standing(1).upTo, 2_000],
    [standing(2).upTo, 1_000],
  ])
  expect(new Set(lines.flatMap(({ changed }) => changed ?? [])).size).toBe(5_000)
})

it('an account’s service hears of keys of its account, and of no key above', () => {
  const chain = ['acc_X', 'agy_A', 'platform']
  const changed = ['credential:1']
  const of = (tenant: string) => heardBy({ changed, tenants: [tenant] }, { chain }, () => undefined)
  expect(of('acc_X')).toEqual(changed)
  expect(of('agy_A')).toEqual([])
  expect(of('platform')).toEqual([])
  expect(heardBy({ changed, tenants: ['agy_A'] }, { chain: ['platform'] }, () => 'platform')).toEqual(changed)
})
