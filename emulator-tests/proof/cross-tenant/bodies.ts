// For every operation of the product a body that is right within one agency: whatever id stands in it is a place for a foreign one.
import { access, authzen, credentials, facts, jobs, type Own, resources, roles, signing } from './bodies-of-power.ts'

const reason = 'because I can'

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

const audit: Readonly<Record<string, readonly Own[]>> = {
  'audit/search': [
    ({ agency }) => ({ tenant: agency }),
    ({ agency, owner, member }) => ({ tenant: agency, actor: `user:${owner}`, target: `member:${member}` }),
    ({ account }) => ({ tenant: account, limit: 5 }),
  ],
  'audit/get': [({ agency, event }) => ({ tenant: agency, event })],
  'audit/verify': [({ agency }) => ({ tenant: agency }), ({ account }) => ({ tenant: account, limit: 1 })],
  'audit/redact': [({ agency, event }) => ({ tenant: agency, event, fields: ['targets'], reason: 'asked for it' })],
  'audit/export': [({ agency }) => ({ tenant: agency }), ({ account }) => ({ tenant: account, after: '0' })],
}

const webhooks: Readonly<Record<string, readonly Own[]>> = {
  'webhooks/create': [({ agency }) => ({ tenant: agency, name: 'Mine', url: 'https://mine.shop.com/', types: ['*'] })],
  'webhooks/list': [({ agency, webhook }) => ({ tenant: agency, page: webhook })],
  'webhooks/update': [
    ({ agency, webhook }) => ({ tenant: agency, webhook, url: 'https://mine.shop.com/', reach: 'subtree' }),
    ({ agency, webhook }) => ({ tenant: agency, webhook, status: 'paused' }),
  ],
  'webhooks/rotateSecret': [({ agency, webhook }) => ({ tenant: agency, webhook })],
  'webhooks/deliveries': [({ agency, webhook }) => ({ tenant: agency, webhook })],
  'webhooks/redeliver': [({ agency, webhook, delivery }) => ({ tenant: agency, webhook, delivery })],
  'webhooks/test': [({ agency, webhook }) => ({ tenant: agency, webhook })],
  'webhooks/delete': [({ agency, webhook }) => ({ tenant: agency, webhook })],
}

/** In an order in which each change of one's own goes through; taking an invitation up needs its mailbox. */
export const changesInOrder: readonly string[] = [
  ...['tenants/create', 'tenants/update', 'tenants/suspend', 'tenants/resume', 'tenants/move'],
  ...['roles/create', 'roles/update', 'roles/assign', 'roles/unassign', 'roles/adoptCatalogue'],
  ...['resources/registerType', 'resources/put', 'resources/delete'],
  ...['teams/create', 'teams/update', 'teams/addMember', 'teams/removeMember', 'teams/delete'],
  ...['apiKeys/create', 'apiKeys/update', 'apiKeys/rotate', 'apiKeys/cancelRotation', 'apiKeys/finishRotation'],
  ...['apiKeys/disable', 'apiKeys/enable', 'apiKeys/revoke', 'apiKeys/revokeAll'],
  ...['members/update', 'members/suspend', 'members/restore', 'members/invite', 'members/resendInvitation'],
  ...['members/revokeInvitation', 'members/createService', 'members/transfer', 'members/deleteService'],
  'audit/redact',
  ...['webhooks/create', 'webhooks/rotateSecret', 'webhooks/test', 'webhooks/redeliver'],
  ...['webhooks/update', 'webhooks/delete'],
  ...['members/remove', 'roles/setGuardrail', 'roles/delete', 'tenants/delete'],
]

/** A new operation without a row here fails the proof. */
export const ownBodies: Readonly<Record<string, readonly Own[]>> = {
  ...tenancy,
  ...jobs,
  ...members,
  ...teams,
  ...audit,
  ...webhooks,
  ...roles,
  ...resources,
  ...access,
  ...credentials,
  ...signing,
  ...facts,
  ...authzen,
}
