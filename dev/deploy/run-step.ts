// Runs one step of a deployment by the program that it names.
import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { root } from '../root.ts'
import { indexLists, type RunStep } from './steps.ts'
import { waitForIndexes } from './wait-for-indexes.ts'

const pauseMilliseconds = 20_000

export const runStep: RunStep = (step) => (step.program === 'firebase' ? firebase(step.args) : indexesReady(step.args))

const firebase = (args: readonly string[]): Promise<boolean> =>
  new Promise((resolve) => {
    const script = join(root, 'node_modules', 'firebase-tools', 'lib', 'bin', 'firebase.js')
    const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' })
    child.once('close', (code) => resolve(code === 0))
    child.once('error', () => resolve(false))
  })

const indexesReady = (args: readonly string[]): Promise<boolean> =>
  waitForIndexes({
    list: async () => {
      const lists = await Promise.all(indexLists.map((list) => gcloud([...list, ...args])))
      return lists.includes(undefined) ? undefined : lists.join('\n')
    },
    say: console.log,
    pause: () => setTimeout(pauseMilliseconds),
  })

/** Undefined when it fails; what it complains of has been shown. */
const gcloud = async (args: readonly string[]): Promise<string | undefined> => {
  try {
    return (await promisify(execFile)('gcloud', args)).stdout
  } catch (reason) {
    console.error(`gcloud ${args.join(' ')}: ${reason instanceof Error ? reason.message : String(reason)}`)
    return undefined
  }
}
