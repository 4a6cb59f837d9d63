// Questions and their answers: why, who, what, with which token, what was refused; each with the second tenant and the stranger.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import type { Actor } from '../support/world.ts'

let two: TwoAgencies
let rep: Actor
beforeAll(async () => {
  two = await twoAgencies()
  const { world, north } = two
  const condition = 'resource.ownerId == subject.id'
  await world.join(north.owner, 'rep', { tenant: north.account, role: 'account.salesRep', reach: 'node', condition })
  rep = await world.person('rep')
}, 60_000)
afterAll(() => two.world.close())

const unseen = { ok: false, error: { code: 'not_found' } }
const denied = (missing: string) => ({ ok: false, error: { code: 'permission_denied', missing: [missing] } })

describe('access/explain', () => {
  it('says of a "no" which check decided, what each assignment lacks, what would fix it, and who could', async () => {
    const { north } = two
    const why = await north.accountAdmin.must('access/explain', {
      tenant: north.account,
      permission: 'payments/orders.collectPayment',
      principal: { user: 'rep' },
    })
    expect(why).toMatchObject({ allowed: false, code: 'no_assignment', trace: { decidedBy: 'assignment' } })
    expect(why.trace.chain.map((node: { tenant: string }) => node.tenant)).toEqual([
      north.account,
      north.agency,
      'platform',
    ])
    expect(why.trace.considered).toMatchObject([{ role: 'account.salesRep', outcome: 'role_lacks_permission' }])
    expect(why.fixes[0]).toMatchObject({ kind: 'assign_role', tenant: north.account })
    expect(why.grantors).toContainEqual({
      principal: `user:${north.accountAdminUid}`,
      displayName: north.accountAdminUid,
    })
    // The agency's owner could, too; an account's admin who does not see the agency is only told that there are more.
    expect(JSON.stringify(why.grantors)).not.toContain(north.ownerUid)
    expect(why.moreGrantors).toBe(true)
    const fromAbove = await north.owner.must('access/explain', {
      tenant: north.account,
      permission: 'payments/orders.collectPayment',
      principal: { user: 'rep' },
    })
    expect(JSON.stringify(fromAbove.grantors)).toContain(north.ownerUid)
  })

  it('what it suggests works: the smallest role that it names is assigned, and the answer is yes', async () => {
    const { world, north } = two
    await world.join(north.owner, 'fixme', { tenant: north.account, role: 'account.salesRep', reach: 'node' })
    const about = { tenant: north.account, permission: 'workflows.read', principal: { user: 'fixme' } }
    const { fixes } = await north.owner.must('access/explain', about)
    const [fix] = fixes.filter((one: { kind: string }) => one.kind === 'assign_role')
    const { tenant, principal } = about
    await north.owner.must('roles/assign', { tenant, principal, role: fix.roles[0], reach: 'node' })
    expect(await north.owner.must('access/check', about)).toMatchObject({ allowed: true })
  })

  it('C-107 names the condition that is not met, and where attributes came from', async () => {
    const { north } = two
    const about = { tenant: north.account, permission: 'contacts.read', principal: { user: 'rep' } }
    const other = { type: 'contacts', id: 'c1', ownerId: 'somebody' }
    const why = await north.owner.must('access/explain', { ...about, resource: other })
    expect(why).toMatchObject({ code: 'condition_false', trace: { sources: ['asserted'] } })
    expect(why.fixes[0]).toMatchObject({ kind: 'meet_condition', condition: 'resource.ownerId == subject.id' })
    const own = await north.owner.must('access/explain', { ...about, resource: { ...other, ownerId: 'rep' } })
    expect(own).toMatchObject({ allowed: true, fixes: [] })
  })

  it('I-63 about others it asks for its own permission, and tells nothing of another tenant’s', async () => {
    const { north, south } = two
    const about = { tenant: north.account, permission: 'contacts.read' }
    expect(await rep.call('access/explain', about)).toMatchObject({ ok: true })
    const others = { ...about, principal: { user: north.accountAdminUid } }
    expect(await rep.call('access/explain', others)).toMatchObject(denied('iam.access.explain'))
    expect(await south.owner.call('access/explain', others)).toMatchObject(unseen)
    // A stranger and somebody of another agency look alike.
    const stranger = await north.owner.must('access/explain', { ...about, principal: { user: 'nobodyEver' } })
    const foreign = await north.owner.must('access/explain', { ...about, principal: { user: south.ownerUid } })
    expect(foreign).toEqual(stranger)
    expect(stranger.trace.considered).toEqual([])
  })
})

describe('access/whoCan', () => {
  const everybody = async (who: Actor, input: object): Promise<string[]> => {
    const found: string[] = []
    let page: string | undefined
    do {
      const answer = await who.must('access/whoCan', { ...input, limit: 2, ...(page === undefined ? {} : { page }) })
      found.push(...answer.items.map((one: { principal: string }) => one.principal))
      page = answer.nextPage
    } while (page !== undefined)
    return found
  }

  it('C-113 lists exactly those whom check allows, each once, page by page', async () => {
    const { world, north } = two
    for (const [index, role] of ['account.viewer', 'account.user', 'account.billing'].entries()) {
      await world.join(north.owner, `who${index}`, { tenant: north.account, role, reach: 'node' })
    }
    await world.join(north.owner, 'whoboth', { tenant: north.agency, role: 'agency.admin', reach: 'subtree' })
    await world.join(north.owner, 'whoboth', { tenant: north.account, role: 'account.viewer', reach: 'node' })
    const { items } = await north.owner.must('members/list', { tenant: north.account, limit: 100 })
    const above = await north.owner.must('members/list', { tenant: north.agency, limit: 100 })
    const uids = new Set([...items, ...above.items].map((one: { member: string }) => one.member))
    for (const permission of ['contacts.read', 'contacts.write', 'iam.roles.assign', 'invoices.read']) {
      const found = await everybody(north.owner, { tenant: north.account, permission, kind: 'user' })
      expect(found).toHaveLength(new Set(found).size)
      const able: string[] = []
      for (const user of uids) {
        if (user.startsWith('svc_')) continue
        const input = { tenant: north.account, permission, principal: { user } }
        if ((await north.owner.must('access/check', input)).allowed) able.push(`user:${user}`)
      }
      expect([...found].sort(), permission).toEqual(able.sort())
    }
  }, 60_000)

  it('asks for its permission, shows an account nobody of the agency, and refuses a page of its own making', async () => {
    const { north, south } = two
    const input = { tenant: north.account, permission: 'iam.roles.assign' }
    expect(await rep.call('access/whoCan', input)).toMatchObject(denied('iam.access.search'))
    expect(await south.owner.call('access/whoCan', input)).toMatchObject(unseen)
    const { items, hiddenAbove } = await north.accountAdmin.must('access/whoCan', input)
    expect(items).toContainEqual(expect.objectContaining({ principal: `user:${north.accountAdminUid}` }))
    expect(JSON.stringify(items)).not.toContain(north.ownerUid)
    expect(hiddenAbove).toBe(true)
    for (const page of ['~', 'x', `${south.agency}~user:x~`, '../..']) {
      const made = await north.owner.call('access/whoCan', { ...input, page })
      expect(made, page).toMatchObject({ ok: false, error: { code: 'invalid_request', field: 'page' } })
    }
    // Nor is a place in another agency one in this search.
    expect(await north.owner.call('access/whoCan', { ...input, page: `${south.agency}~` })).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', field: 'page' },
    })
  })

  it('I-74 finds nobody for what nobody knows, and nobody who was removed, has ended or is suspended', async () => {
    const { world, north } = two
    expect(await everybody(north.owner, { tenant: north.account, permission: 'nobody.knows' })).toEqual([])
    await world.join(north.owner, 'gone', { tenant: north.account, role: 'account.admin', reach: 'node' })
    const input = { tenant: north.account, permission: 'iam.members.invite' }
    expect(await everybody(north.owner, input)).toContain('user:gone')
    const principal = { user: 'gone' }
    await north.owner.must('members/suspend', { tenant: north.account, principal, reason: 'on leave' })
    expect(await everybody(north.owner, input)).not.toContain('user:gone')
    await north.owner.must('members/restore', { tenant: north.account, principal, reason: 'back' })
    expect(await everybody(north.owner, input)).toContain('user:gone')
    await north.owner.must('members/remove', { tenant: north.account, user: 'gone' })
    expect(await everybody(north.owner, input)).not.toContain('user:gone')
  }, 60_000)
})

describe('access/whatCan', () => {
  it('C-113 lists exactly what check allows, and what only a condition stands before', async () => {
    const { north } = two
    const mine = await rep.must('access/whatCan', { tenant: north.account })
    expect(mine.items.length).toBeGreaterThan(10)
    expect(mine.items.every((one: { outcome: string }) => one.outcome === 'conditional')).toBe(true)
    const admin = await north.owner.must('access/whatCan', {
      tenant: north.account,
      principal: { user: north.accountAdminUid },
    })
    for (const { permission, outcome } of admin.items.slice(0, 60)) {
      const input = { tenant: north.account, permission, principal: { user: north.accountAdminUid } }
      const { allowed } = await north.owner.must('access/check', input)
      expect(allowed, permission).toBe(outcome === 'allowed')
    }
    const first = await rep.must('access/whatCan', { tenant: north.account, limit: 5 })
    const next = await rep.must('access/whatCan', { tenant: north.account, limit: 500, page: first.nextPage })
    expect([...first.items, ...next.items]).toEqual(mine.items)
  }, 60_000)

  it('of a stranger nothing, of a tenant that one cannot see nothing', async () => {
    const { north, south } = two
    const about = { tenant: north.account, principal: { user: 'nobodyEver' } }
    expect((await north.owner.must('access/whatCan', about)).items).toEqual([])
    expect(await south.owner.call('access/whatCan', { tenant: north.account })).toMatchObject(unseen)
    expect(await rep.call('access/whatCan', about)).toMatchObject(denied('iam.access.search'))
  })
})

describe('access/simulateToken', () => {
  it('shows the claims, what they could do, and what is left out and why', async () => {
    const { north } = two
    const scopes = ['contacts.readonly', 'contacts.write', 'companies.readonly', 'no.such', 'iam/roles.write']
    const token = await rep.must('access/simulateToken', { tenant: north.account, scopes })
    expect(token.claims).toMatchObject({ sub: 'user:rep', tenant: north.account, agency: north.agency })
    expect(token.claims.exp - token.claims.iat).toBe(600)
    expect(token.claims.scope.split(' ')).toContain('contacts.readonly')
    expect(token.dropped).toContainEqual({ scope: 'no.such', reason: 'unknown' })
    expect(token.dropped).toContainEqual({ scope: 'iam/roles.write', reason: 'nothing_held' })
    expect(token.conditional).toContain('contacts.read')
    expect(token.permissions).toEqual([])
    const owner = await north.owner.must('access/simulateToken', {
      tenant: north.account,
      scopes: ['contacts.readonly'],
    })
    expect(owner.permissions).toContain('contacts.read')
    expect(owner.refused).toEqual([])
  })

  it('agrees with a key of the same scopes, permission by permission', async () => {
    const { world, north } = two
    const scopes = ['contacts.readonly', 'iam/tenants.readonly']
    const { permissions } = await north.accountAdmin.must('access/simulateToken', { tenant: north.account, scopes })
    const { secret } = await newKey(north.accountAdmin, north.account, { scopes })
    const { items } = await world.withKey(secret).must('access/whatCan', { tenant: north.account })
    const allowed = items.filter((one: { outcome: string }) => one.outcome === 'allowed')
    expect(allowed.map((one: { permission: string }) => one.permission)).toEqual([...permissions].sort())
  })
})

describe('access/recentDenials', () => {
  it('shows people and keys what they were refused, the admin everybody’s, a stranger nothing', async () => {
    const { world, north, south } = two
    const tenant = north.account
    await rep.call('apiKeys/create', { tenant, name: 'K', scopes: ['contacts.readonly'] })
    await rep.call('apiKeys/create', { tenant, name: 'K', scopes: ['contacts.readonly'] })
    const mine = await rep.must('access/recentDenials', { tenant })
    expect(mine.items).toContainEqual(
      expect.objectContaining({
        operation: 'apiKeys/create',
        permission: 'iam.apiKeys.create',
        code: 'permission_denied',
      }),
    )
    expect(await north.owner.must('access/recentDenials', { tenant, principal: { user: 'rep' } })).toEqual(mine)
    expect(
      await rep.call('access/recentDenials', { tenant, principal: { user: north.accountAdminUid } }),
    ).toMatchObject(denied('iam.denials.read'))
    expect(await south.owner.call('access/recentDenials', { tenant })).toMatchObject(unseen)
    // What a service was refused for a key is the key's owner's to see.
    const verifier = world.withKey(north.key.secret)
    const narrow = await newKey(north.accountAdmin, tenant, { scopes: ['contacts.readonly'] })
    await verifier.must('credentials/verify', {
      credential: narrow.secret,
      permissions: ['contacts.read', 'contacts.write'],
    })
    const { items } = await north.accountAdmin.must('access/recentDenials', { tenant, credential: narrow.key.key })
    expect(items).toMatchObject([{ permission: 'contacts.write', code: 'scope_missing' }])
  })

  it('keeps nothing of who does not see the tenant, and nothing for longer than seven days', async () => {
    const { world, north, south } = two
    await south.owner.call('tenants/get', { tenant: north.account })
    const about = { tenant: north.account, principal: { user: south.ownerUid } }
    expect((await north.owner.must('access/recentDenials', about)).items).toEqual([])
    world.advance(8 * 86_400_000)
    const late = await north.owner.must('access/recentDenials', { tenant: north.account, principal: { user: 'rep' } })
    expect(late.items).toEqual([])
    world.advance(-8 * 86_400_000)
  })
})
