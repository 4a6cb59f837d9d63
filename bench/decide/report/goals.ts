// The goals set for the decision, each beside what was measured, met or not.

import { megabytes, microseconds, milliseconds, perSecond, table, times } from '../../shared/numbers.ts'
import { explainName, oursName } from '../contestants/ours.ts'
import type { SizeResult } from '../measure/rounds.ts'
import type { WarmAgency } from '../measure/warm-agency.ts'

interface Goal {
  readonly goal: string
  readonly measured: string
  readonly met: boolean
}

const figureOf = ({ figures }: SizeResult, name: string) => figures.find(({ contestant }) => contestant.name === name)
const sizeOf = ({ size }: SizeResult): string => size.name

/** At least `least` checks a second at every size that ran. */
const speed = (results: readonly SizeResult[], name: string, least: number): readonly Goal[] => {
  const rates = results.flatMap((one) => {
    const figure = figureOf(one, name)
    return figure === undefined ? [] : [{ size: sizeOf(one), rate: figure.checksPerSecond }]
  })
  const goal = `${name}: at least ${perSecond(least)}/s at every size`
  if (rates.length === 0) return [{ goal, measured: 'not measured in this run', met: false }]
  const measured = rates.map(({ size, rate }) => `${size} ${perSecond(rate)}`).join(', ')
  return [{ goal, measured, met: rates.every(({ rate }) => rate >= least) }]
}

const against = (
  results: readonly SizeResult[],
  name: string,
  least: number,
  at: readonly string[],
): readonly Goal[] => {
  const ratios = results.flatMap((one) => {
    const ratio = at.includes(sizeOf(one)) ? figureOf(one, name)?.oursIsTimes : undefined
    return ratio === undefined ? [] : [{ size: sizeOf(one), ratio }]
  })
  if (ratios.length === 0) return []
  const measured = ratios.map(({ size, ratio }) => `${size} ${times(ratio)}`).join(', ')
  return [
    {
      goal: `at least ${least}× ${name} at ${at.join(', ')}`,
      measured,
      met: ratios.every(({ ratio }) => ratio >= least),
    },
  ]
}

const everywhere = ['S', 'M', 'L']

export const goalsOf = (results: readonly SizeResult[], warm: WarmAgency | undefined): readonly Goal[] => [
  ...speed(results, oursName, 1e6),
  ...against(results, 'naive Maps and Sets', 1, ['M']),
  ...against(results, 'naive Maps and Sets', 3, ['L']),
  ...against(results, 'CASL, abilities kept', 5, everywhere),
  ...against(results, 'casbin, tuned', 50, everywhere),
  ...against(results, 'Cedar wasm, minimal entities', 150, everywhere),
  {
    goal: 'p99 of a single check at most 5 µs',
    measured: results.map((one) => `${sizeOf(one)} ${microseconds(one.latency.p99)}`).join(', '),
    met: results.every(({ latency }) => latency.p99 <= 5_000),
  },
  ...speed(results, explainName, 1e5),
  ...(warm === undefined ? [] : warmGoals(warm)),
]

const warmGoals = (warm: WarmAgency): readonly Goal[] => [
  {
    goal: 'an agency of 10,000 accounts kept ready in at most 20 MB',
    measured: megabytes(warm.bytes),
    met: warm.bytes <= 20e6,
  },
  {
    goal: 'and compiled in at most 50 ms',
    measured: milliseconds(warm.compileMilliseconds),
    met: warm.compileMilliseconds <= 50,
  },
]

export const goalsTable = (goals: readonly Goal[]): string =>
  table(
    ['goal', 'measured', ''],
    goals.map(({ goal, measured, met }) => [goal, measured, met ? 'met' : '**missed**']),
  )
