// The background work: what is swept and compared on a schedule, and what carries long operations on.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import { singleFlight } from '../guard/doors/single-flight.ts'
import { compareGrants } from '../rooms/access/assignments/compare-grants.ts'
import { withoutExpired } from '../rooms/access/assignments/without-expired.ts'
import { compareEvents } from '../rooms/audit/compare-events.ts'
import { compareCredentials } from '../rooms/credentials/compare-credentials.ts'
import { endWorkPage } from '../rooms/credentials/leaks/end-work-page.ts'
import { compareAccounts } from '../rooms/directory/compare-accounts.ts'
import { compareOutbox } from '../rooms/events/relay/compare-outbox.ts'
import { jobStatus } from '../rooms/lifecycle/jobs/job-status.ts'
import { listParked, replayParked } from '../rooms/lifecycle/jobs/parked-messages.ts'
import { askedJobRunner, runJob } from '../rooms/lifecycle/jobs/run-job.ts'
import { jobWatcher } from '../rooms/lifecycle/jobs/watch-jobs.ts'
import { reconcile } from '../rooms/lifecycle/reconcile.ts'
import { runOperation } from '../rooms/lifecycle/run-operation.ts'
import { removerOf } from '../rooms/lifecycle/sweeps/remove-over.ts'
import { sweepExpired } from '../rooms/lifecycle/sweeps/sweep-expired.ts'
import { operationWaker } from '../rooms/lifecycle/sweeps/wake-operations.ts'
import { compareVersions } from '../rooms/signing/compare-versions.ts'
import { compareOwners } from '../rooms/tenancy/compare-owners.ts'
import { deleteAccountsPage } from '../rooms/tenancy/deletion/delete-accounts.ts'
import { compareQueues } from '../rooms/webhooks/queue/compare-queues.ts'

export const operations = (app: App): readonly AnyOperation[] => {
  const dependencies = {
    read: app.store.read,
    commit: app.store.commit,
    operate: app.store.operate,
    publish: app.publish,
  }
  return [jobStatus(), runJob(dependencies), listParked(), replayParked(dependencies)]
}

export const askedRunner = (app: App) =>
  askedJobRunner({
    read: app.store.read,
    jobs: {
      sweepExpired: (started, allow) => singleFlight(sweep(app, allow), started, app.guard),
      reconcile: (started) => singleFlight(reconciler(app), started, app.guard),
    },
  })

const watcher = (app: App) => jobWatcher({ read: app.store.read, commit: app.store.commit, log: app.log })

/** `allow`: kinds of which this once, however many may go. */
export const sweep = (app: App, allow: readonly string[] = []) => {
  const remover = (kind: string, target: string) =>
    removerOf({ kind, target }, { commit: app.store.commit, drawId: app.drawId })
  return sweepExpired({
    sweep: app.store.sweep,
    removers: {
      'tenants/*/assignments': removerOf(
        { kind: 'tenants/*/assignments', target: 'assignment', alongside: withoutExpired },
        { commit: app.store.commit, drawId: app.drawId },
      ),
      'tenants/*/invitations': remover('tenants/*/invitations', 'invitation'),
      'tenants/*/apiKeys': remover('tenants/*/apiKeys', 'key'),
      credentials: remover('credentials', 'credential'),
    },
    wakeOperations: operationWaker({ read: app.store.read, publish: app.publish }),
    clockFault: app.clockFault,
    allowed: allow,
    watchJobs: watcher(app),
    clock: app.clock,
    log: app.log,
  })
}

export const reconciler = (app: App) => {
  const stored = { read: app.store.read, commit: app.store.commit, drawId: app.drawId }
  return reconcile({
    comparisons: [
      ...compareGrants({ ...stored, project: app.store.project }),
      compareOwners(stored),
      compareCredentials(stored),
      compareAccounts({ ...stored, accounts: app.guard.accounts }),
      compareOutbox({ read: app.store.read, operate: app.store.operate, publish: app.publish, log: app.log }),
      compareQueues({ read: app.store.read, enqueue: app.enqueue }),
      compareVersions({ read: app.store.read, kms: app.kms }),
      compareEvents({ read: app.store.read }),
    ],
    watchJobs: watcher(app),
    clock: app.clock,
    log: app.log,
  })
}

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
