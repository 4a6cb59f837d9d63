// `npm start`: the whole product on this machine, until Ctrl-C.
import { join } from 'node:path'
import { readOptions } from './operator/read-options.ts'
import { welcome } from './pages/welcome.ts'
import { writePages } from './pages/write-pages.ts'
import { root } from './root.ts'
import { CannotStart } from './stack/cannot-start.ts'
import { offsetFromEnvironment } from './stack/ports.ts'
import { fireSchedules } from './stack/schedules/fire-schedules.ts'
import { type Stack, startStack } from './stack/start-stack.ts'
import { stopwatch } from './stack/stopwatch.ts'

const values = readOptions('Usage: npm start [-- --fresh | --no-seed]', {
  fresh: { type: 'boolean' },
  'no-seed': { type: 'boolean' },
})
const say = (line: string) => console.log(line)
const asked = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (!asked.signal.aborted) say('\nStopping; saving the state first…')
    asked.abort()
  })

try {
  process.exitCode = await run(stopwatch())
} catch (reason) {
  console.error(reason instanceof CannotStart ? reason.message : reason)
  process.exitCode = asked.signal.aborted ? 0 : 1
}

async function run(watch: () => string): Promise<number> {
  say('Starting Latchkey')
  const stack = await startStack({
    portOffset: offsetFromEnvironment(process.env['LK_PORT_OFFSET']),
    stateDir: join(root, process.env['LK_STATE_DIR'] ?? '.local'),
    fresh: values.fresh ?? false,
    seed: !values['no-seed'],
    signal: asked.signal,
    say,
  })
  writePages(stack)
  const schedules = fireSchedules(stack)
  say(welcome(stack, watch()))
  const trouble = await Promise.race([stack.failed, untilAsked()])
  schedules.end()
  return await stop(stack, trouble)
}

async function stop(stack: Stack, trouble: string | undefined): Promise<number> {
  if (trouble !== undefined) console.error(`\n${trouble}\nStopping the other parts.`)
  await stack.stop()
  say(`Stopped. The state is kept in ${stack.state.dir}; \`npm start -- --fresh\` begins anew.`)
  return trouble === undefined ? 0 : 1
}

function untilAsked(): Promise<undefined> {
  return new Promise((resolve) => {
    if (asked.signal.aborted) resolve(undefined)
    asked.signal.addEventListener('abort', () => resolve(undefined))
  })
}
