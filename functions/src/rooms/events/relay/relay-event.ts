// Hands one event of the outbox to the topic `events`, at least once: it is marked as relayed only after Pub/Sub has taken it.
import { eventMessage, eventTopic } from '@latchkey/core/events/message'
import type { Instant } from '@latchkey/core/kernel/time'
import { type Log, sentenceOf } from '../../../platform/log.ts'
import type { Publish } from '../../../platform/publish.ts'
import type { Operate } from '../../../platform/store/operate.ts'
import { countTry, isOutage, mostTries, parkedWrite } from '../../../platform/store/parked.ts'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'
import { StoreError } from '../../../platform/store/store-error.ts'

export interface RelayDependencies {
  readonly read: Reader
  readonly operate: Operate
  readonly publish: Publish
  readonly log: Log
}

/** `nothing`: relayed before, swept, or a repair, which nobody else is told of. */
export type Relayed = 'relayed' | 'nothing' | 'parked'

/** Rejects when it was not taken; then it stays marked, and the caller comes again. What is its own fault is parked after some tries. */
export const relayEvent = async (event: string, now: Instant, dependencies: RelayDependencies): Promise<Relayed> => {
  const { read, operate, publish } = dependencies
  const path = `outbox/${event}`
  const [fields] = await read.getAll([path])
  if (fields?.['toRelay'] === undefined) return 'nothing'
  const message = { event, tenant: fields['tenant'], type: fields['type'] }
  try {
    await publish(eventTopic, eventMessage.parse(message))
  } catch (error) {
    const tries = isOutage(error) ? 0 : await countTry(nameOf(event), now, operate)
    if (tries < mostTries) throw error
    await park(message, { now, tries, reason: sentenceOf(error) }, dependencies)
    return 'parked'
  }
  await operate.write({ kind: 'update', path, fields: { toRelay: undefined } }).catch((error: unknown) => {
    // Whoever relayed it, too, was faster, and it has been swept since.
    if (!(error instanceof StoreError) || error.fault !== 'conflict') throw error
  })
  return 'relayed'
}

const job = 'onOutboxCreated'

const nameOf = (event: string): string => `${job}-${event.replace(/[^A-Za-z0-9]/g, '-')}`.slice(0, 200)

interface Parking {
  readonly now: Instant
  readonly tries: number
  readonly reason: string
}

/** Both at once: it is always in the one place or the other. */
const park = async (
  message: DocumentFields & { readonly event: string },
  { now, tries, reason }: Parking,
  { operate, log }: RelayDependencies,
): Promise<void> => {
  const data = Buffer.from(JSON.stringify(message)).toString('base64')
  log('ERROR', 'event parked', { job, event: message.event, reason, tries })
  await operate.transact(async () => ({
    writes: [
      parkedWrite(nameOf(message.event), { job, topic: eventTopic, reason, tries, data }, now),
      { kind: 'update', path: `outbox/${message.event}`, fields: { toRelay: undefined } },
    ],
    value: undefined,
  }))
}
