// One run of a scheduled job on the app of a test, as its schedule would fire it.
import { prefixes } from '@latchkey/core/kernel/ids'
import { minutes, plusSeconds } from '@latchkey/core/kernel/time'
import type { App } from '../../functions/src/app.ts'
import { type FlightPlan, type Run, singleFlight } from '../../functions/src/guard/doors/single-flight.ts'

export const fly = (plan: FlightPlan, app: App): Promise<boolean> =>
  singleFlight(plan, { runId: app.drawId(prefixes.request), now: app.clock() }, app.guard)

/** A run without a lease: what happens when two are at work all the same. */
export const loose = (app: App, runId = 'run_test'): Run => ({
  runId,
  now: app.clock(),
  until: plusSeconds(app.clock(), minutes(4)),
  place: undefined,
  reached: async () => true,
})
