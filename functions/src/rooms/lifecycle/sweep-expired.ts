// Collects what expired: idempotency records, and long operations whose worker died. Garbage collection only; no check relies on it.
import { schedule } from '../../guard/definition.ts'
import type { Log } from '../../platform/log.ts'
import type { Publish } from '../../platform/publish.ts'
import type { Operate } from '../../platform/store/operate.ts'
import type { Reader } from '../../platform/store/reader.ts'

export interface SweepDependencies {
  readonly read: Reader
  readonly operate: Operate
  readonly publish: Publish
  readonly log: Log
}

const batch = 200
/** A backlog larger than this is left to the next run. */
const maxRemoved = 10_000

export const sweepExpired = ({ read, operate, publish, log }: SweepDependencies) =>
  schedule({
    name: 'sweepExpired',
    summary: 'Removes expired idempotency records and wakes long operations that stopped.',
    run: async ({ now, runId }) => {
      let removed = 0
      for (let more = true; more; ) {
        const expired = await read.list({
          collection: 'idempotency',
          before: { field: 'expiresAt', at: now },
          limit: batch,
        })
        for (const { id } of expired) await operate.write({ kind: 'delete', path: `idempotency/${id}` })
        removed += expired.length
        more = expired.length === batch && removed < maxRemoved
      }
      const stopped = await read.list({
        collection: 'operations',
        where: { status: 'running' },
        before: { field: 'leaseUntil', at: now },
        limit: batch,
      })
      for (const { id } of stopped) await publish('operations', { operation: id })
      log('INFO', 'swept', { runId, removed, woken: stopped.length })
    },
  })
