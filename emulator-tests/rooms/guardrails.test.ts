// Guardrails: what they take from everybody at once, what nobody can deny, and who may loosen them.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { dump, storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } })

let world: World
let agency: string
let account: string
let nora: Actor
let round = 0

const reason = 'a rule of the house'
const set = (who: Actor, tenant: string, change: object) =>
  who.call('roles/setGuardrail', { tenant, deniedPermissions: [], reason, ...change })
const deny = (tenant: string, ...deniedPermissions: readonly string[]) => set(nora, tenant, { deniedPermissions })
const may = async (who: Actor, tenant: string, permission: string): Promise<string> => {
  const answer: Answer = await who.call('access/check', { tenant, permission })
  return answer.ok ? answer.value.code : answer.error.code
}
const joined = async (tenant: string, role: string, reach = 'subtree'): Promise<{ uid: string; actor: Actor }> => {
  const uid = `person${round++}`
  await world.join(nora, uid, { tenant, role, reach })
  return { uid, actor: await world.person(uid) }
}

beforeAll(async () => {
  world = await makeWorld()
  agency = await world.agency('Northwind', 'nora')
  nora = await world.person('nora')
})
afterAll(() => world.close())
beforeEach(async () => {
  expect(await deny(agency)).toMatchObject({ ok: true })
  account = (await nora.must('tenants/create', { parent: agency, name: `Shop ${round++}` })).tenant
})

describe('a guardrail', () => {
  it('C-107 denies over every role that allows, to everybody, owners too, there and below, from the next request on', async () => {
    const { actor } = await joined(account, 'account.admin')
    const present = ['contacts.read', 'contacts.write', 'calendars.read']
    const verdicts = async (who: Actor) => Promise.all(present.map((permission) => may(who, account, permission)))
    expect(await verdicts(actor)).toEqual(['allowed', 'allowed', 'allowed'])
    const before = await storedDocuments(world.projectId)
    const answer = await nora.must('roles/setGuardrail', {
      tenant: agency,
      deniedPermissions: ['contacts.*', 'contacts.read', 'contacts.*'],
      reason,
    })
    expect(answer).toMatchObject({ saved: true, deniedPermissions: ['contacts.*', 'contacts.read'] })
    expect(answer.change.removed).toEqual(expect.arrayContaining(['contacts.read', 'contacts.write']))
    for (const who of [actor, nora])
      expect(await verdicts(who)).toEqual(['guardrail_denies', 'guardrail_denies', 'allowed'])
    const after = [...(await storedDocuments(world.projectId))]
    const written = after.filter(([path, fields]) => JSON.stringify(fields) !== JSON.stringify(before.get(path)))
    expect(written.map(([path]) => path.replace(/op_\w+$/, 'op')).toSorted()).toEqual([
      'outbox/op',
      `tenants/${agency}`,
      `tenants/${agency}/audit/op`,
      `tenants/${agency}/policy/current`,
    ])
    expect(await deny(agency)).toMatchObject({ ok: true })
    expect(await verdicts(actor)).toEqual(['allowed', 'allowed', 'allowed'])
  })

  it('of an account counts there only, and never loosens its agency’s', async () => {
    const sibling = (await nora.must('tenants/create', { parent: agency, name: 'Sibling' })).tenant
    expect(await deny(account, 'contacts.write')).toMatchObject({ ok: true })
    expect([await may(nora, account, 'contacts.write'), await may(nora, sibling, 'contacts.write')]).toEqual([
      'guardrail_denies',
      'allowed',
    ])
    expect(await deny(agency, 'contacts.write', 'calendars.read')).toMatchObject({ ok: true })
    const opened: Answer = await deny(account)
    expect(opened.value.change).toMatchObject({ added: [], removed: [] }) // the agency goes on denying it
    expect(await may(nora, account, 'contacts.write')).toBe('guardrail_denies')
    const shown = await nora.must('roles/getGuardrail', { tenant: account })
    expect(shown).toEqual({
      tenant: account,
      deniedPermissions: [],
      effective: {
        denied: [
          { pattern: 'calendars.read', tenants: [agency] },
          { pattern: 'contacts.write', tenants: [agency] },
        ],
      },
    })
    expect(await deny(account, 'contacts.write')).toMatchObject({ ok: true })
    expect((await nora.must('roles/getGuardrail', { tenant: account })).effective.denied[1]).toEqual({
      pattern: 'contacts.write',
      tenants: [account, agency],
    })
  })

  it('C-114 names what exists: no other wildcard, no empty segment, no other letters', async () => {
    for (const pattern of [
      '*',
      '*.*',
      'contacts*',
      'contacts.r*',
      'contacts..read',
      '.read',
      'Contacts.read',
      'contacts.＊',
    ])
      expect(await deny(agency, 'contacts.read', pattern), pattern).toMatchObject(
        refused('invalid_request', { field: 'deniedPermissions[1]' }),
      )
    for (const pattern of ['contacts.vanish', 'vanished.*', 'iam.*', 'iam.signing.rotate'])
      expect(await deny(agency, 'contacts.read', pattern), pattern).toMatchObject(
        refused('invalid_request', { field: 'deniedPermissions[1]' }),
      )
    const many = Array.from({ length: 201 }, () => 'contacts.read')
    expect(await deny(agency, ...many)).toMatchObject(refused('invalid_request', { field: 'deniedPermissions' }))
    for (const maxKeyLifetimeDays of [0, 401, 1.5])
      expect(await set(nora, agency, { maxKeyLifetimeDays })).toMatchObject(refused('invalid_request'))
  })

  it('never denies what is needed to undo it', async () => {
    for (const pattern of [
      'iam.guardrails.set',
      'iam.guardrails.*',
      'iam.guardrails.get',
      'iam.tenants.get',
      'iam.tenants.*',
    ])
      expect(await deny(agency, pattern), pattern).toMatchObject(
        refused('invalid_request', { field: 'deniedPermissions[0]' }),
      )
    // Everything else may be denied, and the owner still opens it again.
    expect(await deny(agency, 'iam.roles.*', 'iam.members.*', 'iam.catalogue.*')).toMatchObject({ ok: true })
    expect(await nora.call('roles/list', { tenant: agency })).toMatchObject(refused('permission_denied'))
    expect(await deny(agency)).toMatchObject({ ok: true })
    expect(await nora.call('roles/list', { tenant: agency })).toMatchObject({ ok: true })
  })

  it('C-112 is loosened only by who holds what it gives back', async () => {
    const { role } = await nora.must('roles/create', {
      tenant: agency,
      name: 'Warden',
      permissions: ['iam.guardrails.get', 'iam.guardrails.set', 'iam.tenants.get', 'contacts.read'],
    })
    const { uid, actor: warden } = await joined(agency, 'agency.verifier', 'node')
    await nora.must('roles/assign', { tenant: agency, principal: { user: uid }, role, reach: 'subtree' })
    expect(await deny(agency, 'contacts.*')).toMatchObject({ ok: true })
    const answer: Answer = await set(warden, agency, {})
    expect(answer).toMatchObject(refused('grant_exceeds_grantor'))
    expect(answer.error.missing).toContain('contacts.write')
    expect(answer.error.missing).not.toContain('contacts.read')
    const names = await nora.must('roles/catalogue', { tenant: agency })
    const others = names.catalogue.permissions
      .map(({ name }: Answer) => name)
      .filter((name: string) => /^contacts\.[a-z]+$/i.test(name) && name !== 'contacts.read')
    expect(await set(warden, agency, { deniedPermissions: others })).toMatchObject({
      ok: true,
      value: { change: { added: ['contacts.read'], removed: [] } },
    })
    expect(await set(warden, agency, { deniedPermissions: [...others, 'calendars.*'] })).toMatchObject({ ok: true })
  })

  it('caps the life of keys at once, rewrites none, and lets them live again when it is raised by one who may make keys', async () => {
    const { secret } = await newKey(nora, agency, { scopes: ['iam/tenants.readonly'] })
    const get = () => world.withKey(secret).call('tenants/get', { tenant: agency })
    expect(await set(nora, agency, { maxKeyLifetimeDays: 1 })).toMatchObject({
      ok: true,
      value: { maxKeyLifetimeDays: 1 },
    })
    expect(await get()).toMatchObject({ ok: true })
    world.advance(25 * 3600 * 1000)
    expect(await get()).toMatchObject({ ok: false })
    world.advance(-25 * 3600 * 1000)
    const { role } = await nora.must('roles/create', {
      tenant: agency,
      name: 'Key warden',
      permissions: ['iam.guardrails.set', 'iam.tenants.get'],
    })
    const { uid, actor } = await joined(agency, 'agency.verifier', 'node')
    await nora.must('roles/assign', { tenant: agency, principal: { user: uid }, role, reach: 'subtree' })
    for (const change of [{ maxKeyLifetimeDays: 2 }, {}])
      expect(await set(actor, agency, change)).toMatchObject(
        refused('grant_exceeds_grantor', { missing: ['iam.apiKeys.create'] }),
      )
    expect(await set(actor, agency, { maxKeyLifetimeDays: 1 })).toMatchObject({ ok: true })
    expect(await set(nora, account, { maxKeyLifetimeDays: 30 })).toMatchObject({ ok: true })
    expect((await nora.must('roles/getGuardrail', { tenant: account })).effective.maxKeyLifetimeDays).toBe(1)
  })

  it('needs its permission, a fresh sign-in, and a tenant that is there', async () => {
    const { actor } = await joined(agency, 'agency.support')
    expect(await set(actor, agency, {})).toMatchObject(
      refused('permission_denied', { missing: ['iam.guardrails.set'] }),
    )
    expect(await actor.call('roles/getGuardrail', { tenant: agency })).toMatchObject(refused('permission_denied'))
    const theirs = await world.agency('Southridge', `sven${round++}`)
    expect(await set(nora, theirs, {})).toEqual(refused('not_found'))
    expect(await nora.call('roles/getGuardrail', { tenant: theirs })).toEqual(refused('not_found'))
    expect(await set(nora, 'platform', {})).toMatchObject(refused('invalid_request', { field: 'tenant' }))
    const { secret } = await newKey(nora, agency, { scopes: ['iam/roles.readonly', 'iam/roles.write'] })
    expect(await set(world.withKey(secret), agency, {})).toMatchObject({ ok: false })
    expect(await world.withKey(secret).call('roles/getGuardrail', { tenant: agency })).toMatchObject({ ok: true })
    world.advance(11 * 60_000)
    expect(await deny(agency)).toMatchObject(refused('insufficient_user_authentication'))
    const change = { guardrail: { deniedPermissions: [] } }
    expect(await nora.call('roles/preview', { tenant: agency, change })).toMatchObject(
      refused('insufficient_user_authentication'),
    )
    world.advance(-11 * 60_000)
  })
})

describe('its preview', () => {
  const change = { deniedPermissions: ['contacts.write', 'calendars.*'] }

  it('says what setting it then does, names who loses something at this tenant, and saves nothing', async () => {
    const [admin, rep] = [await joined(account, 'account.admin'), await joined(account, 'account.billing')]
    const before = await dump(world.projectId)
    const preview = await nora.must('roles/preview', { tenant: account, change: { guardrail: change } })
    const dry: Answer = await set(nora, account, { ...change, dryRun: true })
    expect(await dump(world.projectId)).toBe(before)
    expect(dry.value).toMatchObject({ saved: false, change: preview })
    const losers = preview.affected.items.map((item: Answer) => item.principal)
    expect(losers).toContain(`user:${admin.uid}`)
    expect(preview.affected).toMatchObject({ total: losers.length, complete: true })
    const touched = async ({ uid, actor }: typeof admin) => {
      const then = await Promise.all(preview.removed.map((name: string) => may(actor, account, name)))
      return { uid, lost: then.filter((code) => code === 'allowed').length }
    }
    const lost = [await touched(admin), await touched(rep)]
    const saved: Answer = await set(nora, account, change)
    const { affected: _affected, keys: _keys, ...same } = preview
    expect(saved.value).toMatchObject({ saved: true, change: same })
    for (const name of preview.removed) expect(await may(admin.actor, account, name)).toBe('guardrail_denies')
    for (const { uid, lost: count } of lost) expect(losers.includes(`user:${uid}`), uid).toBe(count > 0)
    expect(lost[0]?.lost).toBe(
      preview.affected.items.find((item: Answer) => item.principal === `user:${admin.uid}`).loses,
    )
  })

  it('is paged, and shows nobody to who may not list assignments there', async () => {
    for (let i = 0; i < 3; i++) await joined(account, 'account.user')
    const ask = (who: Actor, more: object = {}) =>
      who.must('roles/preview', { tenant: account, change: { guardrail: change }, ...more })
    const first = await ask(nora, { limit: 2 })
    expect(first.affected).toMatchObject({ total: 3, nextPage: expect.any(String) as string })
    const second = await ask(nora, { limit: 2, page: first.affected.nextPage })
    expect(second.affected.items).toHaveLength(1)
    expect(second.affected.nextPage).toBeUndefined()
    expect(
      await nora.call('roles/preview', { tenant: account, change: { guardrail: change }, page: 'x' }),
    ).toMatchObject(refused('invalid_request', { field: 'page' }))
    const { role } = await nora.must('roles/create', {
      tenant: agency,
      name: `Blind ${round++}`,
      permissions: ['iam.roles.preview', 'iam.guardrails.set'],
    })
    const { uid, actor } = await joined(agency, 'agency.verifier', 'node')
    await nora.must('roles/assign', { tenant: agency, principal: { user: uid }, role, reach: 'subtree' })
    expect((await ask(actor)).affected).toEqual({ items: [], total: 0, complete: true })
  })
})
