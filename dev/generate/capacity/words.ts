// How the capacity page writes figures and tables.
import type { Pair } from './rates.ts'

export const trimmed = (value: number): string => String(Number(value.toPrecision(value >= 100 ? 3 : 2)))

export const short = (value: number): string => {
  if (value >= 1_000_000_000) return `${trimmed(value / 1_000_000_000)}B`
  if (value >= 1_000_000) return `${trimmed(value / 1_000_000)}M`
  if (value >= 10_000) return `${trimmed(value / 1_000)}k`
  return value >= 100 ? Math.round(value).toLocaleString('en') : trimmed(value)
}

const spans = [
  [86_400, 'days'],
  [3_600, 'h'],
  [60, 'min'],
] as const

export const duration = (seconds: number): string => {
  const [unit, name] = spans.find(([length]) => seconds >= length * 2) ?? [1, 's']
  return `${trimmed(seconds / unit)} ${name}`
}

/** What happens less often than every twenty seconds is said by how long it takes to come again. */
const seldom = 0.05

const often = (value: number): string => (value > 0 && value < seldom ? `every ${duration(1 / value)}` : short(value))

export const dollars = (value: number): string => (value < 0.5 ? '< 1' : Math.round(value).toLocaleString('en'))

/** A second, on average and · at the peak. */
export const pair = ({ average, peak }: Pair): string =>
  average === peak ? often(average) : `${often(average)} · ${often(peak)}`

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_cell, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n')
}
