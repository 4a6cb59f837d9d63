// Bodies of roles, resources, questions and credentials, right within one agency.
import { type Ids, resourceType } from './estate.ts'

export type Own = (own: Ids) => object

const reason = 'because I can'
const properties = { status: 'open' }
const own = `own/${resourceType}.read`
const roleFields = { name: 'Role', permissions: ['contacts.read'] }

export const roles: Readonly<Record<string, readonly Own[]>> = {
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

export const resources: Readonly<Record<string, readonly Own[]>> = {
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

export const access: Readonly<Record<string, readonly Own[]>> = {
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

/** The platform’s own: they name nothing of any agency. */
export const signing: Readonly<Record<string, readonly Own[]>> = {
  'signing/list': [() => ({})],
  'signing/rotate': [() => ({ purpose: 'access', reason })],
  'audit/beginEpoch': [() => ({ reason })],
  'signing/compromise': [() => ({ kid: `access-${'0'.repeat(43)}`, reason })],
}

/** The platform’s own, too, and what is only about whoever asks. */
export const jobs: Readonly<Record<string, readonly Own[]>> = {
  'jobs/status': [() => ({})],
  'jobs/run': [() => ({ job: 'reconcile', reason })],
  'jobs/listParked': [() => ({})],
  'jobs/replay': [() => ({ parked: 'runOperation-1', reason })],
  'notifications/list': [() => ({})],
  'notifications/markRead': [() => ({ before: '2026-11-01T00:00:00.000Z' })],
  'notifications/getPreferences': [() => ({})],
  'notifications/setPreferences': [() => ({ kinds: { role_changed: { mail: 'digest' } } })],
}

export const credentials: Readonly<Record<string, readonly Own[]>> = {
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
  'apiKeys/update': [
    ({ agency, account, second, key }) => ({
      tenant: agency,
      key,
      accounts: [account, second],
      scopes: ['contacts.readonly'],
    }),
    ({ agency, key }) => ({ tenant: agency, key, name: 'Renamed' }),
  ],
  'apiKeys/rotate': [({ agency, key }) => ({ tenant: agency, key, overlapSeconds: 60 })],
  'apiKeys/cancelRotation': [({ agency, key }) => ({ tenant: agency, key })],
  'apiKeys/finishRotation': [({ agency, key }) => ({ tenant: agency, key })],
  'apiKeys/disable': [({ agency, key }) => ({ tenant: agency, key })],
  'apiKeys/enable': [({ agency, key }) => ({ tenant: agency, key })],
  'apiKeys/revokeAll': [
    ({ agency, member }) => ({ tenant: agency, owner: { user: member }, reason: 'for the proof' }),
    ({ agency, service }) => ({ tenant: agency, owner: { service }, reason: 'for the proof' }),
    ({ agency }) => ({ tenant: agency, reason: 'for the proof', dryRun: true }),
  ],
  'leaks/report': [() => [{ token: 'lk_api_nonsense' }]],
  'credentials/exchange': [
    ({ account }) => ({ tenant: account, scopes: ['iam/tenants.readonly'] }),
    ({ agency }) => ({ tenant: agency, audience: 'https://service.example' }),
  ],
  'credentials/verify': [
    ({ keySecret, account }) => ({ credential: keySecret, tenant: account, permissions: ['contacts.read'] }),
    ({ keySecret }) => ({ credential: keySecret }),
  ],
}

/** What services load to decide by themselves: at their own tenant and below it, of nobody else. */
export const facts: Readonly<Record<string, readonly Own[]>> = {
  'facts/policy': [({ account }) => ({ tenant: account }), ({ agency }) => ({ tenant: agency })],
  'facts/grants': [
    ({ agency, member }) => ({ tenant: agency, principal: `user:${member}` }),
    ({ account, robot }) => ({ tenant: account, principal: `service:${robot}` }),
    ({ agency, team }) => ({ tenant: agency, principal: `team:${team}` }),
  ],
  'facts/person': [({ agency, member }) => ({ tenant: agency, user: member })],
  'facts/catalogue': [() => ({ version: 'head' })],
  'credentials/describe': [({ keySecret }) => ({ credential: keySecret })],
  'credentials/root': [({ credential }) => ({ id: credential })],
  'credentials/usage': [
    ({ credential }) => ({
      process: 'cross-tenant-proof',
      uses: [{ secret: credential, count: 1, denied: 0, lastUsedAt: 0 }],
      denials: [{ secret: credential, permission: 'contacts.read', code: 'scope_missing', count: 1 }],
      leases: [credential],
    }),
  ],
  'events/changes': [() => ({})],
}

const user = (id: string) => ({ type: 'user', id })
const read = { name: 'read' }
const record = (id: string) => ({ type: resourceType, id })

export const authzen: Readonly<Record<string, readonly Own[]>> = {
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
