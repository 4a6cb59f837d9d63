// `tenants/{T}/webhooks/{id}` and the deliveries below it: an endpoint, and what became of each event that it was told of.
import type { TenantId, WebhookId } from '@latchkey/core/kernel/ids'
import { type Instant, instantOf, isOver, toIso } from '@latchkey/core/kernel/time'
import { type DocumentFields, instantIn, timestampOf } from '../../platform/store/reader.ts'

export const webhookPath = (tenant: TenantId, webhook: WebhookId): string => `tenants/${tenant}/webhooks/${webhook}`

/** Newest first, in the order of ids; the same for the same event, however often it is heard of. */
export const deliveryId = (event: string, at: Instant): string =>
  `${String(9_999_999_999_999 - at).padStart(13, '0')}-${event}`

export const deliveryPath = (tenant: TenantId, webhook: WebhookId, delivery: string): string =>
  `${webhookPath(tenant, webhook)}/deliveries/${delivery}`

/** What the audit log says of an address: the rest of a URL may be a secret of the receiver's. */
export const hostOf = (url: string): string => new URL(url).host

/** What whoever may not change an endpoint sees of its address. */
export const withoutSecrets = (url: string): string => `${new URL(url).origin}/…`

/** One that signs: wrapped by KMS, for as long as an overlap lasts or for good. */
export interface StoredSecret {
  readonly wrapped: string
  readonly until: Instant | undefined
}

/** The newest first. */
export const secretsIn = (fields: DocumentFields): readonly StoredSecret[] =>
  ((fields['secrets'] ?? []) as readonly DocumentFields[]).map((one) => ({
    wrapped: String(one['wrapped']),
    until: instantIn(one['until']),
  }))

export const livingSecrets = (fields: DocumentFields, now: Instant): readonly StoredSecret[] =>
  secretsIn(fields).filter(({ until }) => !isOver(until, now))

export const storedSecrets = (secrets: readonly StoredSecret[]): readonly DocumentFields[] =>
  secrets.map(({ wrapped, until }) => ({ wrapped, ...(until === undefined ? {} : { until: timestampOf(until) }) }))

const isoOf = (value: unknown): string => {
  const at = instantIn(value)
  return at === undefined ? '' : toIso(at)
}

/** For `pageAnswer` and answers; `queue` says how it fares. */
export const webhookViewOf = (
  { tenant, webhook }: { readonly tenant: string; readonly webhook: string },
  fields: DocumentFields,
  { queue, now }: { readonly queue?: DocumentFields | undefined; readonly now: Instant },
) => {
  const [, before] = livingSecrets(fields, now)
  const failingSince = instantIn(queue?.['failingSince'])
  return {
    ...{ webhook: webhook as WebhookId, tenant: tenant as TenantId }, // the ids of its own path
    ...{ name: String(fields['name']), url: String(fields['url']) },
    types: ((fields['types'] ?? []) as readonly unknown[]).map(String),
    reach: fields['reach'] as 'node' | 'subtree', // written by create and update
    status: fields['status'] as 'active' | 'paused' | 'disabled', // written by create, update and disable
    createdAt: isoOf(fields['createdAt']),
    createdBy: String(fields['createdBy']),
    ...(before?.until === undefined ? {} : { previousSecretUntil: toIso(before.until) }),
    ...(failingSince === undefined ? {} : { failingSince: toIso(failingSince) }),
  }
}

/** What the audit log keeps of an answer. */
export const changedViewOf = (...shown: Parameters<typeof webhookViewOf>) => {
  const { url: _url, ...changed } = webhookViewOf(...shown)
  return changed
}

export const deliveryViewOf = (id: string, fields: DocumentFields) => {
  const nextAt = instantIn(fields['notBefore'])
  return {
    ...{ delivery: id, event: fields['event'], type: fields['type'], tenant: fields['tenant'] },
    ...{ status: fields['status'], at: isoOf(fields['at']) },
    ...(nextAt === undefined ? {} : { nextAt: toIso(nextAt) }),
    attempts: attemptsIn(fields).map(({ at, ...attempt }) => ({ ...attempt, at: isoOf(at) })),
  }
}

export const attemptsIn = (fields: DocumentFields): readonly DocumentFields[] =>
  (fields['attempts'] ?? []) as readonly DocumentFields[] // written by `attempt`

/** A delivery that is to be made from `now` on. */
export const pendingFrom = (now: Instant, until: Instant): DocumentFields => ({
  ...{ status: 'pending', attempted: 0, notBefore: timestampOf(now), until: timestampOf(until) },
})

export const farFuture = instantOf(Date.UTC(9999, 0))

/**
 * Whether an endpoint may be told anything now: nothing above it is stopped, and, when somebody of a former agency made it, it is over.
 * `stopped` lasts no longer than the suspension.
 */
export const mayBeTold = (
  fields: DocumentFields,
  node: DocumentFields | undefined,
  above: DocumentFields | undefined,
): 'yes' | 'stopped' | 'never' => {
  if (node === undefined || node['status'] === 'deleted') return 'never'
  if (fields['placement'] !== undefined && fields['placement'] !== node['placementId']) return 'never'
  const statuses = [node['status'], node['kind'] === 'account' ? above?.['status'] : 'active']
  return statuses.every((status) => status === 'active') ? 'yes' : 'stopped'
}
