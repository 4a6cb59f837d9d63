// `webhooks/update`: another address, other events, paused or active. Where events go and which is decided as if it were made anew.
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { normalizeName } from '@latchkey/core/kernel/names'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { changedView, updateWebhookInput } from '@latchkey/core/webhooks/contract'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { targetOf } from '../../../platform/outbound/target.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { WebhooksDependencies } from '../dependencies.ts'
import { anewFrom, callFor } from '../queue/queue-document.ts'
import { changedViewOf, hostOf, webhookPath, webhookViewOf } from '../webhook-document.ts'
import { mayTell, placementFor } from './may-tell.ts'

type Input = z.output<typeof updateWebhookInput>
const permission = 'iam.webhooks.update'

export const updateWebhook = (dependencies: WebhooksDependencies) =>
  operation({
    group: 'webhooks',
    name: 'update',
    summary:
      'Changes an endpoint, pauses it, or switches it on again. Takes iam.audit.read, too, unless it only pauses.',
    input: updateWebhookInput,
    output: changedView,
    access: { permission },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: async (admitted) => {
      const changed = changesOf(admitted.input, dependencies.allow)
      if (!changed.ok) return changed
      const answered = await dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: (read) => plan(read, admitted, changed.value, dependencies),
        answer: (outcome) => outcome,
      })
      // What waited goes out now; should this fail, the reconciler finds what the commit left.
      if (answered.ok && isNewStart(changed.value))
        await callFor({ ...admitted, webhook: admitted.input.webhook }, admitted.now, dependencies).catch(
          () => undefined,
        )
      return answered
    },
  })

type Changes = Partial<Pick<Input, 'name' | 'url' | 'types' | 'reach' | 'status'>>

/** Switched on again, or at another address: how it fared says nothing any more. */
const isNewStart = ({ status, url }: Changes): boolean => status === 'active' || url !== undefined

const changesOf = ({ name, url, types, reach, status }: Input, allow: readonly string[]): Result<Changes, IamError> => {
  const named = name === undefined ? ok(undefined) : normalizeName(name)
  if (!named.ok) return named
  const target = url === undefined ? ok(undefined) : targetOf(url, allow)
  if (!target.ok) return target
  return ok({
    ...(named.value === undefined ? {} : { name: named.value }),
    ...(target.value === undefined ? {} : { url: target.value.url.href }),
    ...(types === undefined ? {} : { types }),
    ...(reach === undefined ? {} : { reach }),
    ...(status === undefined ? {} : { status }),
  })
}

const plan = async (read: Reader, admitted: Admitted<Input>, changes: Changes, dependencies: WebhooksDependencies) => {
  const { input, tenant, now } = admitted
  const [stored] = await read.getAll([webhookPath(tenant, input.webhook)])
  if (stored === undefined) return err(iamError('not_found', { field: 'webhook' }))
  if (Object.keys(changes).length === 0)
    return err(iamError('invalid_request', { detail: 'It says nothing that should change.' }))
  const fields = { ...stored, ...changes }
  const { reach, types } = webhookViewOf({ tenant, webhook: input.webhook }, fields, { now })
  const onlyPauses = Object.keys(changes).length === 1 && changes.status === 'paused'
  const allowed = onlyPauses
    ? ok(undefined)
    : await mayTell(read, { permission, telling: { reach, types } }, admitted, dependencies)
  if (!allowed.ok) return allowed
  // Whoever changes it is from now on who it counts by.
  const bound = onlyPauses ? {} : { placement: await placementFor(read, admitted) }
  const { url, ...others } = changes
  const told = { ...others, ...(url === undefined ? {} : { host: hostOf(url) }) }
  const started = isNewStart(changes) ? anewFrom({ tenant, webhook: input.webhook }, now, admitted.commit.opId) : []
  return ok({
    writes: [
      { kind: 'update' as const, path: webhookPath(tenant, input.webhook), fields: { ...changes, ...bound } },
      ...started,
    ],
    event: { type: 'webhooks.endpoint_updated', targets: [`webhook:${input.webhook}`], details: told },
    outcome: changedViewOf({ tenant, webhook: input.webhook }, fields, { now }),
  })
}
