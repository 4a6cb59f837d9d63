// A process to be killed: writes at one tenant without a pause, or seals without a pause. What it commits it says on its standard output, as everywhere.
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

for (;;) {
  const work = kind === 'seal' ? [seal()] : Array.from({ length: 4 }, () => write(app))
  for (const done of await Promise.allSettled(work))
    if (done.status === 'rejected') app.log('WARNING', 'worker', { kind, error: String(done.reason) })
}
