// Hands work to a task queue; its client is loaded at the first task.
import { setTimeout } from 'node:timers/promises'
import type { Instant } from '@latchkey/core/kernel/time'
import { getApps, initializeApp } from 'firebase-admin/app'
import type { Functions } from 'firebase-admin/functions'
import { StoreError } from './store/store-error.ts'

/** Resolves when the queue has it. It comes at `at` or soon after; beside the emulators at once, so whoever gets it looks whether it is time. */
export type Enqueue = (queue: string, task: Readonly<Record<string, string>>, at: Instant) => Promise<void>

const deadlineMilliseconds = 3_000

/** A call must answer although the queue does not. */
const deadline = async (): Promise<never> => {
  await setTimeout(deadlineMilliseconds, undefined, { ref: false })
  throw new Error('Cloud Tasks did not take the task in three seconds.')
}

export const taskEnqueuer = (projectId: string): Enqueue => {
  let functions: Functions | undefined
  return async (queue, task, at) => {
    if (functions === undefined) {
      const { getFunctions } = await import('firebase-admin/functions')
      const app = getApps().find(({ name }) => name === projectId) ?? initializeApp({ projectId }, projectId)
      functions = getFunctions(app)
    }
    try {
      await Promise.race([functions.taskQueue(queue).enqueue(task, { scheduleTime: new Date(at) }), deadline()])
    } catch (error) {
      throw new StoreError('unavailable', error)
    }
  }
}
