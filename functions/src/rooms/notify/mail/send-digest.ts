// One person's digest: claimed, handed in, and emptied of what it said. Empty, or for nobody, it just goes.
import { isUserId, platformTenant } from '@latchkey/core/kernel/ids'
import { hours, type Instant, plusSeconds } from '@latchkey/core/kernel/time'
import { choiceFor } from '@latchkey/core/notify/preferences'
import { renderDigest } from '@latchkey/core/notify/render-mail'
import { sha256 } from '../../../platform/seal.ts'
import { type DocumentFields, instantIn, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { MailRoom, NotifyDependencies } from '../dependencies.ts'
import { preferencesIn, preferencesPath } from '../own/preference-document.ts'
import { type DigestEntry, digestPath, entriesIn, isTrue, moreIn, without } from './digest-document.ts'
import { charged, isLeased, type Leased, leaseFields } from './mail-record.ts'

type Dependencies = NotifyDependencies & { readonly mail: MailRoom }

type Claim =
  | { readonly kind: 'send'; readonly digest: DocumentFields; readonly preferences: DocumentFields | undefined }
  | { readonly kind: 'busy' | 'deferred' }

export const sendDigest = async (uid: string, now: Instant, dependencies: Dependencies): Promise<string> => {
  const leased: Leased = { fence: dependencies.drawId(), now }
  const claim = await claimDigest(uid, leased, dependencies)
  if (claim.kind !== 'send') return claim.kind
  const { digest } = claim
  const mailboxes = isUserId(uid) ? await dependencies.accounts.mailboxesOf([uid]) : new Map<string, string>()
  const [address] = mailboxes.values()
  const entries = entriesIn(digest)
  const said = saidOf(entries, claim.preferences, now, dependencies)
  const more = moreIn(digest)
  const isEmpty = address === undefined || (said.length === 0 && more === 0)
  if (!isEmpty) await handIn({ uid, address, said, more, digest }, dependencies)
  await emptied(uid, leased, { events: entries.map(({ event }) => event), more }, dependencies)
  return isEmpty ? 'empty' : 'sent'
}

/** What is still true and was not switched off since. */
const saidOf = (
  entries: readonly DigestEntry[],
  stored: DocumentFields | undefined,
  now: Instant,
  { registry }: Dependencies,
): readonly DigestEntry[] =>
  entries.filter((entry) => {
    const kind = registry[entry.kind]
    return kind !== undefined && isTrue(entry, now) && choiceFor(entry.kind, kind, preferencesIn(stored)).mail !== 'off'
  })

/** Without budget it waits an hour; what was taken over after a crash is paid for already. */
const claimDigest = (uid: string, leased: Leased, { operate, mail }: Dependencies): Promise<Claim> => {
  const path = digestPath(uid)
  const { now } = leased
  return operate.transact<Claim>(async (read) => {
    const [digest, preferences] = await read.getAll([path, preferencesPath(uid)])
    if (digest === undefined || isLeased(digest, leased)) return { writes: [], value: { kind: 'busy' } }
    const entries = entriesIn(digest)
    // To whoever's events fill it, so that nobody spends everybody's mails by filling digests; the reserve only to whose security it is.
    const first = entries.find((entry) => entry.security) ?? entries[0]
    const tenant = first?.tenant ?? platformTenant
    const charge = { tenant, uid, security: first?.security === true, perDay: mail.perDay, now }
    const paid = digest['paid'] === true ? [] : await charged(read, charge)
    const later = timestampOf(plusSeconds(now, hours(1)))
    if (paid === undefined)
      return { writes: [{ kind: 'update', path, fields: { due: later } }], value: { kind: 'deferred' } }
    const claimed: Write = { kind: 'update', path, fields: { ...leaseFields(leased), paid: true } }
    return { writes: [claimed, ...paid], value: { kind: 'send', digest, preferences } }
  })
}

interface Handed {
  readonly uid: string
  readonly address: string
  readonly said: readonly DigestEntry[]
  readonly more: number
  readonly digest: DocumentFields
}

/** Named after its hour: after a crash it is handed in once more under the same Message-ID. */
const handIn = async ({ uid, address, said, more, digest }: Handed, { mail, log }: Dependencies): Promise<void> => {
  const rendered = renderDigest(said, more, { preferences: mail.preferencesUrl })
  const id = `digest.${sha256(uid).slice(0, 16)}.${instantIn(digest['due'])}`
  const answer = await mail.send({ ...rendered, to: address, id, unsubscribe: mail.preferencesUrl })
  if (answer === 'refused') log('WARNING', 'digest refused', { uid })
}

const emptied = (
  uid: string,
  { fence, now }: Leased,
  { events, more }: { readonly events: readonly string[]; readonly more: number },
  { operate }: Dependencies,
) =>
  operate.transact(async (read) => {
    const path = digestPath(uid)
    const [digest] = await read.getAll([path])
    if (digest === undefined || digest['fence'] !== fence) return { writes: [], value: undefined }
    const left = without(digest, events, more, plusSeconds(now, hours(24)))
    const write: Write = left === undefined ? { kind: 'delete', path } : { kind: 'set', path, fields: left }
    return { writes: [write], value: undefined }
  })
