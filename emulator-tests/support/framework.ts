// A built function under functions-framework, as Cloud Run serves it: no emulator proxy in between, requests in parallel.
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { endpoints } from './stack.ts'

export interface Served {
  readonly origin: string
  readonly pid: number
  readonly stop: () => void
  /** Without a word: what it was doing stays as it is. */
  readonly kill: () => void
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

const answers = async (origin: string, child: ChildProcess): Promise<void> => {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error('the function did not start')
    const up = await fetch(`${origin}/healthz`).then(
      () => true,
      () => false,
    )
    if (up) return
    await delay(50)
  }
  throw new Error('the function did not answer in 10 s')
}

/** `source`: the folder with the built functions. */
export const serve = async (
  target: string,
  env: Record<string, string> = {},
  source = 'functions/lib',
): Promise<Served> => {
  const port = await freePort()
  const main = 'node_modules/@google-cloud/functions-framework/build/src/main.js'
  const child = spawn(process.execPath, [main, `--target=${target}`, `--source=${source}`, `--port=${port}`], {
    env: {
      PATH: process.env['PATH'] ?? '',
      FUNCTION_TARGET: target,
      GCLOUD_PROJECT: endpoints.projectId,
      FIRESTORE_EMULATOR_HOST: endpoints.firestore,
      FIREBASE_AUTH_EMULATOR_HOST: endpoints.auth.replace('http://', ''),
      PUBSUB_EMULATOR_HOST: endpoints.pubsub,
      CLOUD_TASKS_EMULATOR_HOST: endpoints.tasks,
      LK_KMS_ENDPOINT: endpoints.kms,
      METADATA_SERVER_DETECTION: 'none',
      ...env,
    },
    stdio: 'ignore',
  })
  const origin = `http://127.0.0.1:${port}`
  await answers(origin, child)
  return { origin, pid: child.pid ?? 0, stop: () => void child.kill(), kill: () => void child.kill('SIGKILL') }
}
