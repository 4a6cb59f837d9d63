// Runs one vitest project and counts its tests.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runTool } from '../checks/run-tool.ts'
import { root } from '../root.ts'
import type { Outcome } from './step.ts'

type Report = { readonly numPassedTests: number; readonly numFailedTests: number; readonly numTotalTests: number }

/** A project that finds no test at all has failed: nothing was shown to work. */
export async function runVitest(project: string, env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const file = join(root, '.build', `vitest-${project}.json`)
  rmSync(file, { force: true })
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const run = await runTool('vitest/vitest.mjs', args, { cwd: root, env: { ...process.env, NO_COLOR: '1', ...env } })
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined
  return {
    ok: run.code === 0 && (report?.numTotalTests ?? 0) > 0,
    report: run.output,
    tests: { passed: report?.numPassedTests ?? 0, failed: report?.numFailedTests ?? 0 },
  }
}
