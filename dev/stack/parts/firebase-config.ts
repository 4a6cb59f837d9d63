// Derives the Firebase CLI's configuration of one stack from the committed `firebase.json`: absolute paths, its ports, its sites.
import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../../root.ts'
import { projectId } from '../endpoints.ts'
import { host, type PortTable } from '../ports.ts'

type Json = Record<string, unknown>
type Committed = {
  readonly functions: Json & { readonly source: string }
  readonly firestore: { readonly rules: string; readonly indexes: string }
  readonly hosting: readonly (Json & { readonly target: string; readonly public: string })[]
}

/** The CLI takes ports from this file only, so each stack has one of its own; the functions' source alone must be relative to it. */
export function firebaseConfig(ports: PortTable, configDir: string): Json {
  const committed = JSON.parse(readFileSync(join(root, 'firebase.json'), 'utf8')) as Committed
  const { predeploy: _predeploy, ...functions } = committed.functions
  return {
    functions: { ...functions, source: relative(configDir, join(root, functions.source)) },
    firestore: Object.fromEntries(
      Object.entries(committed.firestore)
        .map(([key, file]) => [key, join(root, file)] as const)
        .filter(([, file]) => existsSync(file)),
    ),
    hosting: committed.hosting.map(({ target, ...site }) => ({
      ...besideLoopback(site),
      site: `${projectId}-${target}`,
      public: relative(configDir, join(root, site.public)),
    })),
    emulators: emulators(ports),
  }
}

/** The status page asks every part of the stack whether it is up, and each has a port, which is an origin, of its own. */
function besideLoopback(site: Json): Json {
  const here = JSON.stringify(site)
    .replaceAll("connect-src 'self'", "connect-src 'self' http://127.0.0.1:*")
    .replaceAll('Resource-Policy","value":"same-origin"', 'Resource-Policy","value":"cross-origin"')
  return JSON.parse(here) as Json
}

function emulators(ports: PortTable): Json {
  const at = (port: number) => ({ host, port })
  return {
    auth: at(ports.auth),
    functions: at(ports.functions),
    firestore: { ...at(ports.firestore), websocketPort: ports.firestoreWebsocket },
    pubsub: at(ports.pubsub),
    hosting: at(ports.app),
    eventarc: at(ports.eventarc),
    tasks: at(ports.tasks),
    hub: at(ports.hub),
    logging: at(ports.logging),
    ui: { enabled: false },
    singleProjectMode: false,
  }
}
