// `members/*`: invitations that work once, for one mailbox, for a while; lists; removal; and an owner at the end of every day.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enrol, signIn } from '../../dev/demo/actors.ts'
import { endpoints } from '../support/stack.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, mailOf, makeWorld, type World } from '../support/world.ts'

const invalid = { ok: false, error: { code: 'invitation_invalid' } }
const days = 86_400_000

describe('members', () => {
  let world: World
  let agency: string
  let account: string
  let nora: Actor
  const invite = (uid: string, more: object = {}) =>
    nora.must('members/invite', {
      tenant: account,
      email: mailOf(uid),
      role: 'account.user',
      reach: 'subtree',
      ...more,
    })
  const accept = (who: Actor, secret: string) => who.call('members/acceptInvitation', { secret })
  const ownersOf = async (tenant: string): Promise<readonly string[]> => {
    const owners = (await storedDocuments(world.projectId)).get(`tenants/${tenant}`)?.['owners'] as {
      arrayValue: { values?: { stringValue: string }[] }
    }
    return (owners.arrayValue.values ?? []).map(({ stringValue }) => stringValue)
  }
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
  })
  afterAll(() => world.close())

  describe('an invitation', () => {
    it('makes its mailbox a member with the role, the reach and the end that were offered', async () => {
      const end = new Date(world.app.clock() + 30 * days).toISOString()
      const offered = await invite('ada', {
        role: 'account.salesRep',
        reach: 'node',
        assignmentExpiresAt: end,
        displayName: 'Ada',
        reason: 'spring help',
      })
      expect(offered).toMatchObject({
        invitation: expect.stringMatching(/^inv_/),
        secret: expect.stringMatching(/^lk_inv_/),
        expiresAt: new Date(Date.parse(offered.expiresAt)).toISOString(),
      })
      expect(await accept(await world.person('ada'), offered.secret)).toMatchObject({
        ok: true,
        value: { tenant: account, role: 'account.salesRep' },
      })
      const { items } = await nora.must('roles/listAssignments', { tenant: account, principal: { user: 'ada' } })
      expect(items).toMatchObject([
        { role: 'account.salesRep', reach: 'node', expiresAt: end, reason: 'spring help', grantedBy: 'user:nora' },
      ])
      const members: Answer = await nora.must('members/list', { tenant: account })
      expect(members.items).toMatchObject([
        { member: 'ada', kind: 'user', displayName: 'Ada', email: 'ada@people.example', status: 'active' },
      ])
    })

    it('is worth nothing in another mailbox, an unverified one, or without its secret', async () => {
      const { secret } = await invite('bea')
      expect(await accept(await world.person('eve'), secret)).toEqual(invalid)
      const auth = { auth: endpoints.auth, projectId: world.projectId }
      await enrol(auth, { uid: 'bea', who: 'bea', name: 'bea', email: mailOf('bea') })
      const verified = (emailVerified: boolean) =>
        fetch(`${endpoints.auth}/identitytoolkit.googleapis.com/v1/projects/${world.projectId}/accounts:update`, {
          method: 'POST',
          headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
          body: JSON.stringify({ localId: 'bea', emailVerified }),
        })
      await verified(false)
      expect(await accept(world.withToken(await signIn(auth, mailOf('bea'))), secret)).toEqual(invalid)
      await verified(true)
      const bea = world.withToken(await signIn(auth, mailOf('bea')))
      for (const wrong of ['', 'garbage', secret.replace('lk_inv_', 'lk_api_'), `${secret.slice(0, -1)}!`])
        expect(await accept(bea, wrong)).toMatchObject(invalid)
      expect(await accept(bea, secret)).toMatchObject({ ok: true })
    })

    it('finds its mailbox whatever its case', async () => {
      const { secret } = await invite('cyd', { email: 'Cyd@People.Example' })
      expect(await accept(await world.person('cyd'), secret)).toMatchObject({ ok: true })
    })

    it('works once: serially', async () => {
      const { secret } = await invite('dan')
      const dan = await world.person('dan')
      expect(await accept(dan, secret)).toMatchObject({ ok: true })
      expect(await accept(dan, secret)).toEqual(invalid)
      await nora.must('members/remove', { tenant: account, user: 'dan' })
      expect(await accept(dan, secret)).toEqual(invalid) // removed for good, not until the next use
    })

    it('works once: two at the same moment', async () => {
      const { secret } = await invite('flo')
      const flo = await world.person('flo')
      const answers = await Promise.all([accept(flo, secret), accept(flo, secret)])
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
      expect(answers.filter(({ ok }) => !ok)).toEqual([invalid])
      expect(
        (await nora.must('roles/listAssignments', { tenant: account, principal: { user: 'flo' } })).items,
      ).toHaveLength(1)
    })

    it('dies after seven days, to the millisecond', async () => {
      const gil = await world.person('gil')
      const madeAWeekAgo = async (role: string) => {
        world.advance(-7 * days)
        const offered = await invite('gil', { role })
        return { secret: offered.secret, end: Date.parse(offered.expiresAt) }
      }
      const early = await madeAWeekAgo('account.user')
      world.advance(early.end - 5_000 - world.app.clock())
      expect(await accept(gil, early.secret)).toMatchObject({ ok: true })
      const late = await madeAWeekAgo('account.viewer')
      world.advance(late.end - world.app.clock())
      expect(await accept(gil, late.secret)).toEqual(invalid)
      world.advance(Date.now() - world.app.clock())
    })

    it('C-103 of somebody who was demoted meanwhile is worth nothing', async () => {
      await world.join(nora, 'ken', { tenant: account, role: 'account.admin', reach: 'subtree' })
      const ken = await world.person('ken')
      const offer = { tenant: account, role: 'account.user', reach: 'subtree' }
      const [kept, lost] = [
        await ken.must('members/invite', { ...offer, email: mailOf('kim') }),
        await ken.must('members/invite', { ...offer, email: mailOf('kai') }),
      ]
      expect(await accept(await world.person('kim'), kept.secret)).toMatchObject({ ok: true })
      await nora.must('members/remove', { tenant: account, user: 'ken' })
      expect(await accept(await world.person('kai'), lost.secret)).toEqual(invalid)
    })

    it('asks for a sign-in of the last five minutes', async () => {
      const { secret } = await invite('hal')
      const hal = await world.person('hal')
      world.advance(5 * 60_000 + 1_000)
      const stale = {
        ok: false,
        error: { code: 'insufficient_user_authentication', requiredAcr: 'urn:latchkey:fresh-login' },
      }
      expect(await accept(hal, secret)).toEqual(stale)
      world.advance(-(5 * 60_000 + 1_000))
      expect(await accept(hal, secret)).toMatchObject({ ok: true })
    })

    it('of a tenant that was suspended or deleted meanwhile, or to be used with a key, is worth nothing', async () => {
      const { tenant } = await nora.must('tenants/create', { parent: agency, name: 'Brief' })
      const { secret } = await invite('ivy', { tenant })
      const ivy = await world.person('ivy')
      await nora.must('tenants/suspend', { tenant, reason: 'unpaid' })
      expect(await accept(ivy, secret)).toEqual(invalid)
      await nora.must('tenants/resume', { tenant, reason: 'paid' })
      await nora.must('tenants/delete', { tenant, reason: 'closing', confirmName: 'Brief' })
      expect(await accept(ivy, secret)).toEqual(invalid)
    })

    it('says at once, by the field’s own name, what is wrong with the offer', async () => {
      const offer = { tenant: account, email: 'm@people.example', role: 'account.user', reach: 'subtree' }
      const past = new Date(world.app.clock() - 1_000).toISOString()
      const faults = [
        [{ ...offer, assignmentExpiresAt: past }, 'assignmentExpiresAt'],
        [{ ...offer, role: 'account.none' }, 'role'],
        [{ ...offer, role: 'agency.admin' }, 'role'],
        [{ ...offer, reach: 'listed' }, 'reach'],
        [{ ...offer, condition: 'subject.' }, 'condition'],
        [{ ...offer, role: 'account.owner', condition: 'true' }, 'role'],
        [{ ...offer, email: 'm@' }, 'email'],
      ] as const
      for (const [body, field] of faults)
        expect(await nora.call('members/invite', body), field).toMatchObject({
          ok: false,
          error: { code: 'invalid_request', field },
        })
    })
  })

  it('are listed page by page, people and services, with no gap or double', async () => {
    const { tenant } = await nora.must('tenants/create', { parent: agency, name: 'Crowd' })
    for (const uid of ['paul', 'pete', 'pia'])
      await world.join(nora, uid, { tenant, role: 'account.viewer', reach: 'node' })
    const { service } = await nora.must('members/createService', { tenant, name: 'Robot' })
    const seen: Answer[] = []
    for (let page: string | undefined = ''; page !== undefined; ) {
      const answer: Answer = await nora.must('members/list', { tenant, limit: 3, ...(page === '' ? {} : { page }) })
      seen.push(...answer.items)
      page = answer.nextPage
    }
    expect(seen.map((one) => one.member)).toEqual(['paul', 'pete', 'pia', service])
    expect(seen.at(-1)).toMatchObject({ kind: 'service', displayName: 'Robot', status: 'active' })
    expect(seen.at(-1)).not.toHaveProperty('email')
  })

  it('who are removed hold nothing at once, and stay listed as removed', async () => {
    await world.join(nora, 'rita', { tenant: account, role: 'account.admin', reach: 'subtree' })
    const rita = await world.person('rita')
    await nora.must('roles/assign', {
      tenant: account,
      principal: { user: 'rita' },
      role: 'account.billing',
      reach: 'node',
    })
    const { secret } = await rita.must('apiKeys/create', {
      tenant: account,
      name: 'K',
      scopes: ['iam/credentials.verify'],
    })
    expect(await nora.must('members/remove', { tenant: account, user: 'rita', reason: 'left us' })).toMatchObject({
      user: 'rita',
      removedAssignments: 2,
    })
    expect(await rita.call('tenants/get', { tenant: account })).toEqual({ ok: false, error: { code: 'not_found' } })
    expect(await world.withKey(secret).call('tenants/get', { tenant: account })).toEqual({
      ok: false,
      error: { code: 'not_found' },
    })
    const { items } = await nora.must('members/list', { tenant: account, limit: 100 })
    expect(items.find((one: Answer) => one.member === 'rita')).toMatchObject({ status: 'removed' })
    await world.join(nora, 'rita', { tenant: account, role: 'account.viewer', reach: 'node' })
    expect(await rita.call('members/list', { tenant: account })).toMatchObject({ ok: true })
    expect(await rita.call('apiKeys/list', { tenant: account })).toMatchObject({
      ok: false,
      error: { code: 'permission_denied' },
    })
  })

  it('always keep an owner: the last is not removed, not by themselves either', async () => {
    const last = { ok: false, error: { code: 'last_owner' } }
    expect(await nora.call('members/remove', { tenant: agency, user: 'nora' })).toMatchObject(last)
    const { items } = await nora.must('roles/listAssignments', { tenant: agency, principal: { user: 'nora' } })
    expect(await nora.call('roles/unassign', { tenant: agency, assignment: items[0].assignment })).toMatchObject(last)
    expect(await ownersOf(agency)).toEqual(['nora'])
  })

  it('always keep an owner: two who remove each other at the same moment', async () => {
    for (let round = 0; round < 2; round++) {
      const uid = `zoe${round}`
      const other = await world.agency(`Duo ${round}`, uid)
      const zoe = await world.person(uid)
      await world.join(zoe, `max${round}`, { tenant: other, role: 'agency.owner', reach: 'subtree' })
      const max = await world.person(`max${round}`)
      expect((await ownersOf(other)).length).toBe(2)
      const answers = await Promise.all([
        zoe.call('members/remove', { tenant: other, user: `max${round}` }),
        max.call('members/remove', { tenant: other, user: uid }),
      ])
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
      expect((await ownersOf(other)).length).toBe(1)
    }
  })
})
