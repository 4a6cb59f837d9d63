// Invitations after they are made: listed, withdrawn, sent again, tampered with, and what the first acceptance does to older sign-ins.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enrol, signIn } from '../../dev/demo/actors.ts'
import { endpoints } from '../support/stack.ts'
import { damage, moment, storedDocuments, text } from '../support/stored-documents.ts'
import { type Actor, type Answer, mailOf, makeWorld, type World } from '../support/world.ts'

const days = 86_400_000
const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } })
const invalid = refused('invitation_invalid')
const notFound = refused('not_found')
const neverWas = `inv_${'0'.repeat(22)}`

describe('an invitation', () => {
  let world: World
  let agency: string
  let account: string
  let nora: Actor
  const invite = (uid: string, more: object = {}, who = nora): Promise<Answer> =>
    who.must('members/invite', {
      tenant: account,
      email: mailOf(uid),
      role: 'account.user',
      reach: 'subtree',
      ...more,
    })
  const accept = async (uid: string, secret: string) =>
    (await world.person(uid)).call('members/acceptInvitation', { secret })
  const about = (invitation: string, more: object = {}) => ({ tenant: account, invitation, ...more })
  const listed = async (status?: string, who = nora): Promise<Answer[]> =>
    (
      await who.must('members/listInvitations', {
        tenant: account,
        limit: 100,
        ...(status === undefined ? {} : { status }),
      })
    ).items
  const backToNow = () => world.advance(Date.now() - world.app.clock())

  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
    await world.join(nora, 'adam', { tenant: account, role: 'account.admin', reach: 'subtree' })
    await world.join(nora, 'vic', { tenant: account, role: 'account.viewer', reach: 'node' })
  })
  afterAll(() => world.close())

  it('is listed with what was offered and what became of it, and never with its secret', async () => {
    const { tenant } = await nora.must('tenants/create', { parent: agency, name: 'Listed' })
    const at = { tenant }
    world.advance(-8 * days)
    const old = await invite('ola', at)
    backToNow()
    const [open, taken, gone] = [await invite('opal', at), await invite('tara', at), await invite('gina', at)]
    await accept('tara', taken.secret)
    await nora.must('members/revokeInvitation', { tenant, invitation: gone.invitation, reason: 'a mistake' })
    const list = async (more: object = {}) => nora.must('members/listInvitations', { tenant, ...more })
    const all = await list()
    expect(all.items).toHaveLength(4)
    expect(all.items.find((one: Answer) => one.invitation === open.invitation)).toEqual({
      invitation: open.invitation,
      tenant,
      email: 'opal@people.example',
      role: 'account.user',
      reach: 'subtree',
      invitedBy: 'user:nora',
      invitedAt: expect.any(String),
      expiresAt: open.expiresAt,
      status: 'pending',
    })
    expect(JSON.stringify(all)).not.toMatch(/lk_inv_|hash|credential/)
    for (const [status, { invitation }] of [
      ['pending', open],
      ['accepted', taken],
      ['revoked', gone],
      ['expired', old],
    ] as const)
      expect((await list({ status })).items.map((one: Answer) => one.invitation)).toEqual([invitation])
    const seen: string[] = []
    for (let page: string | undefined = ''; page !== undefined; ) {
      const answer: Answer = await list({ limit: 1, ...(page === '' ? {} : { page }) })
      seen.push(...answer.items.map((one: Answer) => one.invitation))
      page = answer.nextPage
    }
    expect(seen).toEqual([old, open, taken, gone].map(({ invitation }) => invitation).toSorted())
  })

  it('C-100 C-101 is listed, withdrawn and sent again by who may; elsewhere it was never there', async () => {
    const { invitation } = await invite('pam')
    const vic = await world.person('vic')
    const south = await world.agency('Southridge', 'sue')
    const sue = await world.person('sue')
    for (const [operation, permission] of [
      ['members/revokeInvitation', 'iam.invitations.revoke'],
      ['members/resendInvitation', 'iam.members.invite'],
    ] as const) {
      expect(await vic.call(operation, about(invitation)), operation).toEqual(
        refused('permission_denied', { missing: [permission] }),
      )
      expect(await sue.call(operation, about(invitation)), operation).toEqual(notFound)
      const unknown = await sue.call(operation, { tenant: south, invitation: neverWas })
      expect(await sue.call(operation, { tenant: south, invitation }), operation).toEqual(unknown)
      expect(unknown, operation).toEqual(notFound)
      expect(await world.anonymous.call(operation, about(invitation)), operation).toEqual(refused('invalid_token'))
    }
    expect(await vic.call('members/listInvitations', { tenant: account })).toEqual(
      refused('permission_denied', { missing: ['iam.invitations.list'] }),
    )
    const adam = await world.person('adam')
    expect((await listed('pending', adam)).map((one) => one.invitation)).toContain(invitation)
  })

  it('that was withdrawn is worth nothing, is not withdrawn twice and not sent again', async () => {
    const { invitation, secret } = await invite('rob')
    expect(await nora.must('members/revokeInvitation', about(invitation))).toMatchObject({
      invitation,
      status: 'revoked',
    })
    expect(await accept('rob', secret)).toEqual(invalid)
    expect(await nora.call('members/revokeInvitation', about(invitation))).toMatchObject(refused('conflict'))
    expect(await nora.call('members/resendInvitation', about(invitation))).toMatchObject(refused('conflict'))
    const stored = await storedDocuments(world.projectId)
    const credential = stored.get(`tenants/${account}/invitations/${invitation}`)?.['credential']?.['stringValue']
    expect(stored.get(`credentials/${String(credential)}`)?.['status']).toEqual(text('revoked'))
    const taken = await invite('ron')
    expect(await accept('ron', taken.secret)).toMatchObject({ ok: true })
    expect(await nora.call('members/revokeInvitation', about(taken.invitation))).toMatchObject(refused('conflict'))
    expect(await nora.call('members/resendInvitation', about(taken.invitation))).toMatchObject(refused('conflict'))
  })

  it('sent again has a new secret for seven new days; the old one is dead, expired or not', async () => {
    world.advance(-8 * days)
    const first = await invite('lea')
    backToNow()
    expect(await accept('lea', first.secret)).toEqual(invalid)
    const adam = await world.person('adam')
    const second = await adam.must('members/resendInvitation', about(first.invitation))
    expect(second).toMatchObject({ invitation: first.invitation, secret: expect.stringMatching(/^lk_inv_/) })
    expect(Date.parse(second.expiresAt)).toBeGreaterThan(world.app.clock() + 6.9 * days)
    const third = await adam.must('members/resendInvitation', about(first.invitation))
    const [row] = (await listed('pending')).filter((one) => one.invitation === first.invitation)
    expect(row).toMatchObject({ invitedBy: 'user:adam', expiresAt: third.expiresAt })
    for (const { secret } of [first, second]) expect(await accept('lea', secret)).toEqual(invalid)
    expect(await accept('lea', third.secret)).toMatchObject({ ok: true })
    expect(JSON.stringify([...(await storedDocuments(world.projectId))])).not.toContain(third.secret)
  })

  it('C-103 is sent again only by who holds what it offers', async () => {
    const { invitation, secret } = await invite('ove', { role: 'account.owner' })
    const adam = await world.person('adam')
    expect(await adam.call('members/resendInvitation', about(invitation))).toMatchObject(
      refused('grant_exceeds_grantor', { missing: expect.arrayContaining(['iam.members.transfer']) }),
    )
    expect(await accept('ove', secret)).toMatchObject({ ok: true })
  })

  it('sent again twice with one idempotency key has one secret, answered twice', async () => {
    const { invitation } = await invite('ike')
    const body = about(invitation, { idempotencyKey: 'resend-ike-just-once' })
    const first = await nora.must('members/resendInvitation', body)
    expect(await nora.must('members/resendInvitation', body)).toEqual(first)
    expect(await accept('ike', first.secret)).toMatchObject({ ok: true })
  })

  it('to found an agency is sent again by whoever may found one, also when it expired; nobody else sees it', async () => {
    world.advance(-8 * days)
    const founded = await world.provisioner.must('tenants/create', {
      parent: 'platform',
      name: 'Stranded',
      ownerEmail: mailOf('flora'),
    })
    backToNow()
    const { tenant } = founded
    const body = { tenant, invitation: founded.invitation.invitation }
    expect(await accept('flora', founded.invitation.secret)).toEqual(invalid)
    for (const who of [nora, await world.person('flora'), await world.person('passer-by')])
      expect(await who.call('members/resendInvitation', body)).toEqual(notFound)
    expect(await nora.call('members/resendInvitation', { ...body, tenant: `agy_${'0'.repeat(22)}` })).toEqual(notFound)
    expect(await world.provisioner.call('members/resendInvitation', { ...body, email: 'x@y.example' })).toMatchObject(
      refused('invalid_request'),
    )
    const again = await world.provisioner.must('members/resendInvitation', body)
    expect(await accept('passer-by', again.secret)).toEqual(invalid)
    expect(await accept('flora', again.secret)).toMatchObject({ ok: true, value: { tenant, role: 'agency.owner' } })
    expect(await world.provisioner.call('members/resendInvitation', body)).toMatchObject(refused('conflict'))
  })

  it('to found is the only kind that the founder of agencies may send again', async () => {
    const { invitation } = await nora.must('members/invite', {
      tenant: agency,
      email: mailOf('hank'),
      role: 'agency.support',
      reach: 'node',
    })
    const body = { tenant: agency, invitation }
    expect((await world.provisioner.call('members/resendInvitation', body)).ok).toBe(false)
    expect(await nora.call('members/resendInvitation', body)).toMatchObject({ ok: true })
  })

  it('I-34 C-003 whose secret was edited anywhere is refused like one that never was', async () => {
    const { secret } = await invite('tia')
    const other = await invite('tim')
    const unknown = await accept('tia', `lk_inv_${'0'.repeat(71)}`)
    const swapped = `${secret.slice(0, 29)}${other.secret.slice(29)}` // the id of one, the secret of the other
    const edits = [
      swapped,
      secret.toUpperCase(),
      `${secret} `,
      `${secret}0`,
      secret.slice(0, -1),
      ...[8, 20, 30, 50, 70].map(
        (at) => `${secret.slice(0, at)}${secret[at] === 'a' ? 'b' : 'a'}${secret.slice(at + 1)}`,
      ),
    ]
    for (const edited of edits) expect(await accept('tia', edited), edited).toEqual(unknown)
    expect(unknown).toEqual(invalid)
    expect(await accept('tia', other.secret)).toEqual(invalid) // T-41: meant for another mailbox
    expect(await accept('tia', secret)).toMatchObject({ ok: true })
  })

  it('I-34 offers what is stored, not what anybody sends along with the secret', async () => {
    const { secret } = await invite('uli', { role: 'account.viewer' })
    const uli = await world.person('uli')
    for (const more of [{ role: 'account.owner' }, { tenant: agency }, { email: mailOf('uli') }])
      expect(await uli.call('members/acceptInvitation', { secret, ...more })).toMatchObject(refused('invalid_request'))
    expect(await uli.must('members/acceptInvitation', { secret })).toMatchObject({ role: 'account.viewer' })
  })

  it('accepted while it is sent again or withdrawn: one of the two happens, never both', async () => {
    for (const [operation, uid] of [
      ['members/resendInvitation', 'xia'],
      ['members/revokeInvitation', 'xavi'],
    ] as const) {
      const { invitation, secret } = await invite(uid)
      const [taken, other] = await Promise.all([accept(uid, secret), nora.call(operation, about(invitation))])
      expect([taken.ok, other.ok].filter(Boolean), operation).toHaveLength(1)
    }
  })

  it('T-41 accepted for the first time ends every sign-in from before the mailbox was proved, and none after', async () => {
    const auth = { auth: endpoints.auth, projectId: world.projectId }
    await enrol(auth, { uid: 'wes', who: 'wes', name: 'wes', email: mailOf('wes') })
    const early = world.withToken(await signIn(auth, mailOf('wes')))
    expect(await early.call('tenants/list', {})).toMatchObject({ ok: true })
    const secondsNow = () => Math.floor(Date.now() / 1000)
    const signedInAt = secondsNow()
    await expect.poll(secondsNow, { timeout: 3_000, interval: 50 }).toBeGreaterThan(signedInAt)
    const owner = world.withToken(await signIn(auth, mailOf('wes')))
    const { secret } = await invite('wes')
    expect(await owner.call('members/acceptInvitation', { secret })).toMatchObject({ ok: true })
    expect(await early.call('tenants/list', {})).toEqual(refused('invalid_token'))
    expect(await owner.call('tenants/get', { tenant: account })).toMatchObject({ ok: true })
    const proved = (await storedDocuments(world.projectId)).get('users/wes')
    // The second one proves nothing new: whoever is signed in stays so.
    const again = (await nora.must('tenants/create', { parent: agency, name: 'Second' })).tenant
    const later = world.withToken(await signIn(auth, mailOf('wes')))
    const second = await invite('wes', { tenant: again })
    expect(await later.call('members/acceptInvitation', { secret: second.secret })).toMatchObject({ ok: true })
    expect(await owner.call('tenants/get', { tenant: account })).toMatchObject({ ok: true })
    const after = (await storedDocuments(world.projectId)).get('users/wes')
    expect([after?.['notBefore'], after?.['mailboxProvedAt']]).toEqual([
      proved?.['notBefore'],
      proved?.['mailboxProvedAt'],
    ])
  })

  it('of an account is good where it was made or sent again last, whoever invited and however the account came back', async () => {
    const west = await world.agency('Westbank', 'wendy')
    const mover = await world.platformOwner()
    const move = (tenant: string, to: string) => mover.must('tenants/move', { tenant, to, reason: 'sold' })
    const made = async (name: string, more: object = {}): Promise<Answer> =>
      nora.must('tenants/create', { parent: agency, name, ...more })
    const away = (await made('Away')).tenant
    const back = (await made('Back')).tenant
    const owned = await made('Owned', { ownerEmail: mailOf('oda') })
    // The account's own admin, who goes along with it and still may invite.
    await world.join(nora, 'abe', { tenant: away, role: 'account.admin', reach: 'subtree' })
    const abe = await world.person('abe')
    const gone = await invite('zac', { tenant: away }, abe)
    const returned = await invite('zed', { tenant: back })
    await move(away, west)
    for (const tenant of [back, owned.tenant]) {
      await move(tenant, west)
      await move(tenant, agency)
    }
    expect(await accept('zac', gone.secret)).toEqual(invalid)
    expect(await accept('zed', returned.secret)).toEqual(invalid)
    expect(await accept('oda', owned.invitation.secret)).toEqual(invalid)
    const again = async (who: Actor, tenant: string, { invitation }: Answer) =>
      (await who.must('members/resendInvitation', { tenant, invitation })).secret
    expect(await accept('zac', await again(abe, away, gone))).toMatchObject({ ok: true })
    expect(await accept('zed', await again(nora, back, returned))).toMatchObject({ ok: true })
    expect(await accept('oda', await again(nora, owned.tenant, owned.invitation))).toMatchObject({ ok: true })
    // The positive control: nothing moved.
    const still = await made('Still', { ownerEmail: mailOf('ona') })
    expect(await accept('ona', still.invitation.secret)).toMatchObject({ ok: true })
  })

  it('is not accepted by a sign-in that was ended, and never brings one back', async () => {
    const { secret } = await invite('yve')
    const yve = await world.person('yve')
    const notBefore = moment(Date.now() + 3_600_000)
    await damage(world.projectId, 'users/yve', { notBefore })
    expect(await yve.call('members/acceptInvitation', { secret })).toEqual(refused('invalid_token'))
    expect((await storedDocuments(world.projectId)).get('users/yve')).toEqual({ notBefore })
  })
})
