// The decision in tables, one rule of DESIGN.md §3 after the other; the reference says the same of random worlds.
import { describe, expect, test } from 'vitest'
import type { TenantId } from '../kernel/ids.ts'
import { type Instant, instantOf } from '../kernel/time.ts'
import type { ConditionInput } from './condition.ts'
import { checks, decide, isVisible } from './decide.ts'
import { type Decision, type DecisionCode, errorOf } from './decision.ts'
import * as the from './facts.fixture.ts'
import {
  account,
  accountChain,
  agency,
  agencyChain,
  asking,
  condition,
  entry,
  factsOf,
  grants,
  later,
  listed,
  maria,
  now,
  platform,
  setOf,
  sibling,
  subject,
  team,
  token,
} from './facts.fixture.ts'
import type { Facts, GrantEntry, GrantsFacts, NodeFacts } from './facts.ts'
import { tokenCovers, weighSubject } from './parties.ts'
import { coversFrom } from './reach.ts'

const reading = 'notes.read'
const ask = (facts: Facts, permission = reading, at: Instant = now): DecisionCode =>
  decide(asking(permission), facts, at).code
/** One grant of a role at a tenant, asked about the account. */
const held = (at: TenantId, one: GrantEntry, change: Partial<Facts> = {}): Facts => factsOf([grants(at, [one])], change)
const viewer = (change: Partial<GrantEntry> = {}): GrantEntry => entry('account.viewer', change)
const editor = (change: Partial<GrantEntry> = {}): GrantEntry => entry('account.editor', change)
const owner = (change: Partial<GrantEntry> = {}): GrantEntry => entry('agency.owner', change)
const onAgency = { chain: agencyChain() }

describe('reach', () => {
  const moved = accountChain({ account: { placementId: 'a new placement' } })
  test.each<[string, DecisionCode, Facts]>([
    ['node reaches its own tenant', 'allowed', held(account, viewer({ reach: 'node' }))],
    ['subtree reaches its own tenant', 'allowed', held(account, viewer())],
    ['subtree of an agency reaches its accounts', 'allowed', held(agency, owner())],
    ['subtree of the platform reaches every account', 'allowed', held(platform, owner())],
    ['node at an agency reaches no account', 'tenant_not_visible', held(agency, owner({ reach: 'node' }))],
    ['subtree of another agency reaches nothing here', 'tenant_not_visible', held(the.otherAgency, owner())],
    ['power at a sibling reaches nothing here', 'tenant_not_visible', held(sibling, viewer())],
    ['power at an account does not reach its agency', 'tenant_not_visible', held(account, owner(), onAgency)],
    ['listed reaches the listed account', 'allowed', held(agency, listed('agency.owner', account))],
    ['listed reaches no other account', 'tenant_not_visible', held(agency, listed('agency.owner', sibling))],
    [
      'listed does not reach the agency itself',
      'tenant_not_visible',
      held(agency, listed('agency.owner', agency), onAgency),
    ],
    [
      'listed ends when the account moves',
      'tenant_not_visible',
      held(agency, listed('agency.owner', account), { chain: moved }),
    ],
    ['subtree follows an account that moves', 'allowed', held(agency, owner(), { chain: moved })],
    ['nothing reaches without a grant', 'tenant_not_visible', factsOf([])],
    ['nothing reaches a tenant that is not there', 'tenant_not_visible', held(account, viewer(), { chain: [] })],
  ])('%s', (_, code, facts) => {
    expect(ask(facts)).toBe(code)
  })
})

describe('C-109 expiry is half-open', () => {
  test.each<[string, number, DecisionCode]>([
    ['a millisecond before the end', -1, 'allowed'],
    ['at the end', 0, 'tenant_not_visible'],
    ['after it', 1, 'tenant_not_visible'],
  ])('%s', (_, offset, code) => {
    const until = later(60)
    expect(ask(held(account, viewer({ until })), reading, instantOf(until + offset))).toBe(code)
  })

  test('an expired grant beside a live one takes nothing away', () => {
    expect(ask(factsOf([grants(account, [viewer({ until: now }), viewer()])]))).toBe('allowed')
  })
})

describe('grants and principals', () => {
  test.each<[string, DecisionCode, GrantsFacts]>([
    ['an active membership counts', 'allowed', grants(account, [viewer()])],
    ['a suspended one does not', 'tenant_not_visible', grants(account, [viewer()], { status: 'suspended' })],
    ['a removed one does not', 'tenant_not_visible', grants(account, [viewer()], { status: 'removed' })],
    ["a team's counts like one's own", 'allowed', grants(account, [viewer()], { principal: team })],
    [
      'a suspended one of a team does not',
      'tenant_not_visible',
      grants(account, [viewer()], { principal: team, status: 'suspended' }),
    ],
  ])('%s', (_, code, one) => {
    expect(ask(factsOf([one]))).toBe(code)
  })

  test('a principal that is not active has no power and sees nothing', () => {
    const inactive = { ...subject([grants(account, [viewer()])]), active: false }
    expect(ask(factsOf([], { subject: inactive }))).toBe('tenant_not_visible')
  })
})

describe('what a role means', () => {
  const withRole = (node: Partial<NodeFacts>, above: Partial<NodeFacts> = {}) =>
    accountChain({ account: node, agency: above })
  const custom = new Map([[the.customRole, the.custom(setOf(reading))]])
  const old = { catalogueVersion: the.older.version }
  test.each<[string, DecisionCode, string, GrantsFacts, readonly NodeFacts[]]>([
    ['a permission of the role is allowed', 'allowed', reading, grants(account, [viewer()]), accountChain()],
    ['one that the role lacks is not', 'no_assignment', 'notes.delete', grants(account, [viewer()]), accountChain()],
    [
      'what the head withdrew is gone everywhere',
      'no_assignment',
      'notes.write',
      grants(account, [viewer()]),
      withRole(old),
    ],
    [
      'what the head added waits to be adopted',
      'no_assignment',
      'notes.share',
      grants(account, [viewer()]),
      withRole(old),
    ],
    ['and then is there', 'allowed', 'notes.share', grants(account, [viewer()]), accountChain()],
    [
      'an owner gets what is marked for owners at once',
      'allowed',
      'iam.leaks.report',
      grants(agency, [owner()]),
      withRole(old, old),
    ],
    ['a viewer does not', 'no_assignment', 'iam.leaks.report', grants(account, [viewer()]), withRole(old)],
    ['an owner waits for the rest', 'no_assignment', 'notes.share', grants(agency, [owner()]), withRole({}, old)],
    [
      'the version is that of the tenant where the role was given',
      'allowed',
      'notes.share',
      grants(agency, [owner()]),
      withRole(old),
    ],
    [
      'a version that nobody knows holds nothing',
      'no_assignment',
      reading,
      grants(account, [viewer()]),
      withRole({ catalogueVersion: '2029-01-01' }),
    ],
    [
      'a custom role of the account counts there',
      'allowed',
      reading,
      grants(account, [entry(the.customRole)]),
      withRole({ customRoles: custom }),
    ],
    [
      'a custom role of the agency counts in its accounts',
      'allowed',
      reading,
      grants(account, [entry(the.customRole)]),
      withRole({}, { customRoles: custom }),
    ],
    [
      'a custom role of an account means nothing above',
      'no_assignment',
      reading,
      grants(agency, [entry(the.customRole)]),
      withRole({ customRoles: custom }),
    ],
    [
      'a role that nobody defined holds nothing',
      'no_assignment',
      reading,
      grants(account, [entry(the.customRole)]),
      accountChain(),
    ],
    [
      'a name of the prototype is no role',
      'no_assignment',
      reading,
      grants(account, [entry('__proto__'), entry('constructor')]),
      accountChain(),
    ],
    [
      'a custom role cannot replace a built-in one',
      'no_assignment',
      'notes.delete',
      grants(account, [viewer()]),
      withRole({ customRoles: new Map([['account.viewer', the.custom(setOf('notes.delete'))]]) }),
    ],
  ])('%s', (_, code, permission, one, chain) => {
    expect(ask(factsOf([one], { chain }), permission)).toBe(code)
  })
})

describe('levels and names', () => {
  test.each<[string, DecisionCode, string, Partial<Facts>]>([
    ['held where the catalogue allows', 'allowed', 'notes.read', onAgency],
    ['not on another kind of tenant, whatever the role says', 'wrong_level', 'notes.write', onAgency],
    ['not below its level either', 'wrong_level', 'iam.signing.list', {}],
    ['a permission that nobody knows', 'unknown_permission', 'notes.fly', {}],
    ['a wildcard', 'unknown_permission', 'notes.*', {}],
    ['another case', 'unknown_permission', 'Notes.read', {}],
    ['__proto__', 'unknown_permission', '__proto__', {}],
    ['constructor', 'unknown_permission', 'constructor', {}],
    ['nothing', 'unknown_permission', '', {}],
  ])('%s', (_, code, permission, change) => {
    expect(ask(held(platform, entry('platform.owner'), change), permission)).toBe(code)
  })
})

describe('statuses', () => {
  const suspended = accountChain({ account: { status: 'suspended' } })
  const under = accountChain({ agency: { status: 'suspended' } })
  const seeing = 'iam.tenants.get'
  test.each<[string, DecisionCode, string, Facts]>([
    [
      'a suspended tenant: what works there, by power from above',
      'allowed',
      seeing,
      held(agency, owner(), { chain: suspended }),
    ],
    ['by a list from above', 'allowed', seeing, held(agency, listed('agency.owner', account), { chain: suspended })],
    ['not by power of its own', 'tenant_suspended', seeing, held(account, owner(), { chain: suspended })],
    ['nothing else works there', 'tenant_suspended', reading, held(agency, owner(), { chain: suspended })],
    [
      'not even for who would lack it anyway',
      'tenant_suspended',
      reading,
      held(agency, entry('nobody.ever'), { chain: suspended }),
    ],
    ['below a suspended agency nothing works', 'tenant_suspended', seeing, held(account, owner(), { chain: under })],
    ['nor by power of the agency', 'tenant_suspended', seeing, held(agency, owner(), { chain: under })],
    ['nor by power of the platform', 'tenant_suspended', seeing, held(platform, owner(), { chain: under })],
    [
      'a suspended agency itself: by power of the platform',
      'allowed',
      seeing,
      held(platform, owner(), { chain: agencyChain({ agency: { status: 'suspended' } }) }),
    ],
    [
      'not by power of the agency',
      'tenant_suspended',
      seeing,
      held(agency, owner(), { chain: agencyChain({ agency: { status: 'suspended' } }) }),
    ],
    [
      'a deleted tenant is there for nobody',
      'tenant_not_visible',
      seeing,
      held(platform, owner(), { chain: accountChain({ account: { status: 'deleted' } }) }),
    ],
    [
      'nor is what was below it',
      'tenant_not_visible',
      seeing,
      held(platform, owner(), { chain: accountChain({ agency: { status: 'deleted' } }) }),
    ],
  ])('%s', (_, code, permission, facts) => {
    expect(ask(facts, permission)).toBe(code)
  })
})

describe('C-107 guardrails override whatever is granted', () => {
  const guarded = (at: 'account' | 'agency' | 'platform', ...deniedPermissions: readonly string[]) =>
    held(platform, entry('platform.owner'), { chain: accountChain({ [at]: { guardrail: { deniedPermissions } } }) })
  test.each<[DecisionCode, string, Facts]>([
    ['guardrail_denies', reading, guarded('account', 'notes.read')],
    ['guardrail_denies', reading, guarded('agency', 'notes.write', 'notes.read')],
    ['guardrail_denies', reading, guarded('platform', 'notes.*')],
    ['guardrail_denies', 'notes/files.read', guarded('agency', 'notes/files.*')],
    ['guardrail_denies', 'iam.roles.assign', guarded('agency', 'iam.roles.*')],
    ['allowed', 'notes/files.read', guarded('agency', 'notes.*')],
    ['allowed', reading, guarded('agency', 'notes/files.*', 'note.*', 'notes.write', 'notes.rea', 'otes.read')],
    ['allowed', 'iam.roles.assign', guarded('agency', 'iam.*', 'roles.*', '.*', '*')],
    ['allowed', reading, guarded('agency')],
  ])('%s: %s', (code, permission, facts) => {
    expect(ask(facts, permission)).toBe(code)
  })
})

describe('C-107 conditions', () => {
  const withConditions = (...outcomes: readonly (boolean | 'error')[]) =>
    factsOf([
      grants(
        account,
        outcomes.map((one) => viewer({ condition: condition(one) })),
      ),
    ])
  test.each<[DecisionCode, readonly (boolean | 'error')[]]>([
    ['allowed', [true]],
    ['condition_false', [false]],
    ['condition_error', ['error']],
    ['condition_error', ['error', false]],
    ['condition_error', [false, 'error']],
    ['allowed', ['error', true]],
    ['allowed', [false, 'error', true]],
  ])('%s when they give %j', (code, outcomes) => {
    expect(ask(withConditions(...outcomes))).toBe(code)
  })

  test('one that errs beside a grant without condition takes nothing away', () => {
    expect(ask(factsOf([grants(account, [viewer({ condition: condition('error') }), viewer()])]))).toBe('allowed')
  })

  test('one is not asked where its role holds nothing of the kind', () => {
    const all = [entry('account.editor', { condition: condition('error') })]
    expect(ask(factsOf([grants(account, all)]), 'notes.delete')).toBe('no_assignment')
  })

  test('C-108 sees what the directory and the registry know, what is asked, and the request', () => {
    const seen: unknown[] = []
    const spy = { source: 'spy', holds: (input: unknown) => seen.push(input) > 0 }
    const question = asking(reading, { resource: { ownerId: 'omar' }, request: { address: '192.0.2.1' } })
    expect(decide(question, held(account, viewer({ condition: spy })), now).allowed).toBe(true)
    expect(seen).toEqual([
      {
        subject: { id: 'maria' },
        resource: { ownerId: 'omar' },
        action: { permission: reading },
        request: { address: '192.0.2.1' },
      },
    ])
  })
})

describe('the token', () => {
  test.each<[string, DecisionCode, Facts['token']]>([
    ['a session carries the whole person', 'allowed', the.session],
    ['for the agency is good for its accounts', 'allowed', token()],
    ['for the account itself', 'allowed', token({ tenant: account })],
    ['for another account', 'tenant_not_visible', token({ tenant: sibling })],
    ['for another agency', 'tenant_not_visible', token({ tenant: the.otherAgency })],
    ['without the scope', 'scope_missing', token({ permissions: setOf('notes.write') })],
    ['with no scope at all', 'scope_missing', token({ permissions: setOf() })],
    ['narrowed to this account', 'allowed', token({ accounts: the.placed(sibling, account) })],
    ['narrowed to another', 'tenant_not_visible', token({ accounts: the.placed(sibling) })],
    ['narrowed to none', 'tenant_not_visible', token({ accounts: the.placed() })],
  ])('%s', (_, code, presented) => {
    expect(ask(held(agency, owner(), { token: presented }))).toBe(code)
  })

  test('narrowed to accounts is nothing on their agency', () => {
    expect(ask(held(agency, owner(), { ...onAgency, token: token({ accounts: the.placed(account) }) }))).toBe(
      'tenant_not_visible',
    )
  })

  test('never gives what its owner lacks now', () => {
    expect(ask(held(account, viewer(), { token: token() }), 'notes.delete')).toBe('no_assignment')
  })
})

describe('what is critical', () => {
  const service = { subject: subject([grants(agency, [owner()])], the.robot) }
  const signedIn = (at: Instant | undefined): Partial<Facts> => ({ token: { ...the.session, signedInAt: at } })
  test.each<[string, DecisionCode, string, Partial<Facts>]>([
    ['a sign-in just now', 'allowed', 'notes.delete', signedIn(now)],
    ['one a millisecond under ten minutes old', 'allowed', 'notes.delete', signedIn(instantOf(later(-600) + 1))],
    ['one ten minutes old', 'login_too_old', 'notes.delete', signedIn(later(-600))],
    ['one of which nobody knows when', 'login_too_old', 'notes.delete', signedIn(undefined)],
    [
      'an old sign-in for a permission that is also for machines',
      'login_too_old',
      'notes.export',
      signedIn(later(-600)),
    ],
    ['a token of a person', 'not_for_machines', 'notes.delete', { token: token() }],
    [
      'a token of a person with a fresh sign-in in it',
      'not_for_machines',
      'notes.delete',
      { token: token({ signedInAt: now }) },
    ],
    ['a token, where the permission is for machines', 'allowed', 'notes.export', { token: token() }],
    ['a service account', 'not_for_machines', 'notes.delete', { ...service, token: token() }],
    ['a service account that claims a session', 'not_for_machines', 'notes.delete', service],
    [
      'a service account, where the permission is for machines',
      'allowed',
      'notes.export',
      { ...service, token: token() },
    ],
    ['an old sign-in for what is not critical', 'allowed', reading, signedIn(later(-86_400))],
  ])('%s', (_, code, permission, change) => {
    expect(ask(held(agency, owner(), change), permission)).toBe(code)
  })
})

describe('an installation', () => {
  const app = { active: true, at: agency, permissions: setOf(reading), coverage: 'all' as const }
  test.each<[string, DecisionCode, Facts['installation']]>([
    ['covering all', 'allowed', app],
    ['covering this account only', 'allowed', { ...app, coverage: { only: [account] } }],
    ['covering another only', 'outside_coverage', { ...app, coverage: { only: [sibling] } }],
    ['covering nothing', 'outside_coverage', { ...app, coverage: { only: [] } }],
    ['covering all but another', 'allowed', { ...app, coverage: { allBut: [sibling] } }],
    ['covering all but this', 'outside_coverage', { ...app, coverage: { allBut: [account] } }],
    ['covering all but this and another', 'outside_coverage', { ...app, coverage: { allBut: [sibling, account] } }],
    ['covering all but none', 'allowed', { ...app, coverage: { allBut: [] } }],
    ['on this account', 'allowed', { ...app, at: account }],
    ['on another agency', 'outside_coverage', { ...app, at: the.otherAgency }],
    ['that is gone', 'outside_coverage', { ...app, active: false }],
    ['without the scope', 'scope_missing', { ...app, permissions: setOf('notes.write') }],
  ])('%s', (_, code, installation) => {
    expect(ask(held(agency, owner(), { installation }))).toBe(code)
  })

  test('covering all but some accounts is nothing on the agency itself', () => {
    const allBut = { ...app, coverage: { allBut: [sibling] } }
    expect(ask(held(agency, owner(), { ...onAgency, installation: allBut }))).toBe('outside_coverage')
    expect(ask(held(agency, owner(), { ...onAgency, installation: app }))).toBe('allowed')
  })

  test('adds nothing to what its user holds', () => {
    const wide = { ...app, permissions: setOf('notes.delete') }
    expect(ask(held(account, viewer(), { installation: wide }), 'notes.delete')).toBe('no_assignment')
  })
})

describe('C-119 impersonation is target ∩ actor ∩ session', () => {
  const actor = subject([grants(agency, [owner()])], the.omar)
  const acting = { actor, permissions: setOf(reading, 'notes.write'), tenant: account }
  const viewing = (impersonation: Facts['impersonation'], one = editor()) => held(account, one, { impersonation })
  test.each<[string, DecisionCode, string, Facts]>([
    ['what all three hold', 'allowed', 'notes.write', viewing(acting)],
    [
      'not what the session leaves out',
      'outside_impersonation',
      'notes.write',
      viewing({ ...acting, permissions: setOf(reading) }),
    ],
    ['not what the target lacks', 'no_assignment', 'notes.write', viewing(acting, viewer())],
    [
      'not what the actor lacks',
      'outside_impersonation',
      'notes.write',
      viewing({ ...acting, actor: subject([grants(agency, [entry('agency.admin')])]) }),
    ],
    [
      'not what the actor has lost since',
      'outside_impersonation',
      reading,
      viewing({ ...acting, actor: subject([grants(agency, [owner({ until: now })])]) }),
    ],
    [
      'not once the actor is suspended',
      'outside_impersonation',
      reading,
      viewing({ ...acting, actor: { ...actor, active: false } }),
    ],
    ['not at another tenant', 'outside_impersonation', reading, viewing({ ...acting, tenant: sibling })],
    [
      'not where the actor reaches by a false condition',
      'outside_impersonation',
      reading,
      viewing({ ...acting, actor: subject([grants(agency, [owner({ condition: condition(false) })])]) }),
    ],
  ])('%s', (_, code, permission, facts) => {
    expect(ask(facts, permission)).toBe(code)
  })
})

describe('visible or not', () => {
  test.each<[string, boolean, Facts]>([
    ['any live assignment that reaches it makes it visible', true, held(account, entry('nobody.ever'))],
    ['a condition does not hide it', true, held(account, viewer({ condition: condition(false) }))],
    [
      'nor does a guardrail',
      true,
      held(account, viewer(), { chain: accountChain({ agency: { guardrail: { deniedPermissions: ['notes.*'] } } }) }),
    ],
    ['nor a suspension', true, held(account, viewer(), { chain: accountChain({ account: { status: 'suspended' } }) })],
    ['an expired assignment does not show it', false, held(account, viewer({ until: now }))],
    [
      'a token for another tenant does not show it',
      false,
      held(account, viewer(), { token: token({ tenant: the.otherAgency }) }),
    ],
    [
      'nothing shows a deleted one',
      false,
      held(agency, owner(), { chain: accountChain({ account: { status: 'deleted' } }) }),
    ],
  ])('%s', (_, seen, facts) => {
    expect(isVisible(facts, now)).toBe(seen)
  })

  test('invisible comes before everything else, so that nothing can be told from the answer', () => {
    for (const permission of [reading, 'notes.delete', 'nobody.knows', '__proto__']) {
      const { code } = decide(asking(permission), factsOf([]), now)
      expect(code).toBe('tenant_not_visible')
    }
  })
})

describe('what a door shows', () => {
  const decision = (code: DecisionCode): Decision => ({ allowed: code === 'allowed', code, permission: reading })
  test.each<[DecisionCode, string | undefined, readonly string[] | undefined]>([
    ['allowed', undefined, undefined],
    ['tenant_not_visible', 'not_found', undefined],
    ['principal_inactive', 'not_found', undefined],
    ['tenant_suspended', 'tenant_suspended', undefined],
    ['scope_missing', 'insufficient_scope', [reading]],
    ['login_too_old', 'insufficient_user_authentication', undefined],
    ['outside_impersonation', 'impersonation_restricted', [reading]],
    ['unknown_permission', 'permission_denied', [reading]],
    ['guardrail_denies', 'permission_denied', [reading]],
    ['wrong_level', 'permission_denied', [reading]],
    ['no_assignment', 'permission_denied', [reading]],
    ['condition_false', 'permission_denied', [reading]],
    ['condition_error', 'permission_denied', [reading]],
    ['outside_coverage', 'permission_denied', [reading]],
    ['not_for_machines', 'permission_denied', [reading]],
  ])('%s is %s', (code, error, missing) => {
    expect(errorOf(decision(code))?.code).toBe(error)
    expect(errorOf(decision(code))?.missing).toEqual(missing)
  })

  test('a stale login says what would help', () => {
    expect(errorOf(decision('login_too_old'))?.requiredAcr).toBe('urn:latchkey:fresh-login')
  })
})

describe('C-108 what conditions see of a member', () => {
  const selling = { source: 'sells', holds: ({ subject }: ConditionInput) => subject['department'] === 'sales' }
  const sales = { attributes: { department: 'sales' } }
  const asked = (...others: readonly GrantsFacts[]): DecisionCode =>
    ask(factsOf([grants(account, [viewer({ condition: selling })]), ...others]))
  test.each<[string, DecisionCode, GrantsFacts]>([
    ['what is said of them above', 'allowed', grants(agency, [], sales)],
    ['not what is said of a team of theirs', 'condition_false', grants(agency, [], { ...sales, principal: team })],
    [
      'not what was said of them before they left',
      'condition_false',
      grants(agency, [], { ...sales, status: 'removed' }),
    ],
    ['not what is said of them elsewhere', 'condition_false', grants(the.otherAgency, [], sales)],
  ])('%s', (_, code, other) => {
    expect(asked(other)).toBe(code)
  })
})

describe('each check by itself, as an explanation asks them', () => {
  const everything: Partial<Facts> = {
    token: token({ tenant: undefined, accounts: the.placed(account) }),
    installation: { active: true, at: agency, permissions: setOf(reading), coverage: 'all' },
    impersonation: { actor: subject([]), permissions: setOf(reading), tenant: account },
  }
  const answers = (facts: Facts) => {
    const permission = the.head.permissionByName.get(reading)
    if (permission === undefined) throw new Error('the fixture has changed')
    const asked = { facts, question: asking(reading), permission, now }
    const weighed = weighSubject(asked, facts.subject)
    return Object.fromEntries(checks.map(([name, refuses]) => [name, refuses(asked, weighed)]))
  }

  test('of a tenant that is not there, all that look at it refuse', () => {
    expect(answers(held(account, viewer(), { ...everything, chain: [] }))).toEqual({
      status: 'tenant_not_visible',
      level: 'wrong_level',
      assignment: 'no_assignment',
      guardrail: undefined,
      token: undefined,
      installation: 'outside_coverage',
      impersonation: 'outside_impersonation',
    })
    expect(tokenCovers(token({ tenant: undefined, accounts: the.placed(account) }), [])).toBe(false)
    expect(coversFrom(viewer(), 0, [])).toBe(false)
    expect(coversFrom(viewer({ placement: `placement of ${agency}` }), 7, accountChain())).toBe(false)
  })

  test('of a deleted tenant, the first says that it is not there', () => {
    const gone = held(account, viewer(), { chain: accountChain({ account: { status: 'deleted' } }) })
    expect(answers(gone)['status']).toBe('tenant_not_visible')
  })
})

test('the answer names the permission and says allowed only with the code allowed', () => {
  expect(decide(asking(reading), held(account, viewer()), now)).toEqual({
    allowed: true,
    code: 'allowed',
    permission: reading,
  })
  expect(decide(asking(reading), factsOf([grants(account, [], { principal: maria })]), now)).toEqual({
    allowed: false,
    code: 'tenant_not_visible',
    permission: reading,
  })
})
