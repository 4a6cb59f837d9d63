// One named step of `npm test`, and how a list of them is run, shown and counted.
import { stopwatch } from '../stack/stopwatch.ts'

export type Outcome = {
  readonly ok: boolean
  /** Shown when it is not ok. */
  readonly report: string
  readonly tests?: { readonly passed: number; readonly failed: number }
}

export type Step = { readonly name: string; readonly what: string; readonly run: () => Promise<Outcome> }
export type Tally = { readonly passed: number; readonly failed: number }

/** Goes on after a failure, so that one run shows everything; each step counts as one, beside the tests it ran. */
export async function runSteps(steps: readonly Step[], say: (line: string) => void): Promise<Tally> {
  let passed = 0
  let failed = 0
  for (const { name, what, run } of steps) {
    const watch = stopwatch()
    const { ok, report, tests } = await run().catch(unexpected)
    const counts = tests ? ` (${tests.passed} passed, ${tests.failed} failed)` : ''
    say(`${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(11)} ${watch().padStart(7)}  ${what}${counts}`)
    if (!ok) say(report.trim().replaceAll(/^/gm, '       '))
    passed += (ok ? 1 : 0) + (tests?.passed ?? 0)
    failed += (ok ? 0 : 1) + (tests?.failed ?? 0)
  }
  return { passed, failed }
}

export function chooseSteps(steps: readonly Step[], only: string | undefined): readonly Step[] {
  if (only === undefined) return steps
  const chosen = steps.filter(({ name }) => name === only)
  if (chosen.length === 0)
    throw new RangeError(`There is no step "${only}": ${steps.map(({ name }) => name).join(', ')}.`)
  return chosen
}

export function fromLines(lines: readonly string[]): Outcome {
  return { ok: lines.length === 0, report: lines.join('\n') }
}

function unexpected(reason: unknown): Outcome {
  return { ok: false, report: reason instanceof Error ? (reason.stack ?? reason.message) : String(reason) }
}
