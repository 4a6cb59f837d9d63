// The operations of the function `tenants`.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import { planInvitation } from '../rooms/directory/invitations/plan-invitation.ts'
import { resumeTenant, suspendTenant } from '../rooms/tenancy/change-status.ts'
import { createTenant } from '../rooms/tenancy/create-tenant.ts'
import { deleteTenant } from '../rooms/tenancy/deletion/delete-tenant.ts'
import type { TenancyDependencies } from '../rooms/tenancy/dependencies.ts'
import { enterTenant } from '../rooms/tenancy/enter-tenant.ts'
import { getOperation } from '../rooms/tenancy/get-operation.ts'
import { getTenant } from '../rooms/tenancy/get-tenant.ts'
import { listTenants } from '../rooms/tenancy/list-tenants.ts'
import { moveTenant } from '../rooms/tenancy/move-tenant.ts'
import { updateTenant } from '../rooms/tenancy/update-tenant.ts'

export const tenancyOf = (app: App): TenancyDependencies => ({
  commit: app.store.commit,
  project: app.store.project,
  read: app.store.read,
  drawId: app.drawId,
  publish: app.publish,
  loadFacts: app.loadFacts,
  stillCounts: app.guard.stillCounts,
  headVersion: async () => (await app.catalogues.head()).version,
  // The first owner is part of founding a tenant: an owner role over that new tenant, by invitation to one mailbox.
  inviteOwner: ({ tenant, kind, email, invitedBy, placementId, now }) =>
    planInvitation(
      {
        tenant,
        email,
        invitedBy,
        now,
        role: `${kind}.owner`,
        reach: 'subtree',
        accounts: undefined,
        condition: undefined,
        until: undefined,
        reason: 'first owner',
        founding: kind === 'agency',
        displayName: undefined,
        placement: kind === 'account' ? placementId : undefined,
      },
      app,
    ),
})

export const operations = (app: App): readonly AnyOperation[] => {
  const tenancy = tenancyOf(app)
  return [
    createTenant(tenancy),
    getTenant(tenancy),
    listTenants(tenancy),
    updateTenant(tenancy),
    suspendTenant(tenancy),
    resumeTenant(tenancy),
    moveTenant(tenancy),
    deleteTenant(tenancy),
    enterTenant(tenancy),
    getOperation(tenancy),
  ]
}
