// The section of `docs/benchmarks.md` about verification.
import { machineLine } from '../shared/machine-line.ts'
import { microseconds, perSecond, table, times } from '../shared/numbers.ts'
import type { Contest } from './contestant.ts'
import type { Figure } from './rounds.ts'

export interface Result {
  readonly contest: Contest
  readonly figures: readonly Figure[]
}

const tableOf = ({ contest, figures }: Result): string => {
  const rows = figures.map(({ contestant, perSecond: rate, timesFirst, p99 }) => [
    contestant.name,
    perSecond(rate),
    times(timesFirst),
    p99 === undefined ? '–' : microseconds(p99),
  ])
  const [first] = contest.contestants
  const notes = contest.contestants.map(({ name, note }) => `- **${name}**: ${note}.`)
  return [
    `### ${contest.heading}`,
    contest.explanation,
    table(['contestant', 'a second', `× ${first?.name ?? ''}`, 'p99 of one'], rows),
    [...new Set(notes)].join('\n'),
  ].join('\n\n')
}

export const sectionOf = (results: readonly Result[], goals: string): string =>
  [
    `${machineLine('npm run bench:verify')}. Nine interleaved rounds, medians; only ratios within the run count.`,
    ...results.map(tableOf),
    '### Goals',
    goals,
  ].join('\n\n')
