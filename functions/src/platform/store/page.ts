// Pages of a list ordered by id: the token of the next page is the last id of this one.
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { StoredDocument } from './reader.ts'

/** Where to go on; a token that is no id of this list is refused. */
export const pageAfter = (
  page: string | undefined,
  isId: (text: string) => boolean,
): Result<{ readonly after?: string }, IamError> => {
  if (page === undefined) return ok({})
  return isId(page)
    ? ok({ after: page })
    : err(iamError('invalid_request', { field: 'page', detail: 'Use `nextPage` of the answer before.' }))
}

/** `found` holds one document more than the page when there is a next one. */
export const pageAnswer = <View>(
  found: readonly StoredDocument[],
  limit: number,
  view: (one: StoredDocument) => View,
): { items: View[]; nextPage?: string } => {
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(view), ...(found.length > limit && last !== undefined ? { nextPage: last.id } : {}) }
}
