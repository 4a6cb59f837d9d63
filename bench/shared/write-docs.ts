// Puts a section between its markers in `docs/benchmarks.md`, and leaves the rest of that page alone.
import { readFileSync, writeFileSync } from 'node:fs'

const page = new URL('../../docs/benchmarks.md', import.meta.url)

/** A section that is not there yet is put at the end, under `heading`. */
export const writeSection = (name: string, heading: string, section: string): void => {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const present = readFileSync(page, 'utf8')
  const text = present.includes(start) ? present : `${present.trimEnd()}\n\n## ${heading}\n\n${start}\n${end}\n`
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no ${start} … ${end}`)
  writeFileSync(page, `${text.slice(0, from + start.length)}\n${section}\n${text.slice(to)}`)
}
