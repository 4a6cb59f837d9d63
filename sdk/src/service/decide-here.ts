// The decision in this process: the server's own evaluator over facts that are kept, and loaded only when they are not.
import { attributesOf } from '@latchkey/core/access/contract/resource'
import { decide } from '@latchkey/core/access/decide'
import type { Decision } from '@latchkey/core/access/decision'
import type { AttributeMap, Question } from '@latchkey/core/access/facts'
import { isTenantId, type TenantId } from '@latchkey/core/kernel/ids'
import { type Instant, instantOf, isOver } from '@latchkey/core/kernel/time'
import type { Moment } from './clocks.ts'
import type { AssembledFacts } from './facts/assembled-facts.ts'
import { type FactSource, type FactsAt, factsOf } from './facts/facts-of.ts'
import type { Misses } from './facts/misses.ts'
import type { On } from './on.ts'
import { LatchkeyRefusal, refused } from './refused.ts'
import type { Standing } from './standing.ts'

/** What decisions rest on. */
export interface Grounds extends FactSource {
  readonly assembled: AssembledFacts
  readonly misses: Misses
}

export interface Asked {
  readonly permission: string
  readonly on: On
  readonly address: string | undefined
}

const nothing: AttributeMap = {}
/** What nobody looks at. */
const unasked: Omit<Question, 'permission'> = { resource: nothing, action: nothing, request: nothing }

export const decideHere = (
  source: Grounds,
  standing: Standing,
  asked: Asked,
  at: Moment,
): Decision | Promise<Decision> => {
  const { on } = asked
  const named = 'tenant' in on ? on.tenant : ownTenant(standing, on)
  // Under a name that is no tenant nothing was ever put together.
  const kept = standing.assembled.get(named as TenantId)
  if (
    on.atLeast === undefined &&
    kept !== undefined &&
    source.store.stands(kept.startedAt, kept.generation, at.steady)
  ) {
    return judge(kept, standing, asked, at.wall)
  }
  const tenant = tenantOf(named)
  source.misses.allow(standing, tenant)
  return newly(source, standing, tenant, asked)
}

const newly = async (source: Grounds, standing: Standing, tenant: TenantId, asked: Asked): Promise<Decision> => {
  let isSeen: boolean | undefined
  try {
    const found = await assembled(source, standing, tenant, asked.on.atLeast)
    const decision = judge(found, standing, asked, source.clocks.wall())
    // Of what is known already nobody was asked.
    isSeen = decision.code !== 'tenant_not_visible' || (found.isLoaded ? false : undefined)
    return decision
  } finally {
    source.misses.answered(standing, tenant, isSeen)
  }
}

const judge = (
  { facts, isConditional }: FactsAt,
  standing: Standing,
  { permission, on, address }: Asked,
  milliseconds: number,
): Decision => {
  if (!facts.ok) {
    if (facts.error.code !== 'not_found') throw new LatchkeyRefusal(facts.error)
    return { allowed: false, code: 'tenant_not_visible', permission }
  }
  const now = instantOf(milliseconds)
  if (isOver(facts.value.token.notAfter, now) || now >= standing.endsAt) throw refused('invalid_token')
  // A condition that saw too little would be in error, and an error allows nothing.
  const question = isConditional ? wholeQuestion(permission, on, address, now) : { ...unasked, permission }
  return decide(question, facts.value, now)
}

const wholeQuestion = (permission: string, on: On, address: string | undefined, now: Instant): Question => {
  const request = { time: new Date(now), ...(address === undefined ? {} : { address }) }
  return { permission, resource: resourceOf(on), action: on.action ?? nothing, request }
}

const assembled = async (
  source: Grounds,
  standing: Standing,
  tenant: TenantId,
  atLeast: string | undefined,
): Promise<FactsAt> => {
  const found = await factsOf(source, tenant, () => standing.asker(tenant), atLeast)
  standing.confirm(tenant)
  source.assembled.keep({ of: standing.assembled, tenant }, found)
  return found
}

/** What a request names may be anything, whatever its type says here. */
const tenantOf = (named: unknown): TenantId => {
  if (typeof named === 'string' && isTenantId(named)) return named
  // What is no tenant at all is refused as one that nobody knows.
  throw named === undefined || named === null
    ? refused('invalid_request', { field: 'tenant', detail: 'Name the tenant.' })
    : refused('not_found')
}

const besideTenant: ReadonlySet<string> = new Set(['resource', 'action', 'atLeast'])

/** A tenant that is named, but has no value, or under a name that is misspelt, is not the credential's own. */
const ownTenant = ({ tenant }: Standing, on: On): string | undefined => {
  for (const field in on) {
    if (!besideTenant.has(field)) throw refused('invalid_request', { field, detail: 'There is no such field.' })
  }
  return tenant
}

/** As the server sees a resource that a service vouches for. Cast: the same shape, read-only. */
const resourceOf = ({ resource }: On): AttributeMap =>
  resource === undefined ? nothing : attributesOf(resource as Parameters<typeof attributesOf>[0])
