// `resources/put` and `resources/delete`: what a service tells us of one resource, so that questions need only name it.
import {
  deleteResourceOutput,
  putResourceInput,
  resourceKeyInput,
  resourceView,
} from '@latchkey/core/access/contract/resources'
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { AccessDependencies } from '../dependencies.ts'
import { refusalOf } from '../questions/asked.ts'
import { isKnownType, resourcePath, resourceViewOf } from './resource-document.ts'

export const putResource = ({ commit, loadFacts }: AccessDependencies) =>
  operation({
    group: 'resources',
    name: 'put',
    summary:
      'Registers a resource, or replaces what is known of it: owner and properties. Takes iam.attributes.assert, too.',
    input: putResourceInput,
    output: resourceView,
    access: { permission: 'iam.resources.put' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: (admitted) =>
      commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: (read) => plan(read, admitted, loadFacts),
        answer: (outcome) => outcome,
      }),
  })

const plan = async (
  read: Reader,
  { input, tenant, caller, now, request }: Admitted<z.output<typeof putResourceInput>>,
  loadFacts: AccessDependencies['loadFacts'],
) => {
  const facts = await loadFacts(read, caller, tenant)
  if (!facts.ok) return facts
  if (!isKnownType(facts.value, input.type)) {
    return err(iamError('invalid_request', { field: 'type', detail: 'There is no such resource type here.' }))
  }
  // What is registered is what conditions believe, so it takes the right to vouch for it.
  const vouching = refusalOf('iam.attributes.assert', { facts: facts.value, request, now }, { type: input.type })
  if (vouching !== undefined) return err(vouching)
  const fields = {
    type: input.type,
    id: input.id,
    ...(input.ownerId === undefined ? {} : { ownerId: input.ownerId }),
    properties: input.properties ?? {},
    updatedAt: timestampOf(now),
  }
  return ok({
    writes: [{ kind: 'set' as const, path: resourcePath(tenant, input.type, input.id), fields }],
    event: { type: 'access.resource_put', targets: [`resource:${input.type}/${input.id}`] },
    outcome: resourceViewOf(tenant, fields),
  })
}

export const deleteResource = ({ commit }: AccessDependencies) =>
  operation({
    group: 'resources',
    name: 'delete',
    summary: 'Forgets a registered resource.',
    input: resourceKeyInput,
    output: deleteResourceOutput,
    access: { permission: 'iam.resources.delete' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: ({ input: { type, id }, tenant, commit: context }) =>
      commit(context, {
        tenant,
        plan: async (read) => {
          const path = resourcePath(tenant, type, id)
          const [found] = await read.getAll([path])
          if (found === undefined) return err(iamError('not_found', { field: 'id' }))
          return ok({
            writes: [{ kind: 'delete', path }],
            event: { type: 'access.resource_deleted', targets: [`resource:${type}/${id}`] },
            outcome: { type, id, deleted: true as const },
          })
        },
        answer: (outcome) => outcome,
      }),
  })
