// Every base URL of a running stack, as written to `endpoints.json` for any outside client.
import { host, type PortTable } from './ports.ts'
import type { StateFolder } from './state/state-folder.ts'

export const projectId = 'demo-latchkey'
export const region = 'us-central1'

export type Endpoints = {
  readonly projectId: string
  readonly region: string
  /** Origins without a trailing slash. */
  readonly app: string
  readonly id: string
  readonly functions: string
  readonly api: string
  readonly auth: string
  readonly hub: string
  readonly kmsControl: string
  /** What was mailed, as JSON, the newest first. */
  readonly mails: string
  /** `host:port`, as the client libraries want them. */
  readonly firestore: string
  readonly pubsub: string
  readonly tasks: string
  readonly kms: string
  readonly smtp: string
  /** Files of this stack's state, absolute. */
  readonly stateDir: string
  readonly clockFile: string
  readonly invokerTokenFile: string
}

export function endpointsOf(ports: PortTable, state: StateFolder): Endpoints {
  const functions = `http://${host}:${ports.functions}/${projectId}/${region}`
  return {
    projectId,
    region,
    app: `http://${host}:${ports.app}`,
    id: `http://${host}:${ports.id}`,
    functions,
    api: `${functions}/api`,
    auth: `http://${host}:${ports.auth}`,
    hub: `http://${host}:${ports.hub}`,
    kmsControl: `http://${host}:${ports.kmsControl}`,
    mails: `http://${host}:${ports.mails}/mails`,
    firestore: `${host}:${ports.firestore}`,
    pubsub: `${host}:${ports.pubsub}`,
    tasks: `${host}:${ports.tasks}`,
    kms: `${host}:${ports.kms}`,
    smtp: `${host}:${ports.smtp}`,
    stateDir: state.dir,
    clockFile: state.clock,
    invokerTokenFile: state.invokerToken,
  }
}
