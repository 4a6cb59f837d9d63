// One valid input for every operation, at any tenant: what the refusal matrix and the costs are measured with.

export interface Setting {
  readonly tenant: string
  readonly parent: string
  readonly name: string
  readonly user: string
  readonly assignment: string
  readonly key: string
  readonly operation: string
}

const unknown = (prefix: string): string => `${prefix}_${'0'.repeat(22)}`

/** Ids that nobody drew: for refusals, which must come before anybody looks. */
export const nowhere = (tenant: string): Setting => ({
  tenant,
  parent: tenant,
  name: 'Anything',
  user: 'nobody',
  assignment: unknown('asg'),
  key: unknown('key'),
  operation: unknown('opn'),
})

const reason = 'for the reference'

/** A new operation without a row here fails the matrix. */
export const samples: Readonly<Record<string, (setting: Setting) => object>> = {
  'tenants/create': ({ parent }) => ({ parent, name: 'Corner Shop', ownerEmail: 'founder@people.example' }),
  'tenants/get': ({ tenant }) => ({ tenant }),
  'tenants/list': ({ parent }) => ({ parent }),
  'tenants/update': ({ tenant }) => ({ tenant, name: 'New Name' }),
  'tenants/suspend': ({ tenant }) => ({ tenant, reason }),
  'tenants/resume': ({ tenant }) => ({ tenant, reason }),
  'tenants/delete': ({ tenant, name }) => ({ tenant, reason, confirmName: name }),
  'tenants/enter': ({ tenant }) => ({ tenant }),
  'tenants/operations': ({ tenant, operation }) => ({ tenant, operation }),
  'members/invite': ({ tenant }) => ({
    tenant,
    email: 'guest@people.example',
    role: 'account.viewer',
    reach: 'subtree',
  }),
  'members/acceptInvitation': () => ({ secret: 'lk_inv_nonsense' }),
  'members/list': ({ tenant }) => ({ tenant }),
  'members/remove': ({ tenant, user }) => ({ tenant, user }),
  'members/createService': ({ tenant }) => ({ tenant, name: 'Robot' }),
  'roles/assign': ({ tenant, user }) => ({ tenant, principal: { user }, role: 'account.viewer', reach: 'subtree' }),
  'roles/unassign': ({ tenant, assignment }) => ({ tenant, assignment }),
  'roles/listAssignments': ({ tenant }) => ({ tenant }),
  'access/check': ({ tenant }) => ({ tenant, permission: 'contacts.read' }),
  'apiKeys/create': ({ tenant }) => ({ tenant, name: 'Shop', scopes: ['contacts.readonly'] }),
  'apiKeys/get': ({ tenant, key }) => ({ tenant, key }),
  'apiKeys/list': ({ tenant }) => ({ tenant }),
  'apiKeys/revoke': ({ tenant, key }) => ({ tenant, key }),
  'credentials/verify': ({ tenant }) => ({ credential: 'lk_api_nonsense', tenant }),
}
