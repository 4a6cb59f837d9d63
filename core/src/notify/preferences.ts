// What a person wants to hear of and how; what is about their security they hear of always.
import { type IamError, iamError } from '../kernel/errors.ts'
import { hours, type Instant, instantOf } from '../kernel/time.ts'
import type { Kind, Registry } from './kind.ts'
import { kinds } from './kinds.ts'

export type MailChoice = 'now' | 'digest' | 'off'

export interface Choice {
  readonly inApp: boolean
  readonly mail: MailChoice
}

export interface Preferences {
  /** The whole hour of the day, UTC, at which the digest is sent. */
  readonly digestHour: number
  readonly kinds: Readonly<
    Record<string, { readonly inApp?: boolean | undefined; readonly mail?: MailChoice | undefined }>
  >
}

export const usualPreferences: Preferences = { digestHour: 7, kinds: {} }

export const choiceFor = (name: string, kind: Kind, preferences: Preferences): Choice => {
  if (kind.security) return { inApp: true, mail: 'now' }
  const wanted = preferences.kinds[name]
  return { inApp: wanted?.inApp ?? true, mail: wanted?.mail ?? (kind.noisy ? 'digest' : 'now') }
}

/** The first wish that would silence what is about somebody's security. */
export const preferenceFault = (wanted: Preferences['kinds'], registry: Registry = kinds): IamError | undefined => {
  for (const [name, { inApp, mail }] of Object.entries(wanted)) {
    if (registry[name]?.security !== true) continue
    const field = inApp === false ? 'inApp' : mail === undefined || mail === 'now' ? undefined : 'mail'
    if (field === undefined) continue
    const detail = 'This is about your security: it is always shown and mailed at once.'
    return iamError('invalid_request', { field: `kinds.${name}.${field}`, detail })
  }
  return undefined
}

const hour = hours(1) * 1000

/** The next time that it is that hour, after `now`. */
export const nextDigest = (now: Instant, digestHour: number): Instant => {
  const [day] = [hours(24) * 1000]
  const today = Math.floor(now / day) * day + digestHour * hour
  return instantOf(today > now ? today : today + day)
}
