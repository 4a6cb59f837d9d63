// Evidence is of the commit that was tested, and says so when it is not.
import { expect, test } from 'vitest'
import { staleReasons } from './what-is-tested.ts'

const now = { commit: 'a'.repeat(40), clean: true }
const run = { ...now, share: 1 }

test('runs on exactly this commit are of this code, at whatever share', () => {
  expect(staleReasons({ unit: run, emulator: { ...run, share: 0.2 } }, now)).toEqual([])
})

test.each([
  ['changes of now', { unit: run }, { ...now, clean: false }, 'in no commit'],
  ['changes of then', { unit: { ...run, clean: false } }, now, '“unit” ran with changes'],
  ['another commit', { unit: run, emulator: { ...run, commit: 'b'.repeat(40) } }, now, '“emulator” ran on bbbbbbbbbb'],
])('tests say nothing of this code with %s', (_what, runs, code, sentence) => {
  expect(staleReasons(runs, code)).toEqual([expect.stringContaining(sentence)])
})
