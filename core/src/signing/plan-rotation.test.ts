// Rotation, whatever went before: crashes, two at once, damaged rings and clocks that jump; with three verifiers who never refuse a valid token.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { days, hours, type Instant, instantOf, minutes, plusSeconds, secondsOf } from '../kernel/time.ts'
import { withoutKey } from './compromise.ts'
import { nextStep, planRotation, readyToSign } from './plan-rotation.ts'
import { activeIn, applyStep, emptyAt, heardAt, isPublished, keyStates, newKey, type RingKey } from './ring.ts'
import { policyOf, type RotationPolicy } from './rotation-policy.ts'

const start = instantOf(Date.UTC(2026, 0, 1))
const want: RotationPolicy = {
  activeLife: days(1),
  cacheLife: minutes(10),
  tokenLife: minutes(10),
  slack: minutes(5),
  retention: days(2),
  memory: days(3),
}

let made = 0
const take = (keys: readonly RingKey[], now: Instant): readonly RingKey[] => {
  const step = nextStep(keys, want, now)
  if (step === undefined) return keys
  return step.kind === 'create' ? [...keys, newKey(`access-${made++}`, now)] : applyStep(keys, step, now)
}
const settled = (keys: readonly RingKey[], now: Instant): readonly RingKey[] => {
  let ring = keys
  for (let steps = 0; nextStep(ring, want, now) !== undefined; steps++) {
    expect(steps).toBeLessThan(200)
    ring = take(ring, now)
  }
  return ring
}
const at = (seconds: number): Instant => plusSeconds(start, secondsOf(seconds))
const statesOf = (keys: readonly RingKey[]) => keys.map(({ state }) => state)

/** Any ring at all, the impossible ones included: a hand in the database may have been at it. */
const moment = fc.option(fc.integer({ min: -10 * 86_400, max: 10 * 86_400 }).map(at), { nil: undefined })
const anyKey: fc.Arbitrary<RingKey> = fc.record({
  kid: fc.uuid(),
  state: fc.constantFrom(...keyStates),
  createdAt: fc.constant(start),
  publishedAt: moment,
  activeAt: moment,
  retiringAt: moment,
  retiredAt: moment,
  destroyedAt: moment,
  compromisedAt: fc.constant(undefined),
})
const anyRing = fc.uniqueArray(anyKey, { selector: ({ kid }) => kid, maxLength: 8 })
const anyNow = fc.integer({ min: -20 * 86_400, max: 20 * 86_400 }).map(at)

describe('a new installation', () => {
  test('makes one key that signs and one that stands by, and then nothing is due', () => {
    expect(planRotation([], want, start).map(({ kind }) => kind)).toEqual([
      'create',
      'publish',
      'activate',
      'create',
      'publish',
    ])
    const ring = settled([], start)
    expect(statesOf(ring)).toEqual(['active', 'published'])
    expect(planRotation(ring, want, start)).toEqual([])
  })
})

describe('a key’s life', () => {
  test('the standby takes over when the active life is over, and the old key stays published until its last token is dead', () => {
    const ring = settled([], start)
    const [first, second] = ring.map(({ kid }) => kid)
    const turn = plusSeconds(start, want.activeLife)
    expect(nextStep(ring, want, instantOf(turn - 1))).toBeUndefined()
    const turned = settled(ring, turn)
    expect(activeIn(turned)?.kid).toBe(second)
    expect(turned.find(({ kid }) => kid === first)).toMatchObject({ state: 'retiring', retiringAt: turn })
    expect(statesOf(turned)).toEqual(['retiring', 'active', 'published'])
    const empty = plusSeconds(turn, secondsOf(want.tokenLife + want.slack))
    expect(
      isPublished(settled(turned, instantOf(empty - 1)).find(({ kid }) => kid === first) ?? newKey('', start)),
    ).toBe(true)
    expect(statesOf(settled(turned, empty))).toEqual(['retired', 'active', 'published'])
  })

  test('it is destroyed after its retention, and forgotten after its memory', () => {
    const turn = plusSeconds(start, want.activeLife)
    const empty = plusSeconds(turn, secondsOf(want.tokenLife + want.slack))
    const fresh = settled([], start)
    const kid = fresh[0]?.kid
    const retired = settled(settled(fresh, turn), empty)
    const gone = plusSeconds(empty, want.retention)
    const stateAt = (ring: readonly RingKey[]) => ring.find((key) => key.kid === kid)?.state
    expect(stateAt(settled(retired, instantOf(gone - 1)))).toBe('retired')
    const destroyed = settled(retired, gone)
    expect(stateAt(destroyed)).toBe('destroyed')
    expect(stateAt(settled(destroyed, instantOf(plusSeconds(gone, want.memory) - 1)))).toBe('destroyed')
    expect(stateAt(settled(destroyed, plusSeconds(gone, want.memory)))).toBeUndefined()
  })

  test('a standby is not ready before every cache has heard of it', () => {
    const ring = settled([], start)
    const heard = plusSeconds(start, secondsOf(want.cacheLife + want.slack))
    expect(readyToSign(ring, want, instantOf(heard - 1))).toBeUndefined()
    expect(readyToSign(ring, want, heard)?.state).toBe('published')
  })

  test.each(['access', 'id', 'seal'] as const)(
    'the policy of %s leaves room for every cache and every token',
    (purpose) => {
      const policy = policyOf(purpose)
      // A new standby is ready long before it is needed, and at most two keys are in the set beside it.
      expect(policy.cacheLife + policy.slack).toBeLessThan(policy.activeLife / 2)
      expect(policy.tokenLife + policy.slack).toBeLessThan(policy.activeLife / 2)
      expect(policy.slack).toBeGreaterThanOrEqual(minutes(4))
    },
  )

  test('an ID token may live longer than an access token, so its key stays longer', () => {
    expect(policyOf('id').tokenLife).toBe(hours(1))
    const retiring = { ...newKey('id-1', start), state: 'retiring' as const, retiringAt: start }
    expect(emptyAt(retiring, policyOf('id'))).toBe(plusSeconds(start, secondsOf(3600 + 300)))
  })
})

describe('whatever a ring looks like', () => {
  test('a run comes to an end, with exactly one key that signs and one that stands by', () => {
    fc.assert(
      fc.property(anyRing, anyNow, (ring, now) => {
        const after = settled(ring, now)
        expect(after.filter(({ state }) => state === 'active')).toHaveLength(1)
        expect(after.filter(({ state }) => state === 'published').length).toBeGreaterThanOrEqual(1)
        expect(after.filter(({ state }) => state === 'created')).toHaveLength(0)
        expect(planRotation(after, want, now)).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  test('a crash after any step, at any later moment, is mended by the next run: the same keys in the same states', () => {
    fc.assert(
      fc.property(anyRing, anyNow, fc.nat(12), (ring, now, before) => {
        let crashed: readonly RingKey[] = ring
        for (let steps = 0; steps < before; steps++) crashed = take(crashed, now)
        const kinds = (keys: readonly RingKey[]) =>
          keys.map(({ kid, state }) => `${ring.some((key) => key.kid === kid) ? kid : 'made'} ${state}`)
        expect(kinds(settled(crashed, now))).toEqual(kinds(settled(ring, now)))
      }),
      { numRuns: 2000 },
    )
  })

  test('no step but a takeover touches the key that signs, and none removes a key whose tokens may live', () => {
    fc.assert(
      fc.property(anyRing, anyNow, (ring, now) => {
        let before: readonly RingKey[] = ring
        for (let after = take(before, now); after !== before; after = take(before, now)) {
          const signing = activeIn(before)
          if (signing !== undefined)
            expect(['active', 'retiring']).toContain(after.find(({ kid }) => kid === signing.kid)?.state)
          for (const key of before.filter((one) => one.state === 'retiring')) {
            const empty = emptyAt(key, want)
            if (empty !== undefined && now < empty) expect(after).toContainEqual(key)
          }
          before = after
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('a key takes over unheard of only when nobody signs at all', () => {
    fc.assert(
      fc.property(anyRing, anyNow, (ring, now) => {
        const step = nextStep(ring, want, now)
        const active = activeIn(ring)
        if (step?.kind !== 'activate' || active === undefined || step.kid === active.kid) return
        const standby = ring.find(({ kid }) => kid === step.kid)
        const heard = standby === undefined ? undefined : heardAt(standby, want)
        expect(heard !== undefined && heard <= now).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })
})

describe('compromise', () => {
  test('the key leaves at once and the standby signs at once; the next run makes a new standby', () => {
    const ring = settled([], start)
    const [first, second] = ring
    const now = plusSeconds(start, minutes(1))
    const after = withoutKey(ring, first?.kid ?? '', now)
    expect(after.map(isPublished)).toEqual([false, true])
    expect(activeIn(after)).toMatchObject({ kid: second?.kid, activeAt: now })
    expect(statesOf(settled(after, now))).toEqual(['retired', 'active', 'published'])
  })

  test('with no standby nobody signs until one is made, and that one signs at once', () => {
    const alone = settled([], start).slice(0, 1)
    const after = withoutKey(alone, alone[0]?.kid ?? '', start)
    expect(activeIn(after)).toBeUndefined()
    expect(statesOf(settled(after, start))).toEqual(['retired', 'active', 'published'])
  })

  test('a compromised key is never published, active or retiring again, whatever happens and whichever way the clock goes', () => {
    fc.assert(
      fc.property(anyRing, fc.nat(7), anyNow, fc.array(anyNow, { maxLength: 6 }), (ring, pick, now, later) => {
        const lost = ring[pick]?.kid
        if (lost === undefined) return
        let after = withoutKey(ring, lost, now)
        for (const moment of later) {
          after = settled(after, moment)
          const key = after.find(({ kid }) => kid === lost)
          if (key === undefined) return
          expect(isPublished(key)).toBe(false)
          expect(key.compromisedAt).toBe(now)
          expect(activeIn(after)?.kid).not.toBe(lost)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('compromise of a standby changes nothing for the key that signs', () => {
    const ring = settled([], start)
    const after = withoutKey(ring, ring[1]?.kid ?? '', start)
    expect(activeIn(after)?.kid).toBe(ring[0]?.kid)
    expect(statesOf(after)).toEqual(['active', 'retired'])
  })
})

describe('sixty days of rotators that crash, run twice and have clocks a minute off, and of operators who rotate by hand', () => {
  /** From when to when a key was in the published set, in true time. */
  interface Stay {
    readonly from: number
    until: number
  }

  test('F-02 F-33 no valid token is refused by a verifier with any cache and any clock, and there is one key that signs at every moment', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 999 })), (dice) => {
        const roll = (sides: number): number => (dice.next().value ?? 0) % sides
        let ring: readonly RingKey[] = []
        const stays = new Map<string, Stay>()
        const faults: string[] = []
        const issued: { readonly at: number; readonly kid: string }[] = []
        const minute = 60
        const end = 60 * 86_400
        for (let true_ = 0, next = 0; true_ < end; true_ = next) {
          next = true_ + minute * (1 + roll(20))
          for (let rotators = 1 + roll(2); rotators > 0; rotators--) {
            const clock = at(true_ + (roll(3) - 1) * minute)
            // A crash after any number of steps; one run in three is whole.
            for (let left = roll(3) === 0 ? 99 : roll(3); left > 0; left--) ring = take(ring, clock)
            // An operator who is never content: whatever is ready signs at once.
            const ready = roll(50) === 0 ? readyToSign(ring, want, clock) : undefined
            if (ready !== undefined) ring = applyStep(ring, { kind: 'activate', kid: ready.kid }, clock)
            for (const { kid } of ring.filter(isPublished)) {
              const stay = stays.get(kid) ?? { from: true_, until: 0 }
              stays.set(kid, stay)
              stay.until = next
            }
            if (ring.filter(({ state }) => state === 'active').length > 1) faults.push(`two sign at ${true_}`)
          }
          const signing = activeIn(ring)
          if (signing === undefined || true_ < 3600 || true_ > end - 3600) continue
          issued.push({ at: true_, kid: signing.kid }, { at: next - 1, kid: signing.kid })
        }
        for (const token of issued) {
          // Seen at once by whoever fetched the set up to ten minutes before, and at its very end, on the slowest clock, by whoever fetches it then.
          for (const seen of [-600, -300, 0, 600, 720]) {
            const { from, until } = stays.get(token.kid) ?? { from: 0, until: 0 }
            if (token.at + seen < from || token.at + seen >= until)
              faults.push(`${token.kid} refused at ${token.at} + ${seen}`)
          }
        }
        expect(faults).toEqual([])
        expect(new Set(issued.map(({ kid }) => kid)).size).toBeGreaterThan(30)
      }),
      { numRuns: 2 },
    )
  }, 60_000)
})
