// Puts each event on the list of every endpoint that asked for it: read from the audit log, whatever the message says of it.
import { eventMessage, eventTopic } from '@latchkey/core/events/message'
import { isTenantId, isWebhookId, type TenantId } from '@latchkey/core/kernel/ids'
import { type Instant, plusSeconds } from '@latchkey/core/kernel/time'
import { deliveryLife } from '@latchkey/core/webhooks/attempts'
import { mostWebhooks } from '@latchkey/core/webhooks/contract'
import { asksFor } from '@latchkey/core/webhooks/event-types'
import { subscriber } from '../../../guard/definition.ts'
import { type DocumentFields, instantIn, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import { type Turns, turns } from '../../../platform/turns.ts'
import type { QueueDependencies } from '../dependencies.ts'
import { deliveryId, deliveryPath, mayBeTold, pendingFrom } from '../webhook-document.ts'
import { awakeFrom, callFor, type Endpoint, isAwake, queuePath } from './queue-document.ts'

export interface DeliverDependencies extends QueueDependencies {
  readonly read: Reader
}

interface Placing extends DeliverDependencies {
  readonly take: Turns
}

/** Within an instance whoever comes first calls, and the others see it. */
const mostWaiting = 10_000

export const deliverWebhooks = (given: DeliverDependencies) => {
  const dependencies: Placing = { ...given, take: turns(1, mostWaiting) }
  return subscriber({
    name: 'deliverWebhooks',
    summary: 'Puts each event on the list of every endpoint that asked for it.',
    topic: eventTopic,
    message: eventMessage,
    waits: true,
    run: async ({ now }, received) => {
      const { event, tenant } = eventMessage.parse(received)
      const found = await readEvent(dependencies.read, tenant, event)
      const endpoints = await endpointsFor(dependencies.read, found)
      const placed = await Promise.allSettled(endpoints.map((endpoint) => place(endpoint, found, now, dependencies)))
      const failure = placed.find((one) => one.status === 'rejected')
      if (failure !== undefined) throw failure.reason // the message comes again; those that have it take it once
    },
  })
}

interface Found {
  readonly event: string
  readonly tenant: TenantId
  readonly type: string
  readonly at: Instant
  /** When it was committed, in the database's time. */
  readonly revision: string
  readonly targets: readonly string[]
}

/** Rejects for what is in no log: it is tried some times, and then parked with this reason. */
const readEvent = async (read: Reader, tenant: TenantId, event: string): Promise<Found> => {
  const [stamped] = await read.getStamped([`tenants/${tenant}/audit/${event}`])
  const [type, at] = [stamped?.fields?.['type'], instantIn(stamped?.fields?.['at'])]
  if (stamped?.madeAt === undefined || typeof type !== 'string' || at === undefined)
    throw new Error(`${event} is in no audit log of ${tenant}`)
  const targets = stamped.fields?.['targets']
  return {
    event,
    tenant,
    type,
    at,
    revision: stamped.madeAt,
    targets: Array.isArray(targets) ? targets.map(String) : [],
  }
}

/** Those of the tenant itself, and of its agency those that hear of accounts: whoever is above it now, as with its audit log. */
const endpointsFor = async (read: Reader, found: Found): Promise<readonly Endpoint[]> => {
  const [node] = await read.getAll([`tenants/${found.tenant}`])
  const agency = node?.['kind'] === 'account' ? String(node['parentId']) : undefined
  const [above] = agency === undefined ? [] : await read.getAll([`tenants/${agency}`])
  const own = await askingAt(read, { tenant: found.tenant, node, above }, found)
  if (agency === undefined || !isTenantId(agency)) return own
  return [...own, ...(await askingAt(read, { tenant: agency, node: above, above: undefined }, found))]
}

interface Place {
  readonly tenant: TenantId
  readonly node: DocumentFields | undefined
  readonly above: DocumentFields | undefined
}

const askingAt = async (read: Reader, { tenant, node, above }: Place, found: Found): Promise<readonly Endpoint[]> => {
  const there = await read.list({ collection: `tenants/${tenant}/webhooks`, limit: mostWebhooks })
  return there.flatMap(({ id, fields }) =>
    isWebhookId(id) && mayBeTold(fields, node, above) === 'yes' && isAskedFor(fields, { tenant, webhook: id }, found)
      ? [{ tenant, webhook: id }]
      : [],
  )
}

const isAskedFor = (fields: DocumentFields, { tenant, webhook }: Endpoint, found: Found): boolean => {
  if (fields['status'] !== 'active') return false
  // A test is for one endpoint, whatever it asks for.
  if (found.type === 'webhooks.endpoint_tested') return found.targets[0] === `webhook:${webhook}`
  if (found.tenant !== tenant && fields['reach'] !== 'subtree') return false
  const types = Array.isArray(fields['types']) ? fields['types'].map(String) : []
  return asksFor(types, found.type, tenant)
}

/**
 * Once, however often the message comes; then whoever is to send it is called, unless somebody has been. No transaction: many come at once for
 * one endpoint. What is placed before the end of a turn is seen by it, and what is placed after it sees that nobody is to come.
 */
const place = async (endpoint: Endpoint, found: Found, now: Instant, { read, operate, enqueue, take }: Placing) => {
  const { tenant, webhook } = endpoint
  const path = deliveryPath(tenant, webhook, deliveryId(found.event, found.at))
  const { event, type, revision } = found
  const fields = {
    ...{ event, type, revision, tenant: found.tenant, at: timestampOf(found.at), attempts: [] },
    ...pendingFrom(now, plusSeconds(now, deliveryLife)),
  }
  const isNew = await operate.write({ kind: 'create', path, fields })
  await take(webhook, async () => {
    const [delivery, queue] = await read.getAll([path, queuePath(webhook)])
    // Placed before and never tried: the call may have been lost with the run that placed it.
    const isCallLost = !isNew && delivery?.['status'] === 'pending' && delivery['attempted'] === 0
    if (isAwake(queue, now) && !isCallLost) return
    await operate.write(awakeFrom(endpoint, now))
    await callFor(endpoint, now, { enqueue })
  })
}
