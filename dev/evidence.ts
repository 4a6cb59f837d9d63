// `npm run evidence`: a dated bundle for an auditor, from the last full `npm test`: each control with its tests, and the files that say what is deployed.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { type Proven, prove, readControls, type TestResult } from './evidence/controls.ts'
import { root } from './root.ts'
import type { TestFile } from './steps/run-vitest.ts'

const deployed = [
  'firestore.rules',
  'firestore.indexes.json',
  'functions/manifest.golden.json',
  'package-lock.json',
  'docs/compliance.md',
]
const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()

const reports = ['unit', 'emulator'].map((project) => join(root, '.build', `vitest-${project}.json`))
const missing = reports.filter((file) => !existsSync(file))
if (missing.length > 0) {
  console.error(
    `There is no report of a full test run (${missing.map((file) => relative(root, file)).join(', ')}): run npm test first.`,
  )
  process.exit(2)
}

const results = reports.flatMap((file) =>
  (JSON.parse(readFileSync(file, 'utf8')) as { readonly testResults: readonly TestFile[] }).testResults.flatMap(
    ({ name, assertionResults }) =>
      assertionResults.map(
        (one): TestResult => ({ name: one.fullName, file: relative(root, name), status: one.status }),
      ),
  ),
)
const proven = prove(readControls(readFileSync(join(root, 'docs', 'compliance.md'), 'utf8')), results)
const about = {
  commit: git('rev-parse', 'HEAD'),
  clean: git('status', '--porcelain') === '',
  written: new Date().toISOString(),
  tested: new Date(Math.min(...reports.map((file) => statSync(file).mtimeMs))).toISOString(),
  node: process.version,
  tests: results.length,
  failed: results.filter(({ status }) => status === 'failed').length,
  files: Object.fromEntries(deployed.map((file) => [file, digestOf(file)])),
}

const folder = join(root, '.build', 'evidence', about.written.slice(0, 10))
mkdirSync(folder, { recursive: true })
for (const file of deployed) cpSync(join(root, file), join(folder, basename(file)))
writeFileSync(join(folder, 'evidence.json'), `${JSON.stringify({ about, controls: proven }, null, 2)}\n`)
writeFileSync(join(folder, 'evidence.md'), pageOf(proven))
const open = proven.filter(({ standing }) => standing === 'failed' || standing === 'missing')
console.log(
  `${relative(root, folder)}: ${proven.length} controls, ${proven.length - open.length} without an open question.`,
)
for (const { name, standing, without } of open) console.log(`  ${standing}: ${name} ${without.join(' ')}`)
process.exitCode = open.length === 0 ? 0 : 1

function digestOf(file: string): string {
  return createHash('sha256')
    .update(readFileSync(join(root, file)))
    .digest('hex')
}

function pageOf(controls: readonly Proven[]): string {
  const rows = controls.map(
    ({ chapter, name, standing, tests, commands, without }) =>
      `| ${chapter} | ${name} | ${standing} | ${tests.length} | ${[...commands, ...without.map((id) => `no test: ${id}`)].join(', ')} |`,
  )
  return `# Evidence of ${about.written}

Commit ${about.commit}${about.clean ? '' : ', with changes that are not committed'}; tests of ${about.tested}: ${about.tests}, of which ${about.failed} failed. Node ${about.node}.

| chapter | control | standing | tests | more |
| --- | --- | --- | --: | --- |
${rows.join('\n')}
`
}
