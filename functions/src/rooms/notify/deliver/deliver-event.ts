// One event to everybody who is told of it: in their lists at once and once, and by mail as they wish.
import { isUserId, type TenantId, type UserId } from '@latchkey/core/kernel/ids'
import { fromIso, type Instant, isOver } from '@latchkey/core/kernel/time'
import { kindOfEvent, noticeId, shownNotice } from '@latchkey/core/notify/notice'
import { choiceFor, type Preferences } from '@latchkey/core/notify/preferences'
import { timestampOf } from '../../../platform/store/reader.ts'
import { StoreError } from '../../../platform/store/store-error.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { Notice, NotifyDependencies } from '../dependencies.ts'
import { mailPerson } from '../mail/mail-person.ts'
import { preferencesIn, preferencesPath } from '../own/preference-document.ts'
import { factsOfEvent, peopleTold, readEvent } from './facts-of-event.ts'

export interface Named {
  readonly event: string
  readonly tenant: TenantId
}

interface Told {
  readonly uid: UserId
  readonly preferences: Preferences
}

/** Rejects when anybody's could not be delivered; whoever has theirs already gets no second. */
export const deliverEvent = async (named: Named, now: Instant, dependencies: NotifyDependencies): Promise<void> => {
  const { read, registry } = dependencies
  const event = await readEvent(read, named.tenant, named.event)
  const known = event === undefined ? undefined : kindOfEvent(event.type, registry)
  if (event === undefined || known === undefined) return
  const until = fromIso(String(event.details[known.kind.until ?? ''] ?? ''))
  if (isOver(until, now)) return // it is not true any more
  const people = (await peopleTold(read, event, known.kind)).filter(isUserId)
  if (people.length === 0) return
  const [facts, stored] = await Promise.all([factsOfEvent(read, event), read.getAll(people.map(preferencesPath))])
  const told = people.map((uid, index): Told => ({ uid, preferences: preferencesIn(stored[index]) }))
  const notice: Notice = { ...known, facts }
  await show(notice, told, dependencies)
  await mailAll(notice, told, now, dependencies)
}

/** Derived from the event, so heard again it writes nothing: not over what was read meanwhile either. */
const show = async ({ name, kind, facts }: Notice, told: readonly Told[], { project }: NotifyDependencies) => {
  const { id, at } = facts.event
  const paths = told
    .filter(({ preferences }) => choiceFor(name, kind, preferences).inApp)
    .map(({ uid }) => `users/${uid}/notifications/${noticeId(at, id)}`)
  if (paths.length === 0) return
  const fields = { ...shownNotice(name, kind, facts), at: timestampOf(at) }
  await project(async (read) => {
    const there = await read.getAll(paths)
    const missing = paths.filter((_path, index) => there[index] === undefined)
    return { writes: missing.map((path): Write => ({ kind: 'create', path, fields })) }
  })
}

/** One person's trouble is not another's. */
const mailAll = async (notice: Notice, told: readonly Told[], now: Instant, dependencies: NotifyDependencies) => {
  const { mail, accounts } = dependencies
  if (mail === undefined) return
  const wanted = told.filter(({ preferences }) => choiceFor(notice.name, notice.kind, preferences).mail !== 'off')
  if (wanted.length === 0) return
  const mailboxes = await accounts.mailboxesOf(wanted.map(({ uid }) => uid))
  const runs = await Promise.allSettled(
    wanted.map(async ({ uid, preferences }) => {
      const address = mailboxes.get(uid)
      if (address !== undefined) await mailPerson({ notice, uid, preferences, address, now }, { ...dependencies, mail })
    }),
  )
  const failed = runs.flatMap((run) => (run.status === 'rejected' ? [run.reason] : []))
  // What is down is no fault of the message, and must not look like one.
  const outage = failed.find((reason) => reason instanceof StoreError)
  if (failed.length > 0)
    throw outage ?? new AggregateError(failed, `${failed.length} mails of ${notice.facts.event.id}`)
}
