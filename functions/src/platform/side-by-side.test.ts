// So many at once and no more, in order, and nothing goes on behind a failure.
import { expect, test } from 'vitest'
import { sideBySide } from './side-by-side.ts'

const pause = () => new Promise((resolve) => setImmediate(resolve))

/** Works for as many turns as its item says, and remembers how many were at work at once. */
const worker = () => {
  const seen = { running: 0, most: 0, done: 0 }
  const work = async (turns: number): Promise<string> => {
    seen.most = Math.max(seen.most, ++seen.running)
    for (let turn = 0; turn < turns; turn++) await pause()
    seen.running--
    if (turns === 13) throw new Error('thirteen')
    seen.done++
    return `${turns} turns`
  }
  return { seen, work }
}

test('works on so many at once and no more, and answers in the order of the items', async () => {
  const { seen, work } = worker()
  const turns = [9, 1, 4, 0, 7, 2, 2, 5]
  expect(await sideBySide(turns, 3, work)).toEqual(turns.map((one) => `${one} turns`))
  expect(seen).toEqual({ running: 0, most: 3, done: turns.length })
  expect(await sideBySide([], 3, work)).toEqual([])
})

test('rejects as the one that failed, when nothing is at work any more', async () => {
  const { seen, work } = worker()
  await expect(sideBySide([13, 20, 1, 1], 2, work)).rejects.toThrow('thirteen')
  expect(seen).toEqual({ running: 0, most: 2, done: 3 })
})
