// Runs one vitest project, counts its tests, and says first what failed: the whole output may be too long for whoever keeps it.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { runTool } from '../checks/run-tool.ts'
import { root } from '../root.ts'
import type { Outcome } from './step.ts'
import { codeOfNow, keepTested } from './what-is-tested.ts'

type Report = {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numTotalTests: number
  readonly testResults: readonly TestFile[]
}

export type TestFile = {
  readonly name: string
  /** What went wrong outside any test: an import, a hook. */
  readonly message: string
  readonly status: string
  readonly assertionResults: readonly {
    readonly fullName: string
    readonly status: string
    readonly failureMessages: readonly string[] | null
  }[]
}

/** A project that finds no test at all has failed: nothing was shown to work. */
export async function runVitest(project: string, env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const file = join(root, '.build', `vitest-${project}.json`)
  rmSync(file, { force: true })
  const tested = codeOfNow(Number(env['LK_PROOF_SHARE'] ?? '1'))
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const run = await runTool('vitest/vitest.mjs', args, { cwd: root, env: { ...process.env, NO_COLOR: '1', ...env } })
  keepTested(project, tested)
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined
  return {
    ok: run.code === 0 && (report?.numTotalTests ?? 0) > 0,
    report: [...failuresIn(report?.testResults ?? []), ...unhandledIn(run.output), run.output].join('\n'),
    tests: { passed: report?.numPassedTests ?? 0, failed: report?.numFailedTests ?? 0 },
  }
}

/** One line a failed test, with the first line of its reason. */
export function failuresIn(files: readonly TestFile[]): readonly string[] {
  return files.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name)
    const failed = assertionResults.filter((test) => test.status === 'failed')
    if (failed.length === 0) return status === 'failed' ? [`✗ ${file}: ${firstLine(message)}`] : []
    return failed.map((test) => `✗ ${file} > ${test.fullName}: ${firstLine(test.failureMessages?.[0] ?? '')}`)
  })
}

/** What was thrown past every test: a line each; the run is red although no test is. */
export function unhandledIn(output: string): readonly string[] {
  const thrown = output.matchAll(/⎯ Unhandled (?:Rejection|Error) ⎯+\n(?<what>.*)/g)
  return [...thrown].map(({ groups }) => `✗ outside any test: ${firstLine(groups?.['what'] ?? '')}`)
}

const firstLine = (text: string) => text.trim().split('\n', 1)[0]?.slice(0, 200) ?? ''
