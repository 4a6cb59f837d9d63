import { describe, expect, test } from 'vitest'
import { instantOf, minutes, plusSeconds } from '../kernel/time.ts'
import { cronOf, jobNames, lateFrom } from './jobs.ts'

const noon = instantOf(Date.UTC(2026, 10, 22, 12))

describe('a job', () => {
  test('has a schedule in whole minutes or hours', () => {
    expect(jobNames.map(cronOf)).toContain('every 15 minutes')
    expect(cronOf('rotateSecrets')).toBe('every 6 hours')
    for (const name of jobNames) expect(cronOf(name)).toMatch(/^every \d+ (minutes|hours)$/)
  })

  test('is late when two runs and the grace have gone by since it last succeeded', () => {
    const standing = { firstAt: noon, succeededAt: plusSeconds(noon, minutes(15)) }
    expect(lateFrom('reconcile', standing, noon)).toBe(plusSeconds(noon, minutes(15 + 15)))
  })

  test('that never succeeded counts from its first run, and one that never ran from the first run of any', () => {
    expect(lateFrom('reconcile', { firstAt: noon, succeededAt: undefined }, undefined)).toBe(
      plusSeconds(noon, minutes(15)),
    )
    expect(lateFrom('reconcile', { firstAt: undefined, succeededAt: undefined }, noon)).toBe(
      plusSeconds(noon, minutes(15)),
    )
    expect(lateFrom('reconcile', { firstAt: undefined, succeededAt: undefined }, undefined)).toBeUndefined()
  })
})
