// Where tenants stand, for telling whom a change concerns: remembered, and read again whenever they may have moved.
import { platformTenant } from '@latchkey/core/kernel/ids'
import { LRUCache } from 'lru-cache'
import type { OutboxEvent } from '../../platform/store/outbox-feed.ts'
import type { Reader } from '../../platform/store/reader.ts'
import type { ParentOf } from './audience.ts'

export interface Parents {
  /** What these events may have moved is not known any more: for every event, whoever listens. */
  readonly forget: (events: readonly OutboxEvent[]) => void
  /** Before anybody listens nothing is heard, so nothing is known. */
  readonly forgetAll: () => void
  /** Reads what is not known of the tenants of these events; answers where each of them stands. Rejects when it cannot. */
  readonly know: (events: readonly OutboxEvent[]) => Promise<ParentOf>
}

const maxTenants = 50_000
const mostAtOnce = 100

/** `policyPath`: the room of access says where a tenant's place is written. */
export const tenantParents = (read: Reader, policyPath: (tenant: string) => string): Parents => {
  const known = new LRUCache<string, string>({ max: maxTenants })
  return {
    forget: (events) => {
      for (const { changed } of events)
        for (const one of changed) if (one.startsWith('policy:')) known.delete(one.slice(7))
    },
    forgetAll: () => known.clear(),
    know: async (events) => {
      const named = events.flatMap(({ tenants }) => tenants).filter((tenant) => tenant.startsWith('acc_'))
      // Of its own, so that more tenants than are remembered find their places too.
      const placed = new Map([...new Set(named)].map((tenant) => [tenant, known.get(tenant)] as const))
      const unknown = [...placed].flatMap(([tenant, parent]) => (parent === undefined ? [tenant] : []))
      for (let at = 0; at < unknown.length; at += mostAtOnce) {
        const some = unknown.slice(at, at + mostAtOnce)
        const policies = await read.getAll(some.map(policyPath))
        some.forEach((tenant, index) => {
          const parent = String(policies[index]?.['parentId'] ?? '')
          placed.set(tenant, parent)
          known.set(tenant, parent)
        })
      }
      return (tenant) => {
        if (tenant === platformTenant) return undefined
        return tenant.startsWith('agy_') ? platformTenant : placed.get(tenant)
      }
    },
  }
}
