// Begins and ends an endpoint's turn: one at a time, under a lease with a fence, and never an end that forgets what came meanwhile.
import { type Instant, isOver, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import type { Standing } from '@latchkey/core/webhooks/attempts'
import { type DocumentFields, instantIn, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { SendingDependencies } from '../dependencies.ts'
import { farFuture, livingSecrets, mayBeTold, webhookPath } from '../webhook-document.ts'
import type { Receiver } from './attempt.ts'
import { callFor, type Endpoint, queuePath, soon, standingIn, storedStanding } from './queue-document.ts'

/** A turn takes a third of it. Whoever says nothing for so long is taken for dead. */
const leaseSeconds = minutes(1)
const stoppedSeconds = minutes(10)

export interface Turn {
  readonly receiver: Receiver
  readonly standing: Standing
}

/** Undefined when there is nothing to do now, or somebody else does it. KMS is asked first: a turn that cannot sign is none. */
export const claimTurn = async (
  endpoint: Endpoint,
  runId: string,
  now: Instant,
  { read, operate, openSecret }: SendingDependencies,
): Promise<Turn | undefined> => {
  const webhook = webhookPath(endpoint.tenant, endpoint.webhook)
  const [stored] = await read.getAll([webhook])
  const secrets = await Promise.all(
    livingSecrets(stored ?? {}, now).map(({ wrapped }) => openSecret(wrapped, endpoint.webhook)),
  )
  const path = queuePath(endpoint.webhook)
  return operate.transact<Turn | undefined>(async (inside) => {
    const [queue, present] = await inside.getAll([path, webhook])
    if (queue === undefined) return { writes: [], value: undefined }
    if (present?.['status'] !== 'active') return { writes: [asleep(path, present)], value: undefined }
    const told = mayBeTold(present, ...(await nodesOf(inside, endpoint)))
    if (told === 'never') return { writes: [asleep(path, present)], value: undefined }
    if (told === 'stopped') return { writes: [later(path, now)], value: undefined }
    if (!isClaimable(queue, runId, now)) return { writes: [], value: undefined }
    const fields = { fence: runId, leaseUntil: timestampOf(plusSeconds(now, leaseSeconds)) }
    const receiver = { ...endpoint, url: String(present['url']), secrets }
    return { writes: [{ kind: 'update', path, fields }], value: { receiver, standing: standingIn(queue) } }
  })
}

/** The endpoint's tenant, and what stands above it. */
const nodesOf = async (read: Reader, { tenant }: Endpoint) => {
  const [node] = await read.getAll([`tenants/${tenant}`])
  const [above] = typeof node?.['parentId'] === 'string' ? await read.getAll([`tenants/${node['parentId']}`]) : []
  return [node, above] as const
}

/** While it is suspended what waits goes on waiting, until its day is over. */
const later = (path: string, now: Instant): Write => ({
  kind: 'update',
  path,
  fields: { wakeAt: timestampOf(plusSeconds(now, stoppedSeconds)), leaseUntil: undefined },
})

/** Nobody comes for an endpoint that is off; of one that is gone nothing is kept. */
const asleep = (path: string, stored: DocumentFields | undefined): Write =>
  stored === undefined
    ? { kind: 'delete', path }
    : { kind: 'update', path, fields: { wakeAt: undefined, leaseUntil: undefined } }

const isClaimable = (queue: DocumentFields, runId: string, now: Instant): boolean => {
  const [wakeAt, leaseUntil] = [instantIn(queue['wakeAt']), instantIn(queue['leaseUntil'])]
  const isFree = leaseUntil === undefined || isOver(leaseUntil, now) || queue['fence'] === runId
  return isFree && wakeAt !== undefined && isOver(wakeAt, soon(now))
}

interface Ending {
  readonly runId: string
  readonly standing: Standing
  readonly restUntil: Instant | undefined
}

/** Whoever places a delivery reads the queue, too: either this sees what they placed, or they see that nobody is to come, and call. */
export const endTurn = async (
  endpoint: Endpoint,
  { runId, standing, restUntil }: Ending,
  { operate, enqueue, clock }: SendingDependencies,
): Promise<void> => {
  const { tenant, webhook } = endpoint
  const path = queuePath(webhook)
  const wakeAt = await operate.transact(async (read) => {
    const [queue] = await read.getAll([path])
    if (queue?.['fence'] !== runId) return { writes: [], value: undefined }
    const [first] = await read.list({
      collection: `tenants/${tenant}/webhooks/${webhook}/deliveries`,
      before: { field: 'notBefore', at: farFuture },
      limit: 1,
    })
    const next = wakeOf(instantIn(first?.fields['notBefore']), restUntil, clock())
    const fields = {
      ...storedStanding(standing),
      ...{ leaseUntil: undefined, wakeAt: next === undefined ? undefined : timestampOf(next) },
      restUntil: restUntil === undefined ? undefined : timestampOf(restUntil),
    }
    return { writes: [{ kind: 'update', path, fields }], value: next }
  })
  if (wakeAt !== undefined) await callFor(endpoint, wakeAt, { enqueue })
}

/** When somebody is to come: for what is due first, but not before now, nor before a rest is over. */
const wakeOf = (first: Instant | undefined, restUntil: Instant | undefined, now: Instant): Instant | undefined => {
  if (first === undefined) return undefined
  return [first, restUntil ?? now, now].reduce((latest, one) => (one > latest ? one : latest))
}
