// Mails one person of one event, at most once: claimed first, then handed in, then marked. What has no budget left goes into the digest.
import type { UserId } from '@latchkey/core/kernel/ids'
import { type Instant, plusSeconds } from '@latchkey/core/kernel/time'
import { shownNotice } from '@latchkey/core/notify/notice'
import { choiceFor, nextDigest, type Preferences } from '@latchkey/core/notify/preferences'
import { renderMail } from '@latchkey/core/notify/render-mail'
import { sha256 } from '../../../platform/seal.ts'
import { type DocumentFields, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import { StoreError } from '../../../platform/store/store-error.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { MailRoom, Notice, NotifyDependencies } from '../dependencies.ts'
import { digestPath, withItem } from './digest-document.ts'
import { againSeconds, charged, isLeased, type Leased, leaseFields, mailPath } from './mail-record.ts'

export interface Mailing {
  readonly notice: Notice
  readonly uid: UserId
  readonly preferences: Preferences
  readonly address: string
  readonly now: Instant
}

export type MailDependencies = Pick<NotifyDependencies, 'operate' | 'drawId' | 'log'> & { readonly mail: MailRoom }

/** `busy`: another one sends it now, and may still fail. */
type Claim = 'send' | 'busy' | 'done'

export const mailPerson = async (mailing: Mailing, dependencies: MailDependencies): Promise<void> => {
  const leased: Leased = { fence: dependencies.drawId(), now: mailing.now }
  const claim = await claimMail(mailing, leased, dependencies)
  if (claim === 'busy') throw new StoreError('unavailable', 'this mail is being sent')
  if (claim === 'send') await handIn(mailing, leased, dependencies)
}

const claimMail = (mailing: Mailing, leased: Leased, { operate, mail }: MailDependencies): Promise<Claim> => {
  const { notice, uid, now } = mailing
  const path = mailPath(notice.facts.event.id, uid)
  return operate.transact<Claim>(async (read) => {
    const [before] = await read.getAll([path])
    if (before !== undefined && before['status'] !== 'sending') return { writes: [], value: 'done' }
    if (isLeased(before, leased)) return { writes: [], value: 'busy' }
    const lease = leaseFields(leased)
    const due = lease.leaseUntil
    // Paid for when it was first claimed.
    if (before !== undefined) return { writes: [{ kind: 'update', path, fields: { ...lease, due } }], value: 'send' }
    const { tenant, id: event } = notice.facts.event
    const made = { tenant, uid, event, kind: notice.name, at: timestampOf(now) }
    const wantsNow = choiceFor(notice.name, notice.kind, mailing.preferences).mail === 'now'
    const { security } = notice.kind
    const paid = wantsNow ? await charged(read, { tenant, uid, security, perDay: mail.perDay, now }) : undefined
    if (paid === undefined) return { writes: await intoDigest(read, mailing, path, made), value: 'done' }
    const fields = { ...made, ...lease, due, status: 'sending' }
    return { writes: [{ kind: 'create', path, fields }, ...paid], value: 'send' }
  })
}

const intoDigest = async (
  read: Reader,
  { notice, uid, preferences, now }: Mailing,
  path: string,
  made: DocumentFields,
): Promise<readonly Write[]> => {
  const { name, kind, facts } = notice
  const { title, text, event, tenant, until } = shownNotice(name, kind, facts)
  const item = { kind: name, title, text, event, tenant, security: kind.security, at: timestampOf(facts.event.at) }
  const [digest] = await read.getAll([digestPath(uid)])
  const added = withItem(
    digest,
    { ...item, ...(until === undefined ? {} : { until }) },
    nextDigest(now, preferences.digestHour),
  )
  return [
    { kind: 'create', path, fields: { ...made, status: 'digest' } },
    { kind: 'set', path: digestPath(uid), fields: added },
  ]
}

/** After a crash between the server's yes and the mark the mail is handed in once more, under the same Message-ID. */
const handIn = async (mailing: Mailing, leased: Leased, { operate, mail, log }: MailDependencies): Promise<void> => {
  const { notice, uid, address, now } = mailing
  const { kind, facts } = notice
  const path = mailPath(facts.event.id, uid)
  const preferences = kind.security ? undefined : mail.preferencesUrl
  const rendered = renderMail(kind.text(facts), { preferences })
  const mark = (fields: DocumentFields) =>
    operate.transact(async (read) => {
      const [record] = await read.getAll([path])
      const mine = record?.['fence'] === leased.fence && record['status'] === 'sending'
      return { writes: mine ? [{ kind: 'update', path, fields }] : [], value: undefined }
    })
  try {
    const id = `${facts.event.id}.${sha256(uid).slice(0, 16)}`
    const status = await mail.send({ ...rendered, to: address, id, unsubscribe: preferences })
    await mark({ status, sentAt: timestampOf(now), due: undefined, leaseUntil: undefined })
    if (status === 'refused') log('WARNING', 'mail refused', { uid, event: facts.event.id })
  } catch (error) {
    // Left to whoever hears the message again, or to the next look.
    const again = timestampOf(plusSeconds(now, againSeconds))
    await mark({ leaseUntil: undefined, due: again }).catch(() => undefined)
    throw error
  }
}
