// The door of what is derived: projections by triggers and reconciler, viewers, last use. It can be recomputed, so it needs no audit event.
import type { Firestore } from '@google-cloud/firestore'
import type { OpId } from '@latchkey/core/kernel/ids'
import type { Instant } from '@latchkey/core/kernel/time'
import { shardOf } from '../seal.ts'
import { type CommitDependencies, outboxShards } from './commit.ts'
import { containersOf, tenantsOf } from './containers.ts'
import { type Reader, timestampOf, transactionReader } from './reader.ts'
import { translating } from './store-error.ts'
import { transact } from './transact.ts'
import { applyWrites, type Write } from './write.ts'

export interface Repair {
  readonly opId: OpId
  readonly type: string
  readonly tenant: string
  readonly now: Instant
}

export interface Projection {
  readonly writes: readonly Write[]
  /** Set when what was stored was wrong: one outbox event says so. */
  readonly repair?: Repair
}

/** Recomputes from source inside a transaction and writes only what differs; `plan` may run again. */
export type Project = (plan: (read: Reader) => Promise<Projection>) => Promise<void>

const repairWrite = (repair: Repair, writes: readonly Write[]): Write => ({
  kind: 'create',
  path: `outbox/${repair.opId}`,
  fields: {
    type: repair.type,
    tenant: repair.tenant,
    changed: containersOf(writes),
    tenants: tenantsOf(repair.tenant, writes, []),
    at: timestampOf(repair.now),
    shard: shardOf(repair.opId, outboxShards),
  },
})

export const firestoreProject =
  (firestore: Firestore, { read, forget }: CommitDependencies): Project =>
  async (plan) => {
    const repaired = await translating(firestore, () =>
      transact(firestore, async (transaction) => {
        const { writes, repair } = await plan(transactionReader(firestore, transaction))
        const all = repair === undefined ? writes : [...writes, repairWrite(repair, writes)]
        applyWrites(transaction, all, { firestore, door: 'project' })
        return repair === undefined ? [] : writes.map(({ path }) => path)
      }),
    )
    // What was wrong is not served again, not even by this instance's own cache.
    for (const [index, { writtenAt, asOf }] of (await read.getStamped(repaired)).entries()) {
      forget([repaired[index] ?? ''], writtenAt ?? asOf)
    }
  }
