// Relays each event as soon as it was committed. It hears of new documents only: its own mark on one calls nobody (CATALOGUE F-20).
import { isOpId } from '@latchkey/core/kernel/ids'
import { trigger } from '../../../guard/definition.ts'
import { type RelayDependencies, relayEvent } from './relay-event.ts'

export const onOutboxCreated = (dependencies: RelayDependencies) =>
  trigger({
    name: 'onOutboxCreated',
    summary: 'Hands a committed event to whoever consumes events.',
    document: 'outbox/{event}',
    on: 'created',
    waits: true,
    run: async ({ now }, { event = '' }) => {
      if (isOpId(event)) await relayEvent(event, now, dependencies)
    },
  })
