// `npm run evidence`: a dated bundle for an auditor, from the last full `npm test`: each control with its tests, and the files that say what is deployed.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { prove, readControls, type TestResult } from './evidence/controls.ts'
import { pageOf } from './evidence/page.ts'
import { failPlainly } from './operator/fail-plainly.ts'
import { readOptions, refuse } from './operator/read-options.ts'
import { root } from './root.ts'
import type { TestFile } from './steps/run-vitest.ts'
import { codeOfNow, readTested, staleReasons, testedFile } from './steps/what-is-tested.ts'

const deployed = [
  'firestore.rules',
  'firestore.indexes.json',
  'functions/manifest.golden.json',
  'dev/terraform/grants.golden.json',
  'package-lock.json',
  'docs/compliance.md',
]
const projects = ['unit', 'emulator']
const usage =
  'Usage: npm run evidence, after npm test (or npm test -- --full, for the proofs by numbers at their whole size)'
readOptions(usage, {})
failPlainly()

const reports = projects.map((project) => join(root, '.build', `vitest-${project}.json`))
const missing = [...reports, ...projects.map(testedFile)]
  .filter((file) => !existsSync(file))
  .map((file) => relative(root, file))
if (missing.length > 0) refuse(`There is no report of a full test run (${missing.join(', ')}).`, usage)

const files = reports.flatMap(
  (file) => (JSON.parse(readFileSync(file, 'utf8')) as { readonly testResults: readonly TestFile[] }).testResults,
)
const results = files.flatMap(({ name, assertionResults }) =>
  assertionResults.map((one): TestResult => ({ name: one.fullName, file: relative(root, name), status: one.status })),
)
const proven = prove(readControls(readFileSync(join(root, 'docs', 'compliance.md'), 'utf8')), results)
const runs = Object.fromEntries(projects.map((project) => [project, readTested(project)]))
const now = codeOfNow(1)
const about = {
  commit: now.commit,
  written: new Date().toISOString(),
  tested: new Date(Math.min(...reports.map((file) => statSync(file).mtimeMs))).toISOString(),
  share: Math.min(...Object.values(runs).map(({ share }) => share)),
  node: process.version,
  tests: results.length,
  failed: results.filter(({ status }) => status === 'failed').length,
  skipped: results.filter(({ status }) => status !== 'failed' && status !== 'passed').length,
  stale: staleReasons(runs, now),
  /** Something failed in these beside their tests: a hook, an import. */
  broken: files
    .filter(
      ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
    )
    .map(({ name }) => relative(root, name)),
  files: Object.fromEntries(deployed.map((file) => [file, digestOf(file)])),
}

const folder = join(root, '.build', 'evidence', about.written.slice(0, 10))
mkdirSync(folder, { recursive: true })
for (const file of deployed) cpSync(join(root, file), join(folder, basename(file)))
writeFileSync(join(folder, 'evidence.json'), `${JSON.stringify({ about, controls: proven }, null, 2)}\n`)
writeFileSync(join(folder, 'evidence.md'), pageOf(about, proven))
const open = proven.filter(({ standing }) => standing === 'failed' || standing === 'missing')
const toCome = proven.filter(({ standing }) => standing === 'to come').length
console.log(
  `${relative(root, folder)}: ${proven.length} controls, ${proven.length - open.length - toCome} without an open question, ${toCome} to come.`,
)
for (const { name, standing, without } of open) console.log(`  ${standing}: ${name} ${without.join(' ')}`)
for (const file of about.broken) console.log(`  failed: ${file}`)
for (const reason of about.stale) console.log(`  not of this code: ${reason}`)
if (about.failed > 0) console.log(`  ${about.failed} of ${about.tests} tests failed`)
process.exitCode = open.length + about.broken.length + about.stale.length + about.failed === 0 ? 0 : 1

function digestOf(file: string): string {
  return createHash('sha256')
    .update(readFileSync(join(root, file)))
    .digest('hex')
}
