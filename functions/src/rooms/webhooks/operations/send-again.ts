// `webhooks/redeliver` and `webhooks/test`: one delivery once more, and an event that is for one endpoint only.
import { iamError } from '@latchkey/core/kernel/errors'
import type { TenantId, WebhookId } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import { plusSeconds } from '@latchkey/core/kernel/time'
import { deliveryLife } from '@latchkey/core/webhooks/attempts'
import { redeliverInput, redeliverOutput, testWebhookOutput, webhookInput } from '@latchkey/core/webhooks/contract'
import { operation } from '../../../guard/definition.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { WebhooksDependencies } from '../dependencies.ts'
import { awakeFrom, callFor } from '../queue/queue-document.ts'
import { deliveryId, deliveryPath, pendingFrom, webhookPath } from '../webhook-document.ts'

/** An endpoint that may be sent to; it is switched on first. */
const activeAt = async (read: Reader, tenant: TenantId, webhook: WebhookId) => {
  const [found] = await read.getAll([webhookPath(tenant, webhook)])
  if (found === undefined) return err(iamError('not_found', { field: 'webhook' }))
  if (found['status'] === 'active') return ok(found)
  return err(iamError('conflict', { detail: 'This webhook is not active.' }))
}

export const redeliver = (dependencies: WebhooksDependencies) =>
  operation({
    group: 'webhooks',
    name: 'redeliver',
    summary: 'Sends one delivery again, also one that was taken: with the same id, as ever.',
    input: redeliverInput,
    output: redeliverOutput,
    access: { permission: 'iam.webhooks.test' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: async ({ input: { webhook, delivery }, tenant, now, commit: context }) => {
      const answered = await dependencies.commit(context, {
        tenant,
        plan: async (read) => {
          const active = await activeAt(read, tenant, webhook)
          if (!active.ok) return active
          const path = deliveryPath(tenant, webhook, delivery)
          const [found] = await read.getAll([path])
          if (found === undefined) return err(iamError('not_found', { field: 'delivery' }))
          return ok({
            writes: [
              { kind: 'update', path, fields: pendingFrom(now, plusSeconds(now, deliveryLife)) },
              awakeFrom({ tenant, webhook }, now),
            ],
            event: {
              type: 'webhooks.delivery_repeated',
              targets: [`webhook:${webhook}`, `event:${String(found['event'])}`],
            },
            outcome: { delivery, status: 'pending' as const },
          })
        },
        answer: (outcome) => outcome,
      })
      // Should this fail, the reconciler finds what the commit left.
      if (answered.ok) await callFor({ tenant, webhook }, now, dependencies).catch(() => undefined)
      return answered
    },
  })

/** The event goes the way of every other, which is what is tested; whatever the endpoint asks for, it is told of this one. */
export const testWebhook = ({ commit }: Pick<WebhooksDependencies, 'commit'>) =>
  operation({
    group: 'webhooks',
    name: 'test',
    summary: 'Sends an endpoint an event that is for it alone.',
    input: webhookInput,
    output: testWebhookOutput,
    access: { permission: 'iam.webhooks.test' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: ({ input: { webhook }, tenant, now, commit: context }) =>
      commit(context, {
        tenant,
        plan: async (read) => {
          const active = await activeAt(read, tenant, webhook)
          if (!active.ok) return active
          return ok({
            writes: [],
            event: { type: 'webhooks.endpoint_tested', targets: [`webhook:${webhook}`] },
            outcome: { delivery: deliveryId(context.opId, now) },
          })
        },
        answer: (outcome) => outcome,
      }),
  })
