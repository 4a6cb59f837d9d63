// The operations of the function `notifications`, and the background work that tells people of things.
import { kinds } from '@latchkey/core/notify/kinds'
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import { statusInTruth } from '../rooms/credentials/keys/bulk-ends.ts'
import { deliverNotifications } from '../rooms/notify/deliver/deliver-notifications.ts'
import type { NotifyDependencies } from '../rooms/notify/dependencies.ts'
import { sendDigests } from '../rooms/notify/mail/send-digests.ts'
import { listNotifications } from '../rooms/notify/own/list-notifications.ts'
import { markRead } from '../rooms/notify/own/mark-read.ts'
import { getPreferences, setPreferences } from '../rooms/notify/own/preferences.ts'
import { remindExpiring } from '../rooms/notify/remind/remind-expiring.ts'

export const operations = (app: App): readonly AnyOperation[] => [
  listNotifications(),
  markRead({ project: app.store.project }),
  getPreferences(),
  setPreferences({ commit: app.store.commit }),
]

const dependenciesOf = (app: App): NotifyDependencies => {
  const { mail } = app.config
  return {
    read: app.store.read,
    project: app.store.project,
    operate: app.store.operate,
    drawId: app.drawId,
    log: app.log,
    accounts: app.guard.accounts,
    mail: mail === undefined || app.sendMail === undefined ? undefined : { ...mail, send: app.sendMail },
    registry: kinds,
  }
}

export const deliverer = (app: App) => deliverNotifications(dependenciesOf(app))

export const digests = (app: App) => sendDigests({ ...dependenciesOf(app), clock: app.clock })

export const reminders = (app: App) =>
  remindExpiring({
    read: app.store.read,
    commit: app.store.commit,
    reminders: app.store.reminders,
    keyStatus: statusInTruth,
    clockFault: app.clockFault,
    clock: app.clock,
    log: app.log,
  })
