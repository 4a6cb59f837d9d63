// The explanation never disagrees with the decision, in any world, and what it suggests really helps.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { days } from '../../kernel/time.ts'
import { tokenOf } from '../assembly/token-facts.ts'
import { decide } from '../decide.ts'
import * as the from '../facts.fixture.ts'
import { account, agency, asking, entry, factsOf, grants, now } from '../facts.fixture.ts'
import type { Facts } from '../facts.ts'
import { kits } from '../proof/kits.fixture.ts'
import { drawFrom, type World, worldFrom } from '../worlds.fixture.ts'
import { explain } from './explain.ts'
import type { Fix } from './fixes.ts'

const seed = Date.now() & 0x7fffffff
const worlds: fc.Arbitrary<World> = fc
  .array(fc.noBias(fc.nat({ max: 840 * 840 - 1 })), { minLength: 60, maxLength: 140, size: 'max' })
  .map((numbers) => worldFrom(drawFrom(numbers)))

test(`C-113 10,000 worlds: the explanation has the code of the decision, from the check that it names (seed ${seed})`, () => {
  fc.assert(
    fc.property(worlds, ({ question, facts }) => {
      const decision = decide(question, facts, now)
      const why = explain(question, facts, now)
      expect({ allowed: why.allowed, code: why.code, permission: why.permission }).toEqual(decision)
      const refused = why.steps.find((step) => step.outcome === 'refused')
      expect(refused?.code ?? 'allowed').toBe(decision.code)
      expect(why.decidedBy).toBe(refused?.check ?? 'every check')
      // Somebody holds it exactly when the check of assignments passes.
      const assignment = why.steps.find((step) => step.check === 'assignment')
      if (assignment?.outcome === 'passed') expect(why.considered.some((one) => one.outcome === 'holds')).toBe(true)
    }),
    { numRuns: 10_000, seed },
  )
})

const maria = (one: Parameters<typeof entry>[1] = {}, at = account, role = 'account.viewer'): Facts =>
  factsOf([grants(at, [entry(role, one)])])
const fixes = (permission: string, facts: Facts): readonly Fix[] => explain(asking(permission), facts, now).fixes

describe('what would fix it', () => {
  test('a smaller role before a larger one, and never an owner role', () => {
    const [fix] = fixes('notes.write', maria())
    expect(fix).toEqual({ kind: 'assign_role', tenant: account, roles: ['account.editor'] })
  })

  test('an assignment that would have sufficed, if it had not ended, were met, or had not moved', () => {
    const chain = the.accountChain({ account: { placementId: 'a new placement' } })
    expect(fixes('notes.read', maria({ until: now }))).toContainEqual(
      expect.objectContaining({ kind: 'extend_assignment' }),
    )
    expect(fixes('notes.read', maria({ condition: the.condition(false) }))).toContainEqual(
      expect.objectContaining({ kind: 'meet_condition', condition: 'false' }),
    )
    const moved = factsOf([grants(agency, [the.listed('agency.admin', account)])], { chain })
    expect(fixes('notes.read', moved)).toContainEqual(expect.objectContaining({ kind: 'assign_again_after_move' }))
  })

  test('the guardrail, the scope, the sign-in, the tenant that is stopped', () => {
    const guarded = { chain: the.accountChain({ agency: { guardrail: { deniedPermissions: ['notes.*'] } } }) }
    expect(fixes('notes.read', { ...maria(), ...guarded })).toEqual([
      { kind: 'lift_guardrail', tenant: agency, permission: 'notes.read' },
    ])
    const narrow = { token: the.token({ permissions: the.setOf('notes.write') }) }
    expect(fixes('notes.read', { ...maria(), ...narrow })).toEqual([{ kind: 'add_scope', scopes: [] }])
    const old = { token: { ...the.session, signedInAt: the.later(-3_600) } }
    expect(fixes('notes.delete', { ...maria({}, agency, 'agency.owner'), ...old })).toEqual([{ kind: 'sign_in_again' }])
    const stopped = { chain: the.accountChain({ agency: { status: 'suspended' } }) }
    expect(fixes('notes.read', { ...maria(), ...stopped })).toEqual([{ kind: 'resume_tenant', tenant: agency }])
  })

  test('a suspension is lifted where it stands, which may be above the assignment that it stops', () => {
    const here = grants(account, [entry('account.viewer')])
    const suspended = (...at: readonly (typeof agency)[]) => at.map((one) => grants(one, [], { status: 'suspended' }))
    const restoring = (...at: readonly (typeof agency)[]) =>
      fixes('notes.read', factsOf([here, ...suspended(...at)])).filter(({ kind }) => kind === 'restore_member')
    expect(restoring(agency)).toEqual([{ kind: 'restore_member', tenant: agency }])
    expect(restoring(agency, the.platform)).toEqual([
      { kind: 'restore_member', tenant: agency },
      { kind: 'restore_member', tenant: the.platform },
    ])
  })

  test('nothing that can be assigned brings back a person who is gone, or a tenant', () => {
    const gone = { ...the.subject([grants(account, [entry('account.viewer')])]), active: false }
    expect(fixes('notes.read', factsOf([], { subject: gone }))).toEqual([])
    expect(fixes('notes.read', { ...maria(), chain: the.accountChain({ agency: { status: 'deleted' } }) })).toEqual([])
  })

  test('a yes needs none, and an unknown permission has none', () => {
    expect(fixes('notes.read', maria())).toEqual([])
    expect(fixes('nobody.knows', maria())).toEqual([])
  })
})

describe('a guardrail that refuses a key', () => {
  const createdAt = the.later(-2 * 86_400)
  const head = kits.small.head
  const through = (guardrail: object, scopes: readonly string[] = ['notes.readonly']): Facts => {
    const chain = the.accountChain({ agency: { guardrail: { deniedPermissions: [], ...guardrail } } })
    const key = { scopes, ownScopes: new Map(), catalogueVersion: head.version, createdAt, notAfter: undefined }
    const asker = { ...key, id: 'k', home: agency, tenant: agency }
    const none = { placement: undefined, agencyHint: undefined, accounts: undefined }
    const token = tokenOf(
      { principal: the.maria, session: undefined, key: { ...asker, ...none } },
      { chain, head, versions: new Map([[head.version, head]]) },
    )
    const catalogueOf = () => head
    return factsOf([grants(agency, [entry('agency.admin')])], { head, chain, token, catalogueOf })
  }
  const capsOf = (facts: Facts) =>
    explain(asking('notes.read'), facts, now).steps.flatMap(({ check, keyCaps = [] }) =>
      keyCaps.map((cap) => ({ check, ...cap })),
    )

  test('is named with its tenant and field, in words, by the check that it makes refuse', () => {
    expect(capsOf(through({}))).toEqual([])
    expect(explain(asking('notes.read'), through({}), now).allowed).toBe(true)
    expect(capsOf(through({ maxKeyLifetime: days(1) }))).toEqual([
      {
        check: 'visible',
        tenant: agency,
        field: 'maxKeyLifetimeDays',
        detail: `The guardrail of ${agency} lets a key count for 1 day from when it was made, and that is over.`,
      },
    ])
    expect(capsOf(through({ keyKinds: ['service'] }))).toEqual([
      {
        check: 'visible',
        tenant: agency,
        field: 'keyKinds',
        detail: `The guardrail of ${agency} lets no personal key count.`,
      },
    ])
    expect(capsOf(through({ keyScopes: ['notes.export'] }))).toEqual([
      {
        check: 'token',
        tenant: agency,
        field: 'keyScopes',
        detail: `The guardrail of ${agency} lets no key have notes.readonly.`,
      },
    ])
  })

  test('is what would have to be loosened, and is not named when the key lacks the scope anyway', () => {
    expect(fixes('notes.read', through({ keyScopes: [] }))).toEqual([
      { kind: 'loosen_key_guardrail', tenant: agency, field: 'keyScopes' },
    ])
    const lacking = through({ keyScopes: [] }, ['notes.export'])
    expect(capsOf(lacking)).toEqual([])
    expect(fixes('notes.read', lacking)[0]).toMatchObject({ kind: 'add_scope' })
    expect(capsOf(through({ maxKeyLifetime: days(3), keyKinds: ['personal'], keyScopes: ['notes.readonly'] }))).toEqual(
      [],
    )
  })
})

test('an assignment of another branch of the tree is not mentioned', () => {
  const facts = factsOf([grants(account, [entry('account.viewer')]), grants(the.otherAgency, [entry('agency.owner')])])
  expect(explain(asking('notes.write'), facts, now).considered.map((one) => one.at)).toEqual([account])
})
