// Power that goes between admission and transaction mints nothing: what minted is decided again under the transaction's locks.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { damage, dump, moment, text } from '../support/stored-documents.ts'
import { type Actor, makeWorld, type World } from '../support/world.ts'
import { type Moments, steppedStore } from './stores.ts'

describe('a mint', () => {
  let world: World
  let agency: string
  let account: string
  let nora: Actor
  let dora: Actor
  let uid = ''
  let round = 0
  const moments: Moments = { beforeCommit: undefined, afterCommit: undefined }
  const invite = () => ({ tenant: account, email: 'm@people.example', role: 'account.viewer', reach: 'subtree' })
  const assign = () => ({ tenant: account, principal: { user: 'nora' }, role: 'account.viewer', reach: 'subtree' })
  const mints: readonly (readonly [string, () => object])[] = [
    ['apiKeys/create', () => ({ tenant: agency, name: 'Late', scopes: ['contacts.readonly'] })],
    ['roles/assign', assign],
    ['members/invite', invite],
    ['members/createService', () => ({ tenant: agency, name: 'Robot' })],
    ['tenants/create', () => ({ parent: agency, name: 'Late' })],
  ]
  const demote = async () => {
    const { items } = await nora.must('roles/listAssignments', { tenant: agency, principal: { user: uid } })
    await nora.must('roles/assign', { tenant: agency, principal: { user: uid }, role: 'agency.auditor', reach: 'node' })
    await nora.must('roles/unassign', { tenant: agency, assignment: items[0].assignment })
  }
  beforeAll(async () => {
    world = await makeWorld({ storeOf: steppedStore(moments) })
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
  })
  beforeEach(async () => {
    uid = `dora${round++}`
    await world.join(nora, uid, { tenant: agency, role: 'agency.admin', reach: 'subtree' })
    dora = await world.person(uid)
  })
  afterAll(() => world.close())

  /** Calls each mint, letting `meanwhile` happen after it was admitted; answers what came and whether only `meanwhile` wrote. */
  const during = async (operation: string, body: object, meanwhile: () => Promise<unknown>, who = dora) => {
    let between = ''
    moments.beforeCommit = async () => {
      await meanwhile()
      between = await dump(world.projectId)
    }
    const answer = await who.call(operation, body)
    expect(between, 'the call was admitted').not.toBe('')
    return { answer, untouched: (await dump(world.projectId)) === between }
  }

  it.each(mints)('C-103 %s by somebody who still may is carried out', async (operation, body) => {
    const { answer, untouched } = await during(operation, body(), async () => undefined)
    expect(answer).toMatchObject({ ok: true })
    expect(untouched).toBe(false)
  })

  it.each(mints)(
    'C-103 C-007 %s by somebody demoted meanwhile is refused and writes nothing',
    async (operation, body) => {
      const { answer, untouched } = await during(operation, body(), demote)
      expect(answer).toMatchObject({ ok: false })
      expect(['permission_denied', 'grant_exceeds_grantor', 'not_found']).toContain(answer.ok ? '' : answer.error.code)
      expect(untouched).toBe(true)
    },
  )

  it('by somebody removed meanwhile is refused', async () => {
    const gone = () => nora.must('members/remove', { tenant: agency, user: uid })
    const { answer, untouched } = await during(
      'apiKeys/create',
      { tenant: agency, name: 'K', scopes: ['contacts.readonly'] },
      gone,
    )
    expect(answer).toEqual({ ok: false, error: { code: 'not_found' } })
    expect(untouched).toBe(true)
  })

  it('by somebody signed out or suspended meanwhile is refused', async () => {
    const key = { tenant: agency, name: 'K', scopes: ['contacts.readonly'] }
    for (const fields of [{ notBefore: moment(Date.now() + 60_000) }, { status: text('suspended') }]) {
      const out = () => damage(world.projectId, `users/${uid}`, fields)
      const { answer, untouched } = await during('apiKeys/create', key, out)
      expect(answer).toEqual({ ok: false, error: { code: 'invalid_token' } })
      expect(untouched).toBe(true)
      await damage(world.projectId, `users/${uid}`, { notBefore: moment(0), status: text('active') })
    }
  })

  it('with a key revoked meanwhile is refused', async () => {
    const { key, secret } = await newKey(nora, agency, { scopes: ['iam/tenants.write', 'iam/tenants.readonly'] })
    const revoke = () => nora.must('apiKeys/revoke', { tenant: agency, key: key.key })
    const { answer, untouched } = await during(
      'tenants/create',
      { parent: agency, name: 'Late' },
      revoke,
      world.withKey(secret),
    )
    expect(answer).toEqual({ ok: false, error: { code: 'invalid_token' } })
    expect(untouched).toBe(true)
  })

  it('at a tenant suspended or deleted meanwhile is refused', async () => {
    const fresh = async (name: string) => (await nora.must('tenants/create', { parent: agency, name })).tenant
    const key = (tenant: string) => ({ tenant, name: 'K', scopes: ['contacts.readonly'] })
    const one = await fresh('One')
    const suspend = () => nora.must('tenants/suspend', { tenant: one, reason: 'unpaid' })
    expect(await during('apiKeys/create', key(one), suspend)).toEqual({
      answer: { ok: false, error: { code: 'tenant_suspended' } },
      untouched: true,
    })
    const two = await fresh('Two')
    const remove = () => nora.must('tenants/delete', { tenant: two, reason: 'closing', confirmName: 'Two' })
    expect(await during('apiKeys/create', key(two), remove)).toEqual({
      answer: { ok: false, error: { code: 'not_found' } },
      untouched: true,
    })
  })

  it('of a key for a service removed meanwhile, or for an account gone meanwhile, is refused', async () => {
    const { service } = await nora.must('members/createService', { tenant: agency, name: 'Brief' })
    const path = `tenants/${agency}/members/${service}`
    const key = { tenant: agency, name: 'K', scopes: ['contacts.readonly'] }
    const removed = () => damage(world.projectId, path, { status: text('removed') })
    const first = await during('apiKeys/create', { ...key, service }, removed)
    expect(first).toEqual({ answer: { ok: false, error: { code: 'not_found', field: 'service' } }, untouched: true })
    const { tenant } = await nora.must('tenants/create', { parent: agency, name: 'Brief' })
    const gone = () => nora.must('tenants/delete', { tenant, reason: 'closing', confirmName: 'Brief' })
    const second = await during('apiKeys/create', { ...key, accounts: [tenant] }, gone)
    expect(second).toEqual({
      answer: { ok: false, error: { code: 'not_found', field: 'accounts[0]' } },
      untouched: true,
    })
  })
})
