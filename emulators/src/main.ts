/** The command line of the emulators: reads options, prints one line when ready, stops on SIGINT and SIGTERM. */
import { parseArgs } from 'node:util'
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js'
import { clockFrom } from './clock-file.ts'
import { LOOPBACK } from './server/listen.ts'
import { type Emulators, startEmulators } from './start.ts'

const OPTIONS = {
  host: { type: 'string', default: LOOPBACK },
  port: { type: 'string', default: '0' },
  'control-port': { type: 'string', default: '0' },
  state: { type: 'string' },
  'clock-file': { type: 'string' },
  project: { type: 'string', multiple: true },
} as const

function readPort(text: string, option: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new Error(`--${option} must be a port number, not '${text}'.`)
}

/** Nothing here asks who is calling, so nobody from elsewhere may. */
function requireLoopback(host: string): void {
  if (host === LOOPBACK || host === 'localhost') return
  throw new Error(`These emulators listen on ${LOOPBACK} only; --host ${host} is refused.`)
}

async function start(args: readonly string[]): Promise<Emulators> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true })
  requireLoopback(values.host)
  const now = clockFrom(values['clock-file'], Date.now)
  now() // A clock file that cannot be read is said now, not at the first call.
  return startEmulators({
    port: readPort(values.port, 'port'),
    controlPort: readPort(values['control-port'], 'control-port'),
    now,
    ...(values.state === undefined ? {} : { stateDir: values.state }),
    ...(values.project === undefined ? {} : { projectIds: values.project }),
  })
}

/** One sentence, no stack: what goes wrong here is for the person at the terminal to put right. */
function fail(error: unknown): never {
  console.error(`emulators: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}

// The library would print a port that is taken in its own words before we can.
setLogVerbosity(logVerbosity.NONE)

try {
  const emulators = await start(process.argv.slice(2))
  const stop = (): void => {
    emulators.stop().then(() => process.exit(0), fail)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  console.log(`ready grpc=${LOOPBACK}:${emulators.port} control=http://${LOOPBACK}:${emulators.controlPort}/faults`)
} catch (error) {
  fail(error)
}
