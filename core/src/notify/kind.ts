// What a notification is made from and what it says: an event that happened, who is told of it, and in which words.
import type { Json } from '../kernel/canonical-json.ts'
import type { Instant } from '../kernel/time.ts'

export interface NoticeEvent {
  readonly id: string
  readonly type: string
  readonly tenant: string
  readonly actor: string
  readonly targets: readonly string[]
  readonly reason?: string
  readonly details: { readonly [key: string]: Json | undefined }
  readonly at: Instant
}

/**
 * `person`: the one that it is about, or nobody. `holder`: that one, or for what a service account or a team has, the owners of its
 * tenant. `platform`: the owners of the platform.
 */
export type Told = 'person' | 'holder' | 'owners' | 'platform'
export type Severity = 'info' | 'warning' | 'critical'

/** An event and the names of what it speaks of, as people know them. */
export interface NoticeFacts {
  readonly event: NoticeEvent
  readonly tenantName: string
  /** Of the key, the role, the app … that it is about. */
  readonly subject: string
  readonly actorName: string | undefined
}

export interface NoticeText {
  /** One line; also the subject of a mail. */
  readonly title: string
  readonly lines: readonly string[]
}

export interface Kind {
  /** What people switch on and off, in their words. */
  readonly label: string
  readonly from: readonly string[]
  readonly told: Told
  readonly severity: Severity
  /** It cannot be switched off, and has a share of the mails of its own. */
  readonly security: boolean
  /** Many a day are usual: they come together in one mail unless somebody wants them one by one. */
  readonly noisy: boolean
  /** Until this moment of its details it is true; from then on nobody is told any more. */
  readonly until?: string
  /** Nothing makes its events yet; it is not shown among the preferences. */
  readonly awaited?: true
  readonly text: (facts: NoticeFacts) => NoticeText
}

export type Registry = Readonly<Record<string, Kind>>
