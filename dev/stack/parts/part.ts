// One child process of the stack: started in a group of its own, logged to a file, stopped with a deadline.
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { root } from '../../root.ts'

const watchdog = join(root, 'dev', 'stack', 'preload', 'stop-with-the-stack.cjs')

export type Exit = { readonly clean: boolean; readonly how: string }

export type Part = {
  readonly name: string
  readonly logFile: string
  readonly exited: Promise<Exit>
  readonly stop: (patienceMs: number) => Promise<void>
}

export type PartPlan = {
  readonly name: string
  readonly arguments: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly logFile: string
  readonly onLine?: (line: string) => void
}

/** The group of its own keeps a terminal's Ctrl-C away from the child, so that the stack alone decides the order of stopping. */
export function startPart(plan: PartPlan): Part {
  const child = spawn(process.execPath, ['--require', watchdog, ...plan.arguments], {
    cwd: plan.cwd,
    env: plan.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const log = createWriteStream(plan.logFile)
  for (const stream of [child.stdout, child.stderr]) {
    stream?.pipe(log, { end: false })
    if (plan.onLine) eachLine(stream, plan.onLine)
  }
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => resolve({ clean: false, how: `could not start: ${error.message}` }))
    child.once('exit', (code, signal) =>
      resolve({ clean: code === 0, how: signal ? `was ended by ${signal}` : `ended with code ${code}` }),
    )
  })
  return { name: plan.name, logFile: plan.logFile, exited, stop: (patienceMs) => stop(child, exited, patienceMs) }
}

async function stop(child: ChildProcess, exited: Promise<Exit>, patienceMs: number): Promise<void> {
  if (child.pid === undefined) return
  child.kill('SIGINT')
  const deadline = new AbortController()
  const late = delay(patienceMs, 'late', { signal: deadline.signal }).catch(() => 'on time')
  await Promise.race([exited, late])
  deadline.abort()
  killGroup(child.pid)
  await exited
}

/** Sweeps up what the child left in its group; the group being gone already is the usual case. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody left.
  }
}

function eachLine(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = ''
  stream?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('utf8')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
}
