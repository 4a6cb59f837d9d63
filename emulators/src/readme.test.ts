/** The README is run and compared with the code, so that it cannot fall behind. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { kmsOperations } from './kms/operations.ts'
import { secretOperations } from './secrets/operations.ts'

const FOLDER = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? '')

/** @returns what the program prints, which must end well. */
async function run(code: string): Promise<string> {
  const env = { ...process.env, METADATA_SERVER_DETECTION: 'none' }
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', code], { cwd: FOLDER, env })
  const [printed, complaints] = await Promise.all([text(child.stdout), text(child.stderr)])
  expect(complaints).toBe('')
  return printed
}

it.each(examples.map((code) => [code.split('\n').find((line) => line.includes('emulators.')) ?? '', code]))(
  'has an example that runs as it stands: %s',
  async (_line, code) => {
    const promised = [...code.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, printed]) => `${printed}\n`)
    expect(await run(code)).toBe(promised.join(''))
  },
)

it('has examples', () => {
  expect(examples).toHaveLength(2)
})

it('lists exactly the methods that are emulated', () => {
  const rows = readme.matchAll(/^\| (KMS|Secret Manager) +\| ([^|]+) \|/gm)
  const listed = [...rows].flatMap(([, , methods]) => [...(methods ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name))
  expect(listed.toSorted()).toEqual([...Object.keys(kmsOperations), ...Object.keys(secretOperations)].toSorted())
})
