// `access/check` through conditions and guardrails, and what a malformed document does: nobody gains, one tenant waits, the rest goes on.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damage, erase, list, map, plant, storedDocuments, text } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

describe('access/check', () => {
  let world: World
  let agency: string
  let account: string
  let nora: Actor
  let mia: Actor
  const ask = async (permission: string, more: object = {}, who = nora): Promise<string> => {
    const answer: Answer = await who.call('access/check', { tenant: account, permission, ...more })
    return answer.ok ? answer.value.code : answer.error.code
  }
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
    await world.join(nora, 'mia', { tenant: account, role: 'account.user', reach: 'subtree' })
    mia = await world.person('mia')
  })
  afterAll(() => world.close())

  it('answers about oneself, allowed and denied, with what is missing', async () => {
    expect(await mia.must('access/check', { tenant: account, permission: 'contacts.write' })).toEqual({
      allowed: true,
      code: 'allowed',
      permission: 'contacts.write',
    })
    expect(await mia.must('access/check', { tenant: account, permission: 'contacts.delete' })).toEqual({
      allowed: false,
      code: 'no_assignment',
      permission: 'contacts.delete',
      missing: ['contacts.delete'],
    })
    expect(await ask('contacts.write', { principal: { user: 'mia' } }, mia)).toBe('allowed')
    expect(await ask('contacts.everything', {}, mia)).toBe('unknown_permission')
  })

  it('answers about others to who may ask, the same about strangers and nobody', async () => {
    expect(await ask('contacts.write', { principal: { user: 'mia' } })).toBe('allowed')
    expect(await ask('contacts.write', { principal: { user: 'nora' } }, mia)).toBe('permission_denied')
    expect(await ask('contacts.write', { principal: { user: 'nobody' } })).toBe('tenant_not_visible')
    expect(await ask('contacts.write', { principal: { service: `svc_${'0'.repeat(22)}` } })).toBe('tenant_not_visible')
    expect(await ask('contacts.write', { tenant: agency, principal: { user: 'nora' } }, mia)).toBe('not_found')
  })

  it('C-107 takes a condition that is false, or that errs, for a no, and says which; another role still counts', async () => {
    const own = {
      tenant: account,
      role: 'account.salesRep',
      reach: 'node',
      condition: 'resource.ownerId == subject.id',
    }
    await world.join(nora, 'sid', own)
    const sid = { principal: { user: 'sid' } }
    const about = (ownerId?: string) => ({
      ...sid,
      resource: { type: 'contact', ...(ownerId === undefined ? {} : { ownerId }) },
    })
    expect(await ask('contacts.write', about('sid'))).toBe('allowed')
    expect(await ask('contacts.write', about('mia'))).toBe('condition_false')
    expect(await ask('contacts.write', about())).toBe('condition_error')
    expect(await ask('contacts.write', sid)).toBe('condition_error')
    expect(await ask('contacts.write', { ...sid, resource: { type: 'contact', properties: { ownerId: 5 } } })).not.toBe(
      'allowed',
    )
    await nora.must('roles/assign', { tenant: account, ...sid, role: 'account.viewer', reach: 'node' })
    expect(await ask('contacts.read', about('mia'))).toBe('allowed')
    expect(await ask('contacts.write', about('mia'))).toBe('condition_false')
  })

  it('C-107 believes attributes only from who may vouch for them', async () => {
    const mine = { resource: { type: 'contact', ownerId: 'sid' } }
    const sid = await world.person('sid')
    expect(await ask('contacts.write', mine, sid)).toBe('permission_denied')
    expect(await ask('contacts.write', { principal: { user: 'sid' }, ...mine })).toBe('allowed')
  })

  it('C-107 a guardrail above overrides every role, also the owner’s, and its like only', async () => {
    const guard = (...denied: string[]) =>
      damage(world.projectId, `tenants/${agency}/policy/current`, {
        guardrail: map({ deniedPermissions: list(...denied.map(text)) }),
      })
    await guard('contacts.write', 'calendars.*')
    expect([await ask('contacts.write'), await ask('contacts.write', {}, mia)]).toEqual([
      'guardrail_denies',
      'guardrail_denies',
    ])
    expect([await ask('contacts.read', {}, mia), await ask('calendars.read', {}, mia)]).toEqual([
      'allowed',
      'guardrail_denies',
    ])
    expect(await ask('calendars/events.read', {}, mia)).toBe('allowed')
    await guard()
    expect(await ask('contacts.write', {}, mia)).toBe('allowed')
  })

  describe('a malformed document', () => {
    it('F-49 I-86 for one tenant’s policy is 503 for it, whatever is wrong, and others are fine', async () => {
      const path = `tenants/${account}/policy/current`
      const right = (await storedDocuments(world.projectId)).get(path) ?? {}
      const sibling = (await nora.must('tenants/create', { parent: agency, name: 'Sibling' })).tenant
      const { parentId: _parent, ...orphan } = right
      const nothing = { nullValue: null }
      const broken = [
        {},
        orphan,
        { ...right, kind: nothing },
        { ...right, kind: text('planet') },
        { ...right, status: nothing },
        { ...right, status: text('Active') },
        { ...right, parentId: text('agy_../../x') },
        { ...right, parentId: { integerValue: '1' } },
        { ...right, placementId: text('') },
        { ...right, guardrail: nothing },
        { ...right, guardrail: map({}) },
        { ...right, guardrail: map({ deniedPermissions: nothing }) },
        { ...right, guardrail: map({ deniedPermissions: list(nothing) }) },
        { ...right, roles: nothing },
        { ...right, roles: list() },
        { ...right, roles: map({ x: nothing }) },
        ...[nothing, ...['head', '../x', 'a/b', '..', '__x__'].map(text)].map((catalogueVersion) => ({
          ...right,
          catalogueVersion,
        })),
      ]
      for (const fields of broken) {
        await plant(world.projectId, path, fields)
        const answer: Answer = await mia.call('members/list', { tenant: account })
        expect(answer, JSON.stringify(fields)).toMatchObject({ ok: false, error: { code: 'unavailable' } })
        expect(answer.error.retryAfterSeconds).toBeGreaterThan(0)
        expect(await nora.call('access/check', { tenant: account, permission: 'contacts.read' })).toMatchObject({
          error: { code: 'unavailable' },
        })
        expect(await nora.call('members/list', { tenant: sibling }), JSON.stringify(fields)).toMatchObject({ ok: true })
        expect(await nora.call('tenants/list', {}), JSON.stringify(fields)).toMatchObject({ ok: true })
        expect(await mia.call('tenants/list', {}), JSON.stringify(fields)).toMatchObject({ ok: true })
      }
      await plant(world.projectId, path, right)
      expect(await mia.call('members/list', { tenant: account })).toMatchObject({ ok: true })
    })

    it('F-49 for a policy of an unknown catalogue allows nothing there, and others are fine', async () => {
      const path = `tenants/${agency}/policy/current` // accounts go by what their agency adopted
      const right = (await storedDocuments(world.projectId)).get(path) ?? {}
      for (const version of ['1999-01-01', '2099-12-31']) {
        await damage(world.projectId, path, { catalogueVersion: text(version) })
        expect(await mia.call('members/list', { tenant: account }), version).toMatchObject({ ok: false })
        expect(await ask('contacts.read', {}, mia), version).not.toBe('allowed')
        expect(await world.provisioner.call('tenants/list', { parent: 'platform' }), version).toMatchObject({
          ok: true,
        })
      }
      await plant(world.projectId, path, right)
      expect(await ask('contacts.read', {}, mia)).toBe('allowed')
    })

    it('F-49 for a tree in a circle, or without a root, allows nothing', async () => {
      const path = `tenants/${agency}/policy/current`
      for (const parentId of [account, agency, `agy_${'0'.repeat(22)}`]) {
        await damage(world.projectId, path, { parentId: text(parentId) })
        expect(await ask('contacts.read', {}, mia), parentId).toMatch(/^(unavailable|not_found)$/)
      }
      await damage(world.projectId, path, { parentId: text('platform') })
      expect(await ask('contacts.read', {}, mia)).toBe('allowed')
    })

    it('F-49 for a tenant’s own document keeps neither its agency’s list nor others from being shown', async () => {
      const { tenant } = await nora.must('tenants/create', { parent: agency, name: 'Spoilt' })
      for (const fields of [
        { kind: { nullValue: null } },
        { createdAt: text('yesterday') },
        { status: text('resting') },
      ]) {
        const path = `tenants/${tenant}`
        const right = (await storedDocuments(world.projectId)).get(path) ?? {}
        await damage(world.projectId, path, fields)
        const answer: Answer = await nora.call('tenants/list', { parent: agency, limit: 100 })
        expect(answer, JSON.stringify(fields)).toMatchObject({ ok: true })
        expect(answer.value.items.map((one: Answer) => one.tenant)).toContain(account)
        await plant(world.projectId, path, right)
      }
    })

    it('I-86 for an entry or a document of grants grants nothing, and spoils no other entry', async () => {
      const path = `tenants/${account}/grants/user:mia`
      const right = (await storedDocuments(world.projectId)).get(path) ?? {}
      const entries = (right['entries'] as { mapValue: { fields: Record<string, ReturnType<typeof text>> } }).mapValue
        .fields
      const entry = (fields: Record<string, ReturnType<typeof text>>) => map(fields)
      const nothing = { nullValue: null }
      const admin = { role: text('account.admin'), reach: text('subtree') }
      const bad = [
        nothing,
        text('account.admin'),
        entry({}),
        entry({ ...admin, reach: text('all') }),
        entry({ ...admin, role: nothing }),
        entry({ ...admin, until: text('2099-01-01') }),
        entry({ ...admin, accounts: text('*') }),
        entry({ ...admin, condition: text('subject.') }),
        entry({ ...admin, condition: { booleanValue: true } }),
      ]
      for (const one of bad) {
        await damage(world.projectId, path, { entries: map({ ...entries, [`asg_${'5'.repeat(22)}`]: one }) })
        expect(await ask('contacts.delete', {}, mia), JSON.stringify(one)).not.toBe('allowed')
        expect(await ask('contacts.write', {}, mia), JSON.stringify(one)).toBe('allowed')
      }
      await damage(world.projectId, path, {
        entries: map({ ...entries, 'asg_/../x': entry(admin), nonsense: entry(admin) }),
      })
      expect(await ask('contacts.delete', {}, mia)).not.toBe('allowed')
      for (const fields of [
        { entries: nothing },
        { entries: list() },
        { status: nothing },
        { status: text('Active') },
      ]) {
        await plant(world.projectId, path, { ...right, ...fields })
        expect(await ask('contacts.write', {}, mia), JSON.stringify(fields)).toBe('not_found')
      }
      await plant(world.projectId, path, right)
      expect(await ask('contacts.write', {}, mia)).toBe('allowed')
      await erase(world.projectId, path)
      expect(await ask('contacts.write', {}, mia)).toBe('not_found')
    })
  })
})
