import { expect, test } from 'vitest'
import { chooseSteps, fromLines, runSteps, type Step } from './step.ts'

const step = (name: string, run: Step['run']): Step => ({ name, what: name, run })
const good = step('good', async () => ({ ok: true, report: '', tests: { passed: 3, failed: 0 } }))
const bad = step('bad', async () => ({ ok: false, report: 'because', tests: { passed: 1, failed: 2 } }))
const crash = step('crash', () => Promise.reject(new Error('boom')))

test('counts every step as one beside its tests, and goes on after a failure', async () => {
  const said: string[] = []
  expect(await runSteps([bad, crash, good], (line) => said.push(line))).toEqual({ passed: 5, failed: 4 })
  expect(said.join('\n')).toMatch(/FAIL bad[\s\S]*because[\s\S]*FAIL crash[\s\S]*boom[\s\S]*ok {3}good/)
})

test('a single step can be chosen, a misspelt one is refused', () => {
  expect(chooseSteps([good, bad], 'bad')).toEqual([bad])
  expect(chooseSteps([good, bad], undefined)).toHaveLength(2)
  expect(() => chooseSteps([good, bad], 'bda')).toThrow('good, bad')
})

test('any line is a failure', () => {
  expect(fromLines([]).ok).toBe(true)
  expect(fromLines(['x']).ok).toBe(false)
})
