// Who somebody is: a uid, never a mailbox; and what is left of somebody whose power is taken.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enrol, signIn } from '../../dev/demo/actors.ts'
import { endpoints } from '../support/stack.ts'
import { mailOf } from '../support/world.ts'
import { newKey, type TwoAgencies, twoAgencies } from './two-agencies.ts'

let two: TwoAgencies
beforeAll(async () => {
  two = await twoAgencies()
}, 60_000)
afterAll(() => two.world.close())

const admin = async (path: string, body: object): Promise<void> => {
  const answer = await fetch(
    `${endpoints.auth}/identitytoolkit.googleapis.com/v1/projects/${two.world.projectId}/accounts${path}`,
    {
      method: 'POST',
      headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    },
  )
  if (!answer.ok) throw new Error(await answer.text())
}

describe('an identity', () => {
  it('I-85 is the uid: who gets somebody’s mailbox after them gets none of their power, and none of their invitations’', async () => {
    const { world, north } = two
    await world.join(north.owner, 'first', { tenant: north.account, role: 'account.admin', reach: 'node' })
    const read = { tenant: north.account, permission: 'contacts.read' }
    expect(await (await world.person('first')).must('access/check', read)).toMatchObject({ allowed: true })
    await admin(':delete', { localId: 'first' })
    const at = { auth: endpoints.auth, projectId: world.projectId }
    await enrol(at, { uid: 'second', who: 'second', name: 'Second', email: mailOf('first') })
    const second = world.withToken(await signIn(at, mailOf('first')))
    expect(await second.call('access/check', read)).toMatchObject({ ok: false, error: { code: 'not_found' } })
    expect(await second.must('tenants/list', {})).toMatchObject({ items: [] })
  })

  it('T-22 with a mailbox that nobody verified takes up no invitation, and the same person does once it is', async () => {
    const { world, north } = two
    const offer = { tenant: north.account, email: mailOf('unproved'), role: 'account.viewer', reach: 'node' }
    const { secret } = await north.owner.must('members/invite', offer)
    await world.idToken('unproved')
    await admin(':update', { localId: 'unproved', emailVerified: false })
    const unproved = world.withToken(await world.idToken('unproved'))
    expect(await unproved.call('members/acceptInvitation', { secret })).toMatchObject({
      ok: false,
      error: { code: 'invitation_invalid' },
    })
    await admin(':update', { localId: 'unproved', emailVerified: true })
    const proved = world.withToken(await world.idToken('unproved'))
    expect(await proved.call('members/acceptInvitation', { secret })).toMatchObject({ ok: true })
  })
})

describe('delegated power', () => {
  it('T-31 goes no further than it was given, and dies with its keys and sessions when it is taken back', async () => {
    const { world, north, south } = two
    const listed = { tenant: north.agency, role: 'agency.admin', reach: 'listed', accounts: [north.account] }
    await world.join(north.owner, 'partner', listed)
    const partner = await world.person('partner')
    const other = await north.owner.must('tenants/create', { parent: north.agency, name: 'Not theirs' })
    const { secret } = await newKey(partner, north.account, { scopes: ['contacts.readonly'] })
    const give = (tenant: string, role: string) =>
      partner.call('members/invite', { tenant, email: mailOf('sub'), role, reach: 'subtree' })
    expect(await give(north.account, 'account.user')).toMatchObject({ ok: true })
    expect(await give(other.tenant, 'account.user')).toMatchObject({ error: { code: 'not_found' } })
    expect(await give(south.account, 'account.user')).toMatchObject({ error: { code: 'not_found' } })
    expect(await give(north.agency, 'agency.admin')).toMatchObject({ error: { code: 'not_found' } })
    const { items } = await north.owner.must('roles/listAssignments', {
      tenant: north.agency,
      principal: { user: 'partner' },
    })
    const invited = await partner.must('members/invite', {
      tenant: north.account,
      email: mailOf('late'),
      role: 'account.user',
      reach: 'node',
    })
    await north.owner.must('roles/unassign', { tenant: north.agency, assignment: items[0].assignment })
    const read = { tenant: north.account, permission: 'contacts.read' }
    expect(await partner.call('access/check', read)).toMatchObject({ error: { code: 'not_found' } })
    expect(await world.withKey(secret).call('access/check', read)).toMatchObject({ error: { code: 'not_found' } })
    // What was offered rests on what the giver holds when it is taken up.
    const late = await world.person('late')
    expect(await late.call('members/acceptInvitation', { secret: invited.secret })).toMatchObject({
      error: { code: 'invitation_invalid' },
    })
  })
})
