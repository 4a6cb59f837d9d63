// `jobs/status`: every background job, when it last ran, what it did, and whether it is late.
import { platformTenant } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import { jobStatusInput, jobStatusOutput } from '@latchkey/core/lifecycle/contract'
import { operation } from '../../../guard/definition.ts'
import { readJobs } from './job-record.ts'

export const jobStatus = () =>
  operation({
    group: 'jobs',
    name: 'status',
    summary: 'Says of every background job when it last ran, what it did, and whether it is late.',
    input: jobStatusInput,
    output: jobStatusOutput,
    access: { permission: 'iam.jobs.status' },
    tenant: () => platformTenant,
    effect: 'read',
    handler: async ({ read, now }) => ok({ jobs: [...(await readJobs(read, now))] }),
  })
