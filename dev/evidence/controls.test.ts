// The compliance page names only tests that are there, and a control is proven only when all of its ids are and none failed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sourceFiles } from '../checks/source-files.ts'
import { root } from '../root.ts'
import { prove, readControls, type TestResult } from './controls.ts'

const page = readFileSync(join(root, 'docs', 'compliance.md'), 'utf8')

test('every id of the compliance page stands in the name of a test', () => {
  const names = sourceFiles(root)
    // The names of the policies of Terraform stand in a table.
    .filter((file) => file.startsWith('dev/terraform/') || file.endsWith('.test.ts'))
    .filter((file) => !file.startsWith('dev/evidence'))
    .map((file): TestResult => ({ file, name: readFileSync(join(root, file), 'utf8'), status: 'passed' }))
  const proven = prove(readControls(page), names)
  expect(proven.length).toBeGreaterThan(20)
  expect(proven.filter(({ without }) => without.length > 0).map(({ name, without }) => [name, without])).toEqual([])
})

const [control] = readControls(
  '## SOC 2\n\n| control | what | evidence |\n| --- | --- | --- |\n| CC6 | keys | C-001 F-02 |\n',
)
const result = (name: string, status = 'passed'): TestResult => ({ name, file: 'a.test.ts', status })

test.each([
  ['passed', [result('C-001 a'), result('F-02 b')]],
  ['missing', [result('C-001 a'), result('F-021 b')]],
  ['missing', [result('C-001 a'), result('F-02 b', 'skipped')]],
  ['failed', [result('C-001 a'), result('F-02 b'), result('C-001 c', 'failed')]],
] as const)('a control is %s', (standing, results) => {
  expect(prove(control === undefined ? [] : [control], results).map((one) => one.standing)).toEqual([standing])
})

test('what only a command proves is left to whoever runs it', () => {
  const [byHand] = readControls('| CC6.8 | software | `npm test -- --only deploy` |')
  expect(byHand).toMatchObject({ ids: [], commands: ['npm test -- --only deploy'] })
  expect(prove(byHand === undefined ? [] : [byHand], [])[0]?.standing).toBe('by hand')
  const [unbuilt] = readControls('| V10 OAuth | to come | |')
  expect(prove(unbuilt === undefined ? [] : [unbuilt], [])[0]?.standing).toBe('to come')
})
