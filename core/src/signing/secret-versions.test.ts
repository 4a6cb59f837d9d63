// Two live versions: what one instance makes, every other accepts, while versions come and go.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Instant, instantOf, plusSeconds, secondsOf } from '../kernel/time.ts'
import { makingVersion, planSecret, type SecretVersion, secretPolicy as want } from './secret-versions.ts'

const start = instantOf(Date.UTC(2026, 0, 1))
const at = (seconds: number): Instant => plusSeconds(start, secondsOf(seconds))
const version = (number: number, createdAt: Instant): SecretVersion => ({ number, createdAt })

describe('a secret', () => {
  test('that is new gets its first version, which is used at once', () => {
    expect(planSecret([], want, start)).toEqual([{ kind: 'add' }])
    expect(planSecret([version(1, start)], want, start)).toEqual([])
    expect(makingVersion([version(1, start)], want, start)?.number).toBe(1)
  })

  test('of two first versions, made by two instances at once, both use the same', () => {
    expect(makingVersion([version(2, start), version(1, start)], want, at(1))?.number).toBe(1)
    expect(makingVersion([version(2, start), version(1, start)], want, at(600))?.number).toBe(2)
  })

  test('gets a new version when the newest is a month old, and uses it once every instance has heard of it', () => {
    const second = at(want.makingLife)
    expect(planSecret([version(1, start)], want, instantOf(second - 1))).toEqual([])
    expect(planSecret([version(1, start)], want, second)).toEqual([{ kind: 'add' }])
    const both = [version(1, start), version(2, second)]
    const heard = plusSeconds(second, secondsOf(want.cacheLife + want.slack))
    expect(makingVersion(both, want, instantOf(heard - 1))?.number).toBe(1)
    expect(makingVersion(both, want, heard)?.number).toBe(2)
  })

  test('keeps two live versions, and destroys the third once nothing that it made can be alive', () => {
    const three = [version(1, start), version(2, at(want.makingLife)), version(3, at(2 * want.makingLife))]
    expect(planSecret(three, want, at(2 * want.makingLife + 1))).toEqual([{ kind: 'destroy', number: 1 }])
    expect(planSecret(three.slice(1), want, at(2 * want.makingLife + 1))).toEqual([])
    const hasty = [version(1, start), version(2, at(0)), version(3, at(0))]
    expect(planSecret(hasty, want, at(3600))).toEqual([])
  })
})

describe('two years of rotations, with lost answers that add a version twice', () => {
  test('what an instance made with a list up to five minutes old is accepted by every other until it dies', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(99)), (dice) => {
        const roll = (sides: number): number => (dice.next().value ?? 0) % sides
        let have: readonly SecretVersion[] = []
        const history: { readonly from: number; readonly have: readonly SecretVersion[] }[] = []
        const listAt = (seconds: number) => history.findLast(({ from }) => from <= seconds)?.have ?? []
        const made: { readonly at: number; readonly number: number }[] = []
        const refused: number[] = []
        let next = 1
        for (let hour = 0; hour < 2 * 365 * 24; hour += 6) {
          const seconds = hour * 3600
          for (const step of planSecret(have, want, at(seconds))) {
            const lost = step.kind === 'add' && roll(4) === 0
            if (step.kind === 'destroy') have = have.filter(({ number }) => number !== step.number)
            else have = [...have, version(next++, at(seconds)), ...(lost ? [version(next++, at(seconds))] : [])]
          }
          if (history.at(-1)?.have !== have) history.push({ from: seconds, have })
          for (const late of [0, 60, 400, 900]) {
            const known = listAt(seconds + late - roll(300))
            const making = makingVersion(known, want, at(seconds + late + roll(120) - 60))
            if (making !== undefined) made.push({ at: seconds + late, number: making.number })
          }
        }
        for (const { at: since, number } of made) {
          for (const seen of [since, since + want.valueLife]) {
            if (since < 3600) continue
            if (!listAt(seen - roll(300)).some((one) => one.number === number)) refused.push(number)
          }
        }
        expect(refused).toEqual([])
        expect(have.length).toBeLessThanOrEqual(4)
        expect(next).toBeGreaterThan(24)
      }),
      { numRuns: 5 },
    )
  })
})
