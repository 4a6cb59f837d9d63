// Nobody gives what they do not hold themselves: as wide, as long, and without condition (CATALOGUE C-103).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { namesOf } from '../catalogue/compile.ts'
import type { TenantId } from '../kernel/ids.ts'
import { type Instant, instantOf } from '../kernel/time.ts'
import { decide } from './decide.ts'
import * as the from './facts.fixture.ts'
import {
  account,
  agency,
  asking,
  entry,
  factsOf,
  grants,
  later,
  listed,
  now,
  platform,
  sibling,
  token,
} from './facts.fixture.ts'
import type { Facts, GrantEntry, NodeFacts } from './facts.ts'
import { type Gift, missingFor } from './held.ts'
import { drawFrom, worldFrom } from './worlds.fixture.ts'

const reading = 'notes.read'
const gift = (change: Partial<Gift> = {}): Gift => ({
  permissions: the.setOf(reading),
  reach: 'node',
  accounts: [],
  until: undefined,
  ...change,
})
const placements = new Map([account, sibling].map((id) => [id, `placement of ${id}`]))
const chains: Readonly<Record<string, readonly NodeFacts[]>> = {
  [account]: the.accountChain(),
  [agency]: the.agencyChain(),
}
/** Whether a giver with one entry at `held` may give this at `at`. */
const gives = (at: TenantId, held: TenantId, one: GrantEntry, what: Partial<Gift> = {}, change: Partial<Facts> = {}) =>
  missingFor(factsOf([grants(held, [one])], { chain: chains[at] ?? [], ...change }), gift(what), now, placements)
    .length === 0
const viewer = (change: Partial<GrantEntry> = {}) => entry('agency.admin', change)

test('I-83 a credential gives nothing that outlives it', () => {
  const dying = { token: token({ notAfter: later(3_600) }) }
  expect(gives(account, account, viewer(), {}, dying)).toBe(false)
  expect(gives(account, account, viewer(), { until: later(3_601) }, dying)).toBe(false)
  expect(gives(account, account, viewer(), { until: later(3_600) }, dying)).toBe(true)
})

describe('C-103 permissions', () => {
  test('are given by who holds them, and the missing ones are named in the order of the catalogue', () => {
    const all = the.setOf('notes.share', reading, 'notes.delete', 'iam.roles.assign')
    const facts = factsOf([grants(account, [viewer()])])
    expect(missingFor(facts, gift(), now)).toEqual([])
    expect(missingFor(facts, gift({ permissions: all }), now)).toEqual(['notes.delete'])
    expect(missingFor(factsOf([]), gift({ permissions: all }), now)).toEqual([
      ...['iam.roles.assign', reading, 'notes.delete', 'notes.share'],
    ])
  })

  test('held in two roles are held together', () => {
    const facts = factsOf([grants(account, [entry('account.viewer')]), grants(agency, [entry('agency.admin')])])
    expect(missingFor(facts, gift({ permissions: the.setOf('notes.share', 'iam.roles.assign') }), now)).toEqual([])
  })

  test('that a guardrail denies are held by nobody', () => {
    const chain = the.accountChain({ agency: { guardrail: { deniedPermissions: ['notes.*'] } } })
    const what = gift({ permissions: the.setOf(reading, 'notes/files.read') })
    expect(missingFor(factsOf([grants(agency, [viewer()])], { chain }), what, now)).toEqual([reading])
  })

  test('that were withdrawn are no longer held', () => {
    const chain = the.accountChain({ account: { catalogueVersion: the.older.version } })
    const facts = factsOf([grants(account, [entry('account.viewer')])], { chain })
    expect(missingFor(facts, gift({ permissions: the.setOf(reading, 'notes.write') }), now)).toEqual(['notes.write'])
  })
})

describe('C-103 reach', () => {
  test.each<[string, boolean, TenantId, TenantId, GrantEntry, Partial<Gift>]>([
    ['node at an agency gives node', true, agency, agency, viewer({ reach: 'node' }), {}],
    ['node at an agency does not give subtree', false, agency, agency, viewer({ reach: 'node' }), { reach: 'subtree' }],
    ['subtree at an agency gives subtree', true, agency, agency, viewer(), { reach: 'subtree' }],
    ['subtree of the platform gives subtree of an agency', true, agency, platform, viewer(), { reach: 'subtree' }],
    ['node at the platform gives nothing below', false, agency, platform, viewer({ reach: 'node' }), {}],
    ['subtree of an agency gives subtree of its account', true, account, agency, viewer(), { reach: 'subtree' }],
    [
      'listed gives the listed account, which has nothing below',
      true,
      account,
      agency,
      listed('agency.admin', account),
      { reach: 'subtree' },
    ],
    ['listed gives no other account', false, account, agency, listed('agency.admin', sibling), {}],
    ['listed does not give the agency itself', false, agency, agency, listed('agency.admin', account), {}],
    ['listed does not give subtree', false, agency, agency, listed('agency.admin', account), { reach: 'subtree' }],
    [
      'listed gives the same list',
      true,
      agency,
      agency,
      listed('agency.admin', account, sibling),
      { reach: 'listed', accounts: [sibling, account] },
    ],
    [
      'listed gives a part of its list',
      true,
      agency,
      agency,
      listed('agency.admin', account, sibling),
      { reach: 'listed', accounts: [sibling] },
    ],
    [
      'listed does not give one more',
      false,
      agency,
      agency,
      listed('agency.admin', account),
      { reach: 'listed', accounts: [account, sibling] },
    ],
    ['an empty list is no list', false, agency, agency, listed('agency.admin', account), { reach: 'listed' }],
    [
      'node does not give a list',
      false,
      agency,
      agency,
      viewer({ reach: 'node' }),
      { reach: 'listed', accounts: [account] },
    ],
    ['subtree gives any list', true, agency, agency, viewer(), { reach: 'listed', accounts: [account, sibling] }],
    ['power elsewhere gives nothing here', false, account, sibling, viewer(), {}],
    ['power at an account gives nothing at its agency', false, agency, account, viewer(), {}],
  ])('%s', (_, given, at, held, one, what) => {
    expect(gives(at, held, one, what)).toBe(given)
  })

  test('a list gives lists only, and only a list that is nobody’s to lend', () => {
    const one = listed('agency.admin', account)
    const list = { reach: 'listed' as const, accounts: [account] }
    expect(gives(agency, agency, one, list)).toBe(true)
    expect(gives(agency, agency, one, { reach: 'node', accounts: [account] })).toBe(false)
    expect(gives(agency, agency, one, { reach: 'subtree', accounts: [account] })).toBe(false)
    expect(gives(agency, agency, { ...one, reach: 'node' }, list)).toBe(false)
    expect(gives(agency, agency, { ...one, placement: `placement of ${agency}` }, list)).toBe(false)
  })

  test('a list of the platform gives an agency nothing, whatever stands in it', () => {
    const strange = entry('agency.admin', { reach: 'listed', accounts: the.placed(agency) })
    expect(gives(agency, platform, strange)).toBe(false)
    expect(gives(agency, platform, strange, { reach: 'subtree' })).toBe(false)
  })

  test('a list of an older placement gives nothing, and one whose present placement is unknown neither', () => {
    const moved = entry('agency.admin', { reach: 'listed', accounts: new Map([[account, 'an older placement']]) })
    const what = gift({ reach: 'listed', accounts: [account] })
    expect(gives(agency, agency, moved, what)).toBe(false)
    const facts = factsOf([grants(agency, [listed('agency.admin', account)])], { chain: the.agencyChain() })
    expect(missingFor(facts, what, now)).toEqual([reading])
    expect(missingFor(facts, what, now, placements)).toEqual([])
  })
})

describe('C-103 time', () => {
  test.each<[string, boolean, Instant | undefined, Instant | undefined]>([
    ['power without end gives without end', true, undefined, undefined],
    ['power without end gives for a time', true, undefined, later(60)],
    ['power for a time does not give without end', false, later(60), undefined],
    ['power for a time gives for the same time', true, later(60), later(60)],
    ['power for a time gives for less', true, later(60), later(59)],
    ['power for a time does not give for longer', false, later(60), instantOf(later(60) + 1)],
    ['power that ends now gives nothing', false, now, now],
  ])('%s', (_, given, held, until) => {
    expect(gives(account, account, viewer({ until: held }), { until })).toBe(given)
    const list = { ...listed('agency.admin', account), until: held }
    expect(gives(agency, agency, list, { until, reach: 'listed', accounts: [account] })).toBe(given)
  })
})

describe('C-103 what does not count for giving', () => {
  test.each<[string, Partial<Facts>]>([
    ['a subject that is not active', { subject: { ...the.subject([grants(account, [viewer()])]), active: false } }],
    ['a suspended membership', { subject: the.subject([grants(account, [viewer()], { status: 'suspended' })]) }],
    ['a removed membership', { subject: the.subject([grants(account, [viewer()], { status: 'removed' })]) }],
    [
      'an impersonation',
      { impersonation: { actor: the.subject([]), permissions: the.setOf(reading), tenant: account } },
    ],
    ['a token for another tenant', { token: token({ tenant: sibling }) }],
    ['a token without the permission', { token: token({ permissions: the.setOf('notes.write') }) }],
    ['a token for another account', { token: token({ accounts: the.placed(sibling) }) }],
    ['an account that is suspended', { chain: the.accountChain({ account: { status: 'suspended' } }) }],
    ['an agency that is suspended', { chain: the.accountChain({ agency: { status: 'suspended' } }) }],
    ['an account that is deleted', { chain: the.accountChain({ account: { status: 'deleted' } }) }],
    ['a role that nobody defined', { subject: the.subject([grants(account, [entry('nobody.ever')])]) }],
  ])('%s', (_, change) => {
    expect(gives(account, account, viewer())).toBe(true)
    expect(gives(account, account, viewer(), {}, change)).toBe(false)
  })

  test('a condition, even one that is true now', () => {
    expect(gives(account, account, viewer({ condition: the.condition(true) }))).toBe(false)
    expect(
      gives(
        agency,
        agency,
        { ...listed('agency.admin', account), condition: the.condition(true) },
        { reach: 'listed', accounts: [account] },
      ),
    ).toBe(false)
  })

  test('a tenant that is not there, not even through an installation that covers all', () => {
    const app = { active: true, at: agency, permissions: the.setOf(reading), coverage: 'all' as const }
    for (const reach of ['node', 'subtree', 'listed'] as const) {
      expect(gives('nowhere' as TenantId, agency, viewer(), { reach }, { installation: app })).toBe(false) // no id at all
    }
  })

  test('what is borrowed from above, once they are no member there', () => {
    const borrowing = (status: 'active' | 'removed') =>
      factsOf([grants(account, [viewer({ borrowed: true })]), grants(agency, [], { status })])
    expect(missingFor(borrowing('active'), gift(), now)).toEqual([])
    expect(missingFor(borrowing('removed'), gift(), now)).toEqual([reading])
  })

  test('a suspended list', () => {
    const facts = factsOf([grants(agency, [listed('agency.admin', account)], { status: 'suspended' })], {
      chain: the.agencyChain(),
    })
    expect(missingFor(facts, gift({ reach: 'listed', accounts: [account] }), now, placements)).toEqual([reading])
  })
})

describe('C-103 a narrowed credential gives no more than it could do', () => {
  const narrow = { token: token({ accounts: the.placed(account) }) }

  test('a token for some accounts', () => {
    expect(gives(account, agency, viewer(), { reach: 'subtree' }, narrow)).toBe(true)
    expect(gives(agency, agency, viewer(), {}, narrow)).toBe(false)
    expect(gives(agency, agency, viewer(), { reach: 'subtree' }, narrow)).toBe(false)
    expect(gives(agency, agency, viewer(), { reach: 'listed', accounts: [account] }, narrow)).toBe(true)
    expect(gives(agency, agency, viewer(), { reach: 'listed', accounts: [account, sibling] }, narrow)).toBe(false)
    expect(gives(agency, agency, viewer(), { reach: 'listed' }, narrow)).toBe(false)
  })

  test('a token whose account has moved, and an account that nobody knows any more', () => {
    const list = (account: TenantId) => ({ reach: 'listed' as const, accounts: [account] })
    const moved = { token: token({ accounts: new Map([[account, 'an older placement']]) }) }
    expect(gives(agency, agency, viewer(), list(account), narrow)).toBe(true)
    expect(gives(agency, agency, viewer(), list(account), moved)).toBe(false)
    // Neither the token nor the tree has a placement for it: two unknowns are not the same place.
    expect(gives(agency, agency, viewer(), list(the.otherAgency), narrow)).toBe(false)
  })

  test('nor does its list of accounts make up for its tenant', () => {
    const foreign = { token: token({ tenant: the.otherAgency, accounts: the.placed(account) }) }
    expect(gives(agency, agency, viewer(), { reach: 'listed', accounts: [account] }, foreign)).toBe(false)
  })

  test.each<[string, NonNullable<Facts['installation']>['coverage'], readonly boolean[]]>([
    ['all', 'all', [true, true, true]],
    ['only one account', { only: [account] }, [false, false, true]],
    ['only another account', { only: [sibling] }, [false, false, false]],
    ['only the agency itself', { only: [agency] }, [false, true, false]],
    ['all but another account', { allBut: [sibling] }, [false, false, true]],
  ])('an installation that covers %s', (_, coverage, [subtree, onAgency, onAccount]) => {
    const app = { installation: { active: true, at: agency, permissions: the.setOf(reading), coverage } }
    expect(gives(agency, agency, viewer(), { reach: 'subtree' }, app)).toBe(subtree)
    expect(gives(agency, agency, viewer(), {}, app)).toBe(onAgency)
    expect(gives(account, agency, viewer(), { reach: 'subtree' }, app)).toBe(onAccount)
    expect(gives(agency, agency, viewer(), { reach: 'listed', accounts: [account] }, app)).toBe(onAccount)
  })

  test('an installation without the permission, or that is gone', () => {
    const app = { active: true, at: agency, permissions: the.setOf(reading), coverage: 'all' as const }
    expect(gives(account, agency, viewer(), {}, { installation: app })).toBe(true)
    expect(gives(account, agency, viewer(), {}, { installation: { ...app, active: false } })).toBe(false)
    expect(gives(account, agency, viewer(), {}, { installation: { ...app, at: the.otherAgency } })).toBe(false)
    expect(gives(account, agency, viewer(), {}, { installation: { ...app, permissions: the.setOf() } })).toBe(false)
  })
})

describe('in any world', () => {
  const numbers = fc.array(fc.noBias(fc.nat({ max: 840 * 840 - 1 })), { minLength: 60, maxLength: 140, size: 'max' })
  const gifts = fc.record({
    permissions: fc.subarray([...the.head.permissionByName.keys()]).map((names) => the.setOf(...names)),
    reach: fc.constantFrom('node' as const, 'subtree' as const, 'listed' as const),
    accounts: fc.subarray([account, sibling]),
    until: fc.constantFrom(undefined, later(60), instantOf(now + 1)),
  })
  /** Where a gift would count: the tenant, one below it, or the accounts of the list. */
  const placesOf = ({ reach, accounts }: Gift, chain: readonly NodeFacts[]): readonly (readonly NodeFacts[])[] => {
    const below = (id: TenantId) => [the.node(id, 'account'), ...chain]
    if (reach === 'listed') return accounts.map((id) => below(id as TenantId)) // ids of this fixture
    return reach === 'subtree' && chain[0]?.kind === 'agency' ? [chain, below(account)] : [chain]
  }
  const onlyHow = ['allowed', 'login_too_old', 'not_for_machines']

  test('C-103 what is not missing, the giver may do there: at every place and to the last moment of the gift', () => {
    let checked = 0
    fc.assert(
      fc.property(numbers, gifts, (choices, what) => {
        const { facts } = worldFrom(drawFrom(choices))
        fc.pre(what.reach !== 'listed' || facts.chain[0]?.kind === 'agency')
        const missing = missingFor(facts, what, now, placements)
        const given = namesOf(the.head, what.permissions).filter((name) => !missing.includes(name))
        const last = what.until === undefined ? later(10_000_000) : instantOf(what.until - 1)
        for (const chain of placesOf(what, facts.chain)) {
          const levels = (name: string): readonly string[] => the.head.permissionByName.get(name)?.levels ?? []
          for (const name of given.filter((one) => levels(one).includes(chain[0]?.kind ?? ''))) {
            checked++
            for (const when of [now, last]) {
              const { code } = decide(asking(name), { ...facts, chain }, when)
              expect(onlyHow, `${name} at ${chain[0]?.id}`).toContain(code)
            }
          }
        }
      }),
      { numRuns: 5_000 },
    )
    expect(checked).toBeGreaterThan(1_000)
  }, 30_000)

  test('C-103 asking to give more never makes less missing', () => {
    fc.assert(
      fc.property(numbers, gifts, (choices, what) => {
        const { facts } = worldFrom(drawFrom(choices))
        const missing = missingFor(facts, what, now, placements)
        const wider = [
          missingFor(facts, { ...what, until: undefined }, now, placements),
          ...(what.reach === 'node'
            ? [missingFor(facts, { ...what, reach: 'subtree' as const }, now, placements)]
            : []),
        ]
        for (const more of wider) expect(more).toEqual(expect.arrayContaining([...missing]))
      }),
      { numRuns: 2_000 },
    )
  }, 30_000)
})
