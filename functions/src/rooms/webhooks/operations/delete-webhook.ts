// `webhooks/delete`: nothing is sent there any more, not even what waits.
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { deleteWebhookOutput, webhookInput } from '@latchkey/core/webhooks/contract'
import { operation } from '../../../guard/definition.ts'
import type { WebhooksDependencies } from '../dependencies.ts'
import { queuePath } from '../queue/queue-document.ts'
import { webhookPath } from '../webhook-document.ts'

export const deleteWebhook = ({ commit }: Pick<WebhooksDependencies, 'commit'>) =>
  operation({
    group: 'webhooks',
    name: 'delete',
    summary: 'Removes an endpoint; what waits for it is not sent.',
    input: webhookInput,
    output: deleteWebhookOutput,
    access: { permission: 'iam.webhooks.delete' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: ({ input: { webhook }, tenant, commit: context }) =>
      commit(context, {
        tenant,
        plan: async (read) => {
          const path = webhookPath(tenant, webhook)
          const [found] = await read.getAll([path])
          if (found === undefined) return err(iamError('not_found', { field: 'webhook' }))
          return ok({
            writes: [
              { kind: 'delete', path },
              { kind: 'delete', path: queuePath(webhook) },
            ],
            event: { type: 'webhooks.endpoint_deleted', targets: [`webhook:${webhook}`] },
            outcome: { webhook, deleted: true as const },
          })
        },
        answer: (outcome) => outcome,
      }),
  })
