// For the reconciler: endpoints for whose deliveries somebody should have come, and nobody did. They are called again.
import { isTenantId, isWebhookId } from '@latchkey/core/kernel/ids'
import { type Instant, isOver, minutes, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { instantIn, type Reader } from '../../../platform/store/reader.ts'
import type { QueueDependencies } from '../dependencies.ts'
import { callFor, queueShards } from './queue-document.ts'

/** Whoever was called in time is there by then. */
const graceSeconds = minutes(1)
const pageSize = 200

export const compareQueues = ({ read, enqueue }: Pick<QueueDependencies, 'enqueue'> & { readonly read: Reader }) => ({
  name: 'webhook queues',
  page: async (after: string | undefined, now: Instant) => {
    const shard = Number(after ?? 0)
    // The longest waiting first; one that is called twice takes its turn once.
    const late = await read.list({
      collection: 'webhookQueues',
      where: { shard },
      before: { field: 'wakeAt', at: plusSeconds(now, secondsOf(-graceSeconds)) },
      limit: pageSize,
    })
    const left = late.filter(({ fields }) => isOver(instantIn(fields['leaseUntil']) ?? now, now))
    for (const { id, fields } of left) {
      const tenant = String(fields['tenant'])
      if (isWebhookId(id) && isTenantId(tenant)) await callFor({ tenant, webhook: id }, now, { enqueue })
    }
    return { looked: late.length, repaired: left.length, next: shard + 1 < queueShards ? String(shard + 1) : undefined }
  },
})
