// A point in the database's own time, to the microsecond: what a write answers with, and what a read can be asked to be no older than.
import { Timestamp } from '@google-cloud/firestore'

declare const revision: unique symbol
/** `2026-11-22T09:30:00.123456Z`: fixed width, so the order of texts is the order of commits. */
export type Revision = string & { readonly [revision]: true }

// Casts: the two makers of the brand.
export const revisionOf = ({ seconds, nanoseconds }: Timestamp): Revision => {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19)
  return `${whole}.${String(Math.floor(nanoseconds / 1000)).padStart(6, '0')}Z` as Revision
}

export const asRevision = (text: string): Revision | undefined =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/.test(text) ? (text as Revision) : undefined

/** As the database writes it. */
export const timestampAt = (revision: Revision): Timestamp =>
  new Timestamp(Math.floor(momentOf(revision) / 1000), Number(revision.slice(20, 26)) * 1000)

/** Milliseconds since the Unix epoch. */
export const momentOf = (revision: Revision): number => Date.parse(revision)
