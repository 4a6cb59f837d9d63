import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../root.ts'
import { failuresIn, type TestFile, unhandledIn } from './run-vitest.ts'

type Test = TestFile['assertionResults'][number]
const passed: Test = { fullName: 'keys are made', status: 'passed', failureMessages: [] }
const failed: Test = {
  fullName: 'keys end',
  status: 'failed',
  failureMessages: ['AssertionError: 1 is not 2\n    at keys.ts'],
}

test('each failed test is one line, and so is a file that could not be loaded; what passed is none', () => {
  const file = (name: string, status: string, assertionResults: readonly Test[], message = '') => ({
    name: join(root, name),
    status,
    message,
    assertionResults,
  })
  expect(
    failuresIn([
      file('a.test.ts', 'passed', [passed]),
      file('b.test.ts', 'failed', [passed, failed]),
      file('c.test.ts', 'failed', [], 'Cannot find module\nmore'),
    ]),
  ).toEqual(['✗ b.test.ts > keys end: AssertionError: 1 is not 2', '✗ c.test.ts: Cannot find module'])
})

test('what was thrown past every test is one line each', () => {
  const output = [
    ' ✓ keys.test.ts (2 tests) 12ms',
    '⎯⎯⎯⎯⎯⎯ Unhandled Errors ⎯⎯⎯⎯⎯⎯',
    'Vitest caught 2 unhandled errors during the test run.',
    '⎯⎯⎯⎯⎯ Unhandled Rejection ⎯⎯⎯⎯⎯',
    'Error: The client is gone',
    ' ❯ keys.ts:1:1',
    '⎯⎯⎯⎯⎯ Unhandled Error ⎯⎯⎯⎯⎯',
    'RangeError: too far',
  ].join('\n')
  expect(unhandledIn(output)).toEqual([
    '✗ outside any test: Error: The client is gone',
    '✗ outside any test: RangeError: too far',
  ])
})
