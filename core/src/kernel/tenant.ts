// A node of the tree platform → agency → account: its kinds, its statuses and what may stand under what.

export type TenantKind = 'platform' | 'agency' | 'account'
export type TenantStatus = 'active' | 'suspended' | 'deleted'

/** The kind of a tenant's children; an account has none. */
export const childKind = (kind: TenantKind): TenantKind | undefined =>
  kind === 'platform' ? 'agency' : kind === 'agency' ? 'account' : undefined
