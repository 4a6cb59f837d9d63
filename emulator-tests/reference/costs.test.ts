// What every operation costs in Firestore reads and writes, counted on the wire in front of the emulator; `docs/reference/costs.md` is its print.
import { generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import initial from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { everyOperation, idOf } from '../../dev/generate/definitions.ts'
import { timestampOf } from '../../functions/src/platform/store/reader.ts'
import { type FirestoreProxy, firestoreProxy } from '../support/firestore-proxy.ts'
import { type Actor, type Answer, mailOf, makeWorld, type World } from '../support/world.ts'

const file = 'docs/reference/costs.md'
const update = process.env['UPDATE_REFERENCE'] !== undefined
const scanner = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** Longer than anything is kept. */
const cacheMilliseconds = 6_000

interface Cost {
  readonly operation: string
  readonly note: string
  readonly reads: number
  readonly writes: number
}

describe('the cost of every operation', () => {
  let world: World
  let proxy: FirestoreProxy
  const costs: Cost[] = []

  beforeAll(async () => {
    proxy = await firestoreProxy()
    const spki = scanner.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
    world = await makeWorld({ storeOf: proxy.store, env: { LK_SCANNER_KEYS: `costs-scanner ${spki}` } })
  }, 60_000)
  afterAll(async () => {
    await world.close()
    await proxy.close()
  })

  const measured = async (note: string, who: Actor, operation: string, input: object): Promise<Answer> => {
    await world.app.catalogues.head() // read every five seconds, whatever is called
    proxy.reset()
    const answer = await who.must(operation, input)
    const { reads, writes } = proxy.counts()
    costs.push({ operation, note, reads, writes })
    return answer
  }

  const measureMembers = async (owner: Actor, tenant: string): Promise<void> => {
    const principal = { user: 'vera' }
    const reason = 'measured'
    const offer = { tenant, email: mailOf('gina'), role: 'account.viewer', reach: 'node' }
    const { invitation } = await owner.must('members/invite', offer)
    await measured('one invitation', owner, 'members/listInvitations', { tenant, status: 'pending' })
    await measured('', owner, 'members/resendInvitation', { tenant, invitation })
    await measured('', owner, 'members/revokeInvitation', { tenant, invitation })
    await measured('one attribute', owner, 'members/update', { tenant, principal, attributes: { level: 1 } })
    await measured('', owner, 'members/suspend', { tenant, principal, reason })
    await measured('', owner, 'members/restore', { tenant, principal, reason })
    await measured('nothing', owner, 'members/listOwned', { tenant, user: 'vera' })
    await measured('nothing', owner, 'members/transfer', { tenant, user: 'vera', keys: 'revoke', reason })
    const { service } = await owner.must('members/createService', { tenant, name: 'Brief' })
    await measured('', owner, 'members/deleteService', { tenant, service })
  }

  const measureTeams = async (owner: Actor, tenant: string): Promise<void> => {
    const principal = { user: 'vera' }
    const { team } = await measured('the first', owner, 'teams/create', { tenant, name: 'Sales' })
    await measured('', owner, 'teams/get', { tenant, team })
    await measured('one team', owner, 'teams/list', { tenant })
    await measured('its name', owner, 'teams/update', { tenant, team, name: 'Support' })
    await owner.must('roles/assign', { tenant, principal: { team }, role: 'account.user', reach: 'node' })
    await measured('a team of one role', owner, 'teams/addMember', { tenant, team, principal })
    await measured('one person', owner, 'teams/listMembers', { tenant, team })
    await measured('', owner, 'teams/removeMember', { tenant, team, principal })
    await measured('of one role', owner, 'teams/delete', { tenant, team })
  }

  const measureRoles = async (owner: Actor, agency: string): Promise<void> => {
    const named = { tenant: agency, name: 'Field staff', permissions: ['contacts.read'] }
    const { role } = await measured('', owner, 'roles/create', named)
    await measured('its permissions', owner, 'roles/update', { tenant: agency, role, permissions: ['contacts.write'] })
    const change = { role: { role, permissions: [] } }
    await measured('a role that nobody holds', owner, 'roles/preview', { tenant: agency, change })
    await measured('one role', owner, 'roles/list', { tenant: agency })
    await measured('that nobody holds', owner, 'roles/delete', { tenant: agency, role })
    const guardrail = { tenant: agency, deniedPermissions: ['contacts.export'], reason: 'measured' }
    await measured('', owner, 'roles/setGuardrail', guardrail)
    await measured('', owner, 'roles/getGuardrail', { tenant: agency })
    await measured('the adopted one', owner, 'roles/catalogue', { tenant: agency })
    const document = { ...initial, version: '2027-02-01' }
    const platform = await world.platformOwner()
    await measured('', platform, 'roles/publishCatalogue', { document, reason: 'measured' })
    await measured('', owner, 'roles/adoptCatalogue', { tenant: agency, version: document.version })
  }

  /** Resources and what can be asked of them. */
  const measureQuestions = async (owner: Actor, tenant: string): Promise<void> => {
    const bill = { tenant, type: 'contacts', id: 'c-1' }
    await measured('', owner, 'resources/put', { ...bill, ownerId: 'vera' })
    await measured('', owner, 'resources/get', bill)
    await measured('one resource', owner, 'resources/list', { tenant, type: 'contacts' })
    await measured('', owner, 'resources/delete', bill)
    const question = { tenant, permission: 'contacts.read' }
    await measured('of an admin', owner, 'access/explain', { ...question, principal: { user: 'vera' } })
    await measured('three principals', owner, 'access/whoCan', question)
    await measured('', owner, 'access/whatCan', { tenant })
    await measured('', owner, 'access/simulateToken', { tenant, scopes: ['contacts.readonly'] })
    await measured('none', owner, 'access/recentDenials', { tenant })
  }

  const measureAuthzen = async (
    owner: Actor,
    { agency, tenant }: { agency: string; tenant: string },
  ): Promise<void> => {
    const type = { tenant: agency, type: 'bill', title: 'Bills', actions: [{ name: 'read' }] }
    await measured('one action', owner, 'resources/registerType', type)
    await measured('one type', owner, 'resources/listTypes', { tenant })
    await owner.must('resources/put', { tenant, type: 'bill', id: 'b-1' })
    const scopes = ['iam/access.readonly', 'iam/credentials.verify']
    const { secret } = await owner.must('apiKeys/create', { tenant: agency, name: 'Point', scopes })
    const point = world.withKey(secret)
    const subject = { type: 'user', id: 'olivia' }
    const one = { subject, action: { name: 'read' }, resource: { type: 'bill', id: 'b-1' }, context: { tenant } }
    await point.must('authzen/evaluation', one)
    world.advance(cacheMilliseconds)
    await measured('cold', point, 'authzen/evaluation', one)
    await measured('warm', point, 'authzen/evaluation', one)
    world.advance(cacheMilliseconds)
    await measured('ten of one subject', point, 'authzen/evaluations', { ...one, evaluations: Array(10).fill({}) })
    await measured('three principals', point, 'authzen/searchSubject', one)
    await measured('one resource', point, 'authzen/searchResource', one)
    await measured('one action', point, 'authzen/searchAction', one)
  }

  /** What a service loads; its own admission is warm, as it is for a service that loads anything often. */
  const measureFacts = async (
    verifier: Actor,
    { tenant, secret }: { tenant: string; secret: string },
  ): Promise<void> => {
    const { key } = await verifier.must('credentials/describe', { credential: secret })
    await measured('a key', verifier, 'credentials/describe', { credential: secret })
    await measured('a token’s key', verifier, 'credentials/root', { id: key.id })
    await measured('an account', verifier, 'facts/policy', { tenant })
    await measured('at an account', verifier, 'facts/grants', { tenant, principal: 'user:olivia' })
    await measured('at an account', verifier, 'facts/person', { tenant, user: 'olivia' })
    await measured('one version', verifier, 'facts/catalogue', { version: '2026-11-01' })
    const use = { secret: key.id, count: 3, denied: 0, lastUsedAt: 0 }
    await measured('one key', verifier, 'credentials/usage', { process: '0'.repeat(16), uses: [use] })
    await measured('admission; then the listener', verifier, 'events/changes', {})
  }

  const measureKeys = async (
    owner: Actor,
    { tenant, key, secret }: { tenant: string; key: string; secret: string },
  ): Promise<void> => {
    await signedInThePast() // the first signature of an installation makes the keys, and costs more
    await measured('a token', world.withKey(secret), 'credentials/exchange', {})
    const at = { tenant, key }
    await measured('a name', owner, 'apiKeys/update', { ...at, name: 'Renamed' })
    await measured('a scope more', owner, 'apiKeys/update', { ...at, scopes: ['contacts.readonly', 'contacts.write'] })
    await measured('', owner, 'apiKeys/rotate', { ...at, overlapSeconds: 60 })
    await measured('', owner, 'apiKeys/cancelRotation', at)
    await owner.must('apiKeys/rotate', { ...at, overlapSeconds: 60 })
    await measured('', owner, 'apiKeys/finishRotation', at)
    await measured('', owner, 'apiKeys/disable', at)
    await measured('', owner, 'apiKeys/enable', at)
    const leak = [{ token: 'lk_api_nonsense' }]
    const body = new TextEncoder().encode(JSON.stringify(leak))
    const signature = sign('sha256', body, scanner.privateKey).toString('base64')
    const signed = { authorization: [], body, signed: { keyId: 'costs-scanner', signature } }
    await measured('nothing of ours', scannerActor(signed), 'leaks/report', leak)
  }

  const scannerActor = (signed: object): Actor => {
    const door = world.withKey('')
    return {
      call: (name, input) => door.call(name, input, signed),
      must: (name, input) => door.must(name, input, signed),
    }
  }

  /** A standby that everybody has heard of, made in the past so that sign-ins are fresh. */
  const signedInThePast = async (): Promise<void> => {
    const wait = 16 * 60_000
    world.advance(-wait)
    await world.app.signing.sign('access', 'at+jwt', { exp: Math.floor(world.app.clock() / 1000) + 60 })
    world.advance(wait)
  }

  const measureSigning = async (): Promise<void> => {
    const platform = await world.platformOwner()
    await measured('one ring', platform, 'signing/list', { purpose: 'access' })
    const { before } = await measured('and a new standby', platform, 'signing/rotate', {
      purpose: 'access',
      reason: 'measured',
    })
    await measured('a retiring key', platform, 'signing/compromise', { kid: before, reason: 'measured' })
  }

  const measureAudit = async (owner: Actor, tenant: string): Promise<void> => {
    const { items } = await measured('and the event of having read', owner, 'audit/search', { tenant, limit: 10 })
    await measured('and the event of having read', owner, 'audit/get', { tenant, event: items[0].event })
    await measured('nothing sealed yet', owner, 'audit/verify', { tenant })
    const redacted = { tenant, event: items[0].event, fields: ['targets'], reason: 'measured' }
    await measured('the event and one of its own', owner, 'audit/redact', redacted)
    await world.app.anchors.create('seal-00001-0000000001.json', 'of a log that was lost')
    await measured('', await world.platformOwner(), 'audit/beginEpoch', { reason: 'measured' })
    await measured('admission and its event; then the stream', owner, 'audit/export', { tenant })
  }

  const measureWebhooks = async (owner: Actor, tenant: string): Promise<void> => {
    const wanted = { tenant, name: 'Shop', url: 'https://hooks.shop.com/in', types: ['*'] }
    const { webhook } = await measured('the first', owner, 'webhooks/create', wanted)
    const at = { tenant, webhook: webhook.webhook }
    await measured('one', owner, 'webhooks/list', { tenant })
    await measured('a type', owner, 'webhooks/update', { ...at, types: ['access.*'] })
    await measured('', owner, 'webhooks/rotateSecret', at)
    const { delivery } = await measured('until it is relayed', owner, 'webhooks/test', at)
    const now = timestampOf(world.app.clock())
    const fields = { event: delivery.slice(14), tenant, type: 'webhooks.endpoint_tested', status: 'failed', at: now }
    const path = `tenants/${tenant}/webhooks/${at.webhook}/deliveries/${delivery}`
    await world.app.store.operate.write({ kind: 'set', path, fields: { ...fields, attempts: [] } })
    await measured('one', owner, 'webhooks/deliveries', at)
    await measured('and a call to the queue', owner, 'webhooks/redeliver', { ...at, delivery })
    await measured('', owner, 'webhooks/delete', at)
  }

  const measureNotifications = async (owner: Actor): Promise<void> => {
    await measured('nothing', owner, 'notifications/list', {})
    await measured('nothing', owner, 'notifications/markRead', { before: '2040-01-01T00:00:00.000Z' })
    await measured('', owner, 'notifications/getPreferences', {})
    await measured('', owner, 'notifications/setPreferences', { digestHour: 9 })
  }

  const measureJobs = async (): Promise<void> => {
    const platform = await world.platformOwner()
    const parked = 'runOperation-1'
    const fields = { job: 'runOperation', topic: 'operations', data: '', reason: 'measured', tries: 1 }
    const parkedAt = timestampOf(world.app.clock())
    await world.app.store.operate.write({ kind: 'set', path: `parked/${parked}`, fields: { ...fields, parkedAt } })
    await measured('', platform, 'jobs/status', {})
    await measured('', platform, 'jobs/run', { job: 'reconcile', reason: 'measured' })
    await measured('one message', platform, 'jobs/listParked', {})
    await measured('', platform, 'jobs/replay', { parked, reason: 'measured' })
  }

  it('is measured through the guard, audit and outbox included', async () => {
    const founded = await measured('an agency', world.provisioner, 'tenants/create', {
      parent: 'platform',
      name: 'Mine',
      ownerEmail: mailOf('olivia'),
    })
    const owner = await world.person('olivia')
    await measured('', owner, 'members/acceptInvitation', { secret: founded.invitation.secret })
    const agency = founded.tenant
    const { tenant } = await measured('an account', owner, 'tenants/create', { parent: agency, name: 'Shop' })
    await measured('', owner, 'tenants/get', { tenant })
    await measured('one child', owner, 'tenants/list', { parent: agency })
    await measured('my own', owner, 'tenants/list', {})
    await measured('', owner, 'tenants/update', { tenant, name: 'Corner Shop' })
    await measured('an account', owner, 'tenants/enter', { tenant })
    await measured('', owner, 'tenants/suspend', { tenant, reason: 'measured' })
    await measured('', owner, 'tenants/resume', { tenant, reason: 'measured' })
    const invited = await measured('', owner, 'members/invite', {
      tenant,
      email: mailOf('vera'),
      role: 'account.viewer',
      reach: 'subtree',
    })
    await (await world.person('vera')).must('members/acceptInvitation', { secret: invited.secret })
    await measured('one person', owner, 'members/list', { tenant })
    await measureMembers(owner, tenant)
    await measureTeams(owner, tenant)
    await measureRoles(owner, agency)
    const { service } = await measured('', owner, 'members/createService', { tenant: agency, name: 'Robot' })
    const assigned = await measured('', owner, 'roles/assign', {
      tenant: agency,
      principal: { service },
      role: 'agency.verifier',
      reach: 'subtree',
    })
    await measured('', owner, 'roles/listAssignments', { tenant: agency })
    await measureQuestions(owner, tenant)
    world.advance(cacheMilliseconds)
    await measured('about oneself, cold', owner, 'access/check', { tenant, permission: 'contacts.read' })
    await measured('about oneself, warm', owner, 'access/check', { tenant, permission: 'contacts.read' })
    await measured('about somebody', owner, 'access/check', {
      tenant,
      permission: 'contacts.read',
      principal: { user: 'vera' },
    })
    const backend = await measured('for a service', owner, 'apiKeys/create', {
      tenant: agency,
      name: 'Backend',
      service,
      scopes: ['iam/credentials.verify'],
    })
    const created = await measured('for oneself', owner, 'apiKeys/create', {
      tenant,
      name: 'Shop',
      scopes: ['contacts.readonly'],
    })
    const verifier = world.withKey(backend.secret)
    const verified = { credential: created.secret, permissions: ['contacts.read'] }
    await verifier.must('credentials/verify', verified)
    world.advance(cacheMilliseconds)
    await measured('cold', verifier, 'credentials/verify', verified)
    await measured('warm', verifier, 'credentials/verify', verified)
    await measureFacts(verifier, { tenant, secret: created.secret })
    await measureAuthzen(owner, { agency, tenant })
    world.advance(cacheMilliseconds)
    await measured('garbage', verifier, 'credentials/verify', { credential: 'lk_api_garbage' })
    await measured('', owner, 'apiKeys/get', { tenant, key: created.key.key })
    await measured('one key', owner, 'apiKeys/list', { tenant })
    await measureKeys(owner, { tenant, key: created.key.key, secret: created.secret })
    await measured('', owner, 'apiKeys/revoke', { tenant, key: created.key.key })
    await measured('of one owner', owner, 'apiKeys/revokeAll', {
      tenant: agency,
      owner: { service },
      reason: 'measured',
    })
    await measured('', owner, 'roles/unassign', { tenant: agency, assignment: assigned.assignment })
    await measured('one assignment', owner, 'members/remove', { tenant, user: 'vera' })
    await measured('an account', owner, 'tenants/delete', { tenant, reason: 'measured', confirmName: 'Corner Shop' })
    const other = await world.agency('Theirs', 'hannah')
    const moving = await owner.must('tenants/create', { parent: agency, name: 'Moving' })
    const mover = await world.platformOwner()
    await measured('', mover, 'tenants/move', { tenant: moving.tenant, to: other, reason: 'measured' })
    const deleted = await (await world.person('hannah')).must('tenants/delete', {
      tenant: other,
      reason: 'measured',
      confirmName: 'Theirs',
    })
    await measureSigning()
    await measureAudit(owner, agency)
    await measureWebhooks(owner, agency)
    await measureJobs()
    await measureNotifications(owner)
    const asking = { tenant: 'platform', operation: deleted.operation }
    await measured('after a deletion', world.provisioner, 'tenants/operations', asking)
  }, 60_000)

  it('a warm check reads nothing at all', () => {
    const warm = costs.filter(({ note }) => note.endsWith('warm'))
    expect(warm.map(({ operation }) => operation)).toEqual(['access/check', 'credentials/verify', 'authzen/evaluation'])
    for (const { operation, reads } of warm) expect(reads, operation).toBe(0)
  })

  it('covers every operation that can be called', async () => {
    const known = new Set(costs.map(({ operation }) => operation))
    const missing = (await everyOperation()).map(idOf).filter((operation) => !known.has(operation))
    expect(missing).toEqual([])
  })

  it('a garbage credential costs no read of its own', () => {
    const garbage = costs.find(({ note }) => note === 'garbage')
    const real = costs.find(({ note, operation }) => note === 'cold' && operation === 'credentials/verify')
    expect((real?.reads ?? 0) - (garbage?.reads ?? 0)).toBeGreaterThan(0)
  })

  it('is printed in docs/reference/costs.md', () => {
    const text = page(costs)
    if (update) writeFileSync(file, text)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })
})

const page = (costs: readonly Cost[]): string =>
  [
    '# Costs',
    '',
    'Firestore documents read and written by each operation, counted by a proxy in front of the emulator in the test that prints this table',
    '(`UPDATE_REFERENCE=1 npm test -- --only emulator` prints it anew). Everything is in it: authentication, facts, the second decision inside the',
    'transaction of what mints power, the audit event, the outbox event. The catalogue is read once an instance, and the head of it every five',
    'seconds and once more in a transaction of what mints, so those reads are not. None of the figures depends on how many accounts an agency has;',
    'the list of one’s own tenants grows with one’s own memberships and listed accounts, up to the page.',
    '',
    '| operation | of what | reads | writes |',
    '| --- | --- | --: | --: |',
    ...costs.map(({ operation, note, reads, writes }) => `| \`${operation}\` | ${note} | ${reads} | ${writes} |`),
    '',
  ].join('\n')
