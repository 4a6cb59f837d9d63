// Switches off an endpoint that took nothing for days, or that said it is gone; its people hear of it by the event.
import { iamError } from '@latchkey/core/kernel/errors'
import { type OpId, prefixes } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import { type Instant, toIso } from '@latchkey/core/kernel/time'
import type { Standing } from '@latchkey/core/webhooks/attempts'
import { bySystem } from '../../../platform/store/by-system.ts'
import type { SendingDependencies } from '../dependencies.ts'
import { webhookPath } from '../webhook-document.ts'
import { attemptQueue, type Endpoint } from './queue-document.ts'

interface Disabling {
  readonly runId: string
  readonly now: Instant
  readonly standing: Standing
}

export const disableEndpoint = async (
  { tenant, webhook }: Endpoint,
  { runId, now, standing: { failures, failingSince } }: Disabling,
  { commit, drawId }: Pick<SendingDependencies, 'commit' | 'drawId'>,
): Promise<void> => {
  const opId = drawId(prefixes.op) as OpId // just drawn
  await commit(bySystem({ job: attemptQueue, opId, runId, now }), {
    tenant,
    plan: async (read) => {
      const path = webhookPath(tenant, webhook)
      const [stored] = await read.getAll([path])
      // Changed by somebody meanwhile: it is theirs.
      if (stored?.['status'] !== 'active') return err(iamError('conflict'))
      return ok({
        writes: [{ kind: 'update', path, fields: { status: 'disabled' } }],
        event: {
          type: 'webhooks.endpoint_disabled',
          targets: [`webhook:${webhook}`],
          details: { failures, ...(failingSince === undefined ? {} : { failingSince: toIso(failingSince) }) },
        },
        outcome: { webhook },
      })
    },
    answer: (outcome) => outcome,
  })
}
