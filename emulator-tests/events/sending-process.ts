// A process to be killed: takes one endpoint's turns without a pause, as if the queue called it all the time.
import { flushCompileCache } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { prefixes } from '@latchkey/core/kernel/ids'
import { createApp } from '../../functions/src/app.ts'
import { webhookSender } from '../../functions/src/groups/webhooks.ts'

const [tenant, webhook] = process.argv.slice(2)
const app = createApp(process.env, { enqueue: async () => undefined })
const sender = webhookSender(app)

flushCompileCache() // whoever is killed leaves none behind
app.log('INFO', 'at work')
const state = { isOver: false }
process.once('SIGTERM', () => {
  state.isOver = true
})
while (!state.isOver) {
  const error = await sender
    .run({ runId: app.drawId(prefixes.request), now: app.clock() }, { tenant, webhook })
    .catch((reason: unknown) => reason)
  if (error !== undefined) app.log('WARNING', 'worker', { error: String(error) })
  await delay(20) // somebody else's turn
}
process.exit() // whatever the clients still hold open
