// The section of `docs/benchmarks.md` about the decision: the tables, and what a reader must know to trust them.
import { machineLine } from '../../shared/machine-line.ts'
import { megabytes, microseconds, milliseconds, perSecond, table, times } from '../../shared/numbers.ts'
import type { SizeResult } from '../measure/rounds.ts'
import type { WarmAgency } from '../measure/warm-agency.ts'
import { goalsOf, goalsTable } from './goals.ts'

const sizeLine = ({ size }: SizeResult): string => {
  const count = (value: number): string => value.toLocaleString('en')
  return `${size.name}: ${count(size.agencies)} agencies, ${count(size.accounts)} accounts, ${count(size.users)} users`
}

const speedTable = (results: readonly SizeResult[]): string => {
  const names = [...new Set(results.flatMap(({ figures }) => figures.map(({ contestant }) => contestant.name)))]
  const weighed = results.find(({ size }) => size.name === 'M')
  const head = results.flatMap(({ size }) => [`${size.name} checks/s`, 'ours is'])
  const rows = names.map((name) => {
    const cells = results.flatMap(({ figures }) => {
      const figure = figures.find(({ contestant }) => contestant.name === name)
      return figure === undefined ? ['–', '–'] : [perSecond(figure.checksPerSecond), times(figure.oursIsTimes)]
    })
    const bytes = weighed?.figures.find(({ contestant }) => contestant.name === name)?.bytes
    return [name, ...cells, ...(weighed === undefined ? [] : [bytes === undefined ? '–' : megabytes(bytes)])]
  })
  return table(['contestant', ...head, ...(weighed === undefined ? [] : ['memory at M'])], rows)
}

const latencyTable = (results: readonly SizeResult[]): string =>
  table(
    ['ours, one call at a time', 'p50', 'p99', 'p99.9'],
    results.map(({ size, latency }) => [size.name, ...[latency.p50, latency.p99, latency.p999].map(microseconds)]),
  )

const warmTable = (warm: WarmAgency): string =>
  table(
    ['one agency kept ready', 'memory', 'compiled in', 'snapshot as text', 'read in'],
    [
      [
        `${warm.accounts.toLocaleString('en')} accounts, ${warm.users.toLocaleString('en')} users`,
        megabytes(warm.bytes),
        milliseconds(warm.compileMilliseconds),
        megabytes(warm.snapshotBytes),
        milliseconds(warm.parseMilliseconds),
      ],
    ],
  )

const notes = (results: readonly SizeResult[]): string => {
  const seen = new Map(
    results.flatMap(({ figures }) =>
      figures.map(({ contestant, questions }) => [contestant.name, { contestant, questions }] as const),
    ),
  )
  return [...seen.values()].map(({ contestant }) => `- **${contestant.name}**: ${contestant.note}.`).join('\n')
}

const askedLine = (results: readonly SizeResult[]): string => {
  const few = results.flatMap(({ size, asked, figures }) =>
    figures
      .filter(({ questions }) => questions < asked)
      .map(({ contestant, questions }) => `${contestant.name} ${questions.toLocaleString('en')} at ${size.name}`),
  )
  return few.length === 0 ? '' : ` Slower ones are asked the first of them only: ${few.join('; ')}.`
}

/** `command` is what produced it. */
export const sectionOf = (results: readonly SizeResult[], warm: WarmAgency | undefined, command: string): string => {
  return [
    `${machineLine(command)}; one thread. Nine interleaved rounds in one process, medians; “ours is” says how many times faster ours answers the same questions, the median of the ratios within the rounds. Only ratios count: absolute figures drift with the machine.`,
    `World: ${results.map(sizeLine).join('; ')}. 305 permissions, the built-in roles and custom ones, assignments on agencies (whole, or listed accounts) and on one to three accounts, a fifth of them with a condition. 100,000 seeded questions, half of them allowed.${askedLine(results)} Every contestant gives the right answer to every question it is asked, or the run fails. At L everybody holds only the agencies, accounts and users that some question names.`,
    speedTable(results),
    latencyTable(results),
    ...(warm === undefined ? [] : [warmTable(warm)]),
    goalsTable(goalsOf(results, warm)),
    notes(results),
    [
      '- Missing: the Cerbos binary cannot be had from npm.',
      '- Memory is live heap and buffers after a collection, without the strings that all share; that of the large agency counts its strings too, and what asking left in caches.',
    ].join('\n'),
  ].join('\n\n')
}
