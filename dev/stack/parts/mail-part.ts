// Starts the mail catcher, whose mails lie in the state folder.
import { join } from 'node:path'
import { root } from '../../root.ts'
import type { PortTable } from '../ports.ts'
import type { StateFolder } from '../state/state-folder.ts'
import { type Part, startPart } from './part.ts'

export function startMail(ports: PortTable, state: StateFolder): Part {
  const settings = { port: ports.smtp, 'http-port': ports.mails, folder: state.mails }
  return startPart({
    name: 'mail',
    arguments: [
      join(root, 'dev', 'stack', 'mail', 'main.ts'),
      ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ],
    env: process.env,
    cwd: state.logs,
    logFile: join(state.logs, 'mail.log'),
  })
}
