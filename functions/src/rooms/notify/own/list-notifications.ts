// `notifications/list`: one's own notifications, the newest first, and how many were not read.
import { ok } from '@latchkey/core/kernel/result'
import { toIso } from '@latchkey/core/kernel/time'
import { listNotificationsInput, listNotificationsOutput, notificationView } from '@latchkey/core/notify/contract'
import { noticeIdPattern } from '@latchkey/core/notify/notice'
import { operation } from '../../../guard/definition.ts'
import { pageAfter, pageAnswer } from '../../../platform/store/page.ts'
import { instantIn, type StoredDocument } from '../../../platform/store/reader.ts'
import { ownReason, personOf } from './preferences.ts'

const mostCounted = 100

export const listNotifications = () =>
  operation({
    group: 'notifications',
    name: 'list',
    summary: 'Lists your notifications, the newest first, and how many of them you have not read.',
    input: listNotificationsInput,
    output: listNotificationsOutput,
    access: { signedIn: ownReason },
    effect: 'read',
    handler: async ({ input, caller, read }) => {
      const uid = personOf(caller)
      if (!uid.ok) return uid
      const after = pageAfter(input.page, (text) => noticeIdPattern.test(text))
      if (!after.ok) return after
      const [found, unread] = await Promise.all([
        read.list({
          collection: `users/${uid.value}/notifications`,
          ...(input.unread ? { where: { unread: true } } : {}),
          ...after.value,
          limit: input.limit + 1,
        }),
        read.list({
          collection: `users/${uid.value}/notifications`,
          where: { unread: true },
          limit: mostCounted,
        }),
      ])
      return ok({ ...pageAnswer(found, input.limit, { whole: notificationView, view }), unread: unread.length })
    },
  })

const view = ({ id, fields }: StoredDocument) => {
  const at = instantIn(fields['at'])
  return {
    notification: id,
    kind: fields['kind'],
    severity: fields['severity'],
    tenant: fields['tenant'],
    title: fields['title'],
    text: fields['text'],
    at: at === undefined ? '' : toIso(at),
    unread: fields['unread'] === true,
  }
}
