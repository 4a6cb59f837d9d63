// Reading documents, the same way outside and inside a transaction.

import {
  type DocumentReference,
  type DocumentSnapshot,
  FieldPath,
  type Firestore,
  type Query,
  type QuerySnapshot,
  Timestamp,
  type Transaction,
} from '@google-cloud/firestore'
import { type Instant, instantOf } from '@latchkey/core/kernel/time'
import { type Revision, revisionOf } from './revision.ts'
import { translating } from './store-error.ts'

export type DocumentFields = Readonly<Record<string, unknown>>

export interface StoredDocument {
  readonly id: string
  readonly fields: DocumentFields
}

export interface ListQuery {
  readonly collection: string
  /** Equality filters on field paths. */
  readonly where?: Readonly<Record<string, string | number | boolean>>
  /** An array field that holds this value. */
  readonly contains?: { readonly field: string; readonly value: string }
  /** All collections of this name, wherever they lie: server-side only, for ids that are unique everywhere. Answers paths as ids. */
  readonly group?: true
  /** A half-open upper bound on one timestamp field, as in `expiresAt < before`. */
  readonly before?: { readonly field: string; readonly at: Instant }
  /** What comes after a value of one text field; ordered by it. */
  readonly beyond?: { readonly field: string; readonly value: string }
  /** A stretch of one text field, and the order by it: after `above`, up to `upTo`. */
  readonly within?: { readonly field: string; readonly above: string; readonly upTo: string }
  /** The id after which to go on; lists are ordered by id (or by `before.field`, then id). */
  readonly after?: string
  readonly limit: number
}

/** A document with where it stands in time. */
export interface Stamped {
  readonly fields: DocumentFields | undefined
  /** When it was made: what is redacted later keeps that. */
  readonly madeAt?: Revision | undefined
  /** When it was last written; undefined when it is not there. */
  readonly writtenAt: Revision | undefined
  /** The snapshot that this was read from: nothing committed before it is missing. */
  readonly asOf: Revision
}

export interface Reader {
  /** As `getAll`, with the times of what was read. */
  readonly getStamped: (paths: readonly string[]) => Promise<readonly Stamped[]>
  /** One round trip for all paths; a document that is not there is undefined. Strict: reads the present state. */
  readonly getAll: (paths: readonly string[]) => Promise<readonly (DocumentFields | undefined)[]>
  readonly list: (query: ListQuery) => Promise<readonly StoredDocument[]>
  /** What a cache keeps of all of these, without a promise; undefined when one of them must be read. Only a cached reader has it. */
  readonly atHand?: (paths: readonly string[]) => readonly (DocumentFields | undefined)[] | undefined
}

const queryOf = (firestore: Firestore, query: ListQuery): Query => {
  let built: Query =
    query.group === true ? firestore.collectionGroup(query.collection) : firestore.collection(query.collection)
  for (const [field, value] of Object.entries(query.where ?? {})) built = built.where(field, '==', value)
  if (query.contains !== undefined) {
    built = built.where(query.contains.field, 'array-contains', query.contains.value)
  }
  if (query.within !== undefined) {
    const { field, above, upTo } = query.within
    return built.where(field, '>', above).where(field, '<=', upTo).orderBy(field).limit(query.limit)
  }
  if (query.before !== undefined) {
    return built
      .where(query.before.field, '<', timestampOf(query.before.at))
      .orderBy(query.before.field)
      .limit(query.limit)
  }
  if (query.beyond !== undefined) {
    return built.where(query.beyond.field, '>', query.beyond.value).orderBy(query.beyond.field).limit(query.limit)
  }
  built = built.orderBy('__name__')
  // In a group the id is the whole path.
  if (query.after !== undefined)
    built = built.startAfter(query.group === true ? firestore.doc(query.after) : query.after)
  return built.limit(query.limit)
}

interface Source {
  readonly getAll: (refs: readonly DocumentReference[]) => Promise<DocumentSnapshot[]>
  readonly get: (query: Query) => Promise<QuerySnapshot>
}

const readerOf = (firestore: Firestore, source: Source): Reader => {
  const getStamped: Reader['getStamped'] = (paths) =>
    translating(firestore, async () => {
      if (paths.length === 0) return []
      const found = await source.getAll(paths.map((path) => firestore.doc(path)))
      return found.map((document) => ({
        fields: document.data(),
        madeAt: document.createTime === undefined ? undefined : revisionOf(document.createTime),
        writtenAt: document.updateTime === undefined ? undefined : revisionOf(document.updateTime),
        asOf: revisionOf(document.readTime),
      }))
    })
  return {
    getStamped,
    getAll: async (paths) => (await getStamped(paths)).map(({ fields }) => fields),
    list: (query) =>
      translating(firestore, async () => {
        const found = await source.get(queryOf(firestore, query))
        return found.docs.map((document) => ({
          id: query.group === true ? document.ref.path : document.id,
          fields: document.data(),
        }))
      }),
  }
}

export const strictReader = (firestore: Firestore): Reader =>
  readerOf(firestore, { getAll: (refs) => firestore.getAll(...refs), get: (query) => query.get() })

export const transactionReader = (firestore: Firestore, transaction: Transaction): Reader =>
  readerOf(firestore, { getAll: (refs) => transaction.getAll(...refs), get: (query) => transaction.get(query) })

/** Everything in the outbox that was stamped after `from`, in its shards and in the one of the pulse: to be listened to. */
export const outboxSince = (firestore: Firestore, from: Instant, shards: number): Query =>
  firestore
    .collection('outbox')
    .where(
      'shard',
      'in',
      Array.from({ length: shards + 1 }, (_, shard) => shard),
    )
    .where('at', '>', timestampOf(from))

/** What is due in a range of sweep fields, over all collections of that name, the oldest first. Of each no more than its end and what holds it. */
export const dueIn = (
  firestore: Firestore,
  collection: string,
  [from, to]: readonly [from: string, to: string],
): Query =>
  firestore
    .collectionGroup(collection)
    .where('sweep', '>=', from)
    .where('sweep', '<=', to)
    .orderBy('sweep')
    .orderBy(FieldPath.documentId())

/** What a reminder is due for in a range of remind fields, over all collections of that name, the longest due first. */
export const remindedIn = (
  firestore: Firestore,
  collection: string,
  [from, to]: readonly [from: string, to: string],
): Query =>
  firestore.collectionGroup(collection).where('remind', '>=', from).where('remind', '<=', to).orderBy('remind')

export const timestampOf = (at: Instant): Timestamp => Timestamp.fromMillis(at)

/** The moment in a stored field; undefined when there is none. */
export const instantIn = (value: unknown): Instant | undefined =>
  value instanceof Timestamp ? instantOf(value.toMillis()) : undefined
