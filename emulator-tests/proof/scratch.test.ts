import { it } from 'vitest'
import { serve } from '../support/framework.ts'
import { endpoints } from '../support/stack.ts'
import { twoAgencies, newKey, neverWas } from '../attacks/two-agencies.ts'
import { openDoor, withHands } from './support/door.ts'

it('probe', async () => {
  const two = await twoAgencies()
  const { world } = two
  const env = { GCLOUD_PROJECT: world.projectId, LK_TRUSTED_HOPS: '1' }
  const served = await serve('api', env)
  const authz = await serve('authz', env)
  const keys: string[] = []
  for (let i = 0; i < 10; i++) {
    const { service } = await two.north.owner.must('members/createService', { tenant: two.north.agency, name: `S${i}` })
    await two.north.owner.must('roles/assign', { tenant: two.north.agency, principal: { service }, role: 'agency.admin', reach: 'subtree' })
    keys.push((await newKey(two.north.owner, two.north.agency, { service })).secret)
  }
  const door = openDoor(served.origin)
  const door2 = openDoor(authz.origin)
  const run = async (name: string, n: number, one: (i: number) => Promise<{ status: number }>) => {
    const t = Date.now()
    const c: Record<string, number> = {}
    await withHands(16, Array.from({ length: n }, (_, i) => i), async (i) => {
      const { status } = await one(i)
      c[status] = (c[status] ?? 0) + 1
    })
    console.log(name, n, Date.now() - t, 'ms', JSON.stringify(c), Math.round(n / ((Date.now() - t) / 1000)), '/s')
  }
  const token = await world.idToken(two.north.ownerUid)
  for (let r = 0; r < 2; r++) {
    await run('foreign get', 2000, (i) => door.post('/v1/ops/tenants/get', { tenant: two.south.account }, { bearer: keys[i % 10]!, address: `10.0.0.${i % 200}` }))
    await run('foreign check', 2000, (i) => door.post('/v1/ops/access/check', { tenant: two.south.account, permission: 'contacts.read' }, { bearer: keys[i % 10]!, address: `10.0.0.${i % 200}` }))
    await run('healthz-like 404', 2000, (i) => door.post('/v1/ops/none/get', { tenant: neverWas(two.south.account) }, { bearer: keys[i % 10]!, address: `10.0.0.${i % 200}` }))
    await run('evaluation', 2000, (i) => door2.post('/access/v1/evaluation', { subject: { type: 'user', id: 'sowner' }, action: { name: 'contacts.read' }, resource: { type: 'contacts', id: '1' } }, { bearer: keys[i % 10]!, address: `10.0.0.${i % 200}` }))
  }
  served.stop()
  const tenants = await serve('tenants', env)
  const door3 = openDoor(tenants.origin)
  await run('callable', 1000, (i) => door3.post('/get', { data: { tenant: two.south.account } }, { bearer: token, address: `10.0.0.${i % 200}` }))
  authz.stop()
  tenants.stop()
  await world.close()
}, 300_000)
