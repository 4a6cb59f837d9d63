// What the room of notifications needs, and what it hands on within.
import type { Kind, NoticeFacts, Registry } from '@latchkey/core/notify/kind'
import type { Accounts } from '../../platform/auth.ts'
import type { Log } from '../../platform/log.ts'
import type { SendMail } from '../../platform/mail.ts'
import type { DrawId } from '../../platform/random.ts'
import type { Operate } from '../../platform/store/operate.ts'
import type { Project } from '../../platform/store/project.ts'
import type { Reader } from '../../platform/store/reader.ts'

export interface NotifyDependencies {
  readonly read: Reader
  readonly project: Project
  readonly operate: Operate
  readonly drawId: DrawId
  readonly log: Log
  readonly accounts: Pick<Accounts, 'mailboxesOf'>
  /** Undefined where no mail server is set: then people see their notifications in their lists only. */
  readonly mail: MailRoom | undefined
  readonly registry: Registry
}

/** What people are told. */
export interface Notice {
  readonly name: string
  readonly kind: Kind
  readonly facts: NoticeFacts
}

export interface MailRoom {
  readonly send: SendMail
  /** What the provider allows in a day, for the whole project. */
  readonly perDay: number
  readonly preferencesUrl: string
}
