// A world that mails into a catcher, and the way of an event from the outbox to the people whom it concerns, as often as a test wants it.
import { eventMessage } from '@latchkey/core/events/message'
import { prefixes } from '@latchkey/core/kernel/ids'
import { type MailCatcher, startMailCatcher } from '../../dev/stack/mail/mail-catcher.ts'
import type { CaughtMail } from '../../dev/stack/mail/read-mail.ts'
import { deliverer, digests, reminders } from '../../functions/src/groups/notifications.ts'
import { fly } from '../support/fly.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, mailOf, makeWorld, type World, type WorldOptions } from '../support/world.ts'

export interface Message {
  readonly event: string
  readonly tenant: string
  readonly type: string
}

export interface NotifyWorld {
  readonly world: World
  readonly catcher: MailCatcher
  /** Every event so far, of the types that are named. */
  readonly events: (...types: readonly string[]) => Promise<readonly Message[]>
  /** Hands a message to the subscriber, as the topic does. */
  readonly deliver: (message: Message) => Promise<void>
  readonly deliverAll: (...types: readonly string[]) => Promise<void>
  readonly mailsTo: (uid: string) => readonly CaughtMail[]
  readonly listOf: (actor: Actor, input?: object) => Promise<Answer>
  readonly sendDigests: () => Promise<boolean>
  readonly remind: () => Promise<boolean>
  readonly close: () => Promise<void>
}

export const notifyWorld = async ({ env = {}, ...options }: WorldOptions = {}): Promise<NotifyWorld> => {
  const catcher = await startMailCatcher({ port: 0 })
  const mail = { LK_SMTP_HOST: '127.0.0.1', LK_SMTP_PORT: String(catcher.port), LK_APP_ORIGINS: 'https://app.example' }
  const world = await makeWorld({ ...options, env: { ...mail, ...env } })
  const { app, projectId } = world
  const events: NotifyWorld['events'] = async (...types) =>
    [...(await storedDocuments(projectId))].flatMap(([path, fields]) => {
      const type = String(fields['type']?.['stringValue'])
      const tenant = String(fields['tenant']?.['stringValue'])
      return path.startsWith('outbox/') && types.includes(type)
        ? [{ event: path.slice('outbox/'.length), tenant, type }]
        : []
    })
  const deliver: NotifyWorld['deliver'] = (message) =>
    deliverer(app).run({ runId: app.drawId(prefixes.request), now: app.clock() }, eventMessage.parse(message))
  return {
    world,
    catcher,
    events,
    deliver,
    deliverAll: async (...types) => {
      for (const message of await events(...types)) await deliver(message)
    },
    mailsTo: (uid) => catcher.mails().filter(({ to }) => to.includes(mailOf(uid))),
    listOf: (actor, input = {}) => actor.must('notifications/list', input),
    sendDigests: () => fly(digests(app), app),
    remind: () => fly(reminders(app), app),
    close: async () => {
      await world.close()
      await catcher.close()
    },
  }
}
