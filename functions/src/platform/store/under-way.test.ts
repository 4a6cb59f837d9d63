// Closing waits for what is under way, and shuts the door behind it.
import { Firestore } from '@google-cloud/firestore'
import { expect, it } from 'vitest'
import { translating } from './store-error.ts'
import { allDone, underWay } from './under-way.ts'

const open = () => new Firestore({ projectId: 'nothing-is-called' })

it('F-13 closing waits for what began meanwhile, too, and for what fails', async () => {
  const firestore = open()
  const ended: string[] = []
  const ends = async (name: string) => void ended.push(name)
  const first = Promise.resolve().then(() => {
    void underWay(
      firestore,
      new Promise((resolve) => setImmediate(resolve)).then(() => ends('second')),
    )
    return Promise.reject(new Error('the first fails'))
  })
  underWay(firestore, first).catch(() => ends('first'))
  await allDone(firestore)
  expect(ended.toSorted()).toEqual(['first', 'second'])
})

it('F-13 what comes after that is refused at once and never begun, and closing again waits for nothing', async () => {
  const firestore = open()
  await allDone(firestore)
  let begun = 0
  const never = () => {
    begun++
    return new Promise<never>(() => undefined)
  }
  await expect(translating(firestore, never)).rejects.toMatchObject({ fault: 'unavailable' })
  expect(begun).toBe(0)
  await allDone(firestore)
})
