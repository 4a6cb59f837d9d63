// Pages of a list ordered by id: the token of the next page is the last id of this one.
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
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

/** What a list shows of each document, and the shape that this must have. */
export interface Shown<View> {
  readonly whole: z.ZodType<View>
  readonly view: (one: StoredDocument) => unknown
}

/** `found` holds one document more than the page when there is a next one. One that is not whole is left out: it hides no other (CATALOGUE I-86). */
export const pageAnswer = <View>(
  found: readonly StoredDocument[],
  limit: number,
  { whole, view }: Shown<View>,
): { items: View[]; nextPage?: string } => {
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const items = shown.flatMap((one) => {
    const parsed = whole.safeParse(view(one))
    return parsed.success ? [parsed.data] : []
  })
  return { items, ...(found.length > limit && last !== undefined ? { nextPage: last.id } : {}) }
}
