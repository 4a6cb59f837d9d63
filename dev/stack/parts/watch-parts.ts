// Notices a part that dies by itself: a child that exits, or an emulator inside the Firebase CLI that stops answering.
import { join } from 'node:path'
import type { Endpoints } from '../endpoints.ts'
import type { PortName, PortTable } from '../ports.ts'
import { untilSilent } from './answering.ts'
import type { Part } from './part.ts'

/** The CLI only warns when its Java children die, so their ports are watched; each writes a log of its own. */
const emulatorLogs: Partial<Record<PortName, string>> = {
  firestore: 'firestore-debug.log',
  pubsub: 'pubsub-debug.log',
  auth: 'firebase.log',
  functions: 'firebase.log',
  tasks: 'firebase.log',
  app: 'firebase.log',
}

export type Watch = {
  readonly failed: Promise<string>
  readonly watchPorts: () => void
  readonly end: () => void
}

export function watchParts(parts: readonly Part[], ports: PortTable, endpoints: Endpoints): Watch {
  const ended = new AbortController()
  const failed = Promise.withResolvers<string>()
  const report = (sentence: string) => {
    if (!ended.signal.aborted) failed.resolve(sentence)
  }
  for (const part of parts) void part.exited.then(({ how }) => report(`${part.name} ${how}: see ${part.logFile}`))
  const children = new Set<number>()
  const watchPorts = () => {
    void rememberChildren(endpoints, children)
    for (const [name, log] of Object.entries(emulatorLogs))
      void untilSilent(ports[name as PortName], ended.signal).then(
        () => report(`${name} stopped answering: see ${join(endpoints.stateDir, 'logs', log)}`),
        () => undefined, // the watch has ended
      )
  }
  const end = () => {
    ended.abort()
    for (const part of parts)
      if (part.name === 'firebase')
        void part.exited.then(({ clean }) => {
          if (!clean) children.forEach(killOrphan)
        })
  }
  return { failed: failed.promise, watchPorts, end }
}

/** The Java emulators run in process groups of their own; should the CLI die without stopping them, we must. */
async function rememberChildren(endpoints: Endpoints, children: Set<number>): Promise<void> {
  const response = await fetch(`${endpoints.hub}/emulators`)
  const running = (await response.json()) as Record<string, { readonly pid?: number }>
  for (const { pid } of Object.values(running)) if (pid !== undefined) children.add(pid)
}

function killOrphan(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Stopped as it should.
  }
}
