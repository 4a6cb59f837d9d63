// The relay of events: as they are committed, and for the reconciler what was left behind.
import type { App } from '../app.ts'
import { onOutboxCreated } from '../rooms/events/relay/on-outbox-created.ts'

export const outboxRelay = (app: App) =>
  onOutboxCreated({ read: app.store.read, operate: app.store.operate, publish: app.publish, log: app.log })
