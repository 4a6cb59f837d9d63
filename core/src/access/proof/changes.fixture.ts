// Changes of generated worlds whose effect on the answer is known beforehand: the metamorphic relations of CATALOGUE B6.
import { intersect, minus, type PermissionSet, union } from '../../catalogue/permission-set.ts'
import type { TenantId } from '../../kernel/ids.ts'
import type { PrincipalRef } from '../../kernel/principal.ts'
import * as the from '../facts.fixture.ts'
import type { CustomRole, Facts, GrantEntry, GrantsFacts, NodeFacts } from '../facts.ts'
import { rolePermissions } from '../roles.ts'
import type { Draw } from '../worlds.fixture.ts'

export const withGrants = (facts: Facts, grants: readonly GrantsFacts[]): Facts => ({
  ...facts,
  subject: { ...facts.subject, grants },
})

/** One of the subject's entries replaced by others (none takes it away); the same facts when it has none. */
export const replacingEntry = (
  facts: Facts,
  draw: Draw,
  others: (entry: GrantEntry, at: string) => readonly GrantEntry[],
): Facts => {
  const { grants } = facts.subject
  const filled = grants.filter((one) => one.entries.length > 0)
  const chosen = filled[draw(filled.length || 1)]
  if (chosen === undefined) return facts
  const index = draw(chosen.entries.length)
  const entries = chosen.entries.flatMap((entry, at) => (at === index ? others(entry, chosen.at) : [entry]))
  return withGrants(
    facts,
    grants.map((one) => (one === chosen ? { ...one, entries } : one)),
  )
}

export const replacingNode = (facts: Facts, draw: Draw, change: (node: NodeFacts) => Partial<NodeFacts>): Facts => {
  const index = draw(facts.chain.length)
  return { ...facts, chain: facts.chain.map((node, at) => (at === index ? { ...node, ...change(node) } : node)) }
}

const shuffled = <Item>(items: Iterable<Item>, draw: Draw): readonly Item[] => {
  const left = [...items]
  const taken: Item[] = []
  while (left.length > 0) taken.push(...left.splice(draw(left.length), 1))
  return taken
}

/** Everything that has an order only because it is stored somehow: grants, entries, roles, denials, lists, coverage. */
export const permuted = (facts: Facts, draw: Draw): Facts => {
  const mapOf = <Key, Value>(map: ReadonlyMap<Key, Value>) => new Map(shuffled(map, draw))
  const chain = facts.chain.map((node) => ({
    ...node,
    guardrail: { deniedPermissions: shuffled(node.guardrail.deniedPermissions, draw) },
    customRoles: mapOf(node.customRoles),
    ownPermissions: mapOf(node.ownPermissions),
  }))
  const grants = shuffled(facts.subject.grants, draw).map((one) => ({
    ...one,
    entries: shuffled(one.entries, draw).map((entry) => ({ ...entry, accounts: mapOf(entry.accounts) })),
  }))
  return { ...withGrants(facts, grants), chain }
}

/** Grants of every kind at tenants that are not in the chain; of the subject itself and of a team. */
export const withForeignGrants = (facts: Facts, draw: Draw): Facts => {
  const foreign = [the.sibling, the.otherAgency, 'acc_Foreign000000000000000' as TenantId] // in the shape of a drawn id
  const entries = ['agency.owner', 'account.owner', 'platform.owner', the.customRole].map((role) => the.entry(role))
  const more = foreign.map((at) =>
    the.grants(at, entries, {
      principal: draw(2) === 0 ? facts.subject.principal : the.team,
      status: (['active', 'active', 'suspended', 'removed'] as const)[draw(4)] ?? 'active',
    }),
  )
  const lists = facts.subject.grants.map((one) => ({
    ...one,
    entries: one.entries.map((entry) => ({
      ...entry,
      accounts: new Map([...entry.accounts, ['acc_Foreign000000000000000', 'p']]),
    })),
  }))
  return withGrants(facts, [...more, ...lists])
}

/** A role and the two that hold a part of it each, defined where it is defined; a built-in one becomes two custom ones. */
export const splitRole = (facts: Facts, draw: Draw, part: PermissionSet): Facts => {
  const definitions: (readonly [at: number, id: string, role: CustomRole])[] = []
  const changed = replacingEntry(facts, draw, (entry, at) => {
    const index = facts.chain.findIndex((node) => node.id === at)
    if (index === -1) return [entry]
    const definer = facts.chain.findIndex((node, above) => above >= index && node.customRoles.has(entry.role))
    const custom = facts.head.roleByName.has(entry.role) ? undefined : facts.chain[definer]?.customRoles.get(entry.role)
    const { permissions, includes } = custom ?? the.custom(rolePermissions(facts, entry.role, at))
    const where = custom === undefined ? index : definer
    definitions.push([where, 'rol_First', the.custom(intersect(permissions, part), ...includes.slice(1))])
    definitions.push([where, 'rol_Second', the.custom(minus(permissions, part), ...includes.slice(0, 1))])
    return [
      { ...entry, role: 'rol_First' },
      { ...entry, role: 'rol_Second' },
    ]
  })
  const chain = facts.chain.map((node, at) => {
    const here = definitions.filter(([where]) => where === at).map(([, id, role]) => [id, role] as const)
    return here.length === 0 ? node : { ...node, customRoles: new Map([...node.customRoles, ...here]) }
  })
  return { ...changed, chain }
}

/** More power in one place: a role that holds more, an entry that reaches further, lasts longer or asks for less. */
export const widened = (facts: Facts, draw: Draw, more: PermissionSet): Facts => {
  const target = facts.chain[0]
  const change = (entry: GrantEntry): readonly GrantEntry[] => {
    const listed = new Map([
      ...entry.accounts,
      ...(target === undefined ? [] : [[target.id, target.placementId] as const]),
    ])
    const wider: readonly Partial<GrantEntry>[] = [
      { reach: 'subtree' },
      { until: undefined },
      { condition: undefined },
      { placement: undefined },
      { accounts: listed },
      { reach: 'subtree', until: undefined, condition: undefined, placement: undefined },
    ]
    // Every other time the widest of them, and another role beside it.
    const chosen = draw(2) === 0 ? wider[draw(wider.length)] : wider.at(-1)
    return [{ ...entry, ...chosen }, ...(draw(2) === 0 ? [] : [the.entry('account.owner'), the.entry('agency.owner')])]
  }
  if (draw(3) > 0) return replacingEntry(facts, draw, change)
  return replacingNode(facts, draw, (node) => ({
    customRoles: new Map(
      [...node.customRoles].map(([id, role]) => [id, { ...role, permissions: union(role.permissions, more) }]),
    ),
  }))
}

/** A party more, or one that carries less. */
export const narrowed = (facts: Facts, draw: Draw, part: PermissionSet): Facts => {
  const { token, installation, impersonation } = facts
  const target = facts.chain[0]?.id ?? the.account
  const changes: readonly Partial<Facts>[] = [
    // A session without scopes stays one: as a key's token it would be asked for other things (a machine has no sign-in to be fresh).
    { token: { ...token, permissions: token.permissions && intersect(token.permissions, part) } },
    { token: { ...token, notAfter: token.notAfter ?? the.later(draw(2)) } },
    { token: { ...token, accounts: token.accounts ?? the.placed(target) } },
    { token: { ...token, tenant: token.tenant ?? the.agency } },
    { installation: installation ?? { active: true, at: the.agency, permissions: part, coverage: 'all' } },
    { impersonation: impersonation ?? { actor: facts.subject, permissions: part, tenant: target } },
  ]
  return { ...facts, ...changes[draw(changes.length)] }
}

/** What a person has been given goes to a team of theirs at the same tenant, where they stay an active member. */
export const givenToTeam = (facts: Facts, draw: Draw): Facts => {
  const { principal, grants } = facts.subject
  const own = grants.filter((one) => one.status === 'active' && one.principal === principal)
  const chosen = own[draw(own.length || 1)]
  const moved = grants.flatMap((one): readonly GrantsFacts[] =>
    one === chosen
      ? [{ ...one, entries: [] }, the.grants(one.at, one.entries, { principal: 'team:tea_New' as PrincipalRef })]
      : [one],
  )
  return withGrants(facts, moved)
}

/** The same facts as other objects throughout, so that nothing kept for the old ones can be found again. */
export const rebuilt = (facts: Facts): Facts => {
  const catalogues = new Map<string, Facts['head']>([[facts.head.version, { ...facts.head }]])
  const again = (catalogue: Facts['head']): Facts['head'] => {
    const kept = catalogues.get(catalogue.version) ?? { ...catalogue }
    catalogues.set(catalogue.version, kept)
    return kept
  }
  return {
    ...facts,
    head: again(facts.head),
    catalogueOf: (version) => {
      const found = facts.catalogueOf(version)
      return found === undefined ? undefined : again(found)
    },
    chain: facts.chain.map((node) => ({ ...node })),
  }
}
