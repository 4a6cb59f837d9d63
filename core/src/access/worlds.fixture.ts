// Small worlds full of edges, made from a list of choices: fast-check draws the list in a test, and shrinks it.
import type { PermissionSet } from '../catalogue/permission-set.ts'
import type { TenantId } from '../kernel/ids.ts'
import type { PrincipalRef } from '../kernel/principal.ts'
import { type Instant, instantOf, minutes, plusSeconds } from '../kernel/time.ts'
import * as the from './facts.fixture.ts'
import type { Facts, GrantEntry, GrantsFacts, NodeFacts, Question, SubjectFacts } from './facts.ts'

/** One of the given things; `draw` answers 0 when its choices are used up, so the quiet choice stands first. */
export type Draw = (below: number) => number
export type Pick = <Item>(...items: readonly [Item, ...Item[]]) => Item

/** Takes its choices from `numbers`, one after the other. */
export const drawFrom = (numbers: readonly number[]): Draw => {
  let next = 0
  return (below) => (numbers[next++] ?? 0) % below
}

export const picker =
  (draw: Draw): Pick =>
  (...items) =>
    items[draw(items.length)] ?? items[0]

export const several = <Item>(draw: Draw, most: number, make: () => Item): readonly Item[] =>
  Array.from({ length: draw(8) === 7 ? 0 : 1 + draw(most) }, make)

export const oneIn = (draw: Draw, chances: number): boolean => draw(chances) === chances - 1

export interface World {
  readonly facts: Facts
  readonly question: Question
}

const names = [...the.head.permissionByName.keys(), the.ownName] as const
const roles = [
  'agency.owner',
  'agency.admin',
  'account.editor',
  'account.viewer',
  'platform.owner',
  'account.owner',
  the.customRole,
  the.composedRole,
] as const
const tenants = [the.account, the.agency, the.platform, the.sibling, the.otherAgency] as const
const guards = ['notes.read', 'notes.*', 'notes/files.*', 'iam.roles.*', 'iam.*', '*', 'iam.tenants.get'] as const

const setFrom = (draw: Draw): PermissionSet => {
  const chosen = names.filter(() => draw(4) !== 3)
  return the.setOf(...chosen)
}

/** Compositions of every kind: of built-in roles, of each other in a circle, of what is not there. */
const customFrom = (draw: Draw): NodeFacts['customRoles'] => {
  const pick = picker(draw)
  const includes = pick([], [], ['account.viewer'], [the.composedRole], ['nobody.ever'])
  const simple = [the.customRole, the.custom(setFrom(draw), ...includes)] as const
  const composed = [the.composedRole, the.custom(setFrom(draw), the.customRole)] as const
  return new Map(pick([], [simple], [simple, composed], [composed]))
}

const moment = (pick: Pick): Instant | undefined =>
  pick<Instant | undefined>(undefined, undefined, instantOf(the.now + 1), the.now, instantOf(the.now - 1))

const nodeFrom = (draw: Draw, id: TenantId, kind: NodeFacts['kind']): NodeFacts => {
  const pick = picker(draw)
  return the.node(id, kind, {
    status: oneIn(draw, 8) ? 'suspended' : oneIn(draw, 30) ? 'deleted' : 'active',
    catalogueVersion: pick(the.head.version, the.older.version, the.head.version, 'unknown'),
    guardrail: { deniedPermissions: pick(0, 0, 0, 1) === 1 ? [picker(draw)(...guards)] : [] },
    customRoles: customFrom(draw),
    ownPermissions: kind === 'agency' && pick(0, 1) === 1 ? the.ownPermissions : new Map(),
  })
}

const entryFrom = (draw: Draw): GrantEntry => {
  const pick = picker(draw)
  const place = (id: TenantId): readonly [string, string] => [id, pick(`placement of ${id}`, 'an older placement')]
  return the.entry(pick(...roles, 'agency.owner', 'nobody.ever', '__proto__'), {
    reach: pick('subtree', 'node', 'listed'),
    accounts: new Map(pick([], [the.account], [the.account, the.sibling], [the.sibling]).map(place)),
    condition: pick(undefined, undefined, undefined, the.condition(true), the.condition(false), the.condition('error')),
    placement: pick(0, 0, 0, 1) === 1 ? pick(`placement of ${the.account}`, `placement of ${the.agency}`) : undefined,
    until: moment(pick),
  })
}

const grantsFrom = (draw: Draw): GrantsFacts => {
  const pick = picker(draw)
  return the.grants(
    pick(the.agency, the.agency, ...tenants, the.account, the.agency),
    several(draw, 3, () => entryFrom(draw)),
    {
      principal: pick<PrincipalRef>(the.maria, the.team),
      status: pick('active', 'active', 'active', 'active', 'active', 'active', 'suspended', 'removed'),
    },
  )
}

const subjectFrom = (draw: Draw): SubjectFacts => {
  const pick = picker(draw)
  const principal = pick(the.maria, the.maria, the.maria, the.robot)
  const active = !oneIn(draw, 20)
  return {
    ...the.subject(
      several(draw, 5, () => grantsFrom(draw)),
      principal,
    ),
    active,
  }
}

const tokenFrom = (draw: Draw): Facts['token'] => {
  const pick = picker(draw)
  const fresh = plusSeconds(the.now, minutes(-10))
  const place = (id: TenantId): readonly [string, string] => [id, pick(`placement of ${id}`, 'an older placement')]
  return {
    permissions: pick(0, 0, 1) === 1 ? setFrom(draw) : undefined,
    tenant: oneIn(draw, 3) ? pick(...tenants) : undefined,
    accounts: oneIn(draw, 4)
      ? new Map(pick([the.account], [the.sibling], [the.account, the.sibling]).map(place))
      : undefined,
    signedInAt: pick<Instant | undefined>(the.now, instantOf(fresh + 1), fresh, undefined),
    notAfter: moment(pick),
  }
}

const installationFrom = (draw: Draw): Facts['installation'] => {
  const pick = picker(draw)
  if (pick(0, 0, 0, 1) === 0) return undefined
  const ids = pick([the.account], [the.sibling], [the.agency], [])
  return {
    active: pick(true, true, true, false),
    permissions: setFrom(draw),
    at: pick(the.agency, the.account, the.platform, the.otherAgency),
    coverage: pick<NonNullable<Facts['installation']>['coverage']>('all', { only: ids }, { allBut: ids }),
  }
}

const impersonationFrom = (draw: Draw): Facts['impersonation'] => {
  const pick = picker(draw)
  if (pick(0, 0, 0, 0, 1) === 0) return undefined
  return { actor: subjectFrom(draw), permissions: setFrom(draw), tenant: pick(the.account, the.agency, the.sibling) }
}

/** A tenant of any kind, what is granted around it, and a question about it. */
export const worldFrom = (draw: Draw): World => {
  const pick = picker(draw)
  const chain = [
    nodeFrom(draw, the.account, 'account'),
    nodeFrom(draw, the.agency, 'agency'),
    nodeFrom(draw, the.platform, 'platform'),
  ].slice(pick(0, 0, 0, 1, 2))
  return {
    question: the.asking(pick(...(names as unknown as [string, ...string[]]), 'nobody.knows', '__proto__')), // never empty
    facts: the.factsOf([], {
      chain,
      subject: subjectFrom(draw),
      token: tokenFrom(draw),
      installation: installationFrom(draw),
      impersonation: impersonationFrom(draw),
    }),
  }
}
