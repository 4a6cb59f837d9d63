// Ends are half-open, and a timestamp is one moment or none (CATALOGUE C-109).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { days, earliest, fromIso, hours, instantOf, isOver, minutes, plusSeconds, toIso } from './time.ts'

const end = instantOf(1_800_000_000_000)

describe('C-109 an end', () => {
  test.each([
    ['a millisecond before', -1, false],
    ['at that very moment', 0, true],
    ['a millisecond after', 1, true],
  ])('%s', (_, offset, over) => {
    expect(isOver(end, instantOf(end + offset))).toBe(over)
  })

  test('that is none never comes', () => {
    expect(isOver(undefined, instantOf(Number.MAX_SAFE_INTEGER))).toBe(false)
  })

  test('is the earliest of several, and of none there is none', () => {
    expect(earliest(end, undefined, plusSeconds(end, minutes(-1)))).toBe(end - 60_000)
    expect(earliest(undefined)).toBeUndefined()
    expect(earliest()).toBeUndefined()
  })
})

test('spans are seconds, moments are milliseconds', () => {
  expect([minutes(1), hours(1), days(1)]).toEqual([60, 3_600, 86_400])
  expect(plusSeconds(end, days(1)) - end).toBe(86_400_000)
})

describe('C-109 a timestamp', () => {
  test.each([
    ['2026-11-22T09:30:00Z', '2026-11-22T09:30:00.000Z'],
    ['2026-11-22T09:30:00.5Z', '2026-11-22T09:30:00.500Z'],
    ['2026-11-22T09:30:00+02:00', '2026-11-22T07:30:00.000Z'],
    ['2026-03-29T02:30:00-05:30', '2026-03-29T08:00:00.000Z'],
    ['2028-02-29T23:59:59.999Z', '2028-02-29T23:59:59.999Z'],
    ['2026-01-01T00:30:00+23:59', '2025-12-31T00:31:00.000Z'],
  ])('%s is %s', (text, iso) => {
    const at = fromIso(text)
    expect(at === undefined ? undefined : toIso(at)).toBe(iso)
  })

  test.each([
    ...['', 'tomorrow', '0', '1800000000000', '2026-11-22', '2026-11-22T09:30:00', '2026-11-22 09:30:00Z'],
    ...['2026-02-29T00:00:00Z', '2026-02-30T00:00:00Z', '2026-04-31T00:00:00Z', '2026-13-01T00:00:00Z'],
    ...['2026-00-01T00:00:00Z', '2026-01-00T00:00:00Z', '2026-01-32T00:00:00Z', '2026-02-31T00:00:00+01:00'],
    ...['2026-11-22T24:00:00Z', '2026-11-22T25:00:00Z', '2026-11-22T09:60:00Z', '2026-06-30T23:59:60Z'],
    ...['2026-11-22T09:30:00+24:00', '2026-11-22T09:30:00+99:99', '2026-11-22T09:30:00.1234Z', '2026-11-22T09:30Z'],
    ...['+002026-11-22T09:30:00Z', '2026-11-22T09:30:00z', '２026-11-22T09:30:00Z', '2026-11-22T09:30:00Z\n'],
  ])('%j is none', (text) => {
    expect(fromIso(text)).toBeUndefined()
  })

  test('that we write is read back as the same moment', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
        (date) => {
          const at = instantOf(date.getTime())
          expect(fromIso(toIso(at))).toBe(at)
        },
      ),
    )
  })
})
