// `webhookQueues/{webhook}`: whether somebody is to come for an endpoint's deliveries, who is at work on them, and how the endpoint fares.
import type { TenantId, WebhookId } from '@latchkey/core/kernel/ids'
import { type Instant, isOver, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { type Standing, well } from '@latchkey/core/webhooks/attempts'
import { shardOf } from '../../../platform/seal.ts'
import { type DocumentFields, instantIn, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { QueueDependencies } from '../dependencies.ts'

export const attemptQueue = 'attemptWebhooks'

export const queueShards = 16

export const queuePath = (webhook: WebhookId): string => `webhookQueues/${webhook}`

export interface Endpoint {
  readonly tenant: TenantId
  readonly webhook: WebhookId
}

/** A task for the queue, and the way to it: one for an endpoint, however much waits there, so that nobody's flood stands before others (CATALOGUE T-46). */
export const callFor = ({ tenant, webhook }: Endpoint, at: Instant, { enqueue }: Pick<QueueDependencies, 'enqueue'>) =>
  enqueue(attemptQueue, { tenant, webhook }, at)

/** By another clock a task may come a little too soon, and is right all the same. One that comes sooner than that does nothing: beside the emulators all do. */
export const soon = (now: Instant): Instant => plusSeconds(now, secondsOf(1))

/** Somebody has been called and is at work or on the way; or the endpoint rests, and somebody comes when it is over. */
export const isAwake = (queue: DocumentFields | undefined, now: Instant): boolean => {
  const [wakeAt, restUntil] = [instantIn(queue?.['wakeAt']), instantIn(queue?.['restUntil'])]
  return wakeAt !== undefined && (isOver(wakeAt, soon(now)) || (restUntil !== undefined && !isOver(restUntil, now)))
}

export const awakeFrom = ({ tenant, webhook }: Endpoint, now: Instant): Write => ({
  kind: 'merge',
  path: queuePath(webhook),
  fields: { tenant, shard: shardOf(webhook, queueShards), wakeAt: timestampOf(now) },
})

export const standingIn = (queue: DocumentFields | undefined): Standing => ({
  failures: Number(queue?.['failures'] ?? 0),
  failingSince: instantIn(queue?.['failingSince']),
})

/** In the commit of the change itself: it is tried at once, and what was held against the endpoint before is forgotten. */
export const anewFrom = (endpoint: Endpoint, now: Instant, change: string): readonly Write[] => [
  awakeFrom(endpoint, now),
  {
    kind: 'update',
    path: queuePath(endpoint.webhook),
    fields: { ...storedStanding(well), restUntil: undefined, isSlow: undefined, countsFrom: change },
  },
]

export const storedStanding = ({ failures, failingSince }: Standing): DocumentFields => ({
  failures,
  failingSince: failingSince === undefined ? undefined : timestampOf(failingSince),
})
