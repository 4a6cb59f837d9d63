// `webhooks/rotateSecret`: a new secret; the one before signs beside it until the overlap is over.
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { rotateWebhookSecretInput, rotateWebhookSecretOutput } from '@latchkey/core/webhooks/contract'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { WebhooksDependencies } from '../dependencies.ts'
import { newSecret } from '../endpoint-secret.ts'
import { changedViewOf, secretsIn, storedSecrets, webhookPath, webhookViewOf } from '../webhook-document.ts'
import { mayTell } from './may-tell.ts'

const permission = 'iam.webhooks.update'

export const rotateWebhookSecret = (dependencies: WebhooksDependencies) =>
  operation({
    group: 'webhooks',
    name: 'rotateSecret',
    summary: 'Makes a new secret, shown once; both sign until the overlap is over. Takes iam.audit.read, too.',
    input: rotateWebhookSecretInput,
    output: rotateWebhookSecretOutput,
    access: { permission },
    tenant: (input) => input.tenant,
    effect: 'write',
    secrets: ['secret'],
    handler: async (admitted) => {
      const secret = await newSecret(admitted.input.webhook, dependencies)
      return dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: (read) => plan(read, admitted, secret.wrapped, dependencies),
        answer: (outcome) => ({ webhook: outcome, secret: secret.shown }),
      })
    },
  })

const plan = async (
  read: Reader,
  admitted: Admitted<z.output<typeof rotateWebhookSecretInput>>,
  wrapped: string,
  dependencies: WebhooksDependencies,
) => {
  const { tenant, now } = admitted
  const { webhook, overlapSeconds } = admitted.input
  const [stored] = await read.getAll([webhookPath(tenant, webhook)])
  if (stored === undefined) return err(iamError('not_found', { field: 'webhook' }))
  const { reach, types } = webhookViewOf({ tenant, webhook }, stored, { now })
  const allowed = await mayTell(read, { permission, telling: { reach, types } }, admitted, dependencies)
  if (!allowed.ok) return allowed
  const until = plusSeconds(now, secondsOf(overlapSeconds))
  // Of two overlaps the first ends where the second begins: there are never three secrets.
  const before = secretsIn(stored).slice(0, 1)
  const secrets = storedSecrets([{ wrapped, until: undefined }, ...before.map((one) => ({ ...one, until }))])
  return ok({
    writes: [{ kind: 'update' as const, path: webhookPath(tenant, webhook), fields: { secrets } }],
    event: { type: 'webhooks.secret_rotated', targets: [`webhook:${webhook}`], details: { overlapSeconds } },
    outcome: changedViewOf({ tenant, webhook }, { ...stored, secrets }, { now }),
  })
}
