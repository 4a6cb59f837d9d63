// What carries long operations on: by kind, the room that knows how.
import type { App } from '../app.ts'
import { endWorkPage } from '../rooms/credentials/leaks/end-work-page.ts'
import { runOperation } from '../rooms/lifecycle/run-operation.ts'
import { deleteAccountsPage } from '../rooms/tenancy/deletion/delete-accounts.ts'

export const operationRunner = (app: App) =>
  runOperation({
    operate: app.store.operate,
    drawId: app.drawId,
    clock: app.clock,
    pages: {
      delete_accounts: deleteAccountsPage({ read: app.store.read, commit: app.store.commit, drawId: app.drawId }),
      end_leaked_work: endWorkPage({ read: app.store.read, commit: app.store.commit, drawId: app.drawId }),
    },
  })
