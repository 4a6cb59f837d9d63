// A told scenario as the facts that a decision looks at, read as the product itself would read them from its store.

import { type Catalogue, compileCatalogue } from '../../catalogue/compile.ts'
import document from '../../catalogue/data/2026-11-01.json' with { type: 'json' }
import { firstOwnNumber } from '../../catalogue/own-permission.ts'
import { readCatalogue } from '../../catalogue/read-catalogue.ts'
import type { PermissionEntry } from '../../catalogue/schema.ts'
import type { AssignmentId, ServiceId, TeamId, TenantId, UserId } from '../../kernel/ids.ts'
import { type PrincipalRef, serviceRef, teamRef, userRef } from '../../kernel/principal.ts'
import { type Instant, instantOf } from '../../kernel/time.ts'
import { brokenCondition, type Condition, compileCondition } from '../condition.ts'
import type { Facts, GrantEntry, GrantsFacts, NodeFacts, Question, SubjectFacts, TokenFacts } from '../facts.ts'
import { setIn } from '../meaning/permissions.ts'
import { ownScopesIn, recordedScopes, scopeSet } from '../meaning/scopes.ts'
import type { ScenarioCase, ScenarioFacts } from './scenario.fixture.ts'

const read = readCatalogue(document)
export const scenarioCatalogue: Catalogue = compileCatalogue(
  read.ok ? read.value : { version: '', permissions: [], scopes: [], roles: [] }, // on which every case fails
)

type Ask = ScenarioCase['ask']
type Told = ScenarioFacts['assignments'][string]

// Casts in this file: ids in the shape of drawn ones, made of the names that the files use.
const drawn = (prefix: string, name: string): string =>
  `${prefix}_${name
    .replaceAll(/[^0-9A-Za-z]/g, '')
    .padEnd(22, '0')
    .slice(0, 22)}`

/** Reads one told world; every method is about the names in it. */
export const scenarioWorld = (told: ScenarioFacts) => {
  const tenantOf = (name: string) => {
    const found = told.tenants[name]
    if (found === undefined) throw new Error(`There is no tenant "${name}".`)
    return found
  }
  const tenantId = (name: string): TenantId =>
    (tenantOf(name).kind === 'platform'
      ? 'platform'
      : drawn(tenantOf(name).kind === 'agency' ? 'agy' : 'acc', name)) as TenantId
  const placementNow = (name: string): string =>
    tenantOf(name).moved === true ? 'second placement' : 'first placement'
  const placementThen = (name: string, after: boolean): string => (after ? placementNow(name) : 'first placement')
  const custom = new Set(Object.values(told.tenants).flatMap(({ roles = {} }) => Object.keys(roles)))
  const roleId = (name: string): string => (custom.has(name) ? drawn('rol', name) : name)
  const principalOf = (name: string): PrincipalRef => {
    if (told.teams[name] !== undefined) return teamRef(drawn('tea', name) as TeamId)
    if (told.services.includes(name)) return serviceRef(drawn('svc', name) as ServiceId)
    if (told.people[name] === undefined) throw new Error(`There is nobody called "${name}".`)
    return userRef(name as UserId)
  }
  return { tenantOf, tenantId, placementNow, placementThen, roleId, principalOf }
}

type ScenarioWorld = ReturnType<typeof scenarioWorld>

export const assignmentIdOf = (name: string): AssignmentId => `asg_${name}` as AssignmentId

const momentOf = (text: string | undefined): Instant | undefined =>
  text === undefined ? undefined : instantOf(Date.parse(text))

const ownOf = (own: Readonly<Record<string, PermissionEntry['levels']>> = {}): ReadonlyMap<string, PermissionEntry> =>
  new Map(
    Object.entries(own).map(([name, levels], index) => [
      name,
      { number: firstOwnNumber + index, name, area: 'own', title: name, levels, worksOn: ['active'] },
    ]),
  )

const chainOf = (told: ScenarioFacts, world: ScenarioWorld, from: string): readonly NodeFacts[] => {
  const names: string[] = []
  for (let next: string | undefined = from; next !== undefined; next = told.tenants[next]?.under) names.push(next)
  const bare = names.map((name): NodeFacts => {
    const { kind, under, status = 'active', guardrail = [], own, catalogueVersion } = world.tenantOf(name)
    return {
      id: world.tenantId(name),
      kind,
      parentId: under === undefined ? undefined : world.tenantId(under),
      placementId: world.placementNow(name),
      status,
      catalogueVersion: catalogueVersion ?? scenarioCatalogue.version,
      guardrail: { deniedPermissions: guardrail },
      customRoles: new Map(),
      ownPermissions: ownOf(own),
    }
  })
  // Roles speak of permissions, and own permissions are known only when the whole chain is.
  return bare.map((node, at) => {
    const { roles = {} } = world.tenantOf(names[at] ?? '')
    const known = { head: scenarioCatalogue, chain: bare }
    const defined = Object.entries(roles).map(
      ([name, { permissions, includes = [] }]) =>
        [world.roleId(name), { permissions: setIn(known, permissions), includes: includes.map(world.roleId) }] as const,
    )
    return { ...node, customRoles: new Map(defined) }
  })
}

const conditionOf = (source: string): Condition => {
  const compiled = compileCondition(source)
  return compiled.ok ? compiled.value : brokenCondition(source)
}

const entryOf = (world: ScenarioWorld, name: string, one: Told): GrantEntry => {
  const after = one.afterMove === true
  return {
    assignmentId: assignmentIdOf(name),
    role: world.roleId(one.role),
    reach: one.reach,
    accounts: new Map(
      (one.accounts ?? []).map((account) => [world.tenantId(account), world.placementThen(account, after)]),
    ),
    placement: one.borrowed === true ? world.placementThen(one.at, after) : undefined,
    ...(one.borrowed === true ? { borrowed: true } : {}),
    condition: one.condition === undefined ? undefined : conditionOf(one.condition),
    until: momentOf(one.until),
  }
}

/** Their own grants at each tenant of the chain, and those of the teams that they are in there. */
const subjectOf = (
  told: ScenarioFacts,
  world: ScenarioWorld,
  chain: readonly NodeFacts[],
  who: string,
): SubjectFacts => {
  const principal = world.principalOf(who)
  const { disabled } = told.people[who] ?? {}
  const entriesAt = (name: string, at: TenantId): readonly GrantEntry[] =>
    Object.entries(told.assignments)
      .filter(([, one]) => one.who === name && world.tenantId(one.at) === at)
      .map(([assignment, one]) => entryOf(world, assignment, one))
  const grants = chain.flatMap((node): readonly GrantsFacts[] => {
    const member = told.memberships.find((one) => one.who === who && world.tenantId(one.at) === node.id)
    const { status = 'active', attributes } = member ?? {}
    const here = Object.entries(told.teams).filter(
      ([, team]) => world.tenantId(team.at) === node.id && team.members.includes(who) && status === 'active',
    )
    const teams = here.map(([name]) => drawn('tea', name) as TeamId)
    return [
      { principal, at: node.id, status, teams, entries: entriesAt(who, node.id), ...(attributes && { attributes }) },
      ...here.map(
        ([name]): GrantsFacts => ({
          principal: world.principalOf(name),
          at: node.id,
          status: 'active',
          teams: [],
          entries: entriesAt(name, node.id),
        }),
      ),
    ]
  })
  const kind = told.services.includes(who) ? 'service' : 'user'
  return { principal, active: disabled !== true, attributes: { id: who, kind }, grants }
}

const tokenOf = (
  world: ScenarioWorld,
  chain: readonly NodeFacts[],
  { key, signedInSecondsAgo = 60 }: Ask,
  now: Instant,
): TokenFacts => {
  if (key === undefined) {
    const signedInAt = signedInSecondsAgo === null ? undefined : instantOf(now - signedInSecondsAgo * 1_000)
    return { permissions: undefined, tenant: undefined, accounts: undefined, signedInAt, notAfter: undefined }
  }
  const places = key.accounts?.map(
    (name) => [world.tenantId(name), world.placementThen(name, key.beforeMove !== true)] as const,
  )
  return {
    permissions: recordedScopes(
      scenarioCatalogue,
      { head: scenarioCatalogue, chain },
      { scopes: key.scopes, own: ownScopesIn(chain, key.scopes) },
    ),
    tenant: world.tenantId(key.tenant),
    accounts: places === undefined ? undefined : new Map(places),
    signedInAt: undefined,
    notAfter: momentOf(key.until),
  }
}

const installationOf = (
  world: ScenarioWorld,
  chain: readonly NodeFacts[],
  { installation: app }: Ask,
): Facts['installation'] => {
  if (app === undefined) return undefined
  const only = app.only === undefined ? undefined : { only: app.only.map(world.tenantId) }
  const allBut = app.allBut === undefined ? undefined : { allBut: app.allBut.map(world.tenantId) }
  const permissions = scopeSet({ head: scenarioCatalogue, chain }, app.scopes)
  return { active: app.active, permissions, at: world.tenantId(app.at), coverage: only ?? allBut ?? 'all' }
}

export interface AskedScenario {
  readonly question: Question
  readonly facts: Facts
  readonly now: Instant
}

export const scenarioQuestion = (told: ScenarioFacts, ask: Ask, fileNow: string): AskedScenario => {
  const world = scenarioWorld(told)
  const now = instantOf(Date.parse(ask.when ?? fileNow))
  const chain = chainOf(told, world, ask.at)
  const session = ask.impersonatedBy
  const facts: Facts = {
    head: scenarioCatalogue,
    catalogueOf: (version) => (version === scenarioCatalogue.version ? scenarioCatalogue : undefined),
    chain,
    subject: subjectOf(told, world, chain, ask.who),
    token: tokenOf(world, chain, ask, now),
    installation: installationOf(world, chain, ask),
    impersonation: session && {
      actor: subjectOf(told, world, chain, session.actor),
      permissions: setIn({ head: scenarioCatalogue, chain }, session.permissions),
      tenant: world.tenantId(session.tenant),
    },
  }
  const request = { time: new Date(now), ...(ask.address === undefined ? {} : { address: ask.address }) }
  return {
    question: { permission: ask.permission, resource: ask.resource ?? {}, action: ask.action ?? {}, request },
    facts,
    now,
  }
}
