// Starts the local Cloud KMS and Secret Manager, whose keys live in the state folder.
import { join } from 'node:path'
import { root } from '../../root.ts'
import type { PortTable } from '../ports.ts'
import type { StateFolder } from '../state/state-folder.ts'
import { type Part, startPart } from './part.ts'

export function startKms(ports: PortTable, state: StateFolder): Part {
  const settings = {
    port: ports.kms,
    'control-port': ports.kmsControl,
    state: state.kms,
    'clock-file': state.clock,
  }
  return startPart({
    name: 'kms',
    arguments: [
      join(root, 'emulators', 'src', 'main.ts'),
      ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ],
    env: process.env,
    cwd: state.logs,
    logFile: join(state.logs, 'kms.log'),
  })
}
