// `webhooks/create`: an endpoint that is told of events, with a secret of its own.
import { iamError } from '@latchkey/core/kernel/errors'
import { prefixes, type WebhookId } from '@latchkey/core/kernel/ids'
import { normalizeName } from '@latchkey/core/kernel/names'
import { err, ok } from '@latchkey/core/kernel/result'
import { createWebhookInput, createWebhookOutput, mostWebhooks } from '@latchkey/core/webhooks/contract'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { targetOf } from '../../../platform/outbound/target.ts'
import { type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { WebhooksDependencies } from '../dependencies.ts'
import { newSecret } from '../endpoint-secret.ts'
import { changedViewOf, hostOf, storedSecrets, webhookPath } from '../webhook-document.ts'
import { mayTell, placementFor } from './may-tell.ts'

type Input = z.output<typeof createWebhookInput>
const permission = 'iam.webhooks.create'

export const createWebhook = (dependencies: WebhooksDependencies) =>
  operation({
    group: 'webhooks',
    name: 'create',
    summary: 'Adds an endpoint that is told of events. Takes iam.audit.read, too; the secret is shown once.',
    input: createWebhookInput,
    output: createWebhookOutput,
    access: { permission },
    tenant: (input) => input.tenant,
    effect: 'write',
    secrets: ['secret'],
    handler: async (admitted) => {
      const { input, tenant } = admitted
      const name = normalizeName(input.name)
      if (!name.ok) return name
      const target = targetOf(input.url, dependencies.allow)
      if (!target.ok) return target
      const webhook = dependencies.drawId(prefixes.webhook) as WebhookId // just drawn
      const secret = await newSecret(webhook, dependencies)
      const named = { webhook, name: name.value, url: target.value.url.href, wrapped: secret.wrapped }
      return dependencies.commit(admitted.commit, {
        tenant,
        plan: (read) => plan(read, admitted, named, dependencies),
        answer: (outcome) => ({ webhook: { ...outcome, url: named.url }, secret: secret.shown }),
      })
    },
  })

interface Named {
  readonly webhook: WebhookId
  readonly name: string
  readonly url: string
  readonly wrapped: string
}

const plan = async (
  read: Reader,
  admitted: Admitted<Input>,
  { webhook, name, url, wrapped }: Named,
  dependencies: WebhooksDependencies,
) => {
  const { input, tenant, caller, now } = admitted
  const allowed = await mayTell(read, { permission, telling: input }, admitted, dependencies)
  if (!allowed.ok) return allowed
  const there = await read.list({ collection: `tenants/${tenant}/webhooks`, limit: mostWebhooks })
  if (there.length >= mostWebhooks)
    return err(iamError('limit_exceeded', { detail: `A tenant has at most ${mostWebhooks} webhooks.` }))
  const placement = await placementFor(read, admitted)
  const fields = {
    ...(placement === undefined ? {} : { placement }),
    ...{ name, url, types: input.types, reach: input.reach, status: 'active' },
    secrets: storedSecrets([{ wrapped, until: undefined }]),
    ...{ createdAt: timestampOf(now), createdBy: caller.principal },
  }
  return ok({
    writes: [{ kind: 'create' as const, path: webhookPath(tenant, webhook), fields }],
    event: {
      type: 'webhooks.endpoint_created',
      targets: [`webhook:${webhook}`],
      details: { host: hostOf(url), types: input.types, reach: input.reach },
    },
    outcome: changedViewOf({ tenant, webhook }, fields, { now }),
  })
}
