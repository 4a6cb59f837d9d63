// A member as people see them; mail addresses come from the person's own document and never from a live one.
import { memberView } from '@latchkey/core/directory/contract'
import { toIso } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import { instantIn, type Reader, type StoredDocument } from '../../../platform/store/reader.ts'
import { attributesOf, isOfElsewhere, statusOf, teamsOf } from './member-state.ts'

export type MemberView = z.output<typeof memberView>

/**
 * One view a document; undefined for what is not whole, which hides no other (CATALOGUE I-86), and for people of an agency that the
 * tenant has left: their names and mailboxes are nobody's business here. Of who was removed, the mailbox is not shown any more.
 */
export const memberViews = async (
  read: Reader,
  documents: readonly StoredDocument[],
  placementId: unknown,
): Promise<readonly (MemberView | undefined)[]> => {
  const people = documents.filter(
    ({ fields }) => fields['kind'] === 'user' && statusOf(fields, placementId) !== 'removed',
  )
  const users = await read.getAll(people.map(({ id }) => `users/${id}`))
  const emails = new Map(people.map(({ id }, index) => [id, users[index]?.['email']]))
  return documents.map((document) =>
    isOfElsewhere(document.fields, placementId)
      ? undefined
      : memberView.safeParse(viewOf(document, emails.get(document.id), placementId)).data,
  )
}

const viewOf = ({ id, fields }: StoredDocument, email: unknown, placementId: unknown) => {
  const joinedAt = instantIn(fields['joinedAt'])
  return {
    member: id,
    kind: fields['kind'],
    displayName: String(fields['displayName']),
    ...(typeof email === 'string' && email !== '' ? { email } : {}),
    status: statusOf(fields, placementId),
    attributes: attributesOf(fields),
    teams: teamsOf(fields),
    joinedAt: joinedAt === undefined ? '' : toIso(joinedAt),
  }
}
