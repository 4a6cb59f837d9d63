// The background work: what is swept on a schedule, and what carries long operations on.
import type { App } from '../app.ts'
import { compareGrants } from '../rooms/access/assignments/compare-grants.ts'
import { reconcile } from '../rooms/lifecycle/reconcile.ts'
import { runOperation } from '../rooms/lifecycle/run-operation.ts'
import { sweepExpired } from '../rooms/lifecycle/sweep-expired.ts'
import { deleteAccountsPage } from '../rooms/tenancy/deletion/delete-accounts.ts'

export const sweep = (app: App) =>
  sweepExpired({ read: app.store.read, operate: app.store.operate, publish: app.publish, log: app.log })

export const reconciler = (app: App) =>
  reconcile({
    comparisons: compareGrants({ read: app.store.read, project: app.store.project, drawId: app.drawId }),
    clock: app.clock,
    log: app.log,
  })

export const operationRunner = (app: App) =>
  runOperation({
    operate: app.store.operate,
    drawId: app.drawId,
    clock: app.clock,
    deleteAccounts: deleteAccountsPage({ read: app.store.read, commit: app.store.commit, drawId: app.drawId }),
  })
