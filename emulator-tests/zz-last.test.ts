import { Firestore } from '@google-cloud/firestore'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../functions/src/platform/store/open.ts'
import { StoreError } from '../functions/src/platform/store/store-error.ts'
import { type Actor, makeWorld, type World } from './support/world.ts'

const m = { throwCommit: false, doubleTransact: 0, doubleCommit: false }
const storeOf = (projectId: string): Store => {
  const store = openStore(projectId)
  return {
    ...store,
    commit: async (c, p) => {
      if (m.throwCommit) { m.throwCommit = false; throw new Error('crash') }
      const r = await store.commit(c, p)
      if (m.doubleCommit) { m.doubleCommit = false; return store.commit(c, p) }
      return r
    },
    operate: { ...store.operate, transact: async (plan) => {
      if (m.doubleTransact > 0) { m.doubleTransact--; await store.operate.transact(plan); return store.operate.transact(plan) }
      return store.operate.transact(plan)
    } },
  }
}
describe('zz', () => {
  let world: World; let owner: Actor; let agency: string; let account: string; let fs: Firestore
  beforeAll(async () => {
    world = await makeWorld({ storeOf }); agency = await world.agency('Mine', 'olivia'); owner = await world.person('olivia')
    account = (await owner.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
    fs = new Firestore({ projectId: world.projectId })
  }, 60000)
  afterAll(async () => { await fs.terminate(); await world.close() })
  const body = () => ({ tenant: agency, name: 'K', scopes: ['contacts.readonly'] })

  it('1 agency member key at account survives removal and return', async () => {
    await world.join(owner, 'dan', { tenant: agency, role: 'agency.admin', reach: 'subtree' })
    const dan = await world.person('dan')
    const old = world.withKey((await dan.must('apiKeys/create', { tenant: account, name: 'Old', scopes: ['iam/tenants.readonly'] })).secret)
    console.log('1 before', (await old.call('tenants/get', { tenant: account })).ok)
    await owner.must('members/remove', { tenant: agency, user: 'dan' })
    console.log('1 removed', JSON.stringify(await old.call('tenants/get', { tenant: account })))
    world.advance(1000)
    await world.join(owner, 'dan', { tenant: agency, role: 'agency.admin', reach: 'subtree' })
    console.log('1 back', JSON.stringify(await old.call('tenants/get', { tenant: account })))
  })
  it('2 sales rep', async () => {
    await world.join(owner, 'rep', { tenant: account, role: 'account.salesRep', reach: 'subtree', condition: 'resource.ownerId == principal.id' }).catch((e) => console.log(String(e)))
    const rep = await world.person('rep')
    console.log('2 list', JSON.stringify(await rep.call('tenants/list', {})), 'get', JSON.stringify(await rep.call('tenants/get', { tenant: account })))
    console.log('2 enter', JSON.stringify(await rep.call('tenants/enter', { tenant: account })))
  })
  it('3 takeover claim answer lost', async () => {
    m.throwCommit = true
    console.log('3 crash', JSON.stringify(await owner.call('apiKeys/create', { ...body(), idempotencyKey: 'zz-key-000000000001' })))
    m.doubleTransact = 1
    console.log('3 retry', JSON.stringify(await owner.call('apiKeys/create', { ...body(), idempotencyKey: 'zz-key-000000000001' })).slice(0, 120))
    console.log('3 retry2', JSON.stringify(await owner.call('apiKeys/create', { ...body(), idempotencyKey: 'zz-key-000000000001' })).slice(0, 120))
    m.doubleTransact = 1; m.doubleCommit = true
    const a = await owner.call('apiKeys/create', { ...body(), idempotencyKey: 'zz-key-000000000002' })
    const b = await owner.call('apiKeys/create', { ...body(), idempotencyKey: 'zz-key-000000000002' })
    console.log('3 first claim + commit twice', a.ok, JSON.stringify(a) === JSON.stringify(b))
    if (a.ok) console.log('3 secret works', JSON.stringify(await world.withKey(a.value.secret).call('tenants/list', {})).slice(0, 100))
  })
  it('4 narrowed key', async () => {
    const k = world.withKey((await owner.must('apiKeys/create', { tenant: agency, name: 'N', scopes: ['iam/tenants.readonly'], accounts: [account] })).secret)
    console.log('4 get', (await k.call('tenants/get', { tenant: account })).ok, 'list', JSON.stringify(await k.call('tenants/list', {})))
  })
  it('5 suspended member', async () => {
    await world.join(owner, 'sue', { tenant: agency, role: 'agency.support', reach: 'subtree' })
    await world.join(owner, 'sue', { tenant: account, role: 'account.viewer', reach: 'subtree' })
    await fs.doc(`tenants/${account}/members/sue`).update({ status: 'suspended' })
    console.log('5', JSON.stringify(await owner.call('roles/assign', { tenant: account, principal: { user: 'sue' }, role: 'account.user', reach: 'subtree' })).slice(0, 150), (await fs.doc(`tenants/${account}/members/sue`).get()).data()?.status)
  })
  it('6 suspended tenants in my list', async () => {
    await world.join(owner, 'ann', { tenant: account, role: 'account.owner', reach: 'subtree' })
    const ann = await world.person('ann')
    await owner.must('tenants/suspend', { tenant: account, reason: 'x' })
    console.log('6 own suspended', JSON.stringify(await ann.call('tenants/list', {})))
    await owner.must('tenants/resume', { tenant: account, reason: 'x' })
    await world.provisioner.must('tenants/suspend', { tenant: agency, reason: 'x' })
    console.log('6 agency suspended: account owner', JSON.stringify(await ann.call('tenants/list', {})), 'agency owner', JSON.stringify(await owner.call('tenants/list', {})))
    console.log('6 enter of suspended', JSON.stringify(await owner.call('tenants/enter', { tenant: agency })))
    await world.provisioner.must('tenants/resume', { tenant: agency, reason: 'x' })
    console.log('7 provisioner list', JSON.stringify(await world.provisioner.call('tenants/list', { parent: 'platform' })).slice(0, 120), JSON.stringify(await world.provisioner.call('tenants/list', {})).slice(0, 200), JSON.stringify(await world.provisioner.call('tenants/suspend', { tenant: account, reason: 'x' })).slice(0, 90))
    console.log('8 prov delete', JSON.stringify(await world.provisioner.call('tenants/delete', { tenant: agency, reason: 'x' })), JSON.stringify(await world.provisioner.call('members/list', { tenant: agency })), JSON.stringify(await world.provisioner.call('apiKeys/create', { tenant: 'platform', name: 'P', scopes: ['iam/tenants.write'] })))
  })
})
