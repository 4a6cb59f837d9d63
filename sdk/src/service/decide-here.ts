// The decision in this process: the server's own evaluator over facts that are kept, and loaded only when they are not.
import { attributesOf } from '@latchkey/core/access/contract/resource'
import { decide } from '@latchkey/core/access/decide'
import type { Decision } from '@latchkey/core/access/decision'
import type { AttributeMap } from '@latchkey/core/access/facts'
import { isTenantId, type TenantId } from '@latchkey/core/kernel/ids'
import { instantOf, isOver } from '@latchkey/core/kernel/time'
import { type FactSource, type FactsAt, factsOf } from './facts/facts-of.ts'
import { LatchkeyRefusal, refused } from './refused.ts'
import type { Standing } from './standing.ts'

/** What a permission is asked for. */
export interface On {
  /** The credential's own tenant when absent; people must name one. */
  readonly tenant?: string
  /** What conditions see as `resource`; this service vouches for it. */
  readonly resource?: {
    readonly type?: string
    readonly id?: string
    readonly ownerId?: string
    readonly properties?: Readonly<Record<string, string | number | boolean | readonly string[]>>
  }
  /** What conditions see as `action`, beside the permission. */
  readonly action?: Readonly<Record<string, string | number | boolean | readonly string[]>>
  /** The revision of a write that the decision must see. */
  readonly atLeast?: string
}

export interface Asked {
  readonly permission: string
  readonly on: On
  readonly address: string | undefined
}

export const decideHere = (
  source: FactSource,
  standing: Standing,
  { permission, on, address }: Asked,
): Decision | Promise<Decision> => {
  const now = instantOf(source.clocks.wall())
  const judge = ({ facts }: FactsAt): Decision => {
    if (!facts.ok) {
      if (facts.error.code !== 'not_found') throw new LatchkeyRefusal(facts.error)
      return { allowed: false, code: 'tenant_not_visible', permission }
    }
    if (isOver(facts.value.token.notAfter, now) || now >= standing.endsAt) throw refused('invalid_token')
    const request = { time: new Date(now), ...(address === undefined ? {} : { address }) }
    return decide({ permission, resource: resourceOf(on), action: on.action ?? {}, request }, facts.value, now)
  }
  // Under a name that is no tenant nothing was ever put together.
  const kept = standing.assembled.get((on.tenant ?? standing.tenant) as TenantId)
  if (on.atLeast === undefined && kept !== undefined && source.store.stands(kept.startedAt, kept.generation)) {
    return judge(kept)
  }
  const tenant = tenantOf(standing, on)
  return assembled(source, standing, tenant, on.atLeast).then(judge)
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

const nothing: AttributeMap = {}

/** As the server sees a resource that a service vouches for. Cast: the same shape, read-only. */
const resourceOf = ({ resource }: On): AttributeMap =>
  resource === undefined ? nothing : attributesOf(resource as Parameters<typeof attributesOf>[0])
