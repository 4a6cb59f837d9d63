// `tenants/list`: the children of a tenant, each only if the caller may see it, or without a parent: my own tenants.
import { decide } from '@latchkey/core/access/decide'
import { errorOf } from '@latchkey/core/access/decision'
import type { Facts, NodeFacts } from '@latchkey/core/access/facts'
import { isTenantId, type TenantId } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import { listTenantsInput, listTenantsOutput } from '@latchkey/core/tenancy/contract'
import type * as z from 'zod'
import type { Admitted } from '../../guard/admitted.ts'
import { operation } from '../../guard/definition.ts'
import { pageAfter } from '../../platform/store/page.ts'
import type { DocumentFields, StoredDocument } from '../../platform/store/reader.ts'
import type { TenancyDependencies } from './dependencies.ts'
import { myTenants } from './my-tenants.ts'
import { wholeViewsOf } from './tenant-document.ts'

type Input = z.output<typeof listTenantsInput>

export const listTenants = (dependencies: TenancyDependencies) =>
  operation({
    group: 'tenants',
    name: 'list',
    summary: 'Lists the tenants below one, or the caller’s own when no parent is named.',
    input: listTenantsInput,
    output: listTenantsOutput,
    access: {
      signedIn:
        'Each tenant in the list is decided by itself: iam.tenants.list at the parent, iam.tenants.get at the child.',
    },
    tenant: (input) => input.parent,
    effect: 'read',
    handler: async (admitted) => {
      const after = pageAfter(admitted.input.page, isTenantId)
      if (!after.ok) return after
      return admitted.input.parent === undefined
        ? myTenants(admitted, after.value.after, dependencies)
        : children(admitted, after.value.after, dependencies)
    },
  })

const children = async (
  { input, facts, tenant, now, request }: Admitted<Input>,
  after: string | undefined,
  { read }: TenancyDependencies,
) => {
  const refusal = errorOf(decide({ permission: 'iam.tenants.list', resource: {}, action: {}, request }, facts, now))
  if (refusal !== undefined) return err(refusal)
  const found = await read.list({
    collection: 'tenants',
    where: { parentId: tenant },
    ...(after === undefined ? {} : { after }),
    limit: input.limit + 1,
  })
  const page = found.slice(0, input.limit)
  const last = page.at(-1)
  const visible = page
    .filter(({ fields }) => fields['status'] !== 'deleted')
    .filter((child) => mayGet(child, { facts, now, request }))
  return ok({
    items: visible.flatMap(({ id, fields }) => wholeViewsOf(id as TenantId, fields)), // ids of the collection `tenants`
    ...(found.length > input.limit && last !== undefined ? { nextPage: last.id } : {}),
  })
}

/** Decided with the power that comes from above: the listing never shows more than the parent's holder may open (CATALOGUE I-28). */
const mayGet = (
  { id, fields }: StoredDocument,
  { facts, now, request }: Pick<Admitted<Input>, 'facts' | 'now' | 'request'>,
): boolean => {
  const chain = [childNode(id as TenantId, fields, facts), ...facts.chain] // an id of the collection `tenants`
  return decide({ permission: 'iam.tenants.get', resource: {}, action: {}, request }, { ...facts, chain }, now).allowed
}

const childNode = (id: TenantId, fields: DocumentFields, facts: Facts): NodeFacts => ({
  id,
  kind: facts.chain[0]?.kind === 'platform' ? 'agency' : 'account',
  parentId: facts.chain[0]?.id,
  placementId: String(fields['placementId']),
  status: fields['status'] === 'active' ? 'active' : 'suspended',
  catalogueVersion: facts.chain[0]?.catalogueVersion ?? '',
  guardrail: { deniedPermissions: [] },
  customRoles: new Map(),
  ownPermissions: new Map(),
})
