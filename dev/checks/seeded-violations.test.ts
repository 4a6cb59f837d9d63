import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { root } from '../root.ts'
import { checkFileSizes } from './file-size.ts'
import { checkImportLaw } from './import-law.ts'
import { runTool } from './run-tool.ts'

// A small house under the real laws: each test breaks one, and sees it refused.
const house: Record<string, string> = {
  'core/src/kernel/result.ts':
    '// Results.\nexport type Ok = { readonly ok: true }\nexport const ok: Ok = { ok: true }\n',
  'core/src/catalogue/roles.ts': "// Roles.\nimport { ok } from '../kernel/result.ts'\n\nexport const roles = { ok }\n",
  'core/src/access/decide.ts':
    "// Decides.\nimport { roles } from '../catalogue/roles.ts'\n\nexport const decide = () => roles\n",
  'core/src/audit/event.ts':
    "// Events.\nimport { decide } from '../access/decide.ts'\n\nexport const event = decide\n",
  'functions/src/platform/store.ts':
    "// Store.\nimport { getFirestore } from 'firebase-admin/firestore'\n\nexport const store = () => getFirestore()\n",
  'functions/src/guard/define.ts':
    "// Guard.\nimport { onRequest } from 'firebase-functions/https'\nimport { store } from '../platform/store.ts'\n\nexport const define = () => onRequest(() => void store())\n",
  'functions/src/rooms/audit/search.ts':
    "// Search.\nimport { event } from '@latchkey/core/audit/event'\nimport { define } from '../../guard/define.ts'\n\nexport const search = { define, event }\n",
  'functions/src/rooms/tenancy/create.ts':
    "// Create.\nimport { define } from '../../guard/define.ts'\n\nexport const create = { define }\n",
  'functions/src/app.ts':
    "// App.\nimport { search } from './rooms/audit/search.ts'\nimport { create } from './rooms/tenancy/create.ts'\n\nexport const app = { create, search }\n",
  'functions/src/index.ts': "// Index.\nimport { app } from './app.ts'\n\nexport const api = app\n",
  'emulators/src/main.ts': '// Emulators.\nconsole.log(1)\n',
  'sdk/src/client.ts': "// Client.\nimport { ok } from '@latchkey/core/kernel/result'\n\nexport const client = ok\n",
}

const laws = [
  '.dependency-cruiser.cjs',
  'eslint.config.js',
  'knip.json',
  'biome.json',
  'tsconfig.base.json',
  'package.json',
]
const workspaces = ['core', 'functions', 'sdk', 'emulators']
let dir: string

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lk-house-'))
  for (const law of laws) cpSync(join(root, law), join(dir, law))
  for (const workspace of workspaces)
    for (const file of ['package.json', 'tsconfig.json'])
      cpSync(join(root, workspace, file), join(dir, workspace, file))
  const modules = join(dir, 'node_modules')
  mkdirSync(join(modules, '@latchkey'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@latchkey') symlinkSync(join(root, 'node_modules', name), join(modules, name))
  for (const workspace of workspaces) symlinkSync(join(dir, workspace), join(modules, '@latchkey', workspace))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

beforeEach(build)

function build(): void {
  for (const workspace of workspaces) rmSync(join(dir, workspace, 'src'), { recursive: true, force: true })
  for (const [file, text] of Object.entries(house)) write(file, text)
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(dir, file)), { recursive: true })
  writeFileSync(join(dir, file), text)
}

function append(file: string, line: string): void {
  mkdirSync(dirname(join(dir, file)), { recursive: true })
  appendFileSync(join(dir, file), `${line}\n`)
}

async function lint(tool: string, ...args: string[]): Promise<string> {
  const { code, output } = await runTool(tool, args, { cwd: dir, env: { ...process.env, NO_COLOR: '1' } })
  return code === 0 ? '' : output
}
const eslint = (file: string) => lint('eslint/bin/eslint.js', file)
const knip = () => lint('knip/bin/knip.js', '--no-progress', '--include', 'exports,files')
const biome = () => lint('@biomejs/biome/bin/biome', 'ci', '--colors=off', 'core', 'functions/src')

test('the house as it stands breaks no law', async () => {
  expect(await checkImportLaw(dir)).toEqual([])
  expect(checkFileSizes(dir)).toEqual([])
  expect(await eslint('core/src')).toBe('')
})

const breaches = [
  ['no-cycles', 'core/src/kernel/result.ts', "import type { A } from './other.ts'; export type B = A"],
  ['kernel-is-bedrock', 'core/src/kernel/result.ts', "import '../audit/event.ts'"],
  ['catalogue-stands-on-kernel', 'core/src/catalogue/roles.ts', "import '../access/decide.ts'"],
  ['access-stands-on-catalogue', 'core/src/access/decide.ts', "import '../audit/event.ts'"],
  ['core-rooms-meet-in-contracts', 'core/src/tenancy/plan.ts', "import '../audit/event.ts'"],
  ['core-is-the-ground-floor', 'core/src/audit/event.ts', "import '../../../functions/src/platform/store.ts'"],
  ['core-does-no-io', 'core/src/audit/event.ts', "import 'node:fs'"],
  ['core-uses-two-libraries', 'core/src/audit/event.ts', "import 'lru-cache'"],
  ['platform-stands-on-core', 'functions/src/platform/store.ts', "import '../guard/define.ts'"],
  ['guard-stands-on-platform', 'functions/src/guard/define.ts', "import '../rooms/audit/search.ts'"],
  ['rooms-stand-on-guard', 'functions/src/rooms/audit/search.ts', "import '../../app.ts'"],
  [
    'rooms-do-not-visit',
    'functions/src/rooms/audit/search.ts',
    "import type { create } from '../tenancy/create.ts'; export type C = typeof create",
  ],
  ['app-knows-no-group', 'functions/src/app.ts', "import './groups/all.ts'"],
  ['groups-know-no-deployment', 'functions/src/groups/all.ts', "import '../deployment.ts'"],
  ['nobody-imports-index', 'functions/src/app.ts', "import './index.ts'"],
  ['every-file-has-a-floor', 'functions/src/helpers/x.ts', "import '../platform/store.ts'"],
  ['only-guard-makes-functions', 'functions/src/rooms/audit/search.ts', "import 'firebase-functions/https'"],
  [
    'only-platform-imports-cloud-sdks',
    'functions/src/rooms/audit/search.ts',
    "import type { Firestore } from '@google-cloud/firestore'; export type F = Firestore",
  ],
  ['only-platform-imports-cloud-sdks', 'functions/src/guard/define.ts', "import 'firebase-admin/app'"],
  ['sdk-stands-on-core', 'sdk/src/client.ts', "import '../../functions/src/app.ts'"],
  ['emulators-know-nothing-of-us', 'emulators/src/main.ts', "import '@latchkey/core/kernel/result'"],
  ['what-ships-does-not-need-the-workshop', 'functions/src/app.ts', "import '../../emulators/src/main.ts'"],
  ['everything-resolves', 'sdk/src/client.ts', "import './nowhere.ts'"],
] as const

// One cruise over all of them together, since each is a pair of a law and a file of its own.
describe('the import law', () => {
  let found: readonly string[]
  beforeAll(async () => {
    build()
    write('core/src/kernel/other.ts', "import type { B } from './result.ts'; export type A = B\n")
    write('functions/src/deployment.ts', 'export {}\n')
    for (const [, file, line] of breaches) append(file, line)
    found = await checkImportLaw(dir)
  })

  test.each(breaches)('refuses a breach of %s by %s', (law, file) => {
    expect(found.filter((line) => line.startsWith(`${law}: ${file} → `))).not.toEqual([])
  })
})

test('the import law fails when it did not look at a file', async () => {
  write('functions/lib-of-ours.ts', 'export {}\n')
  mkdirSync(join(dir, 'dev'), { recursive: true })
  cpSync(join(dir, '.dependency-cruiser.cjs'), join(dir, 'blind.cjs'))
  const blind =
    "const law = require('./blind.cjs'); law.options.exclude = { path: 'platform/' }; module.exports = law\n"
  writeFileSync(join(dir, '.dependency-cruiser.cjs'), blind)
  const unseen = await checkImportLaw(dir)
  cpSync(join(dir, 'blind.cjs'), join(dir, '.dependency-cruiser.cjs'))
  expect(unseen).toContain('not-looked-at: functions/src/platform/store.ts')
})

test('a file beyond the ceiling is refused, a long test is not', () => {
  const long = '// line\n'.repeat(251)
  write('core/src/audit/long.ts', long)
  write('core/src/audit/long.test.ts', long)
  expect(checkFileSizes(dir)).toEqual(['core/src/audit/long.ts has 251 lines; the ceiling is 250: split it.'])
})

test('eslint refuses each impurity in core, and oversize, and forgotten promises and cases, all at once', async () => {
  const impurities = [
    'Date.now()',
    'new Date()',
    'Math.random()',
    'process.exit(1)',
    "fetch('x')",
    'setTimeout(() => 0, 1)',
    "console.log('x')",
  ]
  const lines = impurities.map((expression) => `export const f${impurities.indexOf(expression)} = () => ${expression}`)
  lines.push('export async function waits() { await Promise.resolve() }')
  lines.push("export function throws() { throw new Error('x') }")
  lines.push('export function five(a: 1, b: 1, c: 1, d: 1, e: 1) { return [a, b, c, d, e] }')
  lines.push(`export function tall() {\n${'  void 0\n'.repeat(40)}}`)
  lines.push('export function forgets() { Promise.resolve(1) }')
  lines.push("export function half(x: 'a' | 'b') { switch (x) { case 'a': return 1 } return 0 }")
  write('core/src/audit/impure.ts', `${lines.join('\n')}\n`)
  const output = await eslint('core/src/audit/impure.ts')
  const counts = (rule: string) => output.split('\n').filter((line) => line.trimEnd().endsWith(rule)).length
  expect(counts('no-restricted-syntax')).toBe(6) // Date.now, new Date, Math.random, async, await, throw
  expect(counts('no-restricted-globals')).toBe(4) // process, fetch, setTimeout, console
  expect(counts('max-params')).toBe(1)
  expect(counts('max-lines-per-function')).toBe(1)
  expect(counts('no-floating-promises')).toBe(1)
  expect(counts('switch-exhaustiveness-check')).toBe(1)
})

test('knip refuses an export and a file that nobody uses', async () => {
  append('functions/src/platform/store.ts', 'export const lonely = 1')
  write('functions/src/platform/orphan.ts', '// Nobody.\nexport const orphan = 1\n')
  const output = await knip()
  expect(output).toContain('lonely')
  expect(output).toContain('functions/src/platform/orphan.ts')
  expect(output).not.toContain('functions/src/platform/store.ts\n')
})

test('biome refuses bad format, any, non-null assertions and camel-case file names', async () => {
  expect(await biome()).not.toContain('audit')
  write('core/src/audit/ugly.ts', 'export const  ugly = "x" ;\n')
  write('core/src/audit/unsafe.ts', '// Unsafe.\nexport const first = (xs: any[]) => xs[0]!\n')
  write('core/src/audit/camelCase.ts', '// Name.\nexport const name = 1\n')
  const output = await biome()
  for (const law of ['ugly.ts format', 'noExplicitAny', 'noNonNullAssertion', 'useFilenamingConvention'])
    expect(output).toContain(law)
})
