// `resources/get`, `resources/list` and `resources/listTypes`: what is registered at a tenant.
import {
  listResourcesInput,
  listResourcesOutput,
  listTypesInput,
  listTypesOutput,
  resourceKeyInput,
  resourceView,
  typeView,
} from '@latchkey/core/access/contract/resources'
import { ownTypePattern } from '@latchkey/core/catalogue/own-permission'
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../guard/definition.ts'
import { pageAfter, pageAnswer } from '../../../platform/store/page.ts'
import type { AccessDependencies } from '../dependencies.ts'
import { isResourceDigest, resourcePath, resourceViewOf } from './resource-document.ts'

type Reading = Pick<AccessDependencies, 'read'>

export const getResource = ({ read }: Reading) =>
  operation({
    group: 'resources',
    name: 'get',
    summary: 'Shows one registered resource.',
    input: resourceKeyInput,
    output: resourceView,
    access: { permission: 'iam.resources.get' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ input, tenant }) => {
      const [fields] = await read.getAll([resourcePath(tenant, input.type, input.id)])
      return fields === undefined ? err(iamError('not_found', { field: 'id' })) : ok(resourceViewOf(tenant, fields))
    },
  })

export const listResources = ({ read }: Reading) =>
  operation({
    group: 'resources',
    name: 'list',
    summary: 'Lists the registered resources of one type at a tenant.',
    input: listResourcesInput,
    output: listResourcesOutput,
    access: { permission: 'iam.resources.list' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ input, tenant }) => {
      const after = pageAfter(input.page, isResourceDigest)
      if (!after.ok) return after
      const found = await read.list({
        collection: `tenants/${tenant}/resources`,
        where: { type: input.type },
        ...after.value,
        limit: input.limit + 1,
      })
      return ok(
        pageAnswer(found, input.limit, {
          whole: resourceView,
          view: ({ fields }) => resourceViewOf(tenant, fields),
        }),
      )
    },
  })

export const listTypes = ({ read }: Reading) =>
  operation({
    group: 'resources',
    name: 'listTypes',
    summary: 'Lists the resource types that an agency has added for its own products.',
    input: listTypesInput,
    output: listTypesOutput,
    access: { permission: 'iam.resources.list' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ input, tenant, facts }) => {
      const after = pageAfter(input.page, (text) => ownTypePattern.test(text))
      if (!after.ok) return after
      // An account works with the types of its agency.
      const agency = facts.chain.find((node) => node.kind === 'agency')?.id ?? tenant
      const found = await read.list({
        collection: `tenants/${agency}/resourceTypes`,
        ...after.value,
        limit: input.limit + 1,
      })
      return ok(pageAnswer(found, input.limit, { whole: typeView, view: ({ fields }) => typeOf(fields) }))
    },
  })

const typeOf = ({ updatedAt: _at, lastEvent: _event, ...fields }: Readonly<Record<string, unknown>>): unknown => fields
