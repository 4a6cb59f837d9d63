// The operations on background jobs, and what runs one that an operator asked for.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import { singleFlight } from '../guard/doors/single-flight.ts'
import { jobStatus } from '../rooms/lifecycle/jobs/job-status.ts'
import { listParked, replayParked } from '../rooms/lifecycle/jobs/parked-messages.ts'
import { askedJobRunner, runJob } from '../rooms/lifecycle/jobs/run-job.ts'
import { reconciler } from './reconcile.ts'
import { sweep } from './sweep.ts'

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
