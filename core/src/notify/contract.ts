// The wire of `notifications/list`, `notifications/markRead`, `notifications/getPreferences` and `notifications/setPreferences`.
import * as z from 'zod'
import { moment, pageOf, pageRequest, tenantId } from '../kernel/wire.ts'
import { kindNames } from './kinds.ts'
import { noticeIdPattern } from './notice.ts'

const notificationId = z
  .string()
  .regex(noticeIdPattern, 'This is not the id of a notification.')
  .meta({ description: 'the id of a notification; in their order the newest come first' })

export const notificationView = z.strictObject({
  notification: notificationId,
  kind: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  tenant: tenantId,
  title: z.string(),
  text: z.string(),
  at: moment,
  unread: z.boolean(),
})

export const listNotificationsInput = z.strictObject({
  /** Only those that were not read. */
  unread: z.boolean().default(false),
  ...pageRequest,
})
export const listNotificationsOutput = pageOf(notificationView).extend({
  /** How many were not read; 100 stands for 100 or more. */
  unread: z.int(),
})

export const markReadInput = z
  .strictObject({ notifications: z.array(notificationId).min(1).max(100) })
  .or(z.strictObject({ before: moment }))
export const markReadOutput = z.strictObject({
  marked: z.int(),
  /** There are more of before that moment: call again. */
  more: z.boolean(),
})

const mail = z.enum(['now', 'digest', 'off'])
/** The whole hour of the day, UTC. */
const digestHour = z.int().min(0).max(23)

export const preferencesView = z.strictObject({
  digestHour,
  kinds: z.array(
    z.strictObject({
      kind: z.enum(kindNames),
      label: z.string(),
      /** About the person's security: neither channel can be switched off. */
      security: z.boolean(),
      inApp: z.boolean(),
      mail,
    }),
  ),
})

export const getPreferencesInput = z.strictObject({})

export const setPreferencesInput = z.strictObject({
  digestHour: digestHour.optional(),
  /** What is not named stays as it is. */
  kinds: z
    .partialRecord(z.enum(kindNames), z.strictObject({ inApp: z.boolean().optional(), mail: mail.optional() }))
    .optional(),
})
