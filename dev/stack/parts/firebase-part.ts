// Starts the Firebase emulators in one process and says when each of them, and then all of them, answer.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { root } from '../../root.ts'
import { CannotStart } from '../cannot-start.ts'
import { type Endpoints, projectId } from '../endpoints.ts'
import { emulatorBinaries } from '../machine/emulator-binaries.ts'
import type { Jdk } from '../machine/find-jdk.ts'
import type { PortTable } from '../ports.ts'
import { invokerToken, type StateFolder } from '../state/state-folder.ts'
import { firebaseConfig } from './firebase-config.ts'
import { type Part, startPart } from './part.ts'

const cli = join(root, 'node_modules', 'firebase-tools', 'lib', 'bin', 'firebase.js')
const preload = join(root, 'dev', 'stack', 'preload', 'one-process-per-function.cjs')
const asyncEntry = join(root, 'dev', 'stack', 'preload', 'import-async-entry.cjs')
const only = 'auth,functions,firestore,pubsub,hosting,tasks'

type Setup = {
  readonly ports: PortTable
  readonly endpoints: Endpoints
  readonly state: StateFolder
  readonly jdk: Jdk
  readonly say: (line: string) => void
}

export type FirebasePart = { readonly part: Part; readonly ready: Promise<void> }

export function startFirebase(setup: Setup): FirebasePart {
  const { state } = setup
  const config = join(state.work, 'firebase.json')
  writeFileSync(config, JSON.stringify(firebaseConfig(setup.ports, state.work), undefined, 2))
  const imports = existsSync(state.exported) ? [`--import=${state.exported}`] : []
  const flags = [
    `--only=${only}`,
    `--project=${projectId}`,
    `--config=${config}`,
    `--export-on-exit=${state.nextExport}`,
  ]
  const attached = new Set<string>()
  const ready = Promise.withResolvers<void>()
  const logFile = join(state.logs, 'firebase.log')
  const part = startPart({
    name: 'firebase',
    arguments: ['--require', preload, cli, 'emulators:start', ...flags, ...imports],
    env: environment(setup),
    cwd: state.logs, // where the emulators put their own debug logs
    logFile,
    onLine: (line) => {
      if (line.startsWith('[one-process-per-function] attached')) attached.add(line)
      if (line.includes('Failed to load function definition'))
        ready.reject(new CannotStart(`The functions do not load: see ${logFile}`))
      if (!line.includes('All emulators ready')) return
      if (attached.size < 2)
        setup.say('Warning: one process per function could not be arranged; races behave unlike the cloud.')
      ready.resolve()
    },
  })
  return { part, ready: ready.promise }
}

function environment({ endpoints, state, jdk }: Setup): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...emulatorBinaries(process.env, state.work),
    JAVA_HOME: jdk.home,
    PATH: [join(jdk.home, 'bin'), join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
    METADATA_SERVER_DETECTION: 'none',
    NODE_OPTIONS: `--require ${JSON.stringify(asyncEntry)}`,
    TMPDIR: privateTemporaryFolder(state),
    ...functionVariables(endpoints, state),
  }
}

/** What deployed functions get from their environment settings; the emulator hands its own variables on to every worker. */
function functionVariables(endpoints: Endpoints, state: StateFolder): Record<string, string> {
  return {
    LK_CLOCK_FILE: state.clock,
    LK_KMS_ENDPOINT: endpoints.kms,
    LK_SMTP_HOST: endpoints.smtp.split(':')[0] ?? '',
    LK_SMTP_PORT: endpoints.smtp.split(':')[1] ?? '',
    LK_ANCHOR_FOLDER: state.anchors,
    LK_INVOKER_TOKEN: invokerToken(state),
    LK_APP_ORIGINS: [endpoints.app, endpoints.app.replace('127.0.0.1', 'localhost')].join(','),
    LK_ISSUER: endpoints.id,
    LK_AUTHZ_ORIGIN: `${endpoints.functions}/authz`,
  }
}

/** The CLI finds its hub by a file named after the project in the temporary folder: shared, two stacks export each other's data. */
export function privateTemporaryFolder(state: StateFolder): string {
  const dir = join(tmpdir(), `lk-${createHash('sha256').update(state.dir).digest('hex').slice(0, 8)}`)
  mkdirSync(dir, { recursive: true })
  return dir
}
