// `jobs/run` asks for a run now, and `runJob` does it: what was asked is read from the audit event, never from the message.

import { iamError } from '@latchkey/core/kernel/errors'
import { platformTenant } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import { hours, isOver, plusSeconds } from '@latchkey/core/kernel/time'
import { type Runnable, runJobInput, runJobOutput, runnable } from '@latchkey/core/lifecycle/contract'
import { isJobName } from '@latchkey/core/lifecycle/jobs'
import * as z from 'zod'
import { operation, subscriber } from '../../../guard/definition.ts'
import type { Started } from '../../../guard/doors/single-flight.ts'
import { expiring } from '../../../platform/store/expiring.ts'
import { type DocumentFields, instantIn, type Reader } from '../../../platform/store/reader.ts'
import { StoreError } from '../../../platform/store/store-error.ts'
import type { JobsDependencies } from './dependencies.ts'

export const runJob = ({ commit, publish }: JobsDependencies) =>
  operation({
    group: 'jobs',
    name: 'run',
    summary: 'Runs a background job now; `allow` lets one sweep remove what it refused to.',
    input: runJobInput,
    output: runJobOutput,
    access: { permission: 'iam.jobs.run' },
    tenant: () => platformTenant,
    effect: 'write',
    handler: async ({ input, commit: context, tenant }) => {
      const unknown = (input.allow ?? []).findIndex((kind) => !Object.hasOwn(expiring, kind))
      if (unknown >= 0)
        return err(iamError('invalid_request', { field: `allow[${unknown}]`, detail: 'Nothing of this kind ends.' }))
      // First: a message without its event does nothing, but an event without its message would never be done.
      await publish('jobs', { event: context.opId })
      return commit(context, {
        tenant,
        plan: async () =>
          ok({
            writes: [],
            event: {
              type: 'lifecycle.job_asked',
              targets: [`job:${input.job}`],
              reason: input.reason,
              details: { job: input.job, allow: input.allow ?? [] },
            },
            outcome: { job: input.job, asked: context.opId },
          }),
        answer: (outcome) => outcome,
      })
    },
  })

/** Shorter than the runs take that a job's record remembers. */
const askedFor = hours(1)

const message = z.strictObject({ event: z.string().regex(/^op_[0-9A-Za-z]{22}$/) })

export interface RunnerDependencies {
  readonly read: Reader
  /** Runs one; false when another run of it is at work. */
  readonly jobs: Readonly<Record<Runnable, (started: Started, allow: readonly string[]) => Promise<boolean>>>
}

export const askedJobRunner = ({ read, jobs }: RunnerDependencies) =>
  subscriber({
    name: 'runJob',
    summary: 'Runs a background job that an operator asked for.',
    topic: 'jobs',
    message,
    run: async (job, received) => {
      const { event } = message.parse(received)
      const [asked] = await read.getAll([`tenants/${platformTenant}/audit/${event}`])
      const wanted = askedIn(asked)
      // The call that asks may still be under way, and so may a run of the schedule: tried again later.
      if (wanted === undefined) throw new Error(`${event} asks for no job`)
      // Whoever asked looked at what there was then: a message that comes late or again allows nothing any more.
      if (isOver(plusSeconds(wanted.at, askedFor), job.now)) return
      const began = await jobs[wanted.job]({ runId: job.runId, now: job.now, asked: event }, wanted.allow)
      if (!began) throw new StoreError('unavailable', `${wanted.job} is at work already`)
    },
  })

const askedIn = (event: DocumentFields | undefined) => {
  const details = (event?.['details'] ?? {}) as DocumentFields // our own document
  const job = String(details['job'])
  if (event?.['type'] !== 'lifecycle.job_asked' || !isJobName(job)) return undefined
  const known = runnable.find((one) => one === job)
  const allow = Array.isArray(details['allow']) ? details['allow'].map(String) : []
  const at = instantIn(event['at'])
  return known === undefined || at === undefined ? undefined : { job: known, allow, at }
}
