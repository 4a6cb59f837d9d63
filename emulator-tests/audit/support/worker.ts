// A process to be killed: writes at one tenant at a steady pace, or seals without a pause. What it commits it says on its standard output, as everywhere.
import { flushCompileCache } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { type OpId, platformTenant, prefixes, type TenantId } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import { hours, plusSeconds } from '@latchkey/core/kernel/time'
import { type App, createApp } from '../../../functions/src/app.ts'
import { sealing } from '../../../functions/src/groups/audit.ts'
import { bySystem } from '../../../functions/src/platform/store/by-system.ts'

const [kind, tenant] = process.argv.slice(2)
const app = createApp(process.env)

const write = async ({ store, drawId, clock }: App): Promise<void> => {
  const opId = drawId(prefixes.op) as OpId // just drawn
  const at = (tenant ?? platformTenant) as TenantId // as the test says
  await store.commit(bySystem({ job: 'writer', opId, runId: opId, now: clock() }), {
    tenant: at,
    plan: async () =>
      ok({
        writes: [{ kind: 'create', path: `tenants/${at}/resources/${opId}`, fields: { type: 'thing', id: opId } }],
        event: { type: 'access.resource_put', targets: [`resource:${opId}`], details: { id: opId } },
        outcome: {},
      }),
    answer: () => ({}),
  })
}

const seal = (): Promise<void> =>
  sealing(app).run({
    runId: app.drawId(prefixes.request),
    now: app.clock(),
    until: plusSeconds(app.clock(), hours(1)),
    place: undefined,
    reached: async () => true, // no lease: two may be at work at once, which the fence alone has to bear
  })

/** A hundred changes a second of each writer, so that what is asked of one tenant is reached while others are dead or coming. */
const batch = 10
const batchMilliseconds = 100

const writeAll = async (): Promise<void> => {
  const [done] = await Promise.all([
    Promise.allSettled(Array.from({ length: batch }, () => write(app))),
    delay(batchMilliseconds),
  ])
  const failed = done.find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

flushCompileCache() // whoever is killed leaves none behind
app.log('INFO', 'at work', { kind })
const state = { isOver: false }
process.once('SIGTERM', () => {
  state.isOver = true
})
while (!state.isOver) {
  const error = await (kind === 'seal' ? seal() : writeAll()).catch((reason: unknown) => reason)
  if (error !== undefined) app.log('WARNING', 'worker', { kind, error: String(error) })
}
process.exit() // whatever the clients still hold open
