// C-113, I-72: a million questions, and one answer from every door: decide = reference = what whatCan lists = what a token carries = who is found.
import { describe, expect, test } from 'vitest'
import { of } from '../../catalogue/permission-set.ts'
import { secondsOf } from '../../kernel/time.ts'
import { decide } from '../decide.ts'
import type { DecisionCode } from '../decision.ts'
import { planToken } from '../explain/plan-token.ts'
import { whatCan } from '../explain/what-can.ts'
import * as the from '../facts.fixture.ts'
import type { Facts, Question } from '../facts.ts'
import { referenceDecide } from '../reference.fixture.ts'
import { conditions } from './conditions.fixture.ts'
import { type Kit, kits, own } from './kits.fixture.ts'
import { seededDraw } from './seeded.fixture.ts'
import { shownWorld } from './shown-world.fixture.ts'
import { type Attributes, proofWorld } from './world.fixture.ts'

const seed = Number(process.env['LK_SEED'] ?? Date.now() & 0x7fffffff)
/** All codes that `decide` gives; a person who is gone sees nothing, so that `principal_inactive` is none of them. */
const codes: Readonly<Record<Exclude<DecisionCode, 'principal_inactive'>, true>> = {
  allowed: true,
  unknown_permission: true,
  tenant_not_visible: true,
  tenant_suspended: true,
  guardrail_denies: true,
  wrong_level: true,
  no_assignment: true,
  condition_false: true,
  condition_error: true,
  scope_missing: true,
  outside_coverage: true,
  outside_impersonation: true,
  login_too_old: true,
  not_for_machines: true,
}
const counts = new Map<string, number>()
const count = (what: string, by = 1): void => void counts.set(what, (counts.get(what) ?? 0) + by)
const counted = (what: string): number => counts.get(what) ?? 0

/** Where a disagreement happened, so that the one world can be made again. */
interface Where {
  readonly kit: Kit
  readonly index: number
}

const disagree = (what: string, { kit, index }: Where, question: Question, facts: Facts): never => {
  const where = `seed ${seed}, world ${index} of kit ${kit.name}, ${question.permission}`
  throw new Error(`${what} (${where})\n${shownWorld(question, facts)}`)
}

const keyCaps = ['maxKeyLifetime', 'keyKinds', 'keyScopes'] as const

/** Whether it would be a yes if no guardrail said this of keys. */
const countCaps = (question: Question, facts: Facts): void => {
  if (facts.token.key === undefined) return
  for (const field of keyCaps) {
    if (facts.chain.every(({ guardrail }) => guardrail[field] === undefined)) continue
    const chain = facts.chain.map((node) => {
      const { [field]: _without, ...guardrail } = node.guardrail
      return { ...node, guardrail }
    })
    if (referenceDecide(question, { ...facts, chain }, the.now) === 'allow') count(`refused by ${field} alone`)
  }
}

/** What every door is held against: each permission by the reference, for one subject through one token. */
const referenceAnswers = (where: Where, attributes: Attributes, facts: Facts): ReadonlySet<string> => {
  const allowed = new Set<string>()
  for (const permission of where.kit.asked) {
    const question = { ...attributes, permission }
    const expected = referenceDecide(question, facts, the.now)
    const decision = decide(question, facts, the.now)
    const answer = decision.allowed ? 'allow' : decision.code === 'tenant_not_visible' ? 'invisible' : 'deny'
    if (answer !== expected) disagree(`decide says ${decision.code}, the reference ${expected}`, where, question, facts)
    if (decision.allowed !== (decision.code === 'allowed')) disagree('the code is another', where, question, facts)
    count(expected)
    if (expected !== 'allow') countCaps(question, facts)
    count(`code ${decision.code}`)
    count(`kit ${where.kit.name}`)
    if (expected === 'allow') allowed.add(permission)
  }
  return allowed
}

const unconditional = (facts: Facts): Facts => {
  const grants = facts.subject.grants.map((one) => ({
    ...one,
    entries: one.entries.map((entry) => ({ ...entry, condition: undefined })),
  }))
  return { ...facts, subject: { ...facts.subject, grants } }
}

/** `whatCan` lists what the reference allows, and as conditional what it would allow if all conditions were met; nothing else. */
const listAgrees = (where: Where, attributes: Attributes, facts: Facts, allowed: ReadonlySet<string>): void => {
  const listed = new Map(whatCan(attributes, facts, the.now).map((one) => [one.permission, one]))
  const open = unconditional(facts)
  for (const permission of where.kit.asked) {
    const question = { ...attributes, permission }
    const possible = !allowed.has(permission) && referenceDecide(question, open, the.now) === 'allow'
    const expected = allowed.has(permission) ? 'allowed' : possible ? 'conditional' : undefined
    const found = listed.get(permission)
    if (found?.outcome !== expected)
      disagree(`whatCan lists ${found?.outcome}, not ${expected}`, where, question, facts)
    if (possible && found?.conditions.length === 0) disagree('whatCan names no condition', where, question, facts)
    count('membership in whatCan')
    if (expected !== undefined) count(`whatCan ${expected}`)
    listed.delete(permission)
  }
  for (const permission of listed.keys())
    disagree('whatCan lists what nobody knows', where, { ...attributes, permission }, facts)
}

const lifetime = secondsOf(600)

/** What the token's scopes mean, from the catalogue's own words; an own permission is its own scope. */
const namedBy = ({ head }: Facts, scopes: readonly string[]): ReadonlySet<string> =>
  new Set(scopes.flatMap((scope) => head.scopeByName.get(scope)?.entry.permissions ?? [scope]))

const numberOf = ({ head }: Facts, name: string): number =>
  head.permissionByName.get(name)?.number ?? own.find((one) => one.name === name)?.number ?? 0

/** A planned token may do through the door exactly what the plan says. */
const tokenAgrees = (where: Where, facts: Facts, scopes: readonly string[]): void => {
  const plan = planToken(facts, { issuer: 'https://id', audience: 'https://api', scopes, lifetime, now: the.now })
  const named = namedBy(facts, plan.claims.scope === '' ? [] : plan.claims.scope.split(' '))
  const permissions = of([...named].map((name) => numberOf(facts, name)))
  const through = { ...facts, token: { ...the.token({ tenant: facts.chain[0]?.id ?? the.account }), permissions } }
  const planned = new Set(plan.permissions)
  const conditional = new Set(plan.conditional)
  for (const permission of where.kit.asked) {
    const question = { permission, resource: {}, action: {}, request: { time: new Date(the.now) } }
    const allowed = referenceDecide(question, through, the.now) === 'allow'
    if (planned.has(permission) !== allowed) disagree(`the token's plan says ${!allowed}`, where, question, through)
    const decided = decide(question, through, the.now).allowed
    if (decided !== allowed) disagree(`through the token decide says ${decided}`, where, question, through)
    const possible = !allowed && referenceDecide(question, unconditional(through), the.now) === 'allow'
    if (conditional.has(permission) !== possible) disagree(`conditional: ${!possible}`, where, question, through)
    if (allowed && !named.has(permission)) disagree('the token does what no scope names', where, question, through)
    count('token contents')
    if (allowed) count('token allows')
  }
  if (plan.dropped.length > 0) count('tokens with dropped scopes')
}

/** All questions about one world: every subject through every token, every permission with some attributes. */
const examine = (where: Where): void => {
  const draw = seededDraw(seed, where.index)
  const world = proofWorld(where.kit, draw)
  for (const subject of world.subjects) {
    for (const token of world.tokensOf(subject.principal)) {
      const facts = { ...world.base, subject, token }
      const attributes = world.attributes[draw(world.attributes.length)] ?? { resource: {}, action: {}, request: {} }
      listAgrees(where, attributes, facts, referenceAnswers(where, attributes, facts))
    }
    const scopes = Array.from({ length: 1 + draw(9) }, () => where.kit.scopes[draw(where.kit.scopes.length)] ?? '')
    tokenAgrees(where, { ...world.base, subject, token: the.session }, scopes)
  }
}

const table = (): string =>
  [...counts]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([what, many]) => `  ${what.padEnd(34)}${many.toLocaleString('en').padStart(12)}`)
    .join('\n')

// Worlds times subjects, tokens and permissions: more than a million questions to `decide` and to the reference.
const worlds = { small: 8_000, real: 420 }

test(`C-113 a million questions, one answer (seed ${seed})`, () => {
  const started = performance.now()
  for (const kit of [kits.small, kits.real]) {
    for (let index = 0; index < worlds[kit.name]; index++) examine({ kit, index })
  }
  const cases = counted('kit small') + counted('kit real')
  const seconds = (performance.now() - started) / 1_000
  console.log(`${cases.toLocaleString('en')} questions in ${seconds.toFixed(1)} s, seed ${seed}\n${table()}`)
  expect(cases).toBeGreaterThanOrEqual(1_000_000)
  // Worlds in which nothing ever happens would prove nothing.
  const floors = { allow: 50_000, deny: 200_000, invisible: 100_000, 'kit small': 400_000, 'kit real': 400_000 }
  for (const [what, least] of Object.entries(floors)) expect(counted(what), what).toBeGreaterThan(least)
  for (const code of Object.keys(codes)) expect(counted(`code ${code}`), code).toBeGreaterThan(500)
  for (const what of ['whatCan conditional', 'token allows', 'tokens with dropped scopes']) {
    expect(counted(what), what).toBeGreaterThan(1_000)
  }
  for (const field of keyCaps) expect(counted(`refused by ${field} alone`), field).toBeGreaterThan(50)
}, 600_000)

describe('I-74 nothing to hold is nothing held: every list is empty and every check says no', () => {
  const { head, asked } = kits.real
  const nobody = { resource: {}, action: {}, request: {} }
  const never = conditions.find(({ source }) => source === 'false')
  test.each<[string, Facts]>([
    ['no assignment', the.factsOf([], { head })],
    ['an assignment without entries', the.factsOf([the.grants(the.account, [])], { head })],
    ['a role that nobody defined', the.factsOf([the.grants(the.account, [the.entry('nobody.ever')])], { head })],
    [
      'a custom role of nothing',
      the.factsOf([the.grants(the.account, [the.entry(the.customRole)])], {
        head,
        chain: the.accountChain({ account: { customRoles: new Map([[the.customRole, the.custom(the.setOf())]]) } }),
      }),
    ],
    [
      'a list of no accounts',
      the.factsOf([the.grants(the.agency, [the.entry('agency.owner', { reach: 'listed' })])], { head }),
    ],
    [
      'a condition that is never met',
      the.factsOf([the.grants(the.account, [the.entry('account.owner', { condition: never })])], { head }),
    ],
    [
      'a token without scopes',
      the.factsOf([the.grants(the.account, [the.entry('account.owner')])], {
        head,
        token: the.token({ permissions: the.setOf() }),
      }),
    ],
  ])('%s', (_, facts) => {
    for (const permission of asked) expect(decide({ ...nobody, permission }, facts, the.now).allowed).toBe(false)
    expect(whatCan(nobody, facts, the.now).filter(({ outcome }) => outcome === 'allowed')).toEqual([])
  })
})
