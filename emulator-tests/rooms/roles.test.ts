// `roles/*`: what an assignment reaches, for how long, and how it ends; the grants document is the fold of what is stored.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damage, entriesOf, map, storedDocuments, text } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

describe('an assignment', () => {
  let world: World
  let agency: string
  let one: string
  let other: string
  let nora: Actor
  let drawn = 0
  /** A member of the agency who can see nothing below it. */
  const member = async (): Promise<{ uid: string; actor: Actor }> => {
    const uid = `member${drawn++}`
    await world.join(nora, uid, { tenant: agency, role: 'agency.verifier', reach: 'node' })
    return { uid, actor: await world.person(uid) }
  }
  const assign = (uid: string, more: object) =>
    nora.must('roles/assign', { tenant: agency, principal: { user: uid }, role: 'account.user', ...more })
  const may = async (who: Actor, tenant: string, permission = 'contacts.write'): Promise<string> => {
    const answer: Answer = await who.call('access/check', { tenant, permission })
    return answer.ok ? answer.value.code : answer.error.code
  }
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    one = (await nora.must('tenants/create', { parent: agency, name: 'One' })).tenant
    other = (await nora.must('tenants/create', { parent: agency, name: 'Other' })).tenant
  })
  afterAll(() => world.close())

  it('of reach node counts at that tenant only', async () => {
    const { uid, actor } = await member()
    const view = await nora.must('roles/assign', {
      tenant: one,
      principal: { user: uid },
      role: 'account.user',
      reach: 'node',
    })
    expect(view).toMatchObject({
      tenant: one,
      principal: `user:${uid}`,
      role: 'account.user',
      reach: 'node',
      grantedBy: 'user:nora',
    })
    expect([await may(actor, one), await may(actor, other)]).toEqual(['allowed', 'not_found'])
  })

  it('of reach subtree counts in every account, also in one made later', async () => {
    const { uid, actor } = await member()
    await assign(uid, { reach: 'subtree' })
    const later = (await nora.must('tenants/create', { parent: agency, name: 'Later' })).tenant
    expect([await may(actor, one), await may(actor, other), await may(actor, later)]).toEqual([
      'allowed',
      'allowed',
      'allowed',
    ])
    expect(await may(actor, agency)).toBe('wrong_level') // contacts are held at accounts
  })

  it('of reach listed counts in the named accounts, not in others, not at the agency', async () => {
    const { uid, actor } = await member()
    const view = await assign(uid, { reach: 'listed', accounts: [one, one] })
    expect(view.accounts).toEqual([one])
    expect([await may(actor, one), await may(actor, other)]).toEqual(['allowed', 'not_found'])
    const listed = { tenant: agency, principal: { user: uid }, role: 'account.user' }
    const invalid = (field: string) => ({ ok: false, error: { code: 'invalid_request', field } })
    expect(await nora.call('roles/assign', { ...listed, reach: 'listed' })).toMatchObject(invalid('accounts'))
    expect(await nora.call('roles/assign', { ...listed, reach: 'subtree', accounts: [one] })).toMatchObject(
      invalid('accounts'),
    )
    expect(await nora.call('roles/assign', { ...listed, reach: 'node' })).toMatchObject(invalid('role'))
    expect(await nora.call('roles/assign', { ...listed, tenant: one, reach: 'listed', accounts: [one] })).toMatchObject(
      invalid('reach'),
    )
  })

  it('of more accounts than one assignment, or one principal, can list is refused as too large a reach', async () => {
    const { uid } = await member()
    const many = (count: number) => Array.from({ length: count }, (_, i) => `acc_${String(i).padStart(22, '0')}`)
    const give = (accounts: readonly string[]) =>
      nora.call('roles/assign', {
        tenant: agency,
        principal: { user: uid },
        role: 'account.user',
        reach: 'listed',
        accounts,
      })
    const tooLarge = { ok: false, error: { code: 'reach_too_large', field: 'accounts' } }
    expect(await give(many(1_001))).toMatchObject(tooLarge)
    expect(await give(many(1_000))).toMatchObject({ ok: false, error: { code: 'not_found', field: 'accounts[0]' } })
    // Five assignments of nearly a thousand each, as they would stand in the grants document.
    const full = Object.fromEntries(many(4_999).map((id) => [id, text('plc')]))
    const entry = map({ role: text('account.user'), reach: text('listed'), accounts: map(full) })
    await damage(world.projectId, `tenants/${agency}/grants/user:${uid}`, {
      entries: map({ [`asg_${'0'.repeat(22)}`]: entry }),
    })
    expect(await give([one, other])).toMatchObject(tooLarge)
    expect(await give([one])).toMatchObject({ ok: true })
  })

  it('ends at its end, to the millisecond', async () => {
    const { uid, actor } = await member()
    const end = world.app.clock() + 60_000
    await assign(uid, { reach: 'subtree', expiresAt: new Date(end).toISOString() })
    world.advance(end - 5_000 - world.app.clock())
    expect(await may(actor, one)).toBe('allowed')
    world.advance(end - world.app.clock())
    expect(await may(actor, one)).toBe('not_found')
    const past = {
      tenant: agency,
      principal: { user: uid },
      role: 'account.user',
      reach: 'subtree',
      expiresAt: new Date(end - 1).toISOString(),
    }
    expect(await nora.call('roles/assign', past)).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', field: 'expiresAt' },
    })
  })

  it('taken back ends at once; what else they hold stays; taking it back again finds nothing', async () => {
    const { uid, actor } = await member()
    const first = await assign(uid, { reach: 'subtree' })
    await assign(uid, { reach: 'subtree', role: 'account.viewer' })
    const back = { tenant: agency, assignment: first.assignment, reason: 'no longer needed' }
    expect(await nora.must('roles/unassign', back)).toMatchObject({ assignment: first.assignment, removed: true })
    expect([await may(actor, one), await may(actor, one, 'contacts.read')]).toEqual(['no_assignment', 'allowed'])
    expect(await nora.call('roles/unassign', back)).toEqual({ ok: false, error: { code: 'not_found' } })
    expect(await nora.call('roles/unassign', { ...back, tenant: one })).toEqual({
      ok: false,
      error: { code: 'not_found' },
    })
  })

  it('of an owner is taken back by an owner only, and never the last', async () => {
    const { uid, actor } = await member()
    await assign(uid, { role: 'agency.owner', reach: 'subtree' })
    const again = { tenant: agency, principal: { user: uid }, role: 'agency.owner', reach: 'subtree' }
    expect(await nora.call('roles/assign', again)).toMatchObject({ ok: false, error: { code: 'already_exists' } })
    const admin = await member()
    await assign(admin.uid, { role: 'agency.admin', reach: 'subtree' })
    const of = async (user: string) =>
      (await nora.must('roles/listAssignments', { tenant: agency, principal: { user } })).items.find(
        (item: Answer) => item.role === 'agency.owner',
      )
    const takeBack = async (user: string) => ({ tenant: agency, assignment: (await of(user)).assignment })
    expect(await admin.actor.call('roles/unassign', await takeBack(uid))).toMatchObject({
      ok: false,
      error: { code: 'grant_exceeds_grantor' },
    })
    expect(await admin.actor.call('members/remove', { tenant: agency, user: uid })).toMatchObject({
      ok: false,
      error: { code: 'grant_exceeds_grantor' },
    })
    expect(await actor.call('roles/unassign', await takeBack(uid))).toMatchObject({ ok: true })
    expect(await nora.call('roles/unassign', await takeBack('nora'))).toMatchObject({
      ok: false,
      error: { code: 'last_owner' },
    })
    for (const more of [{ condition: 'true' }, { expiresAt: '2099-01-01T00:00:00Z' }, { reach: 'node' }])
      expect(await nora.call('roles/assign', { ...again, ...more })).toMatchObject({
        ok: false,
        error: { code: 'invalid_request', field: 'role' },
      })
    const { service } = await nora.must('members/createService', { tenant: agency, name: 'Robot' })
    expect(await nora.call('roles/assign', { ...again, principal: { service } })).toMatchObject({
      error: { code: 'invalid_request', field: 'role' },
    })
  })

  it('folds with the others into one grants document, the same as the list says; many at once lose none', async () => {
    const { uid } = await member()
    const roles = ['account.user', 'account.viewer', 'account.billing']
    const made: Answer[] = await Promise.all(
      [...roles, ...roles].map((role) => assign(uid, { role, reach: 'subtree' })),
    )
    await Promise.all(
      made.slice(0, 2).map(({ assignment }) => nora.must('roles/unassign', { tenant: agency, assignment })),
    )
    const { items } = await nora.must('roles/listAssignments', { tenant: agency, principal: { user: uid }, limit: 100 })
    const grants = (await storedDocuments(world.projectId)).get(`tenants/${agency}/grants/user:${uid}`)
    expect(Object.keys(entriesOf(grants, 'entries')).sort()).toEqual(
      items.map((item: Answer) => item.assignment).sort(),
    )
    expect(items).toHaveLength(5)
  })

  it('is listed page by page, of everybody or of one', async () => {
    const all: Answer = await nora.must('roles/listAssignments', { tenant: agency, limit: 100 })
    const seen: string[] = []
    for (let page: string | undefined = ''; page !== undefined; ) {
      const answer: Answer = await nora.must('roles/listAssignments', {
        tenant: agency,
        limit: 4,
        ...(page === '' ? {} : { page }),
      })
      seen.push(...answer.items.map((item: Answer) => item.assignment))
      page = answer.nextPage
    }
    expect(seen).toEqual(all.items.map((item: Answer) => item.assignment))
    expect(seen.length).toBeGreaterThan(10)
  })
})
