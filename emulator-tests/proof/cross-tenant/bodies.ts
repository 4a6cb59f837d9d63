// For every operation of the product a body that is right within one agency: whatever id stands in it is a place for a foreign one.
import { type Ids, resourceType } from './estate.ts'

type Own = (own: Ids) => object

const reason = 'because I can'
const properties = { status: 'open' }
const own = `own/${resourceType}.read`
const roleFields = { name: 'Role', permissions: ['contacts.read'] }

const tenancy: Readonly<Record<string, readonly Own[]>> = {
  'tenants/create': [({ agency }) => ({ parent: agency, name: 'Annex' })],
  'tenants/get': [({ agency }) => ({ tenant: agency }), ({ account }) => ({ tenant: account })],
  'tenants/list': [({ agency, account }) => ({ parent: agency, page: account }), ({ agency }) => ({ page: agency })],
  'tenants/update': [({ account }) => ({ tenant: account, name: 'Taken over' })],
  'tenants/suspend': [({ second }) => ({ tenant: second, reason })],
  'tenants/resume': [({ second }) => ({ tenant: second, reason })],
  'tenants/move': [({ account, agency }) => ({ tenant: account, to: agency, reason })],
  'tenants/delete': [
    ({ second, resource }) => ({ tenant: second, reason, confirmName: `${resource.split('-')[0]} Second` }),
  ],
  'tenants/enter': [({ account }) => ({ tenant: account }), ({ agency }) => ({ tenant: agency })],
  'tenants/operations': [({ agency, operation }) => ({ tenant: agency, operation })],
}

const offer = { email: 'm@people.example', role: 'account.viewer' }

const members: Readonly<Record<string, readonly Own[]>> = {
  'members/invite': [
    ({ agency, account, second }) => ({ tenant: agency, ...offer, reach: 'listed', accounts: [account, second] }),
    ({ agency, role }) => ({ tenant: agency, ...offer, role, reach: 'subtree' }),
  ],
  'members/listInvitations': [({ agency, invitation }) => ({ tenant: agency, page: invitation })],
  'members/resendInvitation': [({ agency, invitation }) => ({ tenant: agency, invitation })],
  'members/revokeInvitation': [({ agency, invitation }) => ({ tenant: agency, invitation })],
  'members/acceptInvitation': [({ invitationSecret }) => ({ secret: invitationSecret })],
  'members/list': [
    ({ agency, member }) => ({ tenant: agency, page: member }),
    ({ agency, team }) => ({ tenant: agency, team }),
  ],
  'members/update': [
    ({ account, admin }) => ({ tenant: account, principal: { user: admin }, attributes: { department: 'x' } }),
    ({ account, robot }) => ({ tenant: account, principal: { service: robot }, displayName: 'x' }),
  ],
  'members/suspend': [
    ({ account, admin }) => ({ tenant: account, principal: { user: admin }, reason }),
    ({ agency, service }) => ({ tenant: agency, principal: { service }, reason }),
  ],
  'members/restore': [
    ({ account, admin }) => ({ tenant: account, principal: { user: admin }, reason }),
    ({ agency, service }) => ({ tenant: agency, principal: { service }, reason }),
  ],
  'members/remove': [({ account, admin }) => ({ tenant: account, user: admin })],
  'members/listOwned': [
    ({ account, admin }) => ({ tenant: account, user: admin }),
    ({ agency, owner, key }) => ({ tenant: agency, user: owner, page: `apiKey.${key}` }),
  ],
  'members/transfer': [
    ({ agency, member, service }) => ({ tenant: agency, user: member, keys: { service }, reason }),
    ({ agency, member, owner }) => ({
      tenant: agency,
      user: member,
      keys: 'revoke',
      resources: { user: owner },
      reason,
    }),
  ],
  'members/createService': [({ account }) => ({ tenant: account, name: 'Robot' })],
  'members/deleteService': [({ account, robot }) => ({ tenant: account, service: robot })],
}

const teams: Readonly<Record<string, readonly Own[]>> = {
  'teams/create': [({ agency }) => ({ tenant: agency, name: 'Sales' })],
  'teams/get': [({ agency, team }) => ({ tenant: agency, team })],
  'teams/list': [({ agency, team }) => ({ tenant: agency, page: team })],
  'teams/update': [({ agency, team }) => ({ tenant: agency, team, name: 'Taken over' })],
  'teams/delete': [({ agency, team }) => ({ tenant: agency, team })],
  'teams/addMember': [({ agency, team, owner }) => ({ tenant: agency, team, principal: { user: owner } })],
  'teams/removeMember': [({ agency, team, member }) => ({ tenant: agency, team, principal: { user: member } })],
  'teams/listMembers': [({ agency, team, member }) => ({ tenant: agency, team, page: member })],
}

const roles: Readonly<Record<string, readonly Own[]>> = {
  'roles/catalogue': [({ agency }) => ({ tenant: agency })],
  'roles/adoptCatalogue': [({ agency }) => ({ tenant: agency, version: '2026-11-01' })],
  'roles/publishCatalogue': [() => ({ document: {}, reason })],
  'roles/list': [({ agency, role }) => ({ tenant: agency, page: role })],
  'roles/create': [({ agency, role }) => ({ tenant: agency, ...roleFields, includes: [role, 'account.viewer'] })],
  'roles/update': [({ agency, role }) => ({ tenant: agency, role, permissions: [] })],
  'roles/delete': [({ agency, role }) => ({ tenant: agency, role })],
  'roles/preview': [
    ({ agency, role }) => ({ tenant: agency, change: { role: { role, permissions: [], includes: [role] } } }),
    ({ agency, role }) => ({ tenant: agency, change: { removeRole: role } }),
    ({ agency, member }) => ({
      tenant: agency,
      change: { guardrail: { deniedPermissions: ['contacts.*'] } },
      page: `user:${member}`,
    }),
  ],
  'roles/assign': [
    ({ agency, member, account, second }) => ({
      tenant: agency,
      principal: { user: member },
      role: 'account.viewer',
      reach: 'listed',
      accounts: [account, second],
    }),
    ({ agency, service, role }) => ({ tenant: agency, principal: { service }, role, reach: 'subtree' }),
    ({ agency, team, role }) => ({ tenant: agency, principal: { team }, role, reach: 'node' }),
  ],
  'roles/unassign': [
    ({ agency, assignment }) => ({ tenant: agency, assignment }),
    ({ account, accountAssignment }) => ({ tenant: account, assignment: accountAssignment }),
  ],
  'roles/listAssignments': [
    ({ agency, member }) => ({ tenant: agency, principal: { user: member } }),
    ({ agency, team, assignment }) => ({ tenant: agency, principal: { team }, page: assignment }),
  ],
  'roles/getGuardrail': [({ agency }) => ({ tenant: agency })],
  'roles/setGuardrail': [({ agency }) => ({ tenant: agency, deniedPermissions: ['workflows.*'], reason })],
}

const resources: Readonly<Record<string, readonly Own[]>> = {
  'resources/registerType': [
    ({ agency }) => ({ tenant: agency, type: 'taken', title: 'Taken', actions: [{ name: 'x' }] }),
  ],
  'resources/listTypes': [({ agency }) => ({ tenant: agency })],
  // Its id is whatever its product says: there is no foreign one.
  'resources/put': [({ account }) => ({ tenant: account, type: resourceType, id: 'mine', properties })],
  'resources/get': [({ agency, resource }) => ({ tenant: agency, type: resourceType, id: resource })],
  'resources/list': [({ agency }) => ({ tenant: agency, type: resourceType })],
  'resources/delete': [({ agency, resource }) => ({ tenant: agency, type: resourceType, id: resource })],
}

const about = { permission: 'iam.tenants.get' }

const access: Readonly<Record<string, readonly Own[]>> = {
  'access/check': [
    ({ agency, member }) => ({ tenant: agency, ...about, principal: { user: member } }),
    ({ account, service }) => ({ tenant: account, ...about, principal: { service }, trace: true }),
    ({ agency, member, resource }) => ({
      tenant: agency,
      permission: own,
      principal: { user: member },
      resource: { type: resourceType, id: resource },
    }),
  ],
  'access/explain': [
    ({ agency, member }) => ({ tenant: agency, permission: 'contacts.delete', principal: { user: member } }),
    ({ account, service, resource }) => ({
      tenant: account,
      ...about,
      principal: { service },
      resource: { type: resourceType, id: resource },
    }),
  ],
  'access/whoCan': [({ agency, member }) => ({ tenant: agency, ...about, page: `${agency}~user:${member}` })],
  'access/whatCan': [({ account, admin }) => ({ tenant: account, principal: { user: admin }, limit: 3 })],
  'access/simulateToken': [
    ({ agency, member }) => ({ tenant: agency, principal: { user: member }, scopes: ['iam/tenants.readonly'] }),
  ],
  'access/recentDenials': [
    ({ agency, member, key }) => ({ tenant: agency, principal: { user: member }, credential: key }),
  ],
}

const credentials: Readonly<Record<string, readonly Own[]>> = {
  'apiKeys/create': [
    ({ agency, account, second }) => ({
      tenant: agency,
      name: 'K',
      scopes: ['contacts.readonly'],
      accounts: [account, second],
    }),
    ({ agency, service }) => ({ tenant: agency, name: 'K', scopes: ['iam/tenants.readonly'], service }),
  ],
  'apiKeys/get': [({ agency, key }) => ({ tenant: agency, key })],
  'apiKeys/list': [({ agency, key }) => ({ tenant: agency, page: key })],
  'apiKeys/revoke': [({ agency, key }) => ({ tenant: agency, key })],
  'credentials/verify': [
    ({ keySecret, account }) => ({ credential: keySecret, tenant: account, permissions: ['contacts.read'] }),
    ({ keySecret }) => ({ credential: keySecret }),
  ],
}

const user = (id: string) => ({ type: 'user', id })
const read = { name: 'read' }
const record = (id: string) => ({ type: resourceType, id })

const authzen: Readonly<Record<string, readonly Own[]>> = {
  'authzen/evaluation': [
    ({ agency, member, resource }) => ({
      subject: user(member),
      action: read,
      resource: record(resource),
      context: { tenant: agency },
    }),
    ({ service }) => ({
      subject: { type: 'service', id: service },
      action: { name: 'iam.tenants.get' },
      resource: record('any'),
    }),
  ],
  'authzen/evaluations': [
    ({ agency, member, owner, resource }) => ({
      action: read,
      context: { tenant: agency },
      evaluations: [
        { subject: user(member), resource: record(resource) },
        { subject: user(owner), resource: record(resource) },
      ],
    }),
  ],
  'authzen/searchSubject': [
    ({ agency, member, resource }) => ({
      subject: { type: 'user' },
      action: read,
      resource: record(resource),
      context: { tenant: agency },
      page: { token: `${agency}~user:${member}` },
    }),
  ],
  'authzen/searchResource': [
    ({ agency, owner }) => ({
      subject: user(owner),
      action: read,
      resource: { type: resourceType },
      context: { tenant: agency },
    }),
  ],
  'authzen/searchAction': [
    ({ agency, owner, resource }) => ({
      subject: user(owner),
      resource: record(resource),
      context: { tenant: agency },
    }),
  ],
}

/** In an order in which each change of one's own goes through; taking an invitation up needs its mailbox. */
export const changesInOrder: readonly string[] = [
  ...['tenants/create', 'tenants/update', 'tenants/suspend', 'tenants/resume', 'tenants/move'],
  ...['roles/create', 'roles/update', 'roles/assign', 'roles/unassign', 'roles/adoptCatalogue'],
  ...['resources/registerType', 'resources/put', 'resources/delete'],
  ...['teams/create', 'teams/update', 'teams/addMember', 'teams/removeMember', 'teams/delete'],
  ...['apiKeys/create', 'apiKeys/revoke'],
  ...['members/update', 'members/suspend', 'members/restore', 'members/invite', 'members/resendInvitation'],
  ...['members/revokeInvitation', 'members/createService', 'members/transfer', 'members/deleteService'],
  ...['members/remove', 'roles/setGuardrail', 'roles/delete', 'tenants/delete'],
]

/** A new operation without a row here fails the proof. */
export const ownBodies: Readonly<Record<string, readonly Own[]>> = {
  ...tenancy,
  ...members,
  ...teams,
  ...roles,
  ...resources,
  ...access,
  ...credentials,
  ...authzen,
}
