// Every runbook says how one sees that it is needed, what to type, and how to know that it worked; and there is one for everything that was promised.
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../root.ts'

const folder = join(root, 'docs', 'runbooks')
const runbooks = globSync('*.md', { cwd: folder })
  .toSorted()
  .map((file) => [basename(file, '.md'), readFileSync(join(folder, file), 'utf8')] as const)

const promised = [
  'first-deployment',
  'rotate-now',
  'compromised-signing-key',
  'leaked-key',
  'tenant-suspended-by-mistake',
  'restore-from-backup',
  'cloud-outage',
  'outbox-stuck',
  'quota-exhausted',
]

const textUnder = (text: string, heading: RegExp): string =>
  text
    .split(/^## /m)
    .slice(1)
    .filter((part) => heading.test(part.split('\n')[0] ?? ''))
    .map((part) => part.split('\n').slice(1).join('\n').trim())
    .join('\n')

/** A program with its arguments, or an operation of ours. */
const command = /`{1,3}(?:sh\n[^`]+|(?:gcloud|terraform|npm|npx|curl|bq) [^`]+|[a-zA-Z]+\/[a-zA-Z]+)`/

const lacking = (text: string): readonly string[] => [
  ...(textUnder(text, /^(Symptoms|What you see|When it is needed)$/) === '' ? ['what one sees'] : []),
  ...(command.test(text) ? [] : ['what to type']),
  ...(textUnder(text, /^How to know that it (worked|is over)$/) === '' ? ['how to know that it worked'] : []),
]

test('every runbook that was promised is there', () => {
  const names = runbooks.map(([name]) => name)
  expect(promised.filter((name) => !names.includes(name))).toEqual([])
})

test.each(runbooks)('%s has symptoms, commands, and how to know that it worked', (_, text) => {
  expect(lacking(text)).toEqual([])
})

test('a runbook that lacks a part is found', () => {
  const whole = '# It broke\n\n## Symptoms\n\nSmoke.\n\n`jobs/run`\n\n## How to know that it worked\n\nNo smoke.\n'
  expect(lacking(whole)).toEqual([])
  expect(lacking(whole.replace('Symptoms', 'Why'))).toEqual(['what one sees'])
  expect(lacking(whole.replace('`jobs/run`', 'Run it.'))).toEqual(['what to type'])
  expect(lacking(whole.replace('No smoke.', ''))).toEqual(['how to know that it worked'])
})
