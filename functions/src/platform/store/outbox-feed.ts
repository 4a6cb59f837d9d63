// Listens to the outbox: every change of state, soon after it was committed, with the moment up to which nothing is missing.
import type { DocumentSnapshot, Firestore, QuerySnapshot } from '@google-cloud/firestore'
import { type Instant, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { outboxShards } from './commit.ts'
import { firestoreProject } from './project.ts'
import { instantIn, outboxSince, strictReader, timestampOf } from './reader.ts'
import { type Revision, revisionOf } from './revision.ts'

export interface OutboxEvent {
  readonly id: string
  readonly committedAt: Revision
  /** As `containersOf` names them. */
  readonly changed: readonly string[]
  /** As `tenantsOf` names them. */
  readonly tenants: readonly string[]
}

export interface Heard {
  readonly events: readonly OutboxEvent[]
  /** Everything committed before this has been told. */
  readonly upTo: Revision
  /** The youngest moment, by the clock of whoever wrote it, of anything heard so far. */
  readonly youngest: Instant | undefined
}

export interface OutboxFeed {
  /** Tells of everything committed since `from`, first at once and then as it comes. Answers how to stop. */
  readonly listen: (from: Instant, heard: (news: Heard) => void, failed: (error: Error) => void) => () => void
  /** Writes something that every listener hears, so that silence means that nothing is heard, not that nothing happens. */
  readonly pulse: (now: Instant) => Promise<void>
  /** Whoever listens is told that it is over. */
  readonly close: () => void
}

/** A change is stamped when its call begins and committed up to so much later. */
export const longestCommit = secondsOf(60)
const pulsePath = 'outbox/pulse'

export const firestoreOutboxFeed = (firestore: Firestore): OutboxFeed => {
  const project = firestoreProject(firestore, { read: strictReader(firestore), forget: () => undefined })
  const listeners = new Map<() => void, (error: Error) => void>()
  return {
    close: () => {
      for (const [stop, failed] of [...listeners]) {
        stop()
        failed(new Error('the store was closed'))
      }
    },
    listen: (from, heard, failed) => {
      // One listener over all shards: one snapshot, and one moment up to which all of them are known.
      const bound = plusSeconds(from, secondsOf(-longestCommit))
      const query = outboxSince(firestore, bound, outboxShards)
      const unsubscribe = query.onSnapshot((snapshot) => void heard(newsIn(snapshot)), failed)
      const stop = (): void => {
        listeners.delete(stop)
        unsubscribe()
      }
      listeners.set(stop, failed)
      return stop
    },
    pulse: (now) =>
      project(async () => ({
        writes: [
          // In a shard beside those of events, which every listener watches, too.
          { kind: 'set', path: pulsePath, fields: { type: 'pulse', shard: outboxShards, at: timestampOf(now) } },
        ],
      })),
  }
}

const newsIn = (snapshot: QuerySnapshot): Heard => {
  const changes = snapshot.docChanges().filter(({ type }) => type !== 'removed')
  const documents = changes.map(({ doc }) => doc)
  const moments = documents.flatMap((document) => instantIn(document.get('at')) ?? [])
  return {
    // What is written to an event later says only that it was relayed and sealed.
    events: changes.flatMap(({ type, doc }) => (type === 'added' && doc.ref.path !== pulsePath ? [eventOf(doc)] : [])),
    upTo: revisionOf(snapshot.readTime),
    youngest: moments.length === 0 ? undefined : (Math.max(...moments) as Instant), // the greatest of instants is one
  }
}

const textsIn = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

const eventOf = (document: DocumentSnapshot): OutboxEvent => ({
  id: document.id,
  committedAt: revisionOf(document.createTime ?? document.readTime),
  changed: textsIn(document.get('changed')),
  tenants: textsIn(document.get('tenants')),
})
