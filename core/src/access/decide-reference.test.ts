// `decide` agrees with the reference in every small world, and behaves under change as power must (CATALOGUE C-113).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide } from './decide.ts'
import { now } from './facts.fixture.ts'
import type { Facts, GrantsFacts } from './facts.ts'
import { referenceDecide } from './reference.fixture.ts'
import { drawFrom, type World, worldFrom } from './worlds.fixture.ts'

const worlds: fc.Arbitrary<World> = fc
  .array(fc.noBias(fc.nat({ max: 840 * 840 - 1 })), { minLength: 60, maxLength: 140, size: 'max' })
  .map((numbers) => worldFrom(drawFrom(numbers)))
const seed = Date.now() & 0x7fffffff

const answer = ({ question, facts }: World): string => {
  const { allowed, code } = decide(question, facts, now)
  if (allowed) return 'allow'
  return code === 'tenant_not_visible' ? 'invisible' : 'deny'
}
const allows = (facts: Facts, { question }: World): boolean => decide(question, facts, now).allowed
const withGrants = (facts: Facts, grants: readonly GrantsFacts[]): Facts => ({
  ...facts,
  subject: { ...facts.subject, grants },
})

test(`20,000 worlds: decide = reference (seed ${seed})`, () => {
  const seen = { allow: 0, deny: 0, invisible: 0 }
  fc.assert(
    fc.property(worlds, (world) => {
      const expected = referenceDecide(world.question, world.facts, now)
      seen[expected]++
      expect(answer(world)).toBe(expected)
    }),
    { numRuns: 20_000, seed },
  )
  // Worlds in which nothing ever happens would prove nothing.
  for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(1_000)
}, 60_000)

describe(`in any world (seed ${seed})`, () => {
  const always = (holds: (world: World, index: number) => void) =>
    fc.assert(
      fc.property(worlds, fc.nat({ max: 20 }), (world, index) => holds(world, index)),
      { numRuns: 3_000, seed },
    )

  test('taking a grant away never allows more', () => {
    always((world, index) => {
      // A suspension is no grant: it takes power away, so it stays.
      const { grants } = world.facts.subject
      const taken = grants[index % (grants.length || 1)]
      const fewer = withGrants(
        world.facts,
        grants.filter((one) => one !== taken || one.status === 'suspended'),
      )
      if (allows(fewer, world)) expect(answer(world)).toBe('allow')
    })
  })

  test('taking one entry of a grant away never allows more', () => {
    always((world, index) => {
      const fewer = world.facts.subject.grants.map((one) => ({ ...one, entries: one.entries.toSpliced(index % 3, 1) }))
      if (allows(withGrants(world.facts, fewer), world)) expect(answer(world)).toBe('allow')
    })
  })

  test('a further denial of a guardrail never allows more', () => {
    always((world, index) => {
      const pattern = ['notes.*', 'notes.read', 'iam.tenants.*', world.question.permission][index % 4] ?? ''
      const chain = world.facts.chain.map((node, at) =>
        at === index % world.facts.chain.length
          ? { ...node, guardrail: { deniedPermissions: [...node.guardrail.deniedPermissions, pattern] } }
          : node,
      )
      if (allows({ ...world.facts, chain }, world)) expect(answer(world)).toBe('allow')
      if (index % 4 === 3) expect(allows({ ...world.facts, chain }, world)).toBe(false)
    })
  })

  test('suspending a tenant of the chain never allows more', () => {
    always((world, index) => {
      const chain = world.facts.chain.map((node, at) =>
        at === index % world.facts.chain.length && node.status === 'active'
          ? { ...node, status: 'suspended' as const }
          : node,
      )
      if (allows({ ...world.facts, chain }, world)) expect(answer(world)).toBe('allow')
    })
  })

  test('the order of grants and of their entries changes nothing, not even the code', () => {
    always((world, index) => {
      const { grants } = world.facts.subject
      const turned = [...grants.slice(index % 4), ...grants.slice(0, index % 4)].map((one) => ({
        ...one,
        entries: one.entries.toReversed(),
      }))
      expect(decide(world.question, withGrants(world.facts, turned), now)).toEqual(
        decide(world.question, world.facts, now),
      )
    })
  })

  test('time alone never gives: what is refused now for power is not allowed later', () => {
    always((world) => {
      const tomorrow = (now + 86_400_000) as typeof now // later than every end of these worlds
      if (decide(world.question, world.facts, tomorrow).allowed) expect(answer(world)).toBe('allow')
    })
  })

  test('a party more never allows more', () => {
    always((world) => {
      const alone = { ...world.facts, installation: undefined, impersonation: undefined }
      if (answer(world) === 'allow') expect(allows(alone, world)).toBe(true)
    })
  })
})
