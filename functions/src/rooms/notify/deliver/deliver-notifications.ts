// The subscriber of `events`: tells people of what concerns them.
import { eventMessage, eventTopic } from '@latchkey/core/events/message'
import { kindOfEvent } from '@latchkey/core/notify/notice'
import { subscriber } from '../../../guard/definition.ts'
import type { NotifyDependencies } from '../dependencies.ts'
import { deliverEvent } from './deliver-event.ts'

export const deliverNotifications = (dependencies: NotifyDependencies) =>
  subscriber({
    name: 'deliverNotifications',
    summary: 'Tells people of what concerns them: in their lists, by mail, or in the daily digest.',
    topic: eventTopic,
    message: eventMessage,
    waits: true,
    run: async ({ now }, received) => {
      const { event, tenant, type } = eventMessage.parse(received)
      // Most events are of no kind; the type of the message only spares a read, what is told goes by the event itself.
      if (kindOfEvent(type, dependencies.registry) !== undefined)
        await deliverEvent({ event, tenant }, now, dependencies)
    },
  })
