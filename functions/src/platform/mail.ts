// Hands mails in over SMTP; the client is loaded at the first mail, and its credentials come from Secret Manager.
import { hours, type Instant, isOver, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import type { SMTPTransportOptions } from 'nodemailer/lib/smtp-transport'
import type { Clock } from './clock.ts'
import type { Secrets } from './cloud/secrets.ts'
import type { MailConfig } from './config.ts'
import { StoreError } from './store/store-error.ts'

export interface OutgoingMail {
  readonly to: string
  readonly subject: string
  readonly plain: string
  readonly html: string
  /** What it is made from: the same thing sent again has the same Message-ID. */
  readonly id: string
  /** Where it can be switched off; undefined where it cannot. */
  readonly unsubscribe: string | undefined
}

/** `refused`: the server will not take it, now or later. Rejects with a StoreError when it may take it later. */
export type SendMail = (mail: OutgoingMail) => Promise<'sent' | 'refused'>

export interface MailDependencies {
  readonly clock: Clock
  readonly secrets: Secrets
  /** Beside emulators mails go to a catcher: without encryption and without credentials. */
  readonly local: boolean
}

/** `{"user": …, "password": …}`; the newest version counts. */
export const smtpSecret = 'latchkey-smtp'
const credentialsLife = minutes(5)
const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 }
const implicitTls = 465

interface Credentials {
  readonly user: string
  readonly pass: string
}

export const smtpMailer = (config: MailConfig, dependencies: MailDependencies): SendMail => {
  const credentials = credentialsReader(dependencies)
  return async (mail) => {
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({ ...optionsOf(config, await credentials()), disableFileAccess: true })
    try {
      await transport.sendMail({
        from: { name: 'Latchkey', address: config.from },
        to: { name: '', address: mail.to },
        subject: mail.subject,
        text: mail.plain,
        html: mail.html,
        messageId: `<${mail.id}@${config.from.split('@')[1]}>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        ...(mail.unsubscribe === undefined ? {} : { list: { unsubscribe: { url: mail.unsubscribe } } }),
        disableUrlAccess: true,
      })
      return 'sent'
    } catch (error) {
      if (isForGood(error)) return 'refused'
      throw new StoreError('unavailable', error)
    } finally {
      transport.close()
    }
  }
}

const optionsOf = ({ host, port }: MailConfig, auth: Credentials | undefined): SMTPTransportOptions =>
  auth === undefined
    ? { host, port, ignoreTLS: true, ...patience }
    : { host, port, auth, secure: port === implicitTls, requireTLS: port !== implicitTls, ...patience }

/** Of this mailbox alone: what the server says of us, of our quota or of its own state may be different later. */
const isForGood = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  const { command, response, responseCode } = error as Error & Readonly<Record<string, unknown>> // as the client makes them
  const isOfMailbox = command === 'RCPT TO' || /^5\d\d[ -]5\.1\.\d/.test(String(response)) // RFC 3463 §3.2: addressing
  return isOfMailbox && typeof responseCode === 'number' && responseCode >= 500
}

const credentialsReader = ({ clock, secrets, local }: MailDependencies) => {
  let kept: { readonly value: Credentials; readonly at: Instant } | undefined
  return async (): Promise<Credentials | undefined> => {
    if (local) return undefined
    const now = clock()
    if (kept !== undefined && now >= kept.at && !isOver(plusSeconds(kept.at, credentialsLife), now)) return kept.value
    try {
      kept = { value: await readCredentials(secrets), at: now }
    } catch (error) {
      // Secret Manager down: what was known an hour ago may still be right.
      if (kept === undefined || isOver(plusSeconds(kept.at, hours(1)), now)) throw error
    }
    return kept.value
  }
}

const readCredentials = async (secrets: Secrets): Promise<Credentials> => {
  const newest = Math.max(...(await secrets.versions(smtpSecret)).map(({ number }) => number))
  if (!Number.isFinite(newest)) throw new StoreError('unavailable', `${smtpSecret} has no version`)
  const { user, password } = JSON.parse((await secrets.access(smtpSecret, newest)).toString('utf8')) as {
    readonly user?: unknown
    readonly password?: unknown
  } // written by an operator
  if (typeof user === 'string' && typeof password === 'string') return { user, pass: password }
  throw new StoreError('unavailable', `${smtpSecret} holds no user and password`)
}
