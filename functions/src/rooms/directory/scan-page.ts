// A page of a filtered list: reads on in batches while rows do not fit, up to a bound; what it did not reach is on the next page.
import type { StoredDocument } from '../../platform/store/reader.ts'

/** What a filtered list reads at once, and how often for one page. */
const filteredBatch = 100
const maxBatches = 5

export interface Scan<Item> {
  readonly limit: number
  readonly after: string | undefined
  /** Whether many documents may not fit; without a filter a page costs one read more than it shows. */
  readonly filtered: boolean
  /** The documents after an id, in the order of ids, at most `size`. */
  readonly batch: (after: string | undefined, size: number) => Promise<readonly StoredDocument[]>
  /** What the list shows of each document; undefined for those that do not fit. As many as were given. */
  readonly show: (documents: readonly StoredDocument[]) => Promise<readonly (Item | undefined)[]>
}

export interface Page<Item> {
  readonly items: Item[]
  /** The last id looked at, when there may be more behind it. */
  readonly last: string | undefined
}

/** A page may hold fewer items than asked for, none even, and still have a next one: no row is lost or shown twice. */
export const scanPage = async <Item>({ limit, after, filtered, batch, show }: Scan<Item>): Promise<Page<Item>> => {
  const size = filtered ? filteredBatch : limit + 1
  const items: Item[] = []
  let last = after
  for (let round = 0; round < maxBatches; round++) {
    const found = await batch(last, size)
    const shown = await show(found)
    for (const [index, document] of found.entries()) {
      const item = shown[index]
      if (item !== undefined && items.length === limit) return { items, last }
      last = document.id
      if (item !== undefined) items.push(item)
    }
    if (found.length < size) return { items, last: undefined }
  }
  return { items, last }
}
