/** Starts Cloud KMS and Secret Manager on one loopback gRPC port, with a control endpoint beside it. */
import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Server } from '@grpc/grpc-js'
import { createControlServer } from './faults/control.ts'
import { type FaultGate, type Faults, openFaultGate, type Sleep } from './faults/faults.ts'
import { kmsOperations } from './kms/operations.ts'
import { secretOperations } from './secrets/operations.ts'
import { handlersFor } from './server/handlers.ts'
import { listenGrpc, listenHttp } from './server/listen.ts'
import { kmsService, secretManagerService } from './server/protos.ts'
import { memoryOnly, openStateFile } from './state/state-file.ts'
import { openStore } from './state/store.ts'

export type EmulatorOptions = {
  /** 0, the default, takes any free port. */
  readonly port?: number
  readonly controlPort?: number
  /** Where the state is kept; without it everything is forgotten at the end. */
  readonly stateDir?: string
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** Calls about other projects are refused; without it every project exists. */
  readonly projectIds?: readonly string[]
  /** How the `slow` fault waits. */
  readonly sleep?: Sleep
}

export type Emulators = {
  readonly port: number
  readonly controlPort: number
  readonly faults: Faults
  /** Lets calls in progress finish, without making up the rest of a `slow` wait, and closes both ports. */
  stop(): Promise<void>
}

function createGrpcServer(options: EmulatorOptions, gate: FaultGate): Server {
  const file = options.stateDir === undefined ? memoryOnly : openStateFile(options.stateDir)
  const store = openStore(file, options.now ?? Date.now)
  const serving = { store, gate, projectIds: options.projectIds }
  const server = new Server()
  server.addService(kmsService, handlersFor(kmsOperations, serving))
  server.addService(secretManagerService, handlersFor(secretOperations, serving))
  return server
}

const drain = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => server.tryShutdown((error) => (error ? reject(error) : resolve())))

/** @throws PortTakenError when a port is in use; an Error when the state file is not one. */
export async function startEmulators(options: EmulatorOptions = {}): Promise<Emulators> {
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal) // One for every call that waits.
  const untilStopped: Sleep = (ms) => delay(ms, undefined, { signal: stopping.signal }).catch(() => {})
  const methods = [...Object.keys(kmsOperations), ...Object.keys(secretOperations)]
  const gate = openFaultGate(methods, options.sleep ?? untilStopped)
  const server = createGrpcServer(options, gate)
  const control = createControlServer(gate.faults)
  const port = await listenGrpc(server, options.port ?? 0)
  const controlPort = await listenHttp(control, options.controlPort ?? 0).catch((error: unknown) => {
    server.forceShutdown()
    throw error
  })
  async function stop(): Promise<void> {
    stopping.abort()
    await drain(server)
    control.closeAllConnections()
    await control[Symbol.asyncDispose]()
  }
  return { port, controlPort, faults: gate.faults, stop }
}
