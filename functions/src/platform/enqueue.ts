// Hands work to a task queue; its client is loaded at the first task.
import type { Instant } from '@latchkey/core/kernel/time'
import { getApps, initializeApp } from 'firebase-admin/app'
import type { TaskQueue } from 'firebase-admin/functions'
import { inTime } from './in-time.ts'
import { accountOf } from './own-account.ts'
import { StoreError } from './store/store-error.ts'

/** Resolves when the queue has it. It comes at `at` or soon after; beside the emulators at once, so whoever gets it looks whether it is time. */
export type Enqueue = (queue: string, task: Readonly<Record<string, string>>, at: Instant) => Promise<void>

const deadlineMilliseconds = 3_000

/** A call must answer although the queue does not. */
const late = () => new Error('Cloud Tasks did not take the task in three seconds.')

export const taskEnqueuer = (projectId: string): Enqueue => {
  const queues = new Map<string, TaskQueue>()
  return async (queue, task, at) => {
    const known = queues.get(queue) ?? (await openQueue(projectId, queue))
    queues.set(queue, known)
    try {
      await inTime(known.enqueue(task, { scheduleTime: new Date(at) }), deadlineMilliseconds, late)
    } catch (error) {
      throw new StoreError('unavailable', error)
    }
  }
}

/** A task comes with a token of the queue's own function, which alone may call it; whoever adds tasks may have that token made. */
const openQueue = async (projectId: string, queue: string): Promise<TaskQueue> => {
  const { getFunctions } = await import('firebase-admin/functions')
  const name = `${projectId} ${queue}`
  const serviceAccountId = `${accountOf(queue)}@${projectId}.iam.gserviceaccount.com`
  const app = getApps().find((one) => one.name === name) ?? initializeApp({ projectId, serviceAccountId }, name)
  return getFunctions(app).taskQueue(queue)
}
