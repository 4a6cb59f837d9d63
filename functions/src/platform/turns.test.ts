// Turns: never more than allowed at once, in order, of each key by itself, also after a failure.
import { expect, test } from 'vitest'
import { turns } from './turns.ts'

test('of one key no more run at once than allowed, first come first served; other keys do not wait', async () => {
  const take = turns(2, 100)
  const order: number[] = []
  let [running, most] = [0, 0]
  const work = (index: number) => async () => {
    order.push(index)
    running++
    most = Math.max(most, running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
    return index
  }
  const all = Array.from({ length: 10 }, (_, index) => take('a', work(index)))
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(most).toBe(2)
})

test('another key does not wait, and a failure gives its place on', async () => {
  const take = turns(1, 100)
  let release = (): void => undefined
  const held = take('a', () => new Promise<void>((resolve) => (release = resolve)))
  const failing = take('a', () => Promise.reject(new Error('no')))
  const after = take('a', async () => 'after')
  expect(await take('b', async () => 'at once')).toBe('at once')
  release()
  await held
  await expect(failing).rejects.toThrow('no')
  expect(await after).toBe('after')
})

test('a line that is full turns away whoever comes next, and nobody who stands in it', async () => {
  const take = turns(1, 1)
  let release = (): void => undefined
  const held = take('a', () => new Promise<void>((resolve) => (release = resolve)))
  const waiting = take('a', async () => 'waited')
  await expect(take('a', async () => 'too many')).rejects.toThrow('too many wait')
  release()
  await held
  expect(await waiting).toBe('waited')
})
