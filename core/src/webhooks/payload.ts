// What an endpoint is told: which event, where, when, by whom and about what. Never a secret, nor another tenant's id.
import type { TenantId } from '../kernel/ids.ts'
import { type Instant, toIso } from '../kernel/time.ts'

export interface ToldEvent {
  readonly event: string
  readonly tenant: TenantId
  readonly type: string
  readonly at: Instant
  /** The point in the database's time at which it was committed: of two events about one thing, the newer counts. */
  readonly revision: string
  readonly actor: { readonly principal: string; readonly impersonator?: string }
  readonly targets: readonly string[]
}

/** The shape of Standard Webhooks, as a type: it goes out as JSON. */
export interface Payload {
  readonly type: string
  readonly timestamp: string
  readonly data: {
    readonly event: string
    readonly tenant: string
    readonly revision: string
    readonly actor: ToldEvent['actor']
    readonly targets: readonly string[]
  }
}

const tenantIds = /(?:agy|acc)_[0-9A-Za-z]{22}/g

/** An account that moves is an event of two agencies: each hears of itself only. */
const isOwn = (text: string, own: readonly string[]): boolean =>
  (text.match(tenantIds) ?? []).every((id) => own.includes(id))

/** Details and reasons stay in the audit log, where reading is decided and recorded. `endpoint` is the tenant that the endpoint is of. */
export const payloadOf = (told: ToldEvent, endpoint: TenantId): Payload => ({
  type: told.type,
  timestamp: toIso(told.at),
  data: {
    event: told.event,
    tenant: told.tenant,
    revision: told.revision,
    actor: told.actor,
    targets: told.targets.filter((target) => isOwn(target, [told.tenant, endpoint])),
  },
})
