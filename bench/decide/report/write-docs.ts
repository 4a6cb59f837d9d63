// Puts a section between its markers in `docs/benchmarks.md`, and leaves the rest of that page alone.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const page = new URL('../../../docs/benchmarks.md', import.meta.url)

const opening = `# Benchmarks

Ours and its peers, side by side in one run. Each section is written by its own command; nothing between the markers is edited by hand.

## Decision, in process
`

export const writeSection = (name: string, section: string): void => {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const text = existsSync(page) ? readFileSync(page, 'utf8') : `${opening}\n${start}\n${end}\n`
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no ${start} … ${end}`)
  writeFileSync(page, `${text.slice(0, from + start.length)}\n${section}\n${text.slice(to)}`)
}
