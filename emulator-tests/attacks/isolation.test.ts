// Two agencies with the same things: every id of one is, to everybody of the other, an id that never was.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dump } from '../support/stored-documents.ts'
import type { Actor, Answer } from '../support/world.ts'
import { type Agency, neverWas, newKey, type TwoAgencies, twoAgencies } from './two-agencies.ts'

type Body = (of: { readonly tenant: string; readonly agency: string }) => object
type Bodies = ReadonlyMap<string, Body>

/** Every operation that names a tenant, with a body that is right for its owner. */
const bodies: Bodies = new Map<string, Body>([
  ['tenants/create', ({ agency }) => ({ parent: agency, name: 'Annex' })],
  ['tenants/get', ({ tenant }) => ({ tenant })],
  ['tenants/list', ({ agency }) => ({ parent: agency })],
  ['tenants/update', ({ tenant }) => ({ tenant, name: 'Taken over' })],
  ['tenants/suspend', ({ tenant }) => ({ tenant, reason: 'because I can' })],
  ['tenants/resume', ({ tenant }) => ({ tenant, reason: 'because I can' })],
  ['tenants/delete', ({ tenant }) => ({ tenant, reason: 'because I can', confirmName: 'Southridge Shop' })],
  ['tenants/enter', ({ tenant }) => ({ tenant })],
  ['tenants/operations', ({ tenant }) => ({ tenant, operation: `opn_${'0'.repeat(22)}` })],
  ['members/invite', ({ tenant }) => ({ tenant, email: 'm@people.example', role: 'account.viewer', reach: 'subtree' })],
  ['members/list', ({ tenant }) => ({ tenant })],
  ['members/remove', ({ tenant }) => ({ tenant, user: 'sadmin' })],
  ['members/createService', ({ tenant }) => ({ tenant, name: 'Robot' })],
  [
    'roles/assign',
    ({ tenant }) => ({ tenant, principal: { user: 'nowner' }, role: 'account.admin', reach: 'subtree' }),
  ],
  ['roles/unassign', ({ tenant }) => ({ tenant, assignment: `asg_${'0'.repeat(22)}` })],
  ['roles/listAssignments', ({ tenant }) => ({ tenant })],
  ['roles/create', ({ tenant }) => ({ tenant, name: 'Role', permissions: ['contacts.read'] })],
  ['roles/update', ({ tenant }) => ({ tenant, role: `rol_${'0'.repeat(22)}`, permissions: [] })],
  ['roles/delete', ({ tenant }) => ({ tenant, role: `rol_${'0'.repeat(22)}` })],
  ['roles/list', ({ tenant }) => ({ tenant })],
  ['roles/preview', ({ tenant }) => ({ tenant, change: { guardrail: { deniedPermissions: [] } } })],
  ['roles/getGuardrail', ({ tenant }) => ({ tenant })],
  ['roles/setGuardrail', ({ tenant }) => ({ tenant, deniedPermissions: ['contacts.*'], reason: 'because I can' })],
  ['roles/catalogue', ({ tenant }) => ({ tenant })],
  ['roles/adoptCatalogue', ({ tenant }) => ({ tenant, version: '2026-11-01' })],
  ['webhooks/create', ({ tenant }) => ({ tenant, name: 'Mine', url: 'https://mine.shop.com/', types: ['*'] })],
  ['webhooks/list', ({ tenant }) => ({ tenant })],
  ['webhooks/update', ({ tenant }) => ({ tenant, webhook: `whk_${'0'.repeat(22)}`, status: 'paused' })],
  ['webhooks/rotateSecret', ({ tenant }) => ({ tenant, webhook: `whk_${'0'.repeat(22)}` })],
  ['webhooks/deliveries', ({ tenant }) => ({ tenant, webhook: `whk_${'0'.repeat(22)}` })],
  ['webhooks/test', ({ tenant }) => ({ tenant, webhook: `whk_${'0'.repeat(22)}` })],
  ['webhooks/delete', ({ tenant }) => ({ tenant, webhook: `whk_${'0'.repeat(22)}` })],
  ['apiKeys/create', ({ tenant }) => ({ tenant, name: 'Key', scopes: ['contacts.readonly'] })],
  ['apiKeys/get', ({ tenant }) => ({ tenant, key: `key_${'0'.repeat(22)}` })],
  ['apiKeys/list', ({ tenant }) => ({ tenant })],
  ['apiKeys/revoke', ({ tenant }) => ({ tenant, key: `key_${'0'.repeat(22)}` })],
  ['apiKeys/update', ({ tenant }) => ({ tenant, key: `key_${'0'.repeat(22)}`, name: 'Mine' })],
  ['apiKeys/rotate', ({ tenant }) => ({ tenant, key: `key_${'0'.repeat(22)}`, overlapSeconds: 0 })],
  ['apiKeys/cancelRotation', ({ tenant }) => ({ tenant, key: `key_${'0'.repeat(22)}` })],
  ['apiKeys/finishRotation', ({ tenant }) => ({ tenant, key: `key_${'0'.repeat(22)}` })],
  ['apiKeys/disable', ({ tenant }) => ({ tenant, key: `key_${'0'.repeat(22)}` })],
  ['apiKeys/enable', ({ tenant }) => ({ tenant, key: `key_${'0'.repeat(22)}` })],
  ['apiKeys/revokeAll', ({ tenant }) => ({ tenant, reason: 'because I can', dryRun: true })],
  ['access/check', ({ tenant }) => ({ tenant, permission: 'contacts.read' })],
  ['members/listInvitations', ({ tenant }) => ({ tenant })],
  ['members/resendInvitation', ({ tenant }) => ({ tenant, invitation: `inv_${'0'.repeat(22)}` })],
  ['members/revokeInvitation', ({ tenant }) => ({ tenant, invitation: `inv_${'0'.repeat(22)}` })],
  ['members/update', ({ tenant }) => ({ tenant, principal: { user: 'sadmin' }, attributes: { department: 'x' } })],
  ['members/suspend', ({ tenant }) => ({ tenant, principal: { user: 'sadmin' }, reason: 'because I can' })],
  ['members/restore', ({ tenant }) => ({ tenant, principal: { user: 'sadmin' }, reason: 'because I can' })],
  ['members/listOwned', ({ tenant }) => ({ tenant, user: 'sadmin' })],
  ['members/transfer', ({ tenant }) => ({ tenant, user: 'sadmin', keys: 'revoke', reason: 'because I can' })],
  ['members/deleteService', ({ tenant }) => ({ tenant, service: `svc_${'0'.repeat(22)}` })],
  ['teams/create', ({ tenant }) => ({ tenant, name: 'Sales' })],
  ['teams/get', ({ tenant }) => ({ tenant, team: `tea_${'0'.repeat(22)}` })],
  ['teams/list', ({ tenant }) => ({ tenant })],
  ['teams/update', ({ tenant }) => ({ tenant, team: `tea_${'0'.repeat(22)}`, name: 'Sales' })],
  ['teams/delete', ({ tenant }) => ({ tenant, team: `tea_${'0'.repeat(22)}` })],
  ['teams/addMember', ({ tenant }) => ({ tenant, team: `tea_${'0'.repeat(22)}`, principal: { user: 'sadmin' } })],
  ['teams/removeMember', ({ tenant }) => ({ tenant, team: `tea_${'0'.repeat(22)}`, principal: { user: 'sadmin' } })],
  [
    'tenants/move',
    ({ tenant, agency }) => ({
      tenant: tenant.startsWith('acc_') ? tenant : neverWas('acc_0'),
      to: agency.startsWith('agy_') ? agency : neverWas('agy_0'),
      reason: 'because',
    }),
  ],
  ['access/explain', ({ tenant }) => ({ tenant, permission: 'contacts.read' })],
  ['access/whoCan', ({ tenant }) => ({ tenant, permission: 'contacts.read' })],
  ['access/whatCan', ({ tenant }) => ({ tenant })],
  [
    'access/simulateToken',
    ({ tenant }) => ({ tenant: tenant === 'platform' ? neverWas('agy_0') : tenant, scopes: ['contacts.readonly'] }),
  ],
  ['access/recentDenials', ({ tenant }) => ({ tenant })],
  ['resources/registerType', ({ tenant }) => ({ tenant, type: 'bill', title: 'B', actions: [{ name: 'read' }] })],
  ['resources/listTypes', ({ tenant }) => ({ tenant })],
  ['resources/put', ({ tenant }) => ({ tenant, type: 'contacts', id: 'c' })],
  ['resources/get', ({ tenant }) => ({ tenant, type: 'contacts', id: 'c' })],
  ['resources/list', ({ tenant }) => ({ tenant, type: 'contacts' })],
  ['resources/delete', ({ tenant }) => ({ tenant, type: 'contacts', id: 'c' })],
  ['teams/listMembers', ({ tenant }) => ({ tenant, team: `tea_${'0'.repeat(22)}` })],
])

const notFound = { ok: false, error: { code: 'not_found' } }

describe('the other agency', () => {
  let two: TwoAgencies
  const quiet = () => dump(two.world.projectId, { without: [`tenants/${two.north.agency}/apiKeys/`] })
  const intruders = (): readonly (readonly [string, Actor])[] => [
    ['its owner', two.north.owner],
    ['its account’s admin', two.north.accountAdmin],
    ['its key', two.world.withKey(two.north.key.secret)],
  ]
  beforeAll(async () => {
    two = await twoAgencies()
    await two.world.withKey(two.north.key.secret).must('tenants/get', { tenant: two.north.agency })
  })
  afterAll(() => two.world.close())

  it('T-14 I-52 C-101 every operation on its tenants answers exactly as for a tenant that never was, and writes nothing', async () => {
    const { south } = two
    const before = await quiet()
    for (const [who, intruder] of intruders()) {
      for (const [operation, body] of bodies) {
        const at = (tenant: string, agency: string) => intruder.call(operation, body({ tenant, agency }))
        const foreign = await at(south.account, south.agency)
        expect(foreign, `${operation} by ${who}`).toEqual(await at(neverWas(south.account), neverWas(south.agency)))
        expect(foreign, `${operation} by ${who}`).toEqual(notFound)
        expect(await at(south.agency, south.agency), `${operation} by ${who}`).toEqual(notFound)
      }
    }
    expect(await quiet()).toBe(before)
  })

  it('T-14 the platform is no different: nobody of an agency can see it', async () => {
    for (const [operation, body] of bodies) {
      const answer: Answer = await two.north.owner.call(operation, body({ tenant: 'platform', agency: 'platform' }))
      expect(['not_found', 'invalid_request'], `${operation}: ${JSON.stringify(answer)}`).toContain(answer.error?.code)
    }
  })

  it('I-46 I-52 an id of the other agency under one’s own tenant is 404, as one that never was, and nothing is written', async () => {
    const { north, south } = two
    const own = { tenant: north.agency }
    const swaps: readonly (readonly [string, (of: Agency, id: (id: string) => string) => object])[] = [
      ['apiKeys/get', (of, id) => ({ ...own, key: id(of.key.id) })],
      ['apiKeys/revoke', (of, id) => ({ ...own, key: id(of.key.id) })],
      ['apiKeys/update', (of, id) => ({ ...own, key: id(of.key.id), name: 'Mine' })],
      ['apiKeys/rotate', (of, id) => ({ ...own, key: id(of.key.id), overlapSeconds: 0 })],
      ['apiKeys/disable', (of, id) => ({ ...own, key: id(of.key.id) })],
      ['apiKeys/enable', (of, id) => ({ ...own, key: id(of.key.id) })],
      ['apiKeys/revokeAll', (of, id) => ({ ...own, owner: { service: id(of.service) }, reason: 'because I can' })],
      ['roles/unassign', (of, id) => ({ tenant: north.account, assignment: id(of.assignment) })],
      [
        'apiKeys/create',
        (of, id) => ({ ...own, name: 'K', scopes: ['contacts.readonly'], accounts: [id(of.account)] }),
      ],
      ['apiKeys/create', (of, id) => ({ ...own, name: 'K', scopes: ['contacts.readonly'], service: id(of.service) })],
      [
        'roles/assign',
        (of, id) => ({
          ...own,
          principal: { user: 'nowner' },
          role: 'account.viewer',
          reach: 'listed',
          accounts: [id(of.account)],
        }),
      ],
      [
        'roles/assign',
        (of, id) => ({ ...own, principal: { service: id(of.service) }, role: 'agency.auditor', reach: 'node' }),
      ],
      [
        'members/invite',
        (of, id) => ({
          ...own,
          email: 'm@people.example',
          role: 'account.viewer',
          reach: 'listed',
          accounts: [id(of.account)],
        }),
      ],
    ] // prettier-ignore
    const before = await quiet()
    for (const [operation, body] of swaps) {
      const foreign: Answer = await north.owner.call(
        operation,
        body(south, (id) => id),
      )
      const unknown = await north.owner.call(operation, body(south, neverWas))
      expect(foreign, operation).toMatchObject(notFound)
      expect(foreign, operation).toEqual(unknown)
    }
    expect(await quiet()).toBe(before)
    for (const [operation, body] of swaps.slice(8)) {
      // The positive control: the same bodies with one's own ids.
      expect(
        await north.owner.call(
          operation,
          body(north, (id) => id),
        ),
        operation,
      ).toMatchObject({ ok: true })
    }
  })

  it('I-46 one foreign id among good ones spoils the whole list', async () => {
    const { north, south } = two
    const second = await north.owner.must('tenants/create', { parent: north.agency, name: 'Second' })
    const before = await quiet()
    const accounts = [north.account, south.account, second.tenant]
    const body = {
      tenant: north.agency,
      principal: { user: 'nowner' },
      role: 'account.viewer',
      reach: 'listed',
      accounts,
    }
    expect(await north.owner.call('roles/assign', body)).toMatchObject({
      ok: false,
      error: { code: 'not_found', field: 'accounts[1]' },
    })
    expect(await quiet()).toBe(before)
  })

  it('I-48 nobody learns of people: assigning to, removing or asking about a stranger of the other agency is the same as about nobody', async () => {
    const { north } = two
    const about = async (user: string) => ({
      assign: await north.owner.call('roles/assign', {
        tenant: north.agency,
        principal: { user },
        role: 'agency.auditor',
        reach: 'node',
      }),
      remove: await north.owner.call('members/remove', { tenant: north.agency, user }),
      check: await north.owner.call('access/check', {
        tenant: north.agency,
        permission: 'iam.tenants.get',
        principal: { user },
      }),
      list: await north.owner.call('roles/listAssignments', { tenant: north.agency, principal: { user } }),
    })
    const stranger = await about('sowner')
    expect(stranger).toEqual(await about('nobody-at-all'))
    expect(stranger.assign).toMatchObject(notFound)
    expect(stranger.remove).toMatchObject(notFound)
    expect(stranger.check).toMatchObject({ ok: true, value: { allowed: false, code: 'tenant_not_visible' } })
    expect(
      await north.owner.call('access/check', {
        tenant: north.agency,
        permission: 'iam.tenants.get',
        principal: { user: 'nowner' },
      }),
    ).toMatchObject({ value: { allowed: true } })
  })

  it('I-48 lists hold one’s own tenants only', async () => {
    const { north, south } = two
    const mine = await north.accountAdmin.must('tenants/list', {})
    expect(mine.items.map((one: Answer) => one.tenant)).toEqual([north.account])
    const below = await north.owner.must('tenants/list', { parent: north.agency })
    expect(JSON.stringify(below)).not.toContain(south.account)
    expect(await north.accountAdmin.call('tenants/list', { parent: north.agency })).toEqual(notFound)
  })

  it('T-30 an account’s admin acts neither up nor sideways; the agency’s owner acts on every account of its own', async () => {
    const { north } = two
    const sibling = (await north.owner.must('tenants/create', { parent: north.agency, name: 'Sibling' })).tenant
    for (const [operation, body] of bodies) {
      for (const tenant of [sibling, north.agency])
        expect(await north.accountAdmin.call(operation, body({ tenant, agency: north.agency })), operation).toEqual(
          notFound,
        )
    }
    expect(await north.accountAdmin.call('tenants/get', { tenant: north.account })).toMatchObject({ ok: true })
    expect(await north.owner.call('tenants/update', { tenant: sibling, name: 'Brother' })).toMatchObject({ ok: true })
  })

  it('ids of deleted things find nothing: a tenant, a person, an assignment; a revoked key stays listed and dead', async () => {
    const { north, world } = two
    const gone = (await north.owner.must('tenants/create', { parent: north.agency, name: 'Gone' })).tenant
    await world.join(north.owner, 'ngoner', { tenant: gone, role: 'account.admin', reach: 'subtree' })
    const admin = await world.person('ngoner')
    const key = await newKey(admin, gone, { scopes: ['contacts.readonly', 'iam/credentials.verify'] })
    expect(await world.withKey(key.secret).call('tenants/get', { tenant: gone })).toMatchObject({ ok: true })
    await north.owner.must('tenants/delete', { tenant: gone, reason: 'closing down', confirmName: 'Gone' })
    for (const [operation, body] of bodies) {
      for (const actor of [north.owner, admin])
        if (operation !== 'tenants/list')
          expect(await actor.call(operation, body({ tenant: gone, agency: gone })), operation).toEqual(notFound)
    }
    expect(await world.withKey(key.secret).call('tenants/get', { tenant: gone })).toEqual(notFound)
    const below = await north.owner.must('tenants/list', { parent: north.agency, limit: 100 })
    expect(JSON.stringify(below)).not.toContain(gone)
    await north.owner.must('members/remove', { tenant: north.account, user: 'nadmin' })
    expect(await north.owner.call('members/remove', { tenant: north.account, user: 'nadmin' })).toMatchObject(notFound)
    expect(await north.owner.call('roles/unassign', { tenant: north.account, assignment: north.assignment })).toEqual(
      notFound,
    )
    expect(await north.accountAdmin.call('tenants/get', { tenant: north.account })).toEqual(notFound)
  })
})
