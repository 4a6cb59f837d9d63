// The door of removal: finds what is over, and removes it unless it was written meanwhile.
import type { Firestore, Timestamp } from '@google-cloud/firestore'
import type { Instant } from '@latchkey/core/kernel/time'
import { collectionOf } from './collections.ts'
import { dueRange, expiring, shards, sweepField } from './expiring.ts'
import { type DocumentFields, dueIn } from './reader.ts'
import { StoreError, translating } from './store-error.ts'
import { applyWrites, type Write } from './write.ts'

export interface Due {
  readonly path: string
  /** Its tenant, where a field names it, and what holds it; no more. */
  readonly fields: DocumentFields
  readonly writtenAt: Timestamp
  /** Where it stands among what is due. */
  readonly place: Place
}

/** The sweep field and the path of a document. */
export type Place = readonly [sweep: string, path: string]

export interface Stretch {
  readonly kind: string
  readonly shard: number
  readonly now: Instant
  readonly limit: number
  /** Behind this one; undefined: from the beginning. */
  readonly after?: Place | undefined
}

export interface Sweep {
  /** What is due of a kind in a shard, the oldest first, up to `limit`; it comes as it is taken, and never all at once. */
  readonly due: (stretch: Stretch) => AsyncIterable<Due>
  /** Removes each of these unless it was written since; answers how many went. At most 500. */
  readonly remove: (due: readonly Due[]) => Promise<number>
  /** How many of a kind are due in all shards together, and how many there are that end at all. */
  readonly share: (kind: string, now: Instant) => Promise<{ readonly due: number; readonly all: number }>
}

const nameOf = (kind: string): string => kind.split('/').at(-1) ?? kind
const wholeRange = ['s', 't'] as const

export const firestoreSweep = (firestore: Firestore): Sweep => {
  const removeAll = (due: readonly Due[]): Promise<void> =>
    translating(firestore, async () => {
      const batch = firestore.batch()
      const writes = due.map(({ path, writtenAt }): Write => ({ kind: 'delete', path, unchangedSince: writtenAt }))
      applyWrites(batch, writes, { firestore, door: 'sweep' })
      await batch.commit()
    })
  const remove: Sweep['remove'] = async (due) => {
    try {
      if (due.length > 0) await removeAll(due)
      return due.length
    } catch (error) {
      if (!(error instanceof StoreError) || error.fault !== 'conflict') throw error
      if (due.length === 1) return 0
      // One of them was written meanwhile: the others go.
      const middle = Math.ceil(due.length / 2)
      return (await remove(due.slice(0, middle))) + (await remove(due.slice(middle)))
    }
  }
  return {
    remove,
    due: (stretch) => dueOf(firestore, stretch),
    share: (kind, now) =>
      translating(firestore, async () => {
        const count = async (range: readonly [string, string]): Promise<number> =>
          (await dueIn(firestore, nameOf(kind), range).count().get()).data().count
        const due = await Promise.all(shards.map((shard) => count(dueRange(shard, now))))
        return { due: due.reduce((sum, one) => sum + one, 0), all: await count(wholeRange) }
      }),
  }
}

async function* dueOf(firestore: Firestore, { kind, shard, now, limit, after }: Stretch): AsyncGenerator<Due> {
  const fields = [sweepField, 'tenant', ...(expiring[kind]?.held ?? [])]
  const ordered = dueIn(firestore, nameOf(kind), dueRange(shard, now))
  const behind = after === undefined ? ordered : ordered.startAfter(...after)
  const stream = behind
    .select(...fields)
    .limit(limit)
    .stream()
  // Cast: the stream's own type knows nothing of what comes out of it.
  for await (const document of stream as unknown as AsyncIterable<FirebaseFirestore.QueryDocumentSnapshot>) {
    const { path } = document.ref
    if (collectionOf(path) !== kind) continue // another collection of the same name
    const place: Place = [String(document.get(sweepField)), path]
    yield { path, fields: document.data(), writtenAt: document.updateTime, place }
  }
}
