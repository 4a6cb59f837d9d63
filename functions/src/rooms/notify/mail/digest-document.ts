// `digests/{uid}`: what a person hears of in their next digest, and when that is sent.
import { fromIso, type Instant, instantOf, isOver } from '@latchkey/core/kernel/time'
import { type DocumentFields, instantIn, timestampOf } from '../../../platform/store/reader.ts'

export const digestPath = (uid: string): string => `digests/${uid}`

/** Further ones are counted. */
const mostItems = 100

export interface DigestEntry {
  readonly kind: string
  readonly event: string
  readonly tenant: string
  readonly title: string
  readonly text: string
  readonly security: boolean
  readonly at: Instant
  readonly until: Instant | undefined
}

const rawItems = (fields: DocumentFields | undefined): readonly DocumentFields[] =>
  Array.isArray(fields?.['items']) ? (fields['items'] as readonly DocumentFields[]) : [] // written below

export const moreIn = (fields: DocumentFields | undefined): number => Number(fields?.['more'] ?? 0)

export const entriesIn = (fields: DocumentFields | undefined): readonly DigestEntry[] =>
  rawItems(fields).map((item) => ({
    kind: String(item['kind']),
    event: String(item['event']),
    tenant: String(item['tenant']),
    title: String(item['title']),
    text: String(item['text']),
    security: item['security'] === true,
    at: instantIn(item['at']) ?? instantOf(0),
    until: typeof item['until'] === 'string' ? fromIso(item['until']) : undefined,
  }))

/** The first of them says when: a digest is never put off by what comes later. */
export const withItem = (before: DocumentFields | undefined, item: DocumentFields, due: Instant): DocumentFields => {
  const items = rawItems(before)
  const isFull = items.length >= mostItems
  return {
    ...before,
    items: isFull ? items : [...items, item],
    more: moreIn(before) + (isFull ? 1 : 0),
    due: before?.['due'] ?? timestampOf(due),
  }
}

/** What came while it was sent; undefined when that is nothing. */
export const without = (
  fields: DocumentFields,
  events: readonly string[],
  more: number,
  due: Instant,
): DocumentFields | undefined => {
  const items = rawItems(fields).filter((item) => !events.includes(String(item['event'])))
  const left = Math.max(0, moreIn(fields) - more)
  return items.length === 0 && left === 0 ? undefined : { items, more: left, due: timestampOf(due) }
}

export const isTrue = ({ until }: DigestEntry, now: Instant): boolean => !isOver(until, now)
