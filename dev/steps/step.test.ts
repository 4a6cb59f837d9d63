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

test('one that runs beside the others holds up none of them, is shown last, and counts', async () => {
  const said: string[] = []
  let isLaterDone = false
  const long: Step = { ...bad, beside: true, run: () => until(() => isLaterDone).then(bad.run) }
  const later = step('later', async () => {
    isLaterDone = true
    return { ok: true, report: '' }
  })
  expect(await runSteps([long, later], (line) => said.push(line))).toEqual({ passed: 2, failed: 3 })
  expect(said[0]).toMatch(/ok {3}later/)
  expect(said[1]).toMatch(/FAIL bad/)
})

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise((resolve) => void setImmediate(resolve))
}

test('a single step can be chosen, a misspelt one is refused', () => {
  expect(chooseSteps([good, bad], 'bad')).toEqual([bad])
  expect(chooseSteps([good, bad], undefined)).toHaveLength(2)
  expect(() => chooseSteps([good, bad], 'bda')).toThrow('good, bad')
})

test('any line is a failure', () => {
  expect(fromLines([]).ok).toBe(true)
  expect(fromLines(['x']).ok).toBe(false)
})
