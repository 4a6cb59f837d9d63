// What becomes of endpoints when what is above them changes, and who sees their addresses. Its clock stands still until people have signed in.
import { minutes, type Seconds } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Actor, Answer } from '../support/world.ts'
import { makeWay, type Receiver, receiver, type Way } from './support.ts'

let way: Way
let owner: Actor
let agency: string
const receivers: Receiver[] = []

beforeAll(async () => {
  for (let count = 0; count < 3; count++) receivers.push(await receiver())
  way = await makeWay(receivers)
  agency = await way.world.agency('Hooked', 'olivia')
  owner = await way.world.person('olivia')
}, 60_000)
afterAll(async () => {
  for (const one of receivers) one.close()
  await way.world.close()
})
beforeEach(async () => {
  for (const { webhook } of (await owner.must('webhooks/list', { tenant: agency })).items)
    await owner.must('webhooks/delete', { tenant: agency, webhook })
  await way.pump()
  way.tasks.length = 0
  for (const one of receivers) one.got.length = 0
})

const at = (index: number): Receiver => {
  const found = receivers[index]
  if (found === undefined) throw new Error('no such receiver')
  return found
}
const advance = (span: Seconds): void => way.world.advance(span * 1_000)
const made = (more: object = {}) =>
  owner.must('webhooks/create', {
    ...{ tenant: agency, name: 'Shop', url: at(0).url, types: ['tenancy.tenant_renamed'] },
    ...more,
  })
let names = 0
const rename = (tenant = agency) => owner.must('tenants/update', { tenant, name: `Name ${++names}` })

describe('the address of an endpoint', () => {
  it('is shown whole to whoever may change the endpoint, and to others its host only', async () => {
    const url = `${at(0).url}/hidden-in-the-path?token=hidden-in-the-query`
    await made({ url })
    await way.world.join(owner, 'astrid', { tenant: agency, role: 'agency.auditor', reach: 'subtree' })
    const astrid = await way.world.person('astrid')
    const shown = async (who: Actor) => (await who.must('webhooks/list', { tenant: agency })).items[0].url
    expect(await shown(owner)).toBe(url)
    expect(await shown(astrid)).toBe(`http://${at(0).host}/…`)
    const keyWith = async (scope: string) =>
      way.world.withKey((await owner.must('apiKeys/create', { tenant: agency, name: 'K', scopes: [scope] })).secret)
    expect(await shown(await keyWith('webhooks.readonly'))).toBe(`http://${at(0).host}/…`)
    expect(await shown(await keyWith('webhooks.write'))).toBe(url)
  })
})

describe('an endpoint of an account', () => {
  const types = ['tenancy.tenant_renamed']
  const endpointAt = (who: Actor, tenant: string, index: number): Promise<Answer> =>
    who.must('webhooks/create', { tenant, name: 'Own', url: at(index).url, types })
  /** Waits on the lists, and nobody has come. */
  const waiting = async (tenant: string): Promise<void> => {
    await rename(tenant)
    await way.relay()
    await way.deliver()
  }

  it('T-34 that somebody of the agency made is sent nothing once the account has moved, nor what waited; one of its own people goes on', async () => {
    const { tenant } = await owner.must('tenants/create', { parent: agency, name: 'Moving Shop' })
    await way.world.join(owner, 'mira', { tenant, role: 'account.owner', reach: 'subtree' })
    const mira = await way.world.person('mira')
    const theirs = await endpointAt(owner, tenant, 0)
    const own = await endpointAt(mira, tenant, 1)
    await made({ url: at(2).url, reach: 'subtree' })
    await waiting(tenant)
    const to = await way.world.agency(`Buyer ${++names}`, 'bruno')
    await (await way.world.platformOwner()).must('tenants/move', { tenant, to, reason: 'sold to the other agency' })
    await way.work()
    await mira.must('tenants/update', { tenant, name: 'Moved Shop' })
    await way.pump()
    advance(minutes(30))
    await way.reconcile()
    await way.work()
    expect(at(0).got).toEqual([])
    expect(at(1).got).toHaveLength(2)
    expect(at(2).got).toEqual([]) // an account that has moved away is nothing to its former agency
    // Whoever is there now may take it over by changing it.
    const bruno = await way.world.person('bruno')
    await bruno.must('webhooks/update', { tenant, webhook: theirs.webhook.webhook, status: 'active' })
    await mira.must('tenants/update', { tenant, name: 'Moved Shop & Sons' })
    await way.pump()
    expect(at(0).got.map(({ body }) => body.type)).toEqual([...types, ...types])
    expect(own.webhook.webhook).not.toBe(theirs.webhook.webhook)
  }, 60_000)

  it('I-37 is sent nothing while the account or its agency is suspended, and what waited afterwards', async () => {
    const { tenant } = await owner.must('tenants/create', { parent: agency, name: 'Stopped Shop' })
    const { webhook } = await endpointAt(owner, tenant, 0)
    await made({ url: at(1).url })
    const platform = await way.world.platformOwner()
    for (const [who, stopped] of [
      [owner, tenant],
      [platform, agency],
    ] as const) {
      await waiting(tenant)
      await who.must('tenants/suspend', { tenant: stopped, reason: 'unpaid' })
      await way.work()
      advance(minutes(30))
      await way.reconcile()
      await way.work()
      expect(at(0).got).toEqual([])
      await who.must('tenants/resume', { tenant: stopped, reason: 'paid' })
      advance(minutes(30))
      await way.reconcile()
      await way.work()
      expect(at(0).got).toHaveLength(1)
      at(0).got.length = 0
    }
    // The agency's own was asked for nothing, and is as well as before.
    await rename(agency)
    await way.pump()
    expect(at(1).got).toHaveLength(1)
    expect((await owner.must('webhooks/list', { tenant })).items).toMatchObject([
      { webhook: webhook.webhook, status: 'active' },
    ])
  }, 60_000)
})
