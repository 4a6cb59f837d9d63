// CATALOGUE B6: how the answer may change when the world does; each relation over 20,000 questions in generated worlds.
import { expect, test } from 'vitest'
import { of, type PermissionSet } from '../../catalogue/permission-set.ts'
import { instantOf } from '../../kernel/time.ts'
import { decide } from '../decide.ts'
import type { Decision } from '../decision.ts'
import * as the from '../facts.fixture.ts'
import type { Facts, Question } from '../facts.ts'
import { referenceDecide } from '../reference.fixture.ts'
import type { Draw } from '../worlds.fixture.ts'
import * as change from './changes.fixture.ts'
import { kits, ownNames } from './kits.fixture.ts'
import { renamed } from './renamed.fixture.ts'
import { seededDraw } from './seeded.fixture.ts'
import { shownWorld } from './shown-world.fixture.ts'
import { oneQuestion, proofWorld } from './world.fixture.ts'

const seed = Number(process.env['LK_SEED'] ?? Date.now() & 0x7fffffff)
const worlds = 5_000
const questionsEach = 4

interface Case {
  readonly facts: Facts
  readonly question: Question
  readonly draw: Draw
  /** Some permissions of the kit. */
  readonly part: PermissionSet
}

const ask = ({ question }: Case, facts: Facts, now = the.now): Decision => decide(question, facts, now)
const said = ({ allowed, code }: Decision): string => `${allowed} ${code}`

/** Undefined where nothing was wrong and nothing was shown; `telling` cases are those in which the relation could have failed. */
type Outcome = { readonly wrong: string } | { readonly telling: boolean }

const caseOf = (index: number): Case => {
  const draw = seededDraw(seed, Math.floor(index / questionsEach))
  // One world in five is made of the real catalogue.
  const kit = Math.floor(index / questionsEach) % 5 === 0 ? kits.real : kits.small
  const world = proofWorld(kit, draw)
  const mine = seededDraw(seed + 1, index)
  const part = of(Array.from({ length: 6 }, () => 1 + mine(kit.head.permissionByName.size)))
  return { ...oneQuestion(world, mine), draw: mine, part }
}

const relation = (name: string, least: number, outcome: (one: Case) => Outcome): void => {
  test(`${name} (seed ${seed})`, () => {
    let telling = 0
    for (let index = 0; index < worlds * questionsEach; index++) {
      const one = caseOf(index)
      const found = outcome(one)
      if ('wrong' in found) {
        throw new Error(`${found.wrong} (seed ${seed}, case ${index})\n${shownWorld(one.question, one.facts)}`)
      }
      if (found.telling) telling++
    }
    // A relation that never had the chance to fail would prove nothing.
    expect(telling, 'telling cases').toBeGreaterThan(least)
  }, 120_000)
}

/** The answer and its code stay what they were. */
const same =
  (changed: (one: Case) => Facts | readonly [Facts, Question]) =>
  (one: Case): Outcome => {
    const result = changed(one)
    const [facts, question] = 'chain' in result ? [result, one.question] : result
    const [before, after] = [said(ask(one, one.facts)), said(decide(question, facts, the.now))]
    if (before !== after) return { wrong: `it was ${before}, and is ${after}` }
    return { telling: facts !== one.facts && before !== 'false tenant_not_visible' }
  }

/** What was refused stays refused. Telling: what was allowed no longer is. */
const neverMore =
  (changed: (one: Case) => Facts) =>
  (one: Case): Outcome => {
    const [before, after] = [ask(one, one.facts), ask(one, changed(one))]
    if (after.allowed && !before.allowed) return { wrong: `it was ${said(before)}, and is allowed` }
    return { telling: before.allowed && !after.allowed }
  }

/** What was allowed stays allowed. Telling: what was refused no longer is. */
const neverLess =
  (changed: (one: Case) => Facts) =>
  (one: Case): Outcome => {
    const [before, after] = [ask(one, one.facts), ask(one, changed(one))]
    if (before.allowed && !after.allowed) return { wrong: `it was allowed, and is ${said(after)}` }
    return { telling: !before.allowed && after.allowed }
  }

relation(
  'other names for everything change nothing',
  5_000,
  same(({ facts, question }) => {
    const { permission, ...about } = question
    return [renamed(facts), { ...renamed(about), permission }]
  }),
)

relation(
  'the order in which things were stored changes nothing, not even the code',
  5_000,
  same(({ facts, draw }) => change.permuted(facts, draw)),
)

relation(
  'tenants that are not above the one asked about change nothing',
  5_000,
  same(({ facts, draw }) => change.withForeignGrants(facts, draw)),
)

relation(
  'one role split into two is the same power',
  5_000,
  same(({ facts, draw, part }) => change.splitRole(facts, draw, part)),
)

relation(
  'what a team is given counts like what its members are given',
  3_000,
  same(({ facts, draw }) => change.givenToTeam(facts, draw)),
)

relation('a further denial never allows more, and what it names is refused', 500, (one) => {
  const { facts, question, draw } = one
  const resource = question.permission.slice(0, question.permission.lastIndexOf('.'))
  const pattern = [`${resource}.*`, question.permission, 'notes.*', 'contacts.*'][draw(4)] ?? ''
  const denied = change.replacingNode(facts, draw, ({ guardrail }) => ({
    guardrail: { deniedPermissions: [...guardrail.deniedPermissions, pattern] },
  }))
  const named = pattern === question.permission || pattern === `${resource}.*`
  if (named && ask(one, denied).allowed) return { wrong: `${pattern} was denied, and is allowed` }
  return neverMore(() => denied)(one)
})

relation(
  'an assignment taken away never allows more',
  250,
  neverMore(({ facts, draw }) => change.replacingEntry(facts, draw, () => [])),
)

relation(
  'a membership taken away or suspended never allows more',
  300,
  neverMore(({ facts, draw }) => {
    const { grants } = facts.subject
    // What is said of a member at one tenant hides what is said above it: such a membership is more than power.
    const silent = grants.filter((one) => one.attributes === undefined)
    const chosen = silent[draw(silent.length || 1)]
    const status = draw(2) === 0 ? 'removed' : 'suspended'
    // A suspension is no power: taken away, it would give some back.
    return change.withGrants(
      facts,
      grants.map((one) => (one === chosen && one.status === 'active' ? { ...one, status } : one)),
    )
  }),
)

relation(
  'a tenant suspended never allows more',
  300,
  neverMore(({ facts, draw }) =>
    change.replacingNode(facts, draw, (node) => (node.status === 'active' ? { status: 'suspended' } : {})),
  ),
)

relation(
  'a further party, or a narrower token, never allows more',
  500,
  neverMore(({ facts, draw, part }) => change.narrowed(facts, draw, part)),
)

relation(
  'a wider role, a wider reach, a later end or no condition never allows less',
  200,
  neverLess(({ facts, draw, part }) => change.widened(facts, draw, part)),
)

relation('C-109 time never gives back what it took: refused once, refused ever after', 200, (one) => {
  const offsets = [-86_400_000, -1_000, -1, 0, 1, 2, 1_000, 599_999, 600_000, 600_001, 86_400_000]
  const answers = offsets.map((offset) => ask(one, one.facts, instantOf(the.now + offset)).allowed)
  const refused = answers.indexOf(false)
  if (refused !== -1 && answers.includes(true, refused)) return { wrong: `over time it is ${answers.join(' ')}` }
  return { telling: answers[0] === true && refused !== -1 }
})

relation('what is kept from other questions changes nothing', 5_000, (one) => {
  const { facts, question, draw } = one
  const [target] = facts.chain
  const strange = proofWorld(kits.small, seededDraw(seed + 2, draw(worlds)))
  const above = strange.base.chain.find((node) => node.kind === 'agency')
  const elsewhere = target === undefined || above === undefined ? facts.chain : [target, above, ...facts.chain.slice(2)]
  // The same tenants are asked about in another world, each time right before they are asked about here.
  const others: readonly Facts[] = [
    { ...facts, chain: elsewhere },
    { ...facts, head: strange.kit.versions[1] ?? facts.head },
    { ...facts, catalogueOf: () => undefined },
    facts,
  ]
  // What an agency added is kept with the tenants below it, so that is asked too.
  for (const permission of [question.permission, ...ownNames]) {
    const asked = { ...question, permission }
    const cold = said(decide(asked, change.rebuilt(facts), the.now))
    for (const other of others) {
      decide(asked, other, the.now)
      const warm = said(decide(asked, facts, the.now))
      if (warm !== cold) return { wrong: `${permission}: cold ${cold}, warm ${warm}` }
    }
    const allowed = referenceDecide(asked, facts, the.now) === 'allow'
    if (allowed !== (cold === 'true allowed')) return { wrong: `${permission}: ${cold}, but not for the reference` }
  }
  return { telling: ask(one, facts).code !== 'tenant_not_visible' }
})
