// `notifications/markRead`: some of one's own notifications, or all of before a moment.
import type { UserId } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import { fromIso, type Instant } from '@latchkey/core/kernel/time'
import { markReadInput, markReadOutput } from '@latchkey/core/notify/contract'
import { noticesBefore } from '@latchkey/core/notify/notice'
import { operation } from '../../../guard/definition.ts'
import type { Project } from '../../../platform/store/project.ts'
import { type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import { ownReason, personOf } from './preferences.ts'

const aPage = 100
const mostPages = 10

interface Marking {
  readonly uid: UserId
  readonly now: Instant
  readonly project: Project
}

export const markRead = ({ project }: { readonly project: Project }) =>
  operation({
    group: 'notifications',
    name: 'markRead',
    summary: 'Marks notifications of yours as read: those that you name, or all of before a moment.',
    input: markReadInput,
    output: markReadOutput,
    access: { signedIn: ownReason },
    effect: 'write',
    handler: async ({ input, caller, now, read }) => {
      const uid = personOf(caller)
      if (!uid.ok) return uid
      const marking = { uid: uid.value, now, project }
      if ('notifications' in input) return ok({ marked: await mark(input.notifications, marking), more: false })
      return ok(await markBefore(fromIso(input.before) ?? now, read, marking))
    },
  })

/** Of those that are there and were not read; an id of nobody's marks nothing. */
const mark = async (ids: readonly string[], { uid, now, project }: Marking): Promise<number> => {
  let marked = 0
  await project(async (read) => {
    const paths = [...new Set(ids)].map((id) => `users/${uid}/notifications/${id}`)
    const found = await read.getAll(paths)
    const unread = paths.filter((_path, index) => found[index]?.['unread'] === true)
    marked = unread.length
    const fields = { unread: false, readAt: timestampOf(now) }
    return { writes: unread.map((path): Write => ({ kind: 'update', path, fields })) }
  })
  return marked
}

const markBefore = async (before: Instant, read: Reader, marking: Marking) => {
  let marked = 0
  for (let page = 0; page < mostPages; page++) {
    const found = await read.list({
      collection: `users/${marking.uid}/notifications`,
      where: { unread: true },
      after: noticesBefore(before),
      limit: aPage,
    })
    marked += await mark(
      found.map(({ id }) => id),
      marking,
    )
    if (found.length < aPage) return { marked, more: false }
  }
  return { marked, more: true }
}
