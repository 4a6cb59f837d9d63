// Runs the import law over every source file, and fails as well when it looked at fewer files than there are.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runTool } from './run-tool.ts'
import { rooms, sourceFiles } from './source-files.ts'

type Violation = { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }
type Cruise = {
  readonly modules: readonly { readonly source: string }[]
  readonly summary: { readonly violations: readonly Violation[] }
}

/** One line for each breach. */
export async function checkImportLaw(repository: string): Promise<string[]> {
  const folders = rooms.filter((room) => existsSync(join(repository, room)))
  const args = [...folders, '--config', '.dependency-cruiser.cjs', '--output-type', 'json']
  const run = await runTool('dependency-cruiser/bin/dependency-cruise.mjs', args, { cwd: repository })
  if (!run.stdout.startsWith('{')) return [`The import law could not be checked: ${run.output.trim()}`]
  const cruise = JSON.parse(run.stdout) as Cruise
  const breaches = cruise.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)
  return [...breaches, ...unseen(repository, cruise)]
}

/** With a TypeScript that it cannot drive, dependency-cruiser reads nothing and reports success. */
function unseen(repository: string, cruise: Cruise): string[] {
  const seen = new Set(cruise.modules.map(({ source }) => source))
  return sourceFiles(repository)
    .filter((file) => !seen.has(file))
    .map((file) => `not-looked-at: ${file}`)
}
