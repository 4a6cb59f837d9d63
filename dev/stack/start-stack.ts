// Starts the whole local house — KMS, Secret Manager, a mail catcher and the Firebase emulators — and hands back one way to stop it.
import { rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { bundleFunctions } from '../build/bundle-functions.ts'
import { CannotStart } from './cannot-start.ts'
import { type Endpoints, endpointsOf } from './endpoints.ts'
import { findJdk, jdkMissing } from './machine/find-jdk.ts'
import { untilAnswers } from './parts/answering.ts'
import { privateTemporaryFolder, startFirebase } from './parts/firebase-part.ts'
import { startKms } from './parts/kms-part.ts'
import { startMail } from './parts/mail-part.ts'
import type { Part } from './parts/part.ts'
import { watchParts } from './parts/watch-parts.ts'
import { firstTakenPort, type PortName, type PortTable, portTable } from './ports.ts'
import { seedOnce } from './state/seed-once.ts'
import { adoptNewestExport, prepareStateFolder, type StateFolder, stateFolder } from './state/state-folder.ts'
import { stopwatch } from './stopwatch.ts'

const patienceToStartMs = 120_000
const patienceToStopMs = 60_000

export type StackOptions = {
  readonly portOffset: number
  readonly stateDir: string
  readonly fresh: boolean
  readonly seed: boolean
  /** Aborting while it starts stops what has been started, and saves it. */
  readonly signal?: AbortSignal
  readonly say: (line: string) => void
}

export type Stack = {
  readonly endpoints: Endpoints
  readonly ports: PortTable
  readonly state: StateFolder
  /** Resolves with one sentence when a part dies by itself; never while all is well, nor after `stop`. */
  readonly failed: Promise<string>
  /** Stops every child, and keeps the state; safe to call twice. */
  readonly stop: () => Promise<void>
}

export async function startStack(options: StackOptions): Promise<Stack> {
  const ports = portTable(options.portOffset)
  const jdk = await checkMachine(ports)
  await bundleFunctions()
  const state = stateFolder(options.stateDir)
  prepareStateFolder(state, options.fresh)
  const endpoints = endpointsOf(ports, state)
  const kms = startKms(ports, state)
  const firebase = startFirebase({ ports, endpoints, state, jdk, say: options.say })
  const parts = [firebase.part, kms, startMail(ports, state)]
  const watch = watchParts(parts, ports, endpoints)
  const stop = stopOnce(parts, state, watch.end)
  try {
    const trouble = Promise.race([watch.failed.then(refuse), aborted(options.signal)])
    await Promise.race([untilReady(ports, firebase.ready, options.say), trouble])
    watch.watchPorts()
    if (options.seed) await Promise.race([seedOnce(endpoints, state, options.say), trouble])
    writeFileSync(state.endpoints, `${JSON.stringify(endpoints, undefined, 2)}\n`)
  } catch (reason) {
    await stop()
    throw reason
  }
  return { endpoints, ports, state, failed: watch.failed, stop }
}

async function checkMachine(ports: PortTable) {
  const taken = await firstTakenPort(ports)
  if (taken)
    throw new CannotStart(
      `Port ${taken.port} (${taken.name}) is already in use: stop the other \`npm start\` or program that holds it, or set LK_PORT_OFFSET (for instance 1100) to move every port.`,
    )
  const jdk = findJdk(process.env)
  if (!jdk) throw new CannotStart(jdkMissing)
  return jdk
}

async function untilReady(ports: PortTable, ready: Promise<void>, say: (line: string) => void): Promise<void> {
  const watch = stopwatch()
  const patience = new AbortController()
  const shown: PortName[] = ['kms', 'mails', 'auth', 'firestore', 'pubsub', 'tasks', 'functions', 'app', 'id']
  const answering = shown.map(async (name) => {
    await untilAnswers(ports[name], patience.signal)
    say(`  ${name.padEnd(10)} ${String(ports[name]).padEnd(6)} ${watch()}`)
  })
  const late = delay(patienceToStartMs, undefined, { signal: patience.signal }).then(() => {
    throw new CannotStart(
      `Not every part answered within ${patienceToStartMs / 1_000} s: see the logs in the state folder.`,
    )
  })
  try {
    await Promise.race([Promise.all([...answering, ready]), late])
  } finally {
    patience.abort()
    await Promise.allSettled([...answering, late])
  }
}

function refuse(sentence: string): never {
  throw new CannotStart(sentence)
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new CannotStart('Stopped before it was ready.')))
  })
}

function stopOnce(parts: readonly Part[], state: StateFolder, endWatch: () => void): () => Promise<void> {
  let stopping: Promise<void> | undefined
  const stopAll = async () => {
    endWatch()
    await Promise.all(parts.map((part) => part.stop(patienceToStopMs)))
    adoptNewestExport(state)
    rmSync(state.endpoints, { force: true })
    rmSync(privateTemporaryFolder(state), { recursive: true, force: true })
  }
  return () => {
    stopping ??= stopAll()
    return stopping
  }
}
