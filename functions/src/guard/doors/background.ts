// Doors that no customer reaches: schedules, document triggers and topic subscribers, made from definitions only.

import { prefixes } from '@latchkey/core/kernel/ids'
import { cronOf } from '@latchkey/core/lifecycle/jobs'
import type { CloudEvent } from 'firebase-functions'
import { onDocumentCreated, onDocumentWritten } from 'firebase-functions/firestore'
import { type MessagePublishedData, onMessagePublished } from 'firebase-functions/pubsub'
import { onSchedule, type ScheduleFunction } from 'firebase-functions/scheduler'
import { onTaskDispatched } from 'firebase-functions/tasks'
import { accountOf } from '../../platform/own-account.ts'
import type { Job, ScheduleDefinition, SubscriberDefinition, TaskDefinition, TriggerDefinition } from '../definition.ts'
import type { GuardDependencies } from '../dependencies.ts'
import { madeByGuard } from './made-by-guard.ts'
import { forBackground } from './resources-of.ts'
import type { Running } from './running.ts'
import { singleFlight } from './single-flight.ts'
import { takeMessage } from './take-message.ts'

/** One log line a run; a failure is thrown on, so that the platform tries again. */
const bracketed = async (name: string, guard: GuardDependencies, run: (job: Job) => Promise<void>): Promise<void> => {
  const job: Job = { runId: guard.drawId(prefixes.request), now: guard.clock() }
  try {
    await run(job)
    guard.log('INFO', 'job done', { job: name, runId: job.runId })
  } catch (error) {
    guard.log('ERROR', 'job failed', { job: name, runId: job.runId, error })
    throw error
  }
}

/** The request's own OIDC token is checked here, behind Cloud Run's check: X-CloudScheduler headers prove nothing. */
export const scheduleFunction = (definition: ScheduleDefinition, running: Running): ScheduleFunction => {
  const options = { ...forBackground({ serviceAccount: accountOf(definition.name) }) }
  const made = onSchedule(
    { ...options, schedule: cronOf(definition.name), timeZone: 'Etc/UTC', retryCount: 3 },
    async () => {
      const { guard } = await running.boot()
      await bracketed(definition.name, guard, async (job) => void (await singleFlight(definition, job, guard)))
    },
  )
  const guarded: typeof made = Object.assign(
    async (...[request, response]: Parameters<typeof made>) => {
      const { guard } = await running.boot()
      if (await guard.checkInvoker(request.get('authorization'))) return made(request, response)
      guard.log('NOTICE', 'job refused', { job: definition.name, code: 'invalid_token' })
      response.status(401).set('Cache-Control', 'private, no-store').end()
    },
    { __endpoint: made.__endpoint, run: made.run },
  )
  return madeByGuard(guarded)
}

/** Eventarc calls through Cloud Run's own check; the event is only a hint where to look, so a forged one changes nothing. */
export const triggerFunction = (definition: TriggerDefinition, running: Running) => {
  const options = {
    ...forBackground({ serviceAccount: accountOf(definition.name), waits: definition.waits }),
    document: definition.document,
    retry: true,
  }
  const run = async (params: Readonly<Record<string, string>>, hint: Readonly<Record<string, unknown>>) => {
    const { guard } = await running.boot()
    await bracketed(definition.name, guard, (job) => definition.run(job, params, hint))
  }
  return definition.on === 'created'
    ? madeByGuard(onDocumentCreated(options, ({ params }) => run(params, {})))
    : madeByGuard(onDocumentWritten(options, ({ params, data }) => run(params, data?.before.data() ?? {})))
}

export const subscriberFunction = (definition: SubscriberDefinition, running: Running) =>
  madeByGuard(
    onMessagePublished(
      {
        ...forBackground({ serviceAccount: accountOf(definition.name), waits: definition.waits }),
        topic: definition.topic,
        retry: true,
      },
      async (event: CloudEvent<MessagePublishedData<unknown>>) => {
        const { guard } = await running.boot()
        const { messageId, data } = event.data.message
        await takeMessage(definition, { messageId, data: data ?? '' }, guard)
      },
    ),
  )

/** Cloud Tasks calls through Cloud Run's own check; the task is only a hint where to look, so a forged one changes nothing. */
export const taskFunction = (definition: TaskDefinition, running: Running) =>
  madeByGuard(
    onTaskDispatched(
      {
        ...forBackground({ serviceAccount: accountOf(definition.name), waits: true }),
        invoker: 'private',
        retryConfig: { maxAttempts: 5, minBackoffSeconds: 10, maxBackoffSeconds: 300, maxDoublings: 5 },
        rateLimits: { maxConcurrentDispatches: definition.mostAtOnce, maxDispatchesPerSecond: 500 },
      },
      async ({ data }) => {
        const { guard } = await running.boot()
        const task = definition.task.safeParse(data)
        if (task.success) return bracketed(definition.name, guard, (job) => definition.run(job, task.data))
        guard.log('ERROR', 'task dropped', { job: definition.name, reason: 'It is no task of this queue.' })
      },
    ),
  )
