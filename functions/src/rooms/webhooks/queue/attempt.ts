// One attempt at one delivery: what is sent is made from the audit log each time, and what came of it is written down.
import type { TenantId } from '@latchkey/core/kernel/ids'
import { type Instant, instantOf, isOver } from '@latchkey/core/kernel/time'
import { nextAttempt } from '@latchkey/core/webhooks/attempts'
import { payloadOf } from '@latchkey/core/webhooks/payload'
import { redact } from '../../../platform/log.ts'
import type { Posted } from '../../../platform/outbound/post.ts'
import {
  type DocumentFields,
  instantIn,
  type Reader,
  type StoredDocument,
  timestampOf,
} from '../../../platform/store/reader.ts'
import type { SendingDependencies } from '../dependencies.ts'
import { signedHeaders } from '../endpoint-secret.ts'
import { attemptsIn, deliveryPath } from '../webhook-document.ts'
import type { Endpoint } from './queue-document.ts'

const mostRemembered = 10
const mostAnswer = 1_024

export interface Receiver extends Endpoint {
  readonly url: string
  readonly secrets: readonly Uint8Array[]
}

/** `over`: nothing was sent, because its day is over or its event is gone. `gone`: the receiver says that it wants no more (410). */
export type Outcome = 'taken' | 'failed' | 'unreachable' | 'gone' | 'over'

export const attempt = async (
  { id, fields }: StoredDocument,
  receiver: Receiver,
  dependencies: SendingDependencies,
): Promise<Outcome> => {
  const now = dependencies.clock()
  const path = deliveryPath(receiver.tenant, receiver.webhook, id)
  const until = instantIn(fields['until']) ?? now
  const body = isOver(until, now) ? undefined : await bodyOf(fields, receiver, dependencies)
  if (body === undefined) {
    await dependencies.operate.write({ kind: 'update', path, fields: { status: 'failed', notBefore: undefined } })
    return 'over'
  }
  const event = String(fields['event'])
  const posted = await dependencies.post({
    url: receiver.url,
    headers: signedHeaders({ event, body, now }, receiver.secrets),
    body,
  })
  const outcome = outcomeOf(posted)
  const attempted = Number(fields['attempted'] ?? 0) + 1
  const next = outcome === 'taken' ? undefined : nextAttempt({ attempted, now, until, jitter: dependencies.jitter() })
  await dependencies.operate.write({
    kind: 'update',
    path,
    fields: {
      attempted,
      attempts: [...attemptsIn(fields), noteOf(posted, now)].slice(-mostRemembered),
      status: outcome === 'taken' ? 'delivered' : next === undefined ? 'failed' : 'pending',
      notBefore: next === undefined ? undefined : timestampOf(next),
    },
  })
  return outcome
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
      principal: String(principal),
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

/** What a stranger answered is shown to people: without control characters, and without what looks like a secret. */
const noteOf = (posted: Posted, now: Instant): DocumentFields => ({
  at: timestampOf(now),
  milliseconds: posted.milliseconds,
  ...('fault' in posted
    ? { fault: posted.fault }
    : {
        code: posted.code,
        answer: redact(posted.answer)
          .replace(/(?![\n\t])\p{Cc}/gu, '\ufffd')
          .slice(0, mostAnswer),
      }),
})
