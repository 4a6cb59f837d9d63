// The schedule that compares sources with what follows from them: one comparison a line, each of the room that knows.
import type { App } from '../app.ts'
import { compareGrants } from '../rooms/access/assignments/compare-grants.ts'
import { compareEvents } from '../rooms/audit/compare-events.ts'
import { compareCredentials } from '../rooms/credentials/compare-credentials.ts'
import { compareAccounts } from '../rooms/directory/compare-accounts.ts'
import { compareOutbox } from '../rooms/events/relay/compare-outbox.ts'
import { jobWatcher } from '../rooms/lifecycle/jobs/watch-jobs.ts'
import { reconcile } from '../rooms/lifecycle/reconcile.ts'
import { compareVersions } from '../rooms/signing/compare-versions.ts'
import { compareOwners } from '../rooms/tenancy/compare-owners.ts'
import { compareQueues } from '../rooms/webhooks/queue/compare-queues.ts'

export const reconciler = (app: App) => {
  const stored = { read: app.store.read, commit: app.store.commit, drawId: app.drawId }
  return reconcile({
    urgent: [
      compareOutbox({ read: app.store.read, operate: app.store.operate, publish: app.publish, log: app.log }),
      compareQueues({ read: app.store.read, enqueue: app.enqueue }),
      compareVersions({ read: app.store.read, kms: app.kms }),
    ],
    comparisons: [
      ...compareGrants({ ...stored, project: app.store.project }),
      compareOwners(stored),
      compareCredentials(stored),
      compareAccounts({ ...stored, accounts: app.guard.accounts }),
      compareEvents({ read: app.store.read }),
    ],
    watchJobs: jobWatcher({ read: app.store.read, commit: app.store.commit, log: app.log }),
    clock: app.clock,
    log: app.log,
  })
}
