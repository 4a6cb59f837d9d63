// What operations and background work cost, from the two pages that tests count and print.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../root.ts'

export interface Cost {
  readonly reads: number
  readonly writes: number
  /** Operations of KMS. */
  readonly kms: number
  /** Round trips to Firestore, one after the other. Of operations they are not counted: their reads come together. */
  readonly calls: number
}

/** Of an operation by its name. Throws for what was not counted: a figure that nobody measured must not be on the page. */
type CostOf = (work: string, what?: string) => Cost

export interface Costs {
  readonly operation: CostOf
  readonly background: CostOf
}

interface Row {
  readonly work: string
  readonly what: string
  readonly cost: Cost
}

/** Of an operation that somebody waits for: it asks Firestore once or twice, and KMS only where background work says so. */
const callsOfOperation = 1

const cellsOf = (line: string): readonly string[] => line.split('|').map((cell) => cell.trim())

const rowsIn = (text: string): readonly Row[] =>
  text.split('\n').flatMap((line) => {
    const [, name = '', what = '', ...figures] = cellsOf(line)
    const work = /^`([^`]+)`$/.exec(name)?.[1]
    const numbers = figures.slice(0, -1).map(Number)
    if (work === undefined || numbers.some(Number.isNaN)) return []
    const [calls = 0, reads = 0, writes = 0, kms = 0] = numbers.length === 2 ? [callsOfOperation, ...numbers] : numbers
    return [{ work, what, cost: { calls, reads, writes, kms } }]
  })

const costOfIn =
  (page: string, text: string): CostOf =>
  (work, what) => {
    const found = rowsIn(text).find((one) => one.work === work && (what === undefined || one.what === what))
    if (found === undefined) throw new Error(`${page} counts no \`${work}\` (${what ?? 'any'}).`)
    return found.cost
  }

export interface Pages {
  readonly costs: string
  readonly background: string
}

export const readPages = (): Pages => {
  const read = (name: string): string => readFileSync(join(root, 'docs', 'reference', `${name}.md`), 'utf8')
  return { costs: read('costs'), background: read('background-costs') }
}

export const costsIn = ({ costs, background }: Pages): Costs => ({
  operation: costOfIn('docs/reference/costs.md', costs),
  background: costOfIn('docs/reference/background-costs.md', background),
})
