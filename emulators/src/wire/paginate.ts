/** Cuts a list into pages whose tokens stay valid while items are added and removed. */
import { invalidArgument, notEmulated } from './status.ts'

export type ListRequest = {
  readonly parent: string
  readonly pageSize: number
  readonly pageToken: string
  readonly filter: string
  /** KMS has it, Secret Manager does not. */
  readonly orderBy?: string
}

export type Page<T> = { readonly items: T[]; readonly nextPageToken: string; readonly totalSize: number }

const DEFAULT_PAGE_SIZE = 100

const tokenFor = (parent: string, position: string | number): string =>
  Buffer.from(JSON.stringify([parent, position])).toString('base64url')

function positionIn(token: string, parent: string): string | number {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (Array.isArray(decoded) && decoded[0] === parent && ['string', 'number'].includes(typeof decoded[1])) {
      return decoded[1]
    }
  } catch {
    // Not one of our tokens: refused below like any other foreign one.
  }
  throw invalidArgument("The field 'page_token' is not valid for this request.")
}

/**
 * @param positionOf where an item stands: unique within the list, ascending, and never changing. A page resumes after
 *   the last position that was shown, whether or not the item there still exists.
 */
export function paginate<T>(
  all: readonly T[],
  positionOf: (item: T) => string | number,
  request: ListRequest,
  maxPageSize: number,
): Page<T> {
  if (request.filter !== '') throw notEmulated("The field 'filter'")
  if (request.orderBy) throw notEmulated("The field 'order_by'")
  if (request.pageSize < 0) throw invalidArgument("The field 'page_size' must not be negative.")
  const sorted = all.toSorted((a, b) => (positionOf(a) < positionOf(b) ? -1 : 1))
  const after = request.pageToken === '' ? null : positionIn(request.pageToken, request.parent)
  const rest = after === null ? sorted : sorted.filter((item) => positionOf(item) > after)
  const items = rest.slice(0, Math.min(request.pageSize || DEFAULT_PAGE_SIZE, maxPageSize))
  const last = items.at(-1)
  const more = last !== undefined && items.length < rest.length
  return { items, nextPageToken: more ? tokenFor(request.parent, positionOf(last)) : '', totalSize: all.length }
}
