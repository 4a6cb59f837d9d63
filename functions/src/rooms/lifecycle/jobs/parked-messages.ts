// `jobs/listParked` and `jobs/replay`: messages that were given up, to be looked at, and sent again when their cause is gone.
import { iamError } from '@latchkey/core/kernel/errors'
import { platformTenant } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import { toIso } from '@latchkey/core/kernel/time'
import {
  listParkedInput,
  listParkedOutput,
  parkedView,
  replayInput,
  replayOutput,
} from '@latchkey/core/lifecycle/contract'
import { operation } from '../../../guard/definition.ts'
import { redact } from '../../../platform/log.ts'
import { pageAfter, pageAnswer } from '../../../platform/store/page.ts'
import { instantIn, type StoredDocument } from '../../../platform/store/reader.ts'
import type { JobsDependencies } from './dependencies.ts'

const mostCharacters = 2_000

const dataIn = (fields: StoredDocument['fields']): Buffer => Buffer.from(String(fields['data'] ?? ''), 'base64')

const viewOf = ({ id, fields }: StoredDocument) => {
  const at = instantIn(fields['parkedAt'])
  return {
    parked: id,
    job: fields['job'],
    topic: fields['topic'],
    parkedAt: at === undefined ? undefined : toIso(at),
    reason: fields['reason'],
    tries: fields['tries'],
    text: redact(dataIn(fields).toString('utf8')).slice(0, mostCharacters),
  }
}

export const listParked = () =>
  operation({
    group: 'jobs',
    name: 'listParked',
    summary: 'Lists messages that no function could take, with the reason.',
    input: listParkedInput,
    output: listParkedOutput,
    access: { permission: 'iam.jobs.status' },
    tenant: () => platformTenant,
    effect: 'read',
    handler: async ({ input, read }) => {
      const after = pageAfter(input.page, (text) => parkedView.shape.parked.safeParse(text).success)
      if (!after.ok) return after
      const found = await read.list({ collection: 'parked', ...after.value, limit: input.limit + 1 })
      return ok(pageAnswer(found, input.limit, { whole: parkedView, view: viewOf }))
    },
  })

export const replayParked = ({ commit, operate, publish }: JobsDependencies) =>
  operation({
    group: 'jobs',
    name: 'replay',
    summary: 'Sends a parked message again. Whoever takes it takes it once, however often it comes.',
    input: replayInput,
    output: replayOutput,
    access: { permission: 'iam.jobs.replay' },
    tenant: () => platformTenant,
    effect: 'write',
    handler: async ({ input, read, commit: context, tenant }) => {
      const path = `parked/${input.parked}`
      const [fields] = await read.getAll([path])
      if (fields === undefined) return err(iamError('not_found', { field: 'parked' }))
      if (fields['cut'] === true)
        return err(iamError('conflict', { detail: 'It was too large to be kept whole, so it cannot be sent again.' }))
      const topic = String(fields['topic'])
      // First: it is worse to lose a message than to send it twice.
      await publish(topic, dataIn(fields))
      const answered = await commit(context, {
        tenant,
        plan: async () =>
          ok({
            writes: [],
            event: {
              type: 'lifecycle.message_replayed',
              targets: [`parked:${input.parked}`],
              reason: input.reason,
              details: { topic },
            },
            outcome: { parked: input.parked, topic },
          }),
        answer: (outcome) => outcome,
      })
      if (answered.ok) await operate.write({ kind: 'delete', path })
      return answered
    },
  })
