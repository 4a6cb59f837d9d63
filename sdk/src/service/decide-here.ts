// The decision in this process: the server's own evaluator over facts that are kept, and loaded only when they are not.
import { attributesOf } from '@latchkey/core/access/contract/resource'
import { decide } from '@latchkey/core/access/decide'
import type { Decision } from '@latchkey/core/access/decision'
import type { AttributeMap, Question } from '@latchkey/core/access/facts'
import { isTenantId, type TenantId } from '@latchkey/core/kernel/ids'
import { type Instant, instantOf, isOver } from '@latchkey/core/kernel/time'
import type { Moment } from './clocks.ts'
import { type FactSource, type FactsAt, factsOf } from './facts/facts-of.ts'
import type { On } from './on.ts'
import { LatchkeyRefusal, refused } from './refused.ts'
import type { Standing } from './standing.ts'

export interface Asked {
  readonly permission: string
  readonly on: On
  readonly address: string | undefined
}

const nothing: AttributeMap = {}
/** What nobody looks at. */
const unasked: Omit<Question, 'permission'> = { resource: nothing, action: nothing, request: nothing }

export const decideHere = (
  source: FactSource,
  standing: Standing,
  asked: Asked,
  at: Moment,
): Decision | Promise<Decision> => {
  const { on } = asked
  // Under a name that is no tenant nothing was ever put together.
  const kept = standing.assembled.get((on.tenant ?? standing.tenant) as TenantId)
  if (
    on.atLeast === undefined &&
    kept !== undefined &&
    source.store.stands(kept.startedAt, kept.generation, at.steady)
  ) {
    return judge(kept, standing, asked, at.wall)
  }
  const tenant = tenantOf(standing, on)
  return assembled(source, standing, tenant, on.atLeast).then((found) =>
    judge(found, standing, asked, source.clocks.wall()),
  )
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

const maxTenants = 200

const assembled = async (
  source: FactSource,
  standing: Standing,
  tenant: TenantId,
  atLeast: string | undefined,
): Promise<FactsAt> => {
  const found = await factsOf(source, tenant, () => standing.asker(tenant), atLeast)
  standing.confirm(tenant)
  if (standing.assembled.size >= maxTenants) standing.assembled.clear()
  standing.assembled.set(tenant, found)
  return found
}

const tenantOf = ({ tenant }: Standing, on: On): TenantId => {
  const named = on.tenant ?? tenant
  if (named !== undefined && isTenantId(named)) return named
  // What is no tenant at all is refused as one that nobody knows.
  throw named === undefined
    ? refused('invalid_request', { field: 'tenant', detail: 'Name the tenant.' })
    : refused('not_found')
}

/** As the server sees a resource that a service vouches for. Cast: the same shape, read-only. */
const resourceOf = ({ resource }: On): AttributeMap =>
  resource === undefined ? nothing : attributesOf(resource as Parameters<typeof attributesOf>[0])
