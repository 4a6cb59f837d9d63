// Where tenants stand, for telling whom a change concerns: remembered, and read again whenever they may have moved.
import { platformTenant } from '@latchkey/core/kernel/ids'
import { LRUCache } from 'lru-cache'
import type { OutboxEvent } from '../../platform/store/outbox-feed.ts'
import type { Reader } from '../../platform/store/reader.ts'

export interface Parents {
  readonly of: (tenant: string) => string | undefined
  /** Reads what is not known of the tenants of these events, and what they may have changed. Rejects when it cannot. */
  readonly know: (events: readonly OutboxEvent[]) => Promise<void>
}

const maxTenants = 50_000
const mostAtOnce = 100

/** `policyPath`: the room of access says where a tenant's place is written. */
export const tenantParents = (read: Reader, policyPath: (tenant: string) => string): Parents => {
  const known = new LRUCache<string, string>({ max: maxTenants })
  return {
    of: (tenant) => {
      if (tenant === platformTenant) return undefined
      return tenant.startsWith('agy_') ? platformTenant : known.get(tenant)
    },
    know: async (events) => {
      for (const { changed } of events)
        for (const one of changed) if (one.startsWith('policy:')) known.delete(one.slice(7))
      const named = events.flatMap(({ tenants }) => tenants).filter((tenant) => tenant.startsWith('acc_'))
      const unknown = [...new Set(named)].filter((tenant) => !known.has(tenant))
      for (let at = 0; at < unknown.length; at += mostAtOnce) {
        const some = unknown.slice(at, at + mostAtOnce)
        const policies = await read.getAll(some.map(policyPath))
        some.forEach((tenant, index) => void known.set(tenant, String(policies[index]?.['parentId'] ?? '')))
      }
    },
  }
}
