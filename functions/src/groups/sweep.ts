// The schedule that removes what is over.
import type { App } from '../app.ts'
import { withoutExpired } from '../rooms/access/assignments/without-expired.ts'
import { jobWatcher } from '../rooms/lifecycle/jobs/watch-jobs.ts'
import { removerOf } from '../rooms/lifecycle/sweeps/remove-over.ts'
import { sweepExpired } from '../rooms/lifecycle/sweeps/sweep-expired.ts'
import { operationWaker } from '../rooms/lifecycle/sweeps/wake-operations.ts'

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
    watchJobs: jobWatcher({ read: app.store.read, commit: app.store.commit, log: app.log }),
    clock: app.clock,
    log: app.log,
  })
}
