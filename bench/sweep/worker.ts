// One instance of the sweep in a process of its own, so that its memory can be watched and it can be killed: `worker.ts <project> <minutes ahead>`.
import { instantOf } from '../../core/src/kernel/time.ts'
import { fly } from '../../emulator-tests/support/fly.ts'
import { endpoints } from '../../emulator-tests/support/stack.ts'
import { createApp } from '../../functions/src/app.ts'
import { sweep } from '../../functions/src/groups/sweep.ts'

const [projectId = '', ahead = '0'] = process.argv.slice(2)
const offset = Number(ahead) * 60_000
let removed = 0
const app = createApp(
  { GCLOUD_PROJECT: projectId, FIRESTORE_EMULATOR_HOST: endpoints.firestore, LK_KMS_ENDPOINT: endpoints.kms },
  {
    clock: () => instantOf(Date.now() + offset),
    publish: async () => undefined,
    log: (_severity, message, facts) => {
      if (message === 'swept')
        for (const [name, count] of Object.entries(facts ?? {}))
          if (name.startsWith('removed ')) removed += Number(count)
    },
  },
)
const tell = (done: boolean): void =>
  void process.stdout.write(`${JSON.stringify({ rss: process.memoryUsage().rss, removed, done })}\n`)
const telling = setInterval(() => tell(false), 500)
for (let before = -1; removed > before; ) {
  before = removed
  await fly(sweep(app), app)
}
clearInterval(telling)
tell(true)
process.exit(0) // clients of the emulator keep connections open
