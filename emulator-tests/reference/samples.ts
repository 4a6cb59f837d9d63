// One valid input for every operation, at any tenant: what the refusal matrix and the costs are measured with.

export interface Setting {
  readonly tenant: string
  readonly parent: string
  readonly name: string
  readonly user: string
  readonly assignment: string
  readonly key: string
  readonly operation: string
  readonly role: string
  readonly service: string
  readonly team: string
  readonly invitation: string
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
  role: unknown('rol'),
  service: unknown('svc'),
  team: unknown('tea'),
  invitation: unknown('inv'),
})

const reason = 'for the reference'
/** Well-formed, and nothing that could follow what is published. */
const document = {
  version: '2020-01-01',
  permissions: [
    { number: 1, name: 'contacts.read', area: 'crm', title: 'Read', levels: ['account'], worksOn: ['active'] },
  ],
  scopes: [],
  roles: [],
}

const asked = (id: string) => ({
  subject: { type: 'user', id },
  action: { name: 'read' },
  resource: { type: 'contacts', id: 'c-1' },
})

/** Only accounts move: an agency's id stands for nothing here. */
const asAccount = (tenant: string): string => (tenant.startsWith('acc_') ? tenant : unknown('acc'))

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
  'roles/create': ({ tenant }) => ({ tenant, name: 'Field staff', permissions: ['contacts.read'] }),
  'roles/update': ({ tenant, role }) => ({ tenant, role, permissions: [] }),
  'roles/delete': ({ tenant, role }) => ({ tenant, role }),
  'roles/list': ({ tenant }) => ({ tenant }),
  'roles/preview': ({ tenant, role }) => ({ tenant, change: { removeRole: role } }),
  'roles/getGuardrail': ({ tenant }) => ({ tenant }),
  'roles/setGuardrail': ({ tenant }) => ({ tenant, deniedPermissions: ['contacts.export'], reason }),
  'roles/catalogue': ({ tenant }) => ({ tenant }),
  'roles/adoptCatalogue': ({ tenant }) => ({ tenant, version: '2026-11-01' }),
  'roles/publishCatalogue': () => ({ document, reason }),
  'access/check': ({ tenant }) => ({ tenant, permission: 'contacts.read' }),
  'apiKeys/create': ({ tenant }) => ({ tenant, name: 'Shop', scopes: ['contacts.readonly'] }),
  'apiKeys/get': ({ tenant, key }) => ({ tenant, key }),
  'apiKeys/list': ({ tenant }) => ({ tenant }),
  'apiKeys/update': ({ tenant, key }) => ({ tenant, key, name: 'Shop' }),
  'apiKeys/rotate': ({ tenant, key }) => ({ tenant, key, overlapSeconds: 0 }),
  'apiKeys/cancelRotation': ({ tenant, key }) => ({ tenant, key }),
  'apiKeys/finishRotation': ({ tenant, key }) => ({ tenant, key }),
  'apiKeys/disable': ({ tenant, key }) => ({ tenant, key }),
  'apiKeys/enable': ({ tenant, key }) => ({ tenant, key }),
  'apiKeys/revoke': ({ tenant, key }) => ({ tenant, key }),
  'apiKeys/revokeAll': ({ tenant, user }) => ({ tenant, owner: { user }, reason }),
  'credentials/exchange': ({ tenant }) => ({ tenant }),
  'leaks/report': () => [{ token: 'lk_api_nonsense' }],
  'credentials/verify': ({ tenant }) => ({ credential: 'lk_api_nonsense', tenant }),
  'credentials/describe': () => ({ credential: 'lk_api_nonsense' }),
  'credentials/root': () => ({ id: '0'.repeat(22) }),
  'credentials/usage': () => ({ process: '0'.repeat(16) }),
  'facts/policy': ({ tenant }) => ({ tenant }),
  'facts/grants': ({ tenant, user }) => ({ tenant, principal: `user:${user}` }),
  'facts/person': ({ tenant, user }) => ({ tenant, user }),
  'facts/catalogue': () => ({ version: '2026-11-01' }),
  'events/changes': () => ({ since: '2026-11-01T00:00:00.000000Z' }),
  'members/listInvitations': ({ tenant }) => ({ tenant }),
  'members/resendInvitation': ({ tenant, invitation }) => ({ tenant, invitation }),
  'members/revokeInvitation': ({ tenant, invitation }) => ({ tenant, invitation }),
  'members/update': ({ tenant, user }) => ({ tenant, principal: { user }, attributes: { department: 'sales' } }),
  'members/suspend': ({ tenant, user }) => ({ tenant, principal: { user }, reason }),
  'members/restore': ({ tenant, user }) => ({ tenant, principal: { user }, reason }),
  'members/listOwned': ({ tenant, user }) => ({ tenant, user }),
  'members/transfer': ({ tenant, user }) => ({ tenant, user, keys: 'revoke', reason }),
  'members/deleteService': ({ tenant, service }) => ({ tenant, service }),
  'tenants/move': ({ tenant }) => ({ tenant: asAccount(tenant), to: unknown('agy'), reason }),
  'access/explain': ({ tenant }) => ({ tenant, permission: 'contacts.read' }),
  'access/whoCan': ({ tenant }) => ({ tenant, permission: 'contacts.read' }),
  'access/whatCan': ({ tenant }) => ({ tenant }),
  'access/simulateToken': ({ tenant }) => ({ tenant, scopes: ['contacts.readonly'] }),
  'access/recentDenials': ({ tenant }) => ({ tenant }),
  'resources/registerType': ({ tenant }) => ({ tenant, type: 'bill', title: 'Bills', actions: [{ name: 'read' }] }),
  'resources/listTypes': ({ tenant }) => ({ tenant }),
  'resources/put': ({ tenant }) => ({ tenant, type: 'contacts', id: 'c-1' }),
  'resources/get': ({ tenant }) => ({ tenant, type: 'contacts', id: 'c-1' }),
  'resources/list': ({ tenant }) => ({ tenant, type: 'contacts' }),
  'resources/delete': ({ tenant }) => ({ tenant, type: 'contacts', id: 'c-1' }),
  'authzen/evaluation': ({ tenant, user }) => ({ ...asked(user), context: { tenant } }),
  'authzen/evaluations': ({ tenant, user }) => ({ ...asked(user), context: { tenant } }),
  'authzen/searchSubject': ({ tenant, user }) => ({ ...asked(user), context: { tenant } }),
  'authzen/searchResource': ({ tenant, user }) => ({ ...asked(user), context: { tenant } }),
  'authzen/searchAction': ({ tenant, user }) => ({ ...asked(user), context: { tenant } }),
  'jobs/status': () => ({}),
  'jobs/run': () => ({ job: 'reconcile', reason }),
  'jobs/listParked': () => ({ page: 'runOperation-1' }),
  'jobs/replay': () => ({ parked: 'runOperation-1', reason }),
  'audit/search': ({ tenant }) => ({ tenant }),
  'audit/get': ({ tenant }) => ({ tenant, event: unknown('op') }),
  'audit/verify': ({ tenant }) => ({ tenant }),
  'audit/redact': ({ tenant }) => ({ tenant, event: unknown('op'), fields: ['reason'], reason }),
  'audit/beginEpoch': () => ({ reason }),
  'audit/export': ({ tenant }) => ({ tenant }),
  'notifications/list': () => ({ unread: false }),
  'notifications/markRead': () => ({ before: '2026-11-01T00:00:00.000Z' }),
  'notifications/getPreferences': () => ({}),
  'notifications/setPreferences': () => ({ kinds: { role_changed: { mail: 'digest' } } }),
  'signing/list': () => ({ purpose: 'access' }),
  'signing/rotate': () => ({ purpose: 'access', reason }),
  'signing/compromise': () => ({ kid: `access-${'0'.repeat(43)}`, reason }),
  'webhooks/create': ({ tenant }) => ({ tenant, name: 'Shop', url: 'https://hooks.shop.com/in', types: ['*'] }),
  'webhooks/list': ({ tenant }) => ({ tenant }),
  'webhooks/update': ({ tenant }) => ({ tenant, webhook: unknown('whk'), status: 'paused' }),
  'webhooks/rotateSecret': ({ tenant }) => ({ tenant, webhook: unknown('whk') }),
  'webhooks/delete': ({ tenant }) => ({ tenant, webhook: unknown('whk') }),
  'webhooks/deliveries': ({ tenant }) => ({ tenant, webhook: unknown('whk') }),
  'webhooks/redeliver': ({ tenant }) => ({
    tenant,
    webhook: unknown('whk'),
    delivery: `${'0'.repeat(13)}-${unknown('op')}`,
  }),
  'webhooks/test': ({ tenant }) => ({ tenant, webhook: unknown('whk') }),
  'teams/create': ({ tenant }) => ({ tenant, name: 'Sales' }),
  'teams/get': ({ tenant, team }) => ({ tenant, team }),
  'teams/list': ({ tenant }) => ({ tenant }),
  'teams/update': ({ tenant, team }) => ({ tenant, team, name: 'Support' }),
  'teams/delete': ({ tenant, team }) => ({ tenant, team }),
  'teams/addMember': ({ tenant, team, user }) => ({ tenant, team, principal: { user } }),
  'teams/removeMember': ({ tenant, team, user }) => ({ tenant, team, principal: { user } }),
  'teams/listMembers': ({ tenant, team }) => ({ tenant, team }),
}
