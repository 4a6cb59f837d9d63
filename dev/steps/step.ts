// One named step of `npm test`, and how a list of them is run, shown and counted.
import { stopwatch } from '../stack/stopwatch.ts'

export type Outcome = {
  readonly ok: boolean
  /** Shown when it is not ok. */
  readonly report: string
  readonly tests?: { readonly passed: number; readonly failed: number }
}

export type Step = {
  readonly name: string
  readonly what: string
  readonly run: () => Promise<Outcome>
  /** It keeps one core busy for long and nobody waits for it: those after it run meanwhile, and it is shown last. */
  readonly beside?: true
}
export type Tally = { readonly passed: number; readonly failed: number }

/** Goes on after a failure, so that one run shows everything; each step counts as one, beside the tests it ran. */
export async function runSteps(steps: readonly Step[], say: (line: string) => void): Promise<Tally> {
  const beside: Promise<Ran>[] = []
  const tally = { passed: 0, failed: 0 }
  for (const step of steps) {
    if (step.beside === true) beside.push(timed(step))
    else count(await timed(step), tally, say)
  }
  for (const ran of beside) count(await ran, tally, say)
  return tally
}

type Ran = { readonly step: Step; readonly outcome: Outcome; readonly took: string }

async function timed(step: Step): Promise<Ran> {
  const watch = stopwatch()
  const outcome = await step.run().catch(unexpected)
  return { step, outcome, took: watch() }
}

function count({ step, outcome, took }: Ran, tally: { passed: number; failed: number }, say: (line: string) => void) {
  const { ok, report, tests } = outcome
  const counts = tests ? ` (${tests.passed} passed, ${tests.failed} failed)` : ''
  say(`${ok ? 'ok  ' : 'FAIL'} ${step.name.padEnd(11)} ${took.padStart(7)}  ${step.what}${counts}`)
  if (!ok) say(report.trim().replaceAll(/^/gm, '       '))
  tally.passed += (ok ? 1 : 0) + (tests?.passed ?? 0)
  tally.failed += (ok ? 0 : 1) + (tests?.failed ?? 0)
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
