// Runs a development tool of this repository and hands back what it said.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../root.ts'

export type ToolRun = { readonly code: number; readonly stdout: string; readonly output: string }

/** `tool` is a file below node_modules, run by the very Node that runs us. */
export function runTool(
  tool: string,
  args: readonly string[],
  where: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<ToolRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', tool), ...args], {
      ...where,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8')
      output += chunk.toString('utf8')
    })
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8')
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? 1, stdout, output }))
  })
}
