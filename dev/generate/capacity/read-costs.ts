// Reads and writes of each operation, from the page that the tests count and print.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../root.ts'

export interface Cost {
  readonly reads: number
  readonly writes: number
}

export type CostOf = (operation: string, what?: string) => Cost

const row = /^\| `([^`]+)` \| ([^|]*)\| (\d+) \| (\d+) \|$/gm

/** Throws for what was not counted: a figure that nobody measured must not be on the page. */
export const readCosts = (): CostOf => {
  const text = readFileSync(join(root, 'docs', 'reference', 'costs.md'), 'utf8')
  const rows = [...text.matchAll(row)].map(([, operation, what = '', reads, writes]) => ({
    operation,
    what: what.trim(),
    cost: { reads: Number(reads), writes: Number(writes) },
  }))
  return (operation, what) => {
    const found = rows.find((one) => one.operation === operation && (what === undefined || one.what === what))
    if (found === undefined) throw new Error(`docs/reference/costs.md counts no ${operation} (${what ?? 'any'}).`)
    return found.cost
  }
}
