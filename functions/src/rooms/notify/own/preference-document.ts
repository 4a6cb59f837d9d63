// `users/{uid}/preferences/notifications`: only what somebody has chosen; everything else is as usual.
import type { UserId } from '@latchkey/core/kernel/ids'
import { type MailChoice, type Preferences, usualPreferences } from '@latchkey/core/notify/preferences'
import type { DocumentFields } from '../../../platform/store/reader.ts'

export const preferencesPath = (uid: UserId | string): string => `users/${uid}/preferences/notifications`

const mails: readonly string[] = ['now', 'digest', 'off'] satisfies readonly MailChoice[]
const isMailChoice = (value: unknown): value is MailChoice => typeof value === 'string' && mails.includes(value)

/** What cannot be read is as if nothing had been chosen: then people hear more, not less. */
export const preferencesIn = (fields: DocumentFields | undefined): Preferences => {
  const hour = fields?.['digestHour']
  const kinds = (fields?.['kinds'] ?? {}) as Readonly<Record<string, DocumentFields>> // our own document
  return {
    digestHour: typeof hour === 'number' && hour >= 0 && hour < 24 ? hour : usualPreferences.digestHour,
    kinds: Object.fromEntries(
      Object.entries(kinds).map(([name, { inApp, mail }]) => [
        name,
        { ...(typeof inApp === 'boolean' ? { inApp } : {}), ...(isMailChoice(mail) ? { mail } : {}) },
      ]),
    ),
  }
}
