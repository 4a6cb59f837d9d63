// Fields that only the server sets, sent by a client: refused by name at every operation, at both doors, and nothing is written.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dump } from '../support/stored-documents.ts'
import { neverWas, type TwoAgencies, twoAgencies } from './two-agencies.ts'

// prettier-ignore
const serverOnly = [
  'owner',
  'ownerId',
  'userId',
  'tenantId',
  'permissions',
  'status',
  'createdAt',
  'hash',
  'staff',
  'emailVerified',
  'owners',
  'data',
] as const

/** A body of each writing operation that is right except for what a test adds. */
const bodies = ({ north: { agency, account, assignment, key } }: TwoAgencies): ReadonlyMap<string, object> =>
  new Map<string, object>([
    ['tenants/create', { parent: agency, name: 'Annex' }],
    ['tenants/update', { tenant: account, name: 'Annex' }],
    ['tenants/suspend', { tenant: account, reason: 'unpaid bills' }],
    ['tenants/resume', { tenant: account, reason: 'bills paid' }],
    ['tenants/delete', { tenant: account, reason: 'closing down', confirmName: 'Northwind Shop' }],
    ['tenants/enter', { tenant: account }],
    ['members/invite', { tenant: account, email: 'm@people.example', role: 'account.viewer', reach: 'subtree' }],
    ['members/remove', { tenant: account, user: 'nadmin' }],
    ['members/createService', { tenant: account, name: 'Robot' }],
    ['members/acceptInvitation', { secret: 'x' }],
    ['roles/assign', { tenant: account, principal: { user: 'nadmin' }, role: 'account.viewer', reach: 'subtree' }],
    ['roles/unassign', { tenant: account, assignment }],
    ['apiKeys/create', { tenant: agency, name: 'Wide', scopes: ['contacts.readonly'] }],
    ['apiKeys/revoke', { tenant: agency, key: key.id }],
    ['apiKeys/update', { tenant: agency, key: key.id, name: 'Renamed' }],
    ['apiKeys/rotate', { tenant: agency, key: key.id, overlapSeconds: 60 }],
    ['apiKeys/enable', { tenant: agency, key: key.id }],
    ['apiKeys/revokeAll', { tenant: agency, owner: { user: 'nadmin' }, reason: 'because I can' }],
  ])

describe('a body', () => {
  let two: TwoAgencies
  beforeAll(async () => {
    two = await twoAgencies()
  })
  afterAll(() => two.world.close())

  it('I-01 I-53 C-102 with a field that only the server sets is refused by that name, and writes nothing', async () => {
    const before = await dump(two.world.projectId)
    const key = two.world.withKey(two.north.key.secret)
    for (const [operation, body] of bodies(two)) {
      for (const field of serverOnly.filter((one) => !(one in body))) {
        two.world.advance(2_000) // refusals cost as much as calls
        const refused = { ok: false, error: { code: 'invalid_request', field } }
        const smuggled = { ...body, [field]: 'nowner' }
        expect(await two.north.owner.call(operation, smuggled), `${operation} ${field}`).toMatchObject(refused)
        expect(await key.call(operation, smuggled), `${operation} ${field}`).toMatchObject(refused)
      }
    }
    expect(await dump(two.world.projectId, { without: [`tenants/${two.north.agency}/apiKeys/`] })).toBe(
      JSON.stringify(
        JSON.parse(before).filter(([path]: [string]) => !path.startsWith(`tenants/${two.north.agency}/apiKeys/`)),
      ),
    )
  })

  it('I-01 C-102 with a smuggled user and without a credential is a stranger’s: 401, whatever it says', async () => {
    const before = await dump(two.world.projectId)
    for (const [operation, body] of bodies(two)) {
      for (const smuggled of [body, { ...body, userId: 'nowner' }, { ...body, owner: 'user:nowner' }, {}, { x: 1 }]) {
        two.world.advance(2_000)
        const refused = { ok: false, error: { code: 'invalid_token' } }
        expect(await two.world.anonymous.call(operation, smuggled), operation).toEqual(refused)
        expect(await two.world.withKey('').call(operation, smuggled, { authorization: [] }), operation).toEqual(refused)
      }
    }
    expect(await dump(two.world.projectId)).toBe(before)
  })

  it('I-01 the same bodies without the smuggled field are carried out, and the owner is who called', async () => {
    const created = await two.north.owner.must('apiKeys/create', bodies(two).get('apiKeys/create'))
    expect(created.key).toMatchObject({ owner: 'user:nowner', createdBy: 'user:nowner', status: 'active' })
    const annex = await two.north.owner.must('tenants/create', bodies(two).get('tenants/create'))
    expect(annex).toMatchObject({ kind: 'account', name: 'Annex' })
  })

  it('I-53 nested fields are as strict as the top', async () => {
    const assign = bodies(two).get('roles/assign')
    for (const [principal, field] of [
      [{ user: 'nadmin', kind: 'service' }, 'principal.kind'],
      [{ user: 'nadmin', service: two.north.service }, 'principal'],
      [{ team: 'x' }, 'principal.team'],
      [{}, 'principal'],
      ['user:nadmin', 'principal'],
      [null, 'principal'],
    ] as const) {
      const answer = await two.north.owner.call('roles/assign', { ...assign, principal })
      expect(answer, JSON.stringify(principal)).toMatchObject({ ok: false, error: { code: 'invalid_request', field } })
    }
    const check = {
      tenant: two.north.account,
      permission: 'contacts.read',
      resource: { type: 'contact', tenantId: 'x' },
    }
    expect(await two.north.owner.call('access/check', check)).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', field: 'resource.tenantId' },
    })
  })

  it('every wrong type is named by its path', async () => {
    const { agency, account, key } = two.north
    const faults: readonly (readonly [string, object, string])[] = [
      ['tenants/get', { tenant: 7 }, 'tenant'],
      ['tenants/get', { tenant: null }, 'tenant'],
      ['tenants/get', { tenant: [agency] }, 'tenant'],
      ['tenants/get', {}, 'tenant'],
      ['tenants/create', { parent: agency, name: { $ne: '' } }, 'name'],
      ['tenants/create', { parent: agency, name: 'Annex', ownerEmail: 'no mailbox' }, 'ownerEmail'],
      ['tenants/list', { parent: agency, limit: 0 }, 'limit'],
      ['tenants/list', { parent: agency, limit: 101 }, 'limit'],
      ['tenants/list', { parent: agency, limit: '5' }, 'limit'],
      ['tenants/list', { parent: agency, limit: 1.5 }, 'limit'],
      ['tenants/list', { parent: agency, page: '../../users' }, 'page'],
      ['members/list', { tenant: agency, page: 'a/b' }, 'page'],
      ['apiKeys/list', { tenant: agency, page: neverWas(account) }, 'page'],
      ['roles/listAssignments', { tenant: agency, page: '__name__' }, 'page'],
      ['apiKeys/create', { tenant: agency, name: 'K', scopes: ['contacts.readonly', 5] }, 'scopes[1]'],
      ['apiKeys/create', { tenant: agency, name: 'K', scopes: [] }, 'scopes'],
      ['apiKeys/create', { tenant: agency, name: 'K', scopes: 'contacts.readonly' }, 'scopes'],
      [
        'apiKeys/create',
        { tenant: agency, name: 'K', scopes: ['contacts.readonly'], accounts: [agency] },
        'accounts[0]',
      ],
      ['apiKeys/create', { tenant: agency, name: 'K', scopes: ['contacts.readonly'], expiresAt: 'soon' }, 'expiresAt'],
      ['apiKeys/create', { tenant: agency, name: 'K', scopes: ['contacts.readonly'], expiresAt: 1e12 }, 'expiresAt'],
      ['apiKeys/revoke', { tenant: agency, key: `${key.id}/x` }, 'key'],
      ['apiKeys/revoke', { tenant: agency, key: '..' }, 'key'],
      ['members/remove', { tenant: account, user: '../nowner' }, 'user'],
      ['members/remove', { tenant: account, user: '__all__' }, 'user'],
      [
        'roles/assign',
        { tenant: account, principal: { user: 'nadmin' }, role: 'account.viewer', reach: 'all' },
        'reach',
      ],
      [
        'access/check',
        { tenant: account, permission: 'contacts.read', resource: { properties: { a: {} } } },
        'resource.properties.a',
      ],
    ]
    for (const [operation, body, field] of faults) {
      const refused = { ok: false, error: { code: 'invalid_request', field } }
      expect(await two.north.owner.call(operation, body), `${operation} ${JSON.stringify(body)}`).toMatchObject(refused)
    }
  })
})
