// `webhooks/list` and `webhooks/deliveries`: endpoints and how they fare, and what became of each delivery. No secret can be read again.
import { iamError } from '@latchkey/core/kernel/errors'
import { isWebhookId, type WebhookId } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import {
  deliveriesInput,
  deliveriesOutput,
  deliveryPattern,
  deliveryView,
  listWebhooksInput,
  listWebhooksOutput,
  webhookView,
} from '@latchkey/core/webhooks/contract'
import { operation } from '../../../guard/definition.ts'
import { mayNow } from '../../../guard/fresh-facts.ts'
import { pageAfter, pageAnswer } from '../../../platform/store/page.ts'
import { queuePath } from '../queue/queue-document.ts'
import { deliveryViewOf, webhookPath, webhookViewOf, withoutSecrets } from '../webhook-document.ts'

export const listWebhooks = () =>
  operation({
    group: 'webhooks',
    name: 'list',
    summary: 'Lists the endpoints of a tenant, without their secrets; whoever may not change them sees only the hosts.',
    input: listWebhooksInput,
    output: listWebhooksOutput,
    access: { permission: 'iam.webhooks.list' },
    tenant: (input) => input.tenant,
    effect: 'read',
    noted: 'webhooks.listed',
    handler: async ({ input, tenant, now, read, facts, request }) => {
      const after = pageAfter(input.page, isWebhookId)
      if (!after.ok) return after
      const found = await read.list({
        collection: `tenants/${tenant}/webhooks`,
        ...after.value,
        limit: input.limit + 1,
      })
      const queues = await read.getAll(found.map(({ id }) => queuePath(id as WebhookId))) // ids of that collection
      const queueOf = new Map(found.map(({ id }, index) => [id, queues[index]]))
      const isShown = mayNow(facts, 'iam.webhooks.update', { request, now })
      return ok(
        pageAnswer(found, input.limit, {
          whole: webhookView,
          view: ({ id, fields }) => {
            const view = webhookViewOf({ tenant, webhook: id }, fields, { queue: queueOf.get(id), now })
            return isShown ? view : { ...view, url: withoutSecrets(view.url) }
          },
        }),
      )
    },
  })

export const listDeliveries = () =>
  operation({
    group: 'webhooks',
    name: 'deliveries',
    summary: 'Lists what an endpoint was told, newest first, with every attempt; for thirty days.',
    input: deliveriesInput,
    output: deliveriesOutput,
    access: { permission: 'iam.webhooks.list' },
    tenant: (input) => input.tenant,
    effect: 'read',
    noted: 'webhooks.deliveries_listed',
    handler: async ({ input, tenant, read }) => {
      const after = pageAfter(input.page, (text) => deliveryPattern.test(text))
      if (!after.ok) return after
      const [webhook] = await read.getAll([webhookPath(tenant, input.webhook)])
      if (webhook === undefined) return err(iamError('not_found', { field: 'webhook' }))
      const found = await read.list({
        collection: `tenants/${tenant}/webhooks/${input.webhook}/deliveries`,
        ...(input.status === undefined ? {} : { where: { status: input.status } }),
        ...after.value,
        limit: input.limit + 1,
      })
      return ok(
        pageAnswer(found, input.limit, {
          whole: deliveryView,
          view: ({ id, fields }) => deliveryViewOf(id, fields),
        }),
      )
    },
  })
