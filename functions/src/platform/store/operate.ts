// The door of machinery: leases, limits, idempotency records, cursors. None of it is state that a customer sees.
import type { Firestore } from '@google-cloud/firestore'
import { type Reader, transactionReader } from './reader.ts'
import { StoreError, translating } from './store-error.ts'
import { transact } from './transact.ts'
import { applyWrites, type Write } from './write.ts'

export interface Operate {
  /** One write without a read; answers false when a `create` found the document there. */
  readonly write: (write: Write) => Promise<boolean>
  /** Reads, decides and writes in one transaction; `plan` may run again. */
  readonly transact: <T>(
    plan: (read: Reader) => Promise<{ readonly writes: readonly Write[]; readonly value: T }>,
  ) => Promise<T>
}

export const firestoreOperate = (firestore: Firestore): Operate => ({
  write: async (write) => {
    try {
      await translating(firestore, async () => {
        const batch = firestore.batch()
        applyWrites(batch, [write], { firestore, door: 'operate' })
        await batch.commit()
      })
      return true
    } catch (error) {
      if (write.kind === 'create' && error instanceof StoreError && error.fault === 'conflict') return false
      throw error
    }
  },
  transact: (plan) =>
    translating(firestore, () =>
      transact(firestore, async (transaction) => {
        const { writes, value } = await plan(transactionReader(firestore, transaction))
        applyWrites(transaction, writes, { firestore, door: 'operate' })
        return value
      }),
    ),
})
