// What shuts an open viewer: each change of power or state is made by the real operation, and one write of it is enough.
import { collection, limit, onSnapshot, query } from 'firebase/firestore'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { instantIn } from '../../functions/src/platform/store/reader.ts'
import type { Actor } from '../support/world.ts'
import { getOf, listOf, makeRulesWorld, type Opened, type RulesWorld } from './rules-world.ts'

let rules: RulesWorld
let olivia: Actor
let agency: string
let account: string

beforeAll(async () => {
  rules = await makeRulesWorld()
  agency = await rules.world.agency('Northwind', 'olivia')
  olivia = await rules.world.person('olivia')
})
afterAll(() => rules.close())

let turn = 0
/** A fresh account with a fresh admin each time, so that no test shuts what another opened. */
beforeEach(async () => {
  turn += 1
  account = (await olivia.must('tenants/create', { parent: agency, name: `Account ${turn}` })).tenant
})

const joined = async (name: string, role = 'account.admin', tenant = account): Promise<string> => {
  const uid = `${name}-${turn}`
  await rules.world.join(olivia, uid, { tenant, role, reach: 'node' })
  return uid
}

const reads = async ({ db, uid }: Opened, tenant = account, member = uid) => [
  await getOf(db, `tenants/${tenant}/members/${member}`),
  await listOf(db, `tenants/${tenant}/members`),
]
const open = ['allowed', 'allowed']
const shut = ['denied', 'denied']

const assignmentOf = async (uid: string, tenant = account): Promise<string> => {
  const { items } = await olivia.must('roles/listAssignments', { tenant, principal: { user: uid } })
  return items[0].assignment
}

describe('a viewer is shut by', () => {
  test('a role that its person is given, until they enter again', async () => {
    const ann = await rules.enter(await joined('ann'), account)
    expect(await reads(ann)).toEqual(open)
    const principal = { user: ann.uid }
    await olivia.must('roles/assign', { tenant: account, principal, role: 'account.viewer', reach: 'node' })
    expect(await reads(ann)).toEqual(shut)
    expect(await reads(await rules.enter(ann.uid, account))).toEqual(open)
  })

  test('a role that is taken from its person, who then sees less', async () => {
    const uid = await joined('ann')
    const principal = { user: uid }
    await olivia.must('roles/assign', { tenant: account, principal, role: 'account.viewer', reach: 'node' })
    const ann = await rules.enter(uid, account)
    expect(await listOf(ann.db, `tenants/${account}/apiKeys`)).toBe('allowed')
    const { items } = await olivia.must('roles/listAssignments', { tenant: account, principal })
    const admin = items.find((one: { role: string }) => one.role === 'account.admin')
    await olivia.must('roles/unassign', { tenant: account, assignment: admin.assignment })
    expect(await reads(ann)).toEqual(shut)
    const again = await rules.enter(uid, account)
    expect(await reads(again)).toEqual(open)
    expect(await listOf(again.db, `tenants/${account}/apiKeys`)).toBe('denied')
  })

  test('the removal of its person, who cannot enter again', async () => {
    const ann = await rules.enter(await joined('ann'), account)
    expect(await reads(ann)).toEqual(open)
    await olivia.must('members/remove', { tenant: account, user: ann.uid })
    expect(await reads(ann)).toEqual(shut)
    const entering = rules.world.withToken(ann.token).call('tenants/enter', { tenant: account })
    expect(await entering).toMatchObject({ ok: false, error: { code: 'not_found' } })
    expect(await reads(ann)).toEqual(shut)
  })

  test('the loss of power at one tenant, at every tenant that they had open', async () => {
    const uid = await joined('ann')
    await olivia.must('roles/assign', {
      tenant: agency,
      principal: { user: await agencyMember(uid) },
      role: 'agency.support',
      reach: 'node',
    })
    const here = await rules.enter(uid, account)
    const above = await rules.enter(uid, agency)
    expect([await reads(here), await reads(above, agency)]).toEqual([open, open])
    await olivia.must('roles/unassign', { tenant: agency, assignment: await assignmentOf(uid, agency) })
    expect([await reads(here), await reads(above, agency)]).toEqual([shut, shut])
    expect(await reads(await rules.enter(uid, account))).toEqual(open)
  })

  const agencyMember = async (uid: string): Promise<string> => {
    await rules.world.join(olivia, uid, { tenant: agency, role: 'agency.auditor', reach: 'node' })
    return uid
  }

  test('the suspension of its account, and stays shut when the account is resumed', async () => {
    const ann = await rules.enter(await joined('ann'), account)
    expect(await reads(ann)).toEqual(open)
    await olivia.must('tenants/suspend', { tenant: account, reason: 'unpaid' })
    expect(await reads(ann)).toEqual(shut)
    await olivia.must('tenants/resume', { tenant: account, reason: 'paid' })
    expect(await reads(ann)).toEqual(shut)
    expect(await reads(await rules.enter(ann.uid, account))).toEqual(open)
  })

  test('the deletion of its account', async () => {
    const ann = await rules.enter(await joined('ann'), account)
    expect(await reads(ann)).toEqual(open)
    const confirmName = `Account ${turn}`
    await olivia.must('tenants/delete', { tenant: account, confirmName, reason: 'closed' })
    expect(await reads(ann)).toEqual(shut)
  })

  test('the suspension of the agency above, and stays shut when that is resumed', async () => {
    const ann = await rules.enter(await joined('ann'), account)
    const owner = await rules.enter('olivia', agency)
    expect([await reads(ann), await reads(owner, agency)]).toEqual([open, open])
    await rules.world.provisioner.must('tenants/suspend', { tenant: agency, reason: 'fraud' })
    expect([await reads(ann), await reads(owner, agency)]).toEqual([shut, shut])
    await rules.world.provisioner.must('tenants/resume', { tenant: agency, reason: 'cleared' })
    expect([await reads(ann), await reads(owner, agency)]).toEqual([shut, shut])
    expect(await reads(await rules.enter(ann.uid, account))).toEqual(open)
  })

  test('a later entry in another session: only the last session that entered sees', async () => {
    const ann = await rules.enter(await joined('ann'), account)
    await new Promise((resolve) => setTimeout(resolve, 1_000 - (Date.now() % 1_000))) // `auth_time` counts seconds
    const later = await rules.enter(ann.uid, account)
    expect(later.authTime).toBeGreaterThan(ann.authTime)
    expect([await reads(ann), await reads(later)]).toEqual([shut, open])
  })
})

test('a viewer is not shut by what changes nobody’s power: a rename of the tenant, another person’s role', async () => {
  const ann = await rules.enter(await joined('ann'), account)
  await olivia.must('tenants/update', { tenant: account, name: 'Renamed' })
  await joined('ben')
  expect(await reads(ann)).toEqual(open)
})

test('a viewer ends with the assignment that it stands on', async () => {
  const uid = `ann-${turn}`
  const assignmentExpiresAt = new Date(Date.now() + 120_000).toISOString()
  await rules.world.join(olivia, uid, { tenant: account, role: 'account.admin', reach: 'node', assignmentExpiresAt })
  const ann = await rules.enter(uid, account)
  const [viewer] = await rules.world.app.store.read.getAll([`tenants/${account}/viewers/${uid}`])
  expect(instantIn(viewer?.['until'])).toBe(Date.parse(assignmentExpiresAt))
  expect(await reads(ann)).toEqual(open)
})

test('an open listener is shut too: the next change reaches it as a denial, and nothing after that', async () => {
  const ann = await rules.enter(await joined('ann'), account)
  const heard: string[] = []
  const stop = onSnapshot(
    query(collection(ann.db, `tenants/${account}/members`), limit(100)),
    (members) => heard.push(...members.docChanges().map((change) => change.doc.id)),
    (error) => heard.push(error.code),
  )
  await vi.waitFor(() => expect(heard).toEqual([ann.uid]), 5_000)
  await rules.stage(`tenants/${account}/members/before`, { displayName: 'Before' })
  await vi.waitFor(() => expect(heard).toEqual([ann.uid, 'before']), 5_000)
  await olivia.must('tenants/suspend', { tenant: account, reason: 'unpaid' })
  await rules.stage(`tenants/${account}/members/after`, { displayName: 'After' })
  await vi.waitFor(() => expect(heard).toEqual([ann.uid, 'before', 'permission-denied']), 5_000)
  stop()
})

test('one write shuts every viewer: three people inside, one suspension, nobody inside (T-15)', async () => {
  const uids = [await joined('ann'), await joined('ben', 'account.viewer'), await joined('cat', 'account.user')]
  const inside = await Promise.all(uids.map((uid) => rules.enter(uid, account)))
  const all = () => Promise.all(inside.map((one) => reads(one)))
  expect(await all()).toEqual([open, open, open])
  await olivia.must('tenants/suspend', { tenant: account, reason: 'unpaid' })
  expect(await all()).toEqual([shut, shut, shut])
  for (const uid of uids) {
    const refused = await rules.world
      .withToken(await rules.world.idToken(uid))
      .call('tenants/enter', { tenant: account })
    expect(refused.ok).toBe(false)
  }
  await olivia.must('tenants/resume', { tenant: account, reason: 'paid' })
  const again = await Promise.all(uids.map((uid) => rules.enter(uid, account)))
  expect(await Promise.all(again.map((one) => reads(one)))).toEqual([open, open, open])
})
