// Saving a role: what it may name and include, and that nobody widens one beyond what they hold themselves.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSubsetOf, minus } from '../../catalogue/permission-set.ts'
import {
  account,
  accountChain,
  agency,
  agencyChain,
  composedRole,
  condition,
  custom,
  customRole,
  entry,
  factsOf,
  grants,
  later,
  node,
  now,
  older,
  ownName,
  ownPermissions,
  setOf,
  token,
} from '../facts.fixture.ts'
import type { CustomRole, Facts, GrantEntry } from '../facts.ts'
import { missingFor } from '../held.ts'
import { roleAt } from '../roles.ts'
import { judgeRole, maxCustomRoles, type RoleDraft } from './judge-role.ts'
import { withRole } from './shape-change.ts'

const stored = (roles: Readonly<Record<string, CustomRole>>) => ({ customRoles: new Map(Object.entries(roles)) })

/** Somebody who holds `role` over the whole agency, where `roles` are stored. */
const author = (role: string, roles: Readonly<Record<string, CustomRole>> = {}, change: Partial<GrantEntry> = {}) =>
  factsOf([grants(agency, [entry(role, change)])], {
    chain: agencyChain({ agency: { ...stored(roles), ownPermissions } }),
  })

const asked = (change: Partial<RoleDraft> = {}): RoleDraft => ({
  role: customRole,
  permissions: undefined,
  includes: undefined,
  ...change,
})

const fault = (facts: Facts, change: Partial<RoleDraft>) => {
  const judged = judgeRole(facts, asked(change), now)
  return judged.ok ? undefined : judged.error
}

describe('what a role names', () => {
  const owner = author('agency.owner')

  test('exists in the adopted catalogue or is the agency’s own', () => {
    expect(fault(owner, { permissions: ['notes.read', ownName] })).toBeUndefined()
    const refused = { code: 'invalid_request', field: 'permissions[1]' }
    for (const name of ['notes.vanish', 'own/other.read', '__proto__', 'notes.*'])
      expect(fault(owner, { permissions: ['notes.read', name] })).toMatchObject(refused)
  })

  test('is not taken from a version that is not adopted', () => {
    const chain = agencyChain({ agency: { catalogueVersion: older.version } })
    const facts = { ...owner, chain }
    expect(fault(facts, { permissions: ['notes.share'] })).toMatchObject({ field: 'permissions[0]' })
    expect(fault(owner, { permissions: ['notes.share'] })).toBeUndefined()
  })

  test('can be held at the tenant or below', () => {
    expect(fault(owner, { permissions: ['iam.signing.list'] })).toMatchObject({ field: 'permissions[0]' })
    const here = factsOf([grants(account, [entry('account.owner')])], { chain: accountChain() })
    expect(fault(here, { permissions: ['notes.write'] })).toBeUndefined()
  })
})

describe('what a role includes', () => {
  const owner = author('agency.owner', { [composedRole]: custom(setOf('notes.read')) })

  test('is built in, of this level or below, or of the same tenant', () => {
    expect(fault(owner, { includes: ['agency.admin', 'account.viewer', composedRole] })).toBeUndefined()
  })

  test.each([
    ['an owner role', 'account.owner'],
    ['a role of a tenant above', 'platform.owner'],
    ['a role that never was', 'account.nobody'],
    ['a custom role of elsewhere', `rol_${'9'.repeat(22)}`],
  ])('T-42 is not %s', (_, role) => {
    expect(fault(owner, { includes: ['agency.admin', role] })).toMatchObject({
      code: 'invalid_request',
      field: 'includes[1]',
    })
  })

  test('T-42 is, in an account, no role of its agency', () => {
    const chain = accountChain({ agency: stored({ [composedRole]: custom(setOf('notes.read')) }) })
    const facts = factsOf([grants(agency, [entry('agency.owner')])], { chain })
    expect(fault(facts, { includes: [composedRole] })).toMatchObject({ field: 'includes[0]' })
    expect(fault(facts, { includes: ['agency.admin'] })).toMatchObject({ field: 'includes[0]' })
  })
})

describe('its author', () => {
  test('I-24 C-103 holds all of a new role, by name or by inclusion', () => {
    const admin = author('agency.admin')
    expect(fault(admin, { permissions: ['notes.read'] })).toBeUndefined()
    expect(fault(admin, { permissions: ['notes.read', 'notes.write'] })).toEqual({
      code: 'grant_exceeds_grantor',
      missing: ['notes.write'],
    })
    expect(fault(admin, { includes: ['account.editor'] })).toMatchObject({ missing: ['notes.write'] })
  })

  test.each<[string, Partial<GrantEntry>]>([
    ['at this tenant only', { reach: 'node' }],
    ['until some day', { until: later(3600) }],
    ['under a condition', { condition: condition(true) }],
  ])('C-103 does not hold it %s', (_, change) => {
    expect(fault(author('agency.admin', {}, change), { permissions: ['notes.read'] })).toMatchObject({
      code: 'grant_exceeds_grantor',
      missing: ['notes.read'],
    })
  })

  test('gives nothing for ever through a credential that ends', () => {
    const admin = author('agency.admin')
    const key = { ...admin, token: token({ notAfter: later(3600) }) }
    expect(fault(key, { permissions: ['notes.read'] })).toMatchObject({ code: 'grant_exceeds_grantor' })
    expect(fault({ ...admin, token: token() }, { permissions: ['notes.read'] })).toBeUndefined()
  })

  test('C-112 widens no role beyond what they hold, the one that they hold themselves least of all', () => {
    const mine = { [customRole]: custom(setOf('notes.read', 'iam.roles.assign')) }
    const holder = author(customRole, mine)
    expect(fault(holder, { permissions: ['notes.read', 'iam.roles.assign', 'notes.write'] })).toEqual({
      code: 'grant_exceeds_grantor',
      missing: ['notes.write'],
    })
    expect(fault(holder, { includes: ['account.editor'] })).toMatchObject({ code: 'grant_exceeds_grantor' })
    expect(fault(holder, { permissions: ['notes.read'] })).toBeUndefined()
  })

  test('may narrow a role that they could not write', () => {
    const admin = author('agency.admin', { [customRole]: custom(setOf('notes.read', 'notes.write', 'notes.delete')) })
    expect(fault(admin, { permissions: ['notes.read', 'notes.write'] })).toBeUndefined()
    expect(fault(admin, { permissions: ['notes.read', 'notes.write', 'notes.export'] })).toMatchObject({
      missing: ['notes.export'],
    })
  })

  test('changes every role that includes the one edited, and is told which', () => {
    const owner = author('agency.owner', {
      [customRole]: custom(setOf('notes.read')),
      [composedRole]: custom(setOf('notes.delete'), customRole),
      unmoved: custom(setOf('notes.write'), customRole),
      apart: custom(setOf('notes.read')),
    })
    const judged = judgeRole(owner, asked({ permissions: ['notes.write'] }), now)
    const changes = judged.ok ? judged.value.changes : []
    expect(changes.map(({ role }) => role)).toEqual([customRole, composedRole, 'unmoved'])
    expect(changes.find(({ role }) => role === 'unmoved')).toMatchObject({
      added: setOf(),
      removed: setOf('notes.read'),
    })
  })

  test('has a bounded number of them', () => {
    const many = (count: number) =>
      new Map(Array.from({ length: count }, (_, i) => [`rol_${String(i).padStart(22, '0')}`, custom(setOf())]))
    const at = (count: number, kind: 'agency' | 'account') =>
      factsOf([grants(agency, [entry('agency.owner')])], {
        chain:
          kind === 'agency'
            ? agencyChain({ agency: { customRoles: many(count) } })
            : [node(account, 'account', { customRoles: many(count) }), ...agencyChain()],
      })
    for (const kind of ['agency', 'account'] as const) {
      expect(fault(at(maxCustomRoles[kind], kind), { permissions: [] })).toMatchObject({ code: 'limit_exceeded' })
      expect(fault(at(maxCustomRoles[kind] - 1, kind), { permissions: [] })).toBeUndefined()
    }
    const full = factsOf([grants(agency, [entry('agency.owner')])], {
      chain: agencyChain({ agency: { customRoles: new Map([...many(299), [customRole, custom(setOf())]]) } }),
    })
    expect(fault(full, { permissions: ['notes.read'] })).toBeUndefined() // one that is there is edited at the limit too
  })
})

test('monotonic privilege: no saved edit, in whatever order, gives any role what its author did not hold', () => {
  const names = ['notes.read', 'notes.write', 'notes/files.read', 'iam.roles.assign', 'notes.delete']
  const ids = [customRole, composedRole, 'rol_third']
  const definition = fc.record({
    permissions: fc.uniqueArray(fc.constantFrom(...names)),
    includes: fc.uniqueArray(fc.constantFrom('account.viewer', 'account.editor', ...ids)),
  })
  const world = fc.dictionary(fc.constantFrom(...ids), definition)
  fc.assert(
    fc.property(
      world,
      fc.constantFrom(...ids, 'agency.admin', 'account.editor'),
      fc.constantFrom(...ids),
      definition,
      (roles, held, role, draft) => {
        const facts = author(
          held,
          Object.fromEntries(
            Object.entries(roles).map(([id, one]) => [id, custom(setOf(...one.permissions), ...one.includes)]),
          ),
        )
        const judged = judgeRole(facts, { role, ...draft }, now)
        if (!judged.ok) return
        const after = withRole(facts, role, judged.value.definition)
        for (const id of ids) {
          const gained = minus(roleAt(after, id, 0), roleAt(facts, id, 0))
          expect(
            missingFor(facts, { permissions: gained, reach: 'subtree', accounts: [], until: undefined }, now),
          ).toEqual([])
          expect(isSubsetOf(roleAt(after, held, 0), roleAt(facts, held, 0))).toBe(true)
        }
      },
    ),
    { numRuns: 500 },
  )
})
