// The change feed: one listener an instance, whoever follows it.
import { policyPath } from '@latchkey/core/access/assembly/documents'
import type { TenantId } from '@latchkey/core/kernel/ids'
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import { changeHub } from '../rooms/events/change-hub.ts'
import { followChanges } from '../rooms/events/follow-changes.ts'
import { tenantParents } from '../rooms/events/parents.ts'

export const operations = ({ store, clock, log }: App): readonly AnyOperation[] => {
  // Cast: an outbox event names tenants.
  const parents = tenantParents(store?.read, (tenant) => policyPath(tenant as TenantId))
  return [followChanges({ clock, hub: changeHub({ clock, parents, log, outbox: store?.outbox }) })]
}
