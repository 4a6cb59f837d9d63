// The evidence as a page that an auditor reads first.
import type { Proven } from './controls.ts'

export interface About {
  readonly commit: string
  readonly written: string
  readonly tested: string
  /** How much of each proof by numbers was run. */
  readonly share: number
  readonly node: string
  readonly tests: number
  readonly failed: number
  readonly skipped: number
  /** Why these tests say nothing of this commit. */
  readonly stale: readonly string[]
  readonly broken: readonly string[]
  /** File → SHA-256. */
  readonly files: Readonly<Record<string, string>>
}

export const pageOf = (about: About, controls: readonly Proven[]): string => {
  const warnings = [
    ...about.stale.map((reason) => `Not of this code: ${reason}.`),
    ...about.broken.map((file) => `Failed beside its tests: ${file}.`),
    ...(about.share < 1
      ? [`Proofs by numbers ran at ${about.share * 100} % of their size; \`npm test -- --full\` runs all of them.`]
      : []),
  ]
  const rows = controls.map(
    ({ chapter, name, standing, tests, commands, without }) =>
      `| ${chapter} | ${name} | ${standing} | ${tests.length} | ${[...commands, ...without.map((id) => `no test that passed: ${id}`)].join(', ')} |`,
  )
  return `# Evidence of ${about.written}

Commit ${about.commit}; tests of ${about.tested}: ${about.tests}, of which ${about.failed} failed and ${about.skipped} were skipped. Node ${about.node}.
${warnings.map((line) => `\n**${line}**\n`).join('')}
| chapter | control | standing | tests | more |
| --- | --- | --- | --: | --- |
${rows.join('\n')}

## Files beside this one

| file | SHA-256 |
| --- | --- |
${Object.entries(about.files)
  .map(([file, digest]) => `| ${file} | ${digest} |`)
  .join('\n')}

\`evidence.json\` names the tests of each control.
`
}
