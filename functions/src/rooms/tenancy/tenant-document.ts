// `tenants/{T}`: the node as people see it, and the writes that keep it and its policy document in step.

import type { TenantId } from '@latchkey/core/kernel/ids'
import type { TenantKind, TenantStatus } from '@latchkey/core/kernel/tenant'
import { type Instant, toIso } from '@latchkey/core/kernel/time'
import { tenantView } from '@latchkey/core/tenancy/contract'
import { type DocumentFields, instantIn, timestampOf } from '../../platform/store/reader.ts'
import type { Write } from '../../platform/store/write.ts'

export const tenantPath = (tenant: TenantId): string => `tenants/${tenant}`
export const policyPath = (tenant: TenantId): string => `tenants/${tenant}/policy/current`

export interface NewTenant {
  readonly tenant: TenantId
  readonly kind: TenantKind
  readonly parent: TenantId | undefined
  readonly name: string
  readonly placementId: string
  readonly accessId: string
  /** None for an account: it goes by its agency's. */
  readonly catalogueVersion: string | undefined
  readonly now: Instant
}

/** The node, and its policy with an empty guardrail and no custom roles. Ids are drawn, never reused: `create` fails on a tombstone. */
export const foundingWrites = (node: NewTenant): readonly Write[] => {
  const shared = {
    kind: node.kind,
    ...(node.parent === undefined ? {} : { parentId: node.parent }),
    placementId: node.placementId,
    status: 'active',
  }
  return [
    {
      kind: 'create',
      path: tenantPath(node.tenant),
      fields: { ...shared, name: node.name, accessId: node.accessId, owners: [], createdAt: timestampOf(node.now) },
    },
    {
      kind: 'create',
      path: policyPath(node.tenant),
      fields: {
        ...shared,
        ...(node.catalogueVersion === undefined ? {} : { catalogueVersion: node.catalogueVersion }),
        guardrail: { deniedPermissions: [] },
        roles: {},
      },
    },
  ]
}

/** A status changes in both documents at once; the new access id shuts every viewer of the node and of what is below it. */
export const statusWrites = (
  tenant: TenantId,
  status: TenantStatus,
  accessId: string,
  statusReason: string,
): readonly Write[] => [
  { kind: 'update', path: tenantPath(tenant), fields: { status, accessId, statusReason } },
  { kind: 'update', path: policyPath(tenant), fields: { status } },
]

export const tenantViewOf = (tenant: TenantId, fields: DocumentFields) => {
  const createdAt = instantIn(fields['createdAt'])
  const reason = fields['statusReason']
  return {
    tenant,
    kind: fields['kind'] as TenantKind, // written by foundingWrites
    name: String(fields['name']),
    ...(typeof fields['parentId'] === 'string' ? { parent: fields['parentId'] as TenantId } : {}),
    status: fields['status'] as TenantStatus, // written by foundingWrites and statusWrites
    createdAt: createdAt === undefined ? '' : toIso(createdAt),
    ...(typeof reason === 'string' && fields['status'] === 'suspended' ? { statusReason: reason } : {}),
  }
}

/** For lists: a document that is not whole is left out, so that one spoilt tenant hides no other (CATALOGUE F-49). */
export const wholeViewsOf = (tenant: TenantId, fields: DocumentFields) => {
  const view = tenantView.safeParse(tenantViewOf(tenant, fields))
  return view.success ? [view.data] : []
}
