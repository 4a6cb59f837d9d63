// Long operations whose worker died are sent to another one.
import type { Instant } from '@latchkey/core/kernel/time'
import type { Publish } from '../../../platform/publish.ts'
import type { Reader } from '../../../platform/store/reader.ts'

/** Answers how many were woken. */
export type WakeOperations = (now: Instant) => Promise<number>

const mostAtOnce = 200

export const operationWaker =
  ({ read, publish }: { readonly read: Reader; readonly publish: Publish }): WakeOperations =>
  async (now) => {
    const stopped = await read.list({
      collection: 'operations',
      where: { status: 'running' },
      before: { field: 'leaseUntil', at: now },
      limit: mostAtOnce,
    })
    for (const { id } of stopped) await publish('operations', { operation: id })
    return stopped.length
  }
