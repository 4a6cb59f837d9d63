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

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly scripts: object }
const { operations } = JSON.parse(readFileSync(join(root, 'docs', 'reference', 'callables.json'), 'utf8')) as {
  readonly operations: object
}
/** A document of a collection that is called like a group. */
const documents = ['tenants/platform']
const groups = new Set(Object.keys(operations).map((name) => name.split('/')[0]))

/** Commands of ours and operations that are named and not there. */
const unknownIn = (text: string): readonly string[] => [
  ...[...text.matchAll(/npm run ([a-z][\w:-]*)/g)].flatMap(([, name = '']) =>
    name in scripts ? [] : [`npm run ${name}`],
  ),
  ...[...text.matchAll(/`([a-zA-Z]+\/[a-zA-Z]+)`/g)].flatMap(([, name = '']) =>
    name in operations || !groups.has(name.split('/')[0] ?? '') || documents.includes(name) ? [] : [name],
  ),
]
test.each(runbooks)('%s names only commands and operations that are there', (_, text) => {
  expect(unknownIn(text)).toEqual([])
})

test('a command or an operation that is not there is found', () => {
  expect(
    unknownIn('`npm run restore -- --help`, `npm run repair`, `jobs/run`, `jobs/walk`, `tenants/platform`'),
  ).toEqual(['npm run repair', 'jobs/walk'])
})

const modules = join(root, 'terraform', 'modules')
const targetsIn = (text: string): readonly string[] =>
  [...text.matchAll(/-target=module\.latchkey\.(\S+)/g)].map(([, target = '']) => target)

/** What is missing of what a first deployment makes before there are functions, or is asked for and not there. */
const targetFaults = (text: string): readonly string[] => {
  const made = readFileSync(join(modules, 'latchkey', 'main.tf'), 'utf8')
  const metrics = readFileSync(join(modules, 'monitoring', 'main.tf'), 'utf8').matchAll(
    /^resource "(google_logging_metric)" "([a-z_]+)"/gm,
  )
  const before = targetsIn(text.slice(0, text.indexOf('npm run deploy')))
  return [
    ...targetsIn(text).filter((target) => !made.includes(`module "${target.split('.')[1]}" {`)),
    ...[...metrics]
      .map(([, type, name]) => `module.monitoring.${type}.${name}`)
      .filter((target) => !before.includes(target)),
  ]
}

test('C-012 a first deployment makes metrics of the log long before alarms, which Google refuses on a metric that is new', () => {
  const text = runbooks.find(([name]) => name === 'first-deployment')?.[1] ?? ''
  expect(targetsIn(text).length).toBeGreaterThan(9)
  expect(targetFaults(text)).toEqual([])
  expect(targetFaults(text.replaceAll('google_logging_metric.timed', 'google_logging_metric.late'))).toEqual([
    'module.monitoring.google_logging_metric.timed',
  ])
  expect(targetFaults(text.replaceAll('module.kms', 'module.keys'))).toEqual(['module.keys'])
})

test('a runbook that lacks a part is found', () => {
  const whole = '# It broke\n\n## Symptoms\n\nSmoke.\n\n`jobs/run`\n\n## How to know that it worked\n\nNo smoke.\n'
  expect(lacking(whole)).toEqual([])
  expect(lacking(whole.replace('Symptoms', 'Why'))).toEqual(['what one sees'])
  expect(lacking(whole.replace('`jobs/run`', 'Run it.'))).toEqual(['what to type'])
  expect(lacking(whole.replace('No smoke.', ''))).toEqual(['how to know that it worked'])
})
