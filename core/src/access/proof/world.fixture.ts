// Generated worlds rich in edges: a chain of tenants, several subjects, several tokens, several sets of attributes, over one kit.
import { of, type PermissionSet } from '../../catalogue/permission-set.ts'
import type { TenantId } from '../../kernel/ids.ts'
import type { PrincipalRef } from '../../kernel/principal.ts'
import { type Instant, instantOf, minutes, plusSeconds } from '../../kernel/time.ts'
import { isVisible } from '../decide.ts'
import * as the from '../facts.fixture.ts'
import type { Facts, GrantEntry, GrantsFacts, NodeFacts, Question, SubjectFacts, TokenFacts } from '../facts.ts'
import { permissionIn } from '../meaning/permissions.ts'
import { type Draw, oneIn, type Pick as PickOne, picker, several } from '../worlds.fixture.ts'
import { actions, conditions, requestsAt, resources, said, subjectAttributes } from './conditions.fixture.ts'
import { keyCapsFrom, keyTokenFrom } from './keys.fixture.ts'
import { type Kit, own } from './kits.fixture.ts'

export type Attributes = Omit<Question, 'permission'>

export interface ProofWorld {
  readonly kit: Kit
  /** Everything but who asks and through what. */
  readonly base: Omit<Facts, 'subject' | 'token'>
  readonly subjects: readonly SubjectFacts[]
  /** A key's depends on whose it is. */
  readonly tokensOf: (principal: PrincipalRef) => readonly TokenFacts[]
  readonly attributes: readonly Attributes[]
}

export const teams = [the.team, 'team:tea_Support000000000000000' as PrincipalRef] as const // in the shape of a drawn id
const tenants = [the.account, the.agency, the.platform, the.sibling, the.otherAgency] as const

interface Making {
  readonly kit: Kit
  readonly draw: Draw
  readonly pick: PickOne
}

const setFrom = ({ kit, draw }: Making): PermissionSet => {
  const density = 2 + draw(4)
  const numbers = [...kit.head.permissionByName.values(), ...own].map(({ number }) => number)
  return of(numbers.filter(() => draw(density) !== 0))
}

/** Of built-in roles, of each other in a circle, of what is not there. */
const rolesFrom = (making: Making): NodeFacts['customRoles'] => {
  const { kit, pick, draw } = making
  const builtIn = kit.roles[draw(kit.roles.length)] ?? ''
  const small = () => the.custom(of([1 + draw(kit.head.permissionByName.size), 4096 + draw(3)]))
  const includes = pick([], [], [builtIn], [the.composedRole], ['nobody.ever'], [builtIn, the.composedRole])
  const simple = [the.customRole, { ...(oneIn(draw, 3) ? the.custom(setFrom(making)) : small()), includes }] as const
  const above = pick([the.customRole], [the.customRole, 'account.viewer'], [the.composedRole, the.customRole])
  const composed = [the.composedRole, { ...small(), includes: above }] as const
  return new Map(pick([], [simple], [simple, composed], [composed]))
}

/** No end, mostly; else a millisecond before it, at it, or after it. */
const moment = ({ draw, pick }: Making): Instant | undefined =>
  oneIn(draw, 4) ? pick(instantOf(the.now + 1), instantOf(the.now + 1), the.now, instantOf(the.now - 1)) : undefined

const place =
  (pick: PickOne) =>
  (id: TenantId): readonly [string, string] => [
    id,
    pick(`placement of ${id}`, `placement of ${id}`, 'an older placement'),
  ]

const nodeFrom = (making: Making, id: TenantId, kind: NodeFacts['kind']): NodeFacts => {
  const { kit, draw } = making
  const guards = oneIn(draw, 5) ? several(draw, 2, () => kit.guards[draw(kit.guards.length)] ?? '') : []
  const offered = own.filter(() => draw(4) !== 0)
  return the.node(id, kind, {
    status: oneIn(draw, 10) ? 'suspended' : oneIn(draw, 60) ? 'deleted' : 'active',
    placementId: oneIn(draw, 8) ? 'a new placement' : `placement of ${id}`,
    catalogueVersion: oneIn(draw, 25) ? 'unknown' : (kit.versions[draw(kit.versions.length)]?.version ?? ''),
    guardrail: { deniedPermissions: guards, ...keyCapsFrom(kit, draw) },
    // The platform has neither roles nor permissions of its own.
    customRoles: kind === 'platform' ? new Map() : rolesFrom(making),
    ownPermissions: new Map(kind === 'agency' && draw(3) !== 0 ? offered.map((one) => [one.name, one]) : []),
  })
}

const roleFrom = ({ kit, draw, pick }: Making): string => {
  if (oneIn(draw, 4)) return pick(the.customRole, the.composedRole)
  return oneIn(draw, 20) ? pick('nobody.ever', '__proto__') : (kit.roles[draw(kit.roles.length)] ?? '')
}

const entryFrom = (making: Making, at: TenantId): GrantEntry => {
  const { draw, pick } = making
  const listing = pick([the.account], [the.account, the.sibling], [the.sibling], [])
  return the.entry(roleFrom(making), {
    assignmentId: `asg_${String(draw(1_000_000)).padStart(22, '0')}` as GrantEntry['assignmentId'], // in the shape of a drawn id
    reach: pick('subtree', 'subtree', 'node', 'listed'),
    accounts: new Map(listing.map(place(pick))),
    condition: oneIn(draw, 3) ? conditions[draw(conditions.length)] : undefined,
    // Borrowed power: it counts at this placement of its tenant only.
    placement: oneIn(draw, 4) ? pick(`placement of ${at}`, 'an older placement') : undefined,
    // …and, by who has no membership here, only while they are active above.
    ...(oneIn(draw, 5) ? { borrowed: true } : {}),
    until: moment(making),
  })
}

const grantsFrom = (making: Making, principal: PrincipalRef): GrantsFacts => {
  const { draw, pick } = making
  const at = oneIn(draw, 6) ? pick(...tenants) : pick(the.agency, the.agency, the.account, the.platform)
  return the.grants(
    at,
    several(draw, 3, () => entryFrom(making, at)),
    {
      principal: pick<PrincipalRef>(principal, principal, ...teams),
      status: oneIn(draw, 12) ? pick('suspended', 'removed') : 'active',
      ...(oneIn(draw, 2) ? { attributes: said[draw(said.length)] ?? {} } : {}),
    },
  )
}

const subjectFrom = (making: Making, principal: PrincipalRef): SubjectFacts => {
  const { draw } = making
  const drawn = several(draw, 6, () => grantsFrom(making, principal))
  // There is one fold for each principal at each tenant.
  const unique = new Map(drawn.map((one) => [`${one.at} ${one.principal}`, one]))
  return {
    ...the.subject([...unique.values()], principal),
    active: !oneIn(draw, 25),
    attributes: subjectAttributes[draw(subjectAttributes.length)] ?? {},
  }
}

const session = (pick: PickOne): TokenFacts => {
  const fresh = plusSeconds(the.now, minutes(-10))
  return { ...the.session, signedInAt: pick<Instant | undefined>(the.now, instantOf(fresh + 1), fresh, undefined) }
}

/** A key with what guardrails leave of it, or a token of any set; for some tenant, perhaps narrowed to accounts. */
const keyFrom = (making: Making, known: Pick<Facts, 'head' | 'chain'>): ((principal: PrincipalRef) => TokenFacts) => {
  const { kit, draw, pick } = making
  const rest = {
    tenant: oneIn(draw, 12) ? pick(...tenants) : pick(the.agency, the.platform, the.account, undefined),
    accounts: oneIn(draw, 6)
      ? new Map(pick([the.account], [the.sibling], [the.account, the.sibling], []).map(place(pick)))
      : undefined,
    signedInAt: pick<Instant | undefined>(undefined, the.now),
    notAfter: moment(making),
    ...(oneIn(draw, 6) ? { placement: pick(`placement of ${the.agency}`, 'an older placement') } : {}),
  }
  if (!oneIn(draw, 2)) return keyTokenFrom(kit, draw, known, rest)
  const permissions = setFrom(making)
  return () => ({ ...rest, permissions })
}

const installationFrom = (making: Making): Facts['installation'] => {
  const { draw, pick } = making
  if (!oneIn(draw, 6)) return undefined
  const ids = pick([the.account], [the.sibling], [the.agency], [])
  return {
    active: !oneIn(draw, 6),
    permissions: setFrom(making),
    at: pick(the.agency, the.agency, the.account, the.platform, the.otherAgency),
    coverage: pick<NonNullable<Facts['installation']>['coverage']>('all', { only: ids }, { allBut: ids }),
  }
}

const impersonationFrom = (making: Making): Facts['impersonation'] => {
  const { draw, pick } = making
  if (!oneIn(draw, 8)) return undefined
  return {
    actor: subjectFrom(making, the.omar),
    permissions: setFrom(making),
    tenant: pick(the.account, the.agency, the.account, the.sibling),
  }
}

const attributesFrom = ({ draw }: Making): Attributes => {
  const requests = requestsAt(the.now)
  return {
    resource: resources[draw(resources.length)] ?? {},
    action: actions[draw(actions.length)] ?? {},
    request: requests[draw(requests.length)] ?? {},
  }
}

export const proofWorld = (kit: Kit, draw: Draw): ProofWorld => {
  const making: Making = { kit, draw, pick: picker(draw) }
  const chain = [
    nodeFrom(making, the.account, 'account'),
    nodeFrom(making, the.agency, 'agency'),
    nodeFrom(making, the.platform, 'platform'),
  ].slice(making.pick(0, 0, 0, 0, 0, 1, 1, 2))
  const { head, versions } = kit
  const signedIn = session(making.pick)
  const key = keyFrom(making, { head, chain })
  return {
    kit,
    base: {
      head,
      catalogueOf: (version) => versions.find((catalogue) => catalogue.version === version),
      chain,
      installation: installationFrom(making),
      impersonation: impersonationFrom(making),
    },
    subjects: [the.maria, the.omar, the.robot].map((principal) => subjectFrom(making, principal)),
    tokensOf: (principal) => [signedIn, key(principal)],
    attributes: [attributesFrom(making), attributesFrom(making)],
  }
}

/** One question about a world: anything it knows, and now and then what nobody knows. */
export const oneQuestion = (world: ProofWorld, draw: Draw): { readonly facts: Facts; readonly question: Question } => {
  const { kit, base, subjects, tokensOf, attributes } = world
  const [maria] = subjects
  const asker = (): Facts => {
    const subject = subjects[draw(subjects.length)] ?? maria ?? the.subject([])
    const tokens = tokensOf(subject.principal)
    return { ...base, subject, token: tokens[draw(tokens.length)] ?? the.session }
  }
  let facts = asker()
  // Somebody who sees the tenant has more to ask; not everybody does.
  for (let again = 0; again < 3 && !isVisible(facts, the.now); again++) facts = asker()
  const question = attributes[draw(attributes.length)] ?? { resource: {}, action: {}, request: {} }
  // Most questions are about what somebody can hold at this kind of tenant.
  const kind = facts.chain[0]?.kind ?? 'account'
  let permission = kit.asked[draw(kit.asked.length)] ?? ''
  for (let again = 0; again < 3; again++) {
    if (permissionIn(facts, permission)?.levels.includes(kind) === true) break
    permission = kit.asked[draw(kit.asked.length)] ?? ''
  }
  return { facts, question: { ...question, permission } }
}
