// What a role means at a tenant, wherever it is defined, whoever includes it, and whatever was asked before.
import { describe, expect, test } from 'vitest'
import { compileCatalogue } from '../catalogue/compile.ts'
import { equals, type PermissionSet } from '../catalogue/permission-set.ts'
import { permission } from '../catalogue/small-catalogue.fixture.ts'
import * as the from './facts.fixture.ts'
import { account, agency, custom, customRole, node, ownName, platform, setOf } from './facts.fixture.ts'
import type { Facts, NodeFacts } from './facts.ts'
import { namesIn } from './meaning/permissions.ts'
import { rolePermissions } from './roles.ts'

const owning = { agency: { ownPermissions: the.ownPermissions } }
const factsWith = (chain: readonly NodeFacts[]): Facts => the.factsOf([], { chain })
const meant = (facts: Facts, role: string, at: string): readonly string[] =>
  namesIn(facts, rolePermissions(facts, role, at))

describe('a role means what it means where it was given', () => {
  const older = { catalogueVersion: the.older.version }
  const facts = factsWith(the.accountChain({ account: older }))

  test('at that tenant of the chain, by the version adopted there', () => {
    expect(meant(facts, 'account.viewer', account)).toEqual(['notes.read'])
    expect(meant(facts, 'account.viewer', agency)).toEqual(['notes.read', 'iam.leaks.report', 'notes.share'])
  })

  test('at a tenant outside the chain it means nothing', () => {
    expect(meant(facts, 'account.viewer', the.sibling)).toEqual([])
  })
})

describe('what an agency added', () => {
  const facts = factsWith(the.accountChain(owning))

  test('belongs to owners at the agency and below, not above it', () => {
    expect(meant(facts, 'agency.owner', agency)).toContain(ownName)
    expect(meant(facts, 'account.owner', account)).toContain(ownName)
    expect(meant(facts, 'platform.owner', platform)).not.toContain(ownName)
  })

  test('belongs to no other built-in role, not even inside a role of the agency', () => {
    const roles = new Map([[customRole, custom(setOf('notes.write'), 'account.viewer')]])
    const composing = factsWith(the.accountChain({ agency: { ...owning.agency, customRoles: roles } }))
    expect(meant(composing, 'account.viewer', account)).not.toContain(ownName)
    expect(meant(composing, customRole, account)).toEqual([
      'notes.read',
      'notes.write',
      'iam.leaks.report',
      'notes.share',
    ])
  })

  test('and reaches a role of the agency through an owner role that it includes', () => {
    const roles = new Map([[customRole, custom(setOf(), 'account.owner')]])
    const composing = factsWith(the.accountChain({ agency: { ...owning.agency, customRoles: roles } }))
    expect(meant(composing, customRole, account)).toContain(ownName)
  })
})

describe('what is kept of one question is not believed in another', () => {
  const holds = (...names: readonly string[]) => custom(setOf(...names))
  const same = (set: PermissionSet, ...names: readonly string[]): boolean => equals(set, setOf(...names))

  test('the same account under another agency has the roles of that one', () => {
    const here = node(account, 'account')
    const under = (role: string): Facts =>
      factsWith([
        here,
        node(agency, 'agency', { customRoles: new Map([[customRole, holds(role)]]) }),
        node(platform, 'platform'),
      ])
    const [first, second] = [under('notes.read'), under('notes.write')]
    for (const [facts, name] of [
      [first, 'notes.read'],
      [second, 'notes.write'],
      [first, 'notes.read'],
    ] as const) {
      expect(same(rolePermissions(facts, customRole, account), name)).toBe(true)
    }
  })

  test('another head withdraws at once, from built-in roles and from those that include them', () => {
    const facts = factsWith(
      the.accountChain({ account: { customRoles: new Map([[customRole, custom(setOf(), 'account.viewer')]]) } }),
    )
    const withdrawn = compileCatalogue({
      version: '2032-01-01',
      permissions: [...the.head.permissionByName.values()],
      scopes: [],
      roles: [...the.head.roleByName.values()].map(({ entry }) => ({ ...entry, permissions: ['notes.read'] })),
    })
    const later = { ...facts, head: withdrawn }
    for (const role of ['account.viewer', customRole]) {
      expect(meant(facts, role, account)).toContain('notes.share')
      expect(meant(later, role, account)).toEqual(['notes.read'])
      expect(meant(facts, role, account)).toContain('notes.share')
    }
  })

  test('a version that was not there yet, and then is', () => {
    const facts = factsWith(
      the.accountChain({ account: { customRoles: new Map([[customRole, custom(setOf(), 'account.viewer')]]) } }),
    )
    const unknown: Facts = { ...facts, catalogueOf: () => undefined }
    for (const role of ['account.viewer', customRole]) {
      expect(meant(unknown, role, account)).toEqual([])
      expect(meant(facts, role, account)).toContain('notes.read')
      expect(meant(unknown, role, account)).toEqual([])
    }
  })

  test('a role of the agency goes by the version of the agency, whatever the account goes by', () => {
    const roles = new Map([[customRole, custom(setOf(), 'account.viewer')]])
    const facts = factsWith(
      the.accountChain({ account: { catalogueVersion: 'unknown' }, agency: { customRoles: roles } }),
    )
    const unknown: Facts = { ...facts, catalogueOf: () => undefined }
    expect(meant(unknown, customRole, account)).toEqual([])
    expect(meant(facts, customRole, account)).toContain('notes.read')
    expect(meant(unknown, customRole, account)).toEqual([])
  })

  test('an owner of the same account has what the agency above has added, and no longer when it is another', () => {
    const here = node(account, 'account', { customRoles: new Map([[customRole, custom(setOf(), 'account.owner')]]) })
    const top = node(platform, 'platform')
    const under = (own: NodeFacts['ownPermissions']): Facts =>
      factsWith([here, node(agency, 'agency', { ownPermissions: own }), top])
    const others = new Map([['own/other.read', permission(4097, 'own/other.read', ['account'])]])
    const [adding, other, plain] = [under(the.ownPermissions), under(others), under(new Map())]
    for (const role of ['account.owner', customRole]) {
      for (const facts of [adding, other, plain, adding]) {
        const names = meant(facts, role, account)
        expect([names.includes(ownName), names.includes('own/other.read')]).toEqual([facts === adding, facts === other])
      }
    }
  })
})
