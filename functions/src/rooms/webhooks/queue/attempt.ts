// One attempt at one delivery: what is sent is made from the audit log each time, and what came of it is written down.
import type { TenantId } from '@latchkey/core/kernel/ids'
import { instantOf, isOver } from '@latchkey/core/kernel/time'
import { payloadOf } from '@latchkey/core/webhooks/payload'
import type { Posted } from '../../../platform/outbound/post.ts'
import { type DocumentFields, instantIn, type Reader, type StoredDocument } from '../../../platform/store/reader.ts'
import type { SendingDependencies } from '../dependencies.ts'
import { signedHeaders } from '../endpoint-secret.ts'
import { deliveryPath } from '../webhook-document.ts'
import { giveUp, noteAttempt } from './note-attempt.ts'
import type { Receiver } from './receiver-now.ts'

/**
 * `over`: nothing was sent, because its day is over or its event is gone. `late`: nothing was sent, because what is known of the endpoint has
 * become old meanwhile. `gone`: the receiver says that it wants no more (410).
 */
export type Outcome = 'taken' | 'failed' | 'unreachable' | 'gone' | 'over' | 'late'

export interface Attempted {
  readonly outcome: Outcome
  /** That the receiver took to answer. */
  readonly milliseconds: number
}

export const attempt = async (
  { id, fields }: StoredDocument,
  receiver: Receiver,
  dependencies: SendingDependencies,
): Promise<Attempted> => {
  const now = dependencies.clock()
  const tried = { path: deliveryPath(receiver.tenant, receiver.webhook, id), before: fields, now }
  const until = instantIn(fields['until']) ?? now
  const body = isOver(until, now) ? undefined : await bodyOf(fields, receiver, dependencies)
  if (body === undefined) {
    await giveUp(tried, dependencies)
    return { outcome: 'over', milliseconds: 0 }
  }
  if (isOver(receiver.goodUntil, dependencies.clock())) return { outcome: 'late', milliseconds: 0 }
  const event = String(fields['event'])
  const posted = await dependencies.post({
    url: receiver.url,
    headers: signedHeaders({ event, body, now }, receiver.secrets),
    body,
  })
  const outcome = outcomeOf(posted)
  const came = { posted, isTaken: outcome === 'taken', jitter: dependencies.jitter() }
  await noteAttempt(tried, came, dependencies)
  return { outcome, milliseconds: posted.milliseconds }
}

const bodyOf = async (fields: DocumentFields, { tenant }: Receiver, { read }: SendingDependencies) => {
  const at = `tenants/${String(fields['tenant'])}/audit/${String(fields['event'])}`
  const [event] = await read.getAll([at])
  if (event === undefined || !(await isStillBelow(read, String(fields['tenant']), tenant))) return undefined
  const { principal, impersonator } = (event['actor'] ?? {}) as DocumentFields // our own document
  const told = {
    event: String(fields['event']),
    tenant: String(fields['tenant']) as TenantId, // written from a checked message
    type: String(event['type']),
    at: instantIn(event['at']) ?? instantOf(0),
    revision: String(fields['revision']),
    actor: {
      // What was taken out of the event is not made up.
      principal: typeof principal === 'string' ? principal : 'redacted',
      ...(impersonator === undefined ? {} : { impersonator: String(impersonator) }),
    },
    targets: Array.isArray(event['targets']) ? event['targets'].map(String) : [],
  }
  return JSON.stringify(payloadOf(told, tenant))
}

/** An account that has moved away is nothing to its former agency any more. */
const isStillBelow = async (read: Reader, of: string, endpointAt: TenantId): Promise<boolean> => {
  if (of === endpointAt) return true
  const [node] = await read.getAll([`tenants/${of}`])
  return node?.['parentId'] === endpointAt
}

const outcomeOf = (posted: Posted): Outcome => {
  if ('fault' in posted) return 'unreachable'
  if (posted.code >= 200 && posted.code < 300) return 'taken'
  return posted.code === 410 ? 'gone' : 'failed'
}
