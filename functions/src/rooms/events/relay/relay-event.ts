// Hands one event of the outbox to the topic `events`, at least once: it is marked as relayed only after Pub/Sub has taken it.
import { eventMessage, eventTopic } from '@latchkey/core/events/message'
import type { Publish } from '../../../platform/publish.ts'
import type { Operate } from '../../../platform/store/operate.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import { StoreError } from '../../../platform/store/store-error.ts'

export interface RelayDependencies {
  readonly read: Reader
  readonly operate: Operate
  readonly publish: Publish
}

/** Rejects when Pub/Sub does not take it; then it stays marked, and the caller comes again. False when there was nothing to relay. */
export const relayEvent = async (event: string, { read, operate, publish }: RelayDependencies): Promise<boolean> => {
  const path = `outbox/${event}`
  const [fields] = await read.getAll([path])
  // Relayed before, swept, or a repair, which nobody else is told of.
  if (fields?.['toRelay'] === undefined) return false
  await publish(eventTopic, eventMessage.parse({ event, tenant: fields['tenant'], type: fields['type'] }))
  await operate.write({ kind: 'update', path, fields: { toRelay: undefined } }).catch((error: unknown) => {
    // Whoever relayed it, too, was faster, and it has been swept since.
    if (!(error instanceof StoreError) || error.fault !== 'conflict') throw error
  })
  return true
}
