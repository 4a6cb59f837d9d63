// Switches off an endpoint that took nothing for days, or that said it is gone; its people hear of it by the event.
import { iamError } from '@latchkey/core/kernel/errors'
import { type OpId, prefixes } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import { toIso } from '@latchkey/core/kernel/time'
import type { Standing } from '@latchkey/core/webhooks/attempts'
import { bySystem } from '../../../platform/store/by-system.ts'
import type { SendingDependencies } from '../dependencies.ts'
import { webhookPath } from '../webhook-document.ts'
import { attemptQueue } from './queue-document.ts'
import { changeOf, type Receiver } from './receiver-now.ts'

/** `receiver`: what was tried. What its owner has changed since then was not. */
export const disableEndpoint = async (
  { runId }: { readonly runId: string },
  { failures, failingSince }: Standing,
  receiver: Receiver,
  { commit, drawId, clock }: Pick<SendingDependencies, 'commit' | 'drawId' | 'clock'>,
): Promise<void> => {
  const { tenant, webhook } = receiver
  const opId = drawId(prefixes.op) as OpId // just drawn
  await commit(bySystem({ job: attemptQueue, opId, runId, now: clock() }), {
    tenant,
    plan: async (read) => {
      const path = webhookPath(tenant, webhook)
      const [stored] = await read.getAll([path])
      if (stored?.['status'] !== 'active' || changeOf(stored) !== receiver.change) return err(iamError('conflict'))
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
