// The door of reminders: finds what one is due for, and moves its date on when it was said.
import type { Firestore } from '@google-cloud/firestore'
import type { Instant } from '@latchkey/core/kernel/time'
import { collectionOf } from './collections.ts'
import { bucketOf, dueRange } from './expiring.ts'
import { type DocumentFields, instantIn, remindedIn, transactionReader } from './reader.ts'
import { reminded, remindField } from './reminded.ts'
import { translating } from './store-error.ts'
import { transact } from './transact.ts'
import { applyWrites } from './write.ts'

export interface Remindable {
  readonly path: string
  readonly fields: DocumentFields
}

export interface Reminders {
  /** What a reminder is due for, of a kind and in a shard, the longest due first, up to `limit`. */
  readonly due: (kind: string, shard: number, now: Instant, limit: number) => Promise<readonly Remindable[]>
  /** Looks again at `next`, or never; does nothing when its end is another by now. */
  readonly moveOn: (one: Remindable, next: Instant | undefined) => Promise<void>
}

export const firestoreReminders = (firestore: Firestore): Reminders => ({
  due: (kind, shard, now, limit) =>
    translating(firestore, async () => {
      const collection = kind.split('/').at(-1) ?? kind
      const { docs } = await remindedIn(firestore, collection, dueRange(shard, now)).limit(limit).get()
      const found = docs.filter(({ ref }) => collectionOf(ref.path) === kind) // not another collection of the same name
      return found.map((document) => ({ path: document.ref.path, fields: document.data() }))
    }),
  moveOn: ({ path, fields }, next) =>
    translating(firestore, () =>
      transact(firestore, async (transaction) => {
        const end = reminded[collectionOf(path)]?.end ?? ''
        const [now] = await transactionReader(firestore, transaction).getAll([path])
        if (now === undefined || instantIn(now[end]) !== instantIn(fields[end])) return
        const remind = next === undefined ? undefined : bucketOf(path, now, next)
        const write = { kind: 'update', path, fields: { [remindField]: remind } } as const
        applyWrites(transaction, [write], { firestore, door: 'remind' })
      }),
    ),
})
