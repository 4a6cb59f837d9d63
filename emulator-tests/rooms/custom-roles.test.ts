// Custom roles: who may write which, what an edit changes and for whom, and that a preview says exactly that beforehand.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Moments, steppedStore } from '../faults/stores.ts'
import { damage, dump, entriesOf, list, map, storedDocuments, text } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const unknownRole = `rol_${'0'.repeat(22)}`
const notFound = { ok: false, error: { code: 'not_found' } }
const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } })

let world: World
let agency: string
let one: string
let other: string
let nora: Actor
let drawn = 0
const moments: Moments = { beforeCommit: undefined, afterCommit: undefined }

/** A member of the agency who sees nothing but it. */
const member = async (): Promise<{ uid: string; actor: Actor }> => {
  const uid = `member${drawn++}`
  await world.join(nora, uid, { tenant: agency, role: 'agency.verifier', reach: 'node' })
  return { uid, actor: await world.person(uid) }
}
const may = async (who: Actor, tenant: string, permission: string): Promise<string> => {
  const answer: Answer = await who.call('access/check', { tenant, permission })
  return answer.ok ? answer.value.code : answer.error.code
}
const make = async (change: object, who = nora): Promise<string> =>
  (
    await who.must('roles/create', {
      tenant: agency,
      name: `Role ${drawn++}`,
      permissions: ['contacts.read'],
      ...change,
    })
  ).role
const give = (uid: string, role: string, more: object = {}) =>
  nora.must('roles/assign', { tenant: agency, principal: { user: uid }, role, reach: 'subtree', ...more })
/** Somebody with `role` over the whole agency. */
const holder = async (role: string) => {
  const { uid, actor } = await member()
  await give(uid, role)
  return { uid, actor }
}
/** Everything but the notes of what was refused. */
const quiet = () => dump(world.projectId, { without: [`tenants/${agency}/denials/`] })
const policyOf = async (tenant: string) =>
  (await storedDocuments(world.projectId)).get(`tenants/${tenant}/policy/current`)
const accessIdOf = async (tenant: string) =>
  (await storedDocuments(world.projectId)).get(`tenants/${tenant}`)?.['accessId']

beforeAll(async () => {
  world = await makeWorld({ storeOf: steppedStore(moments) })
  agency = await world.agency('Northwind', 'nora')
  nora = await world.person('nora')
  one = (await nora.must('tenants/create', { parent: agency, name: 'One' })).tenant
  other = (await nora.must('tenants/create', { parent: agency, name: 'Other' })).tenant
})
afterAll(() => world.close())

describe('a custom role', () => {
  it('is stored compactly for deciding and by name for people, and renews the access id', async () => {
    const before = await accessIdOf(agency)
    const { revision, ...view } = await nora.must('roles/create', {
      tenant: agency,
      name: '  Field   staff ',
      description: ' They visit people. ',
      permissions: ['contacts.write', 'contacts.read', 'contacts.read'],
      includes: ['account.viewer'],
    })
    expect(revision).toEqual(expect.any(String))
    expect(view).toMatchObject({
      name: 'Field staff',
      description: 'They visit people.',
      level: 'agency',
      source: 'here',
      permissions: ['contacts.read', 'contacts.write'],
      includes: ['account.viewer'],
      createdBy: 'user:nora',
      updatedBy: 'user:nora',
    })
    const roles = entriesOf(await policyOf(agency), 'roles')
    expect(Object.keys(roles[view.role]?.['mapValue'] as object)).toEqual(['fields'])
    expect(JSON.stringify(roles[view.role])).not.toContain('contacts')
    expect(await accessIdOf(agency)).not.toEqual(before)
    const { items } = await nora.must('roles/list', { tenant: agency, limit: 100 })
    expect(items).toContainEqual(view)
  })

  it('C-106 is good for checks at once, at every account, present and future, by one write whatever stands below', async () => {
    const role = await make({ permissions: ['contacts.read'] })
    const { actor } = await holder(role)
    const later = (await nora.must('tenants/create', { parent: agency, name: 'Later' })).tenant
    for (const tenant of [one, other, later]) {
      expect([await may(actor, tenant, 'contacts.read'), await may(actor, tenant, 'contacts.write')]).toEqual([
        'allowed',
        'no_assignment',
      ])
    }
    const before = await storedDocuments(world.projectId)
    await nora.must('roles/update', { tenant: agency, role, permissions: ['contacts.write'] })
    for (const tenant of [one, other, later]) {
      expect([await may(actor, tenant, 'contacts.read'), await may(actor, tenant, 'contacts.write')]).toEqual([
        'no_assignment',
        'allowed',
      ])
    }
    const after = [...(await storedDocuments(world.projectId))]
    const written = after.filter(([path, fields]) => JSON.stringify(fields) !== JSON.stringify(before.get(path)))
    expect(written.map(([path]) => path.replace(/op_\w+$/, 'op')).toSorted()).toEqual([
      'outbox/op',
      `tenants/${agency}`,
      `tenants/${agency}/audit/op`,
      `tenants/${agency}/policy/current`,
      `tenants/${agency}/roles/${role}`,
    ])
    expect(before.size + 2).toBe(after.length)
  })

  it('of an account holds there only; its agency’s can be given in the account, and one of the account not in the agency', async () => {
    const { uid, actor } = await member()
    const local = await make({ tenant: one, permissions: ['contacts.read'] })
    await nora.must('roles/assign', { tenant: one, principal: { user: uid }, role: local, reach: 'node' })
    expect([await may(actor, one, 'contacts.read'), await may(actor, other, 'contacts.read')]).toEqual([
      'allowed',
      'not_found',
    ])
    const above = await make({ permissions: ['contacts.write'] })
    await nora.must('roles/assign', { tenant: one, principal: { user: uid }, role: above, reach: 'node' })
    expect(await may(actor, one, 'contacts.write')).toBe('allowed')
    const body = { tenant: agency, principal: { user: uid }, role: local, reach: 'subtree' }
    expect(await nora.call('roles/assign', body)).toMatchObject(refused('invalid_request', { field: 'role' }))
  })

  it('T-42 of another agency is given nowhere, included nowhere, edited, deleted and previewed by nobody', async () => {
    const theirs = await world.agency('Southridge', 'sven')
    const foreign = await make({ tenant: theirs }, await world.person('sven'))
    const { uid } = await member()
    const before = await quiet()
    for (const role of [foreign, unknownRole]) {
      const assign = { tenant: agency, principal: { user: uid }, role, reach: 'subtree' }
      expect(await nora.call('roles/assign', assign)).toMatchObject(refused('invalid_request', { field: 'role' }))
      const include = { tenant: agency, name: 'Thief', permissions: [], includes: ['account.viewer', role] }
      expect(await nora.call('roles/create', include)).toMatchObject(
        refused('invalid_request', { field: 'includes[1]' }),
      )
      expect(await nora.call('roles/update', { tenant: agency, role, permissions: [] })).toMatchObject(notFound)
      expect(await nora.call('roles/delete', { tenant: agency, role })).toMatchObject(notFound)
      for (const change of [{ removeRole: role }, { role: { role, permissions: [] } }])
        expect(await nora.call('roles/preview', { tenant: agency, change })).toMatchObject(notFound)
    }
    for (const [operation, body] of [
      ['roles/create', { name: 'X', permissions: [] }],
      ['roles/update', { role: foreign, permissions: [] }],
      ['roles/delete', { role: foreign }],
      ['roles/list', {}],
      ['roles/preview', { change: { removeRole: foreign } }],
    ] as const)
      expect(await nora.call(operation, { tenant: theirs, ...body })).toEqual(notFound)
    expect(await quiet()).toBe(before)
  })

  it('C-114 names permissions exactly, of the adopted catalogue, that can be held there or below', async () => {
    const create = (tenant: string, permissions: readonly string[]) =>
      nora.call('roles/create', { tenant, name: `Role ${drawn++}`, permissions })
    for (const name of ['*', 'contacts.*', 'contacts', 'contacts.', 'Contacts.read', 'contacts．read', '.read'])
      expect(await create(agency, ['contacts.read', name]), name).toMatchObject(
        refused('invalid_request', { field: 'permissions[1]' }),
      )
    for (const [tenant, name] of [
      [agency, 'contacts.vanish'],
      [agency, 'iam.signing.list'],
      [agency, 'own/record.read'],
      [one, 'iam.apps.register'],
    ] as const)
      expect(await create(tenant, ['contacts.read', name]), name).toMatchObject(
        refused('invalid_request', { field: 'permissions[1]' }),
      )
    expect(await create(agency, ['contacts.read', 'iam.apps.register'])).toMatchObject({ ok: true })
    const many = Array.from({ length: 401 }, (_, i) => `contacts.read${i}`)
    expect(await create(agency, many)).toMatchObject(refused('invalid_request', { field: 'permissions' }))
  })

  it('C-105 includes neither itself, nor ten deep, nor a fan that multiplies, and says so in bounded time', async () => {
    const a = await make({})
    const b = await make({ includes: [a] })
    const c = await make({ includes: ['account.viewer', b] })
    for (const [role, includes, index] of [
      [a, [a], 0],
      [a, ['account.viewer', c], 1],
    ] as const)
      expect(await nora.call('roles/update', { tenant: agency, role, includes })).toMatchObject(
        refused('invalid_request', { field: `includes[${index}]` }),
      )
    let top = c
    for (let depth = 4; depth <= 10; depth++) top = await make({ includes: [top] })
    const { actor } = await holder(top)
    expect(await may(actor, one, 'contacts.read')).toBe('allowed') // ten deep, and still read
    expect(
      await nora.call('roles/create', { tenant: agency, name: 'Eleven', permissions: [], includes: [top] }),
    ).toMatchObject(refused('invalid_request', { field: 'includes' }))
    const deeper = await make({})
    expect(await nora.call('roles/update', { tenant: agency, role: a, includes: [deeper] })).toMatchObject(
      refused('invalid_request', { field: 'includes' }),
    )
    const fan = async (under: readonly string[]) => {
      const made: string[] = []
      for (let i = 0; i < 8; i++) made.push(await make({ includes: under }))
      return made
    }
    const second = await fan(await fan([]))
    const third = await make({ includes: second })
    const started = Date.now()
    const tooMany = { tenant: agency, name: 'Fan', permissions: [], includes: await fan(second) }
    expect(await nora.call('roles/create', tooMany)).toMatchObject(refused('limit_exceeded', { field: 'includes' }))
    expect(Date.now() - started).toBeLessThan(20_000)
    expect(third).toMatch(/^rol_/)
  })

  it('has a name of its own at its tenant, whatever its letters look like', async () => {
    const role = await make({ name: 'Night Shift' })
    for (const name of ['Night Shift', 'night  shift', 'ＮＩＧＨＴ SHIFT'])
      expect(await nora.call('roles/create', { tenant: agency, name, permissions: [] })).toMatchObject(
        refused('already_exists', { field: 'name' }),
      )
    expect(await nora.call('roles/create', { tenant: agency, name: 'Adm​in', permissions: [] })).toMatchObject(
      refused('invalid_request', { field: 'name' }),
    )
    await make({ tenant: one, name: 'Night Shift' }) // another tenant
    await nora.must('roles/update', { tenant: agency, role, name: 'NIGHT SHIFT' }) // its own
    await nora.must('roles/update', { tenant: agency, role, name: 'Late Shift' })
    await make({ name: 'Night Shift' })
    expect(await nora.call('roles/update', { tenant: agency, role, name: 'Night shift' })).toMatchObject(
      refused('already_exists'),
    )
  })

  it('C-102 refuses fields that are nobody’s to set', async () => {
    for (const extra of [{ level: 'platform' }, { createdBy: 'user:x' }, { source: 'builtIn' }, { role: unknownRole }])
      expect(await nora.call('roles/create', { tenant: agency, name: 'X', permissions: [], ...extra })).toMatchObject(
        refused('invalid_request'),
      )
  })
})

describe('its author', () => {
  it('I-24 C-103 holds all of it over the whole tenant, for ever and without condition', async () => {
    const viewer = ['iam.roles.create', 'iam.roles.update', 'contacts.read']
    const base = await make({ permissions: viewer })
    const author = await holder(base)
    const write = { tenant: agency, name: 'Wider', permissions: ['contacts.read', 'contacts.write'] }
    expect(await author.actor.call('roles/create', write)).toEqual(
      refused('grant_exceeds_grantor', { missing: ['contacts.write'] }),
    )
    expect(await author.actor.call('roles/create', { ...write, permissions: ['contacts.read'] })).toMatchObject({
      ok: true,
    })
    expect(
      await author.actor.call('roles/create', { ...write, permissions: [], includes: ['account.viewer'] }),
    ).toMatchObject(refused('grant_exceeds_grantor'))
    for (const more of [
      { condition: 'true' },
      { expiresAt: '2099-01-01T00:00:00Z' },
      { reach: 'listed', accounts: [one] },
    ]) {
      const { uid, actor } = await member()
      await give(uid, base, { reach: 'subtree', ...more })
      const there = 'accounts' in more ? one : agency
      const answer = await actor.call('roles/create', { ...write, tenant: there, permissions: ['contacts.read'] })
      // Named accounts are reached whole: there it is held over all that is below, and for ever.
      expect(answer, JSON.stringify(more)).toMatchObject(
        'accounts' in more ? { ok: true } : refused('grant_exceeds_grantor', { missing: ['contacts.read'] }),
      )
    }
  })

  it('C-103 who reaches one tenant only shapes no role of it: roles reach whatever may come below', async () => {
    const base = await make({ tenant: one, permissions: ['iam.roles.create', 'contacts.read'] })
    for (const [reach, outcome] of [
      ['node', refused('grant_exceeds_grantor', { missing: ['contacts.read'] })],
      ['subtree', { ok: true }],
    ] as const) {
      const { uid, actor } = await member()
      await nora.must('roles/assign', { tenant: one, principal: { user: uid }, role: base, reach })
      const role = { tenant: one, name: `Role ${drawn++}`, permissions: ['contacts.read'] }
      expect(await actor.call('roles/create', role), reach).toMatchObject(outcome)
    }
  })

  it('C-112 widens no role that they hold, nor one that it includes, nor one of somebody else’s', async () => {
    const inner = await make({ permissions: ['contacts.read'] })
    const base = await make({ permissions: ['iam.roles.update', 'iam.roles.create'], includes: [inner] })
    const strong = await make({ permissions: ['contacts.delete', 'contacts.read'] })
    const { actor } = await holder(base)
    for (const [role, change, missing] of [
      [base, { permissions: ['iam.roles.update', 'iam.roles.create', 'contacts.write'] }, ['contacts.write']],
      [inner, { permissions: ['contacts.read', 'contacts.write'] }, ['contacts.write']],
      [base, { includes: [inner, strong] }, ['contacts.delete']],
      [strong, { permissions: ['contacts.read', 'contacts.delete', 'contacts.write'] }, ['contacts.write']],
    ] as const)
      expect(await actor.call('roles/update', { tenant: agency, role, ...change })).toEqual(
        refused('grant_exceeds_grantor', { missing }),
      )
    // Narrowing is theirs, even of what they could not have written; and there is no way back for them.
    await actor.must('roles/update', { tenant: agency, role: strong, permissions: ['contacts.read'] })
    expect(
      await actor.call('roles/update', {
        tenant: agency,
        role: strong,
        permissions: ['contacts.read', 'contacts.delete'],
      }),
    ).toEqual(refused('grant_exceeds_grantor', { missing: ['contacts.delete'] }))
  })

  it('needs the permission for it: seeing the tenant is not enough', async () => {
    const { actor } = await member()
    const role = await make({})
    for (const [operation, body, permission] of [
      ['roles/create', { name: 'X', permissions: [] }, 'iam.roles.create'],
      ['roles/update', { role, permissions: [] }, 'iam.roles.update'],
      ['roles/delete', { role }, 'iam.roles.delete'],
      ['roles/list', {}, 'iam.roles.list'],
      ['roles/preview', { change: { removeRole: role } }, 'iam.roles.preview'],
    ] as const)
      expect(await actor.call(operation, { tenant: agency, ...body })).toMatchObject(
        refused('permission_denied', { missing: [permission] }),
      )
  })

  it.each<[string, (role: string) => object]>([
    ['roles/create', () => ({ name: 'Late', permissions: ['contacts.read'] })],
    ['roles/update', (role) => ({ role, permissions: ['contacts.write'] })],
    ['roles/update', (role) => ({ role, name: 'Later' })],
    ['roles/delete', (role) => ({ role })],
    ['roles/setGuardrail', () => ({ deniedPermissions: ['contacts.export'], reason: 'measured' })],
    ['roles/adoptCatalogue', () => ({ version: '2099-01-01' })],
  ])('C-103 C-007 who loses the power for %s after being admitted changes nothing', async (operation, body) => {
    const { uid, actor } = await member()
    const owner = await give(uid, 'agency.owner')
    const role = await make({})
    let between = ''
    moments.beforeCommit = async () => {
      await nora.must('roles/unassign', { tenant: agency, assignment: owner.assignment })
      between = await quiet()
    }
    const answer = await actor.call(operation, { tenant: agency, ...body(role) })
    expect(between, 'it was admitted').not.toBe('')
    expect(answer).toMatchObject({ ok: false })
    expect(['permission_denied', 'grant_exceeds_grantor']).toContain(answer.ok ? '' : answer.error.code)
    expect(await quiet()).toBe(between)
  })
})

describe('many at once', () => {
  it('F-13 twelve authors at one policy lose nothing: who is told to wait and does so gets through, in both documents', async () => {
    const roleNamed = async (name: string): Promise<string> => {
      const { items } = await nora.must('roles/list', { tenant: agency, limit: 100 })
      return items.find((one: Answer) => one.name === name).role
    }
    const patient = async (name: string): Promise<string> => {
      const made = await nora.call('roles/create', { tenant: agency, name, permissions: ['contacts.read'] })
      if (made.ok) return made.value.role
      // A 503 leaves open how it ended: it may have been made after all.
      if (made.error.code === 'already_exists') return roleNamed(name)
      expect(made.error.code).toBe('unavailable')
      return patient(name)
    }
    const names = Array.from({ length: 12 }, (_, i) => `Crowd ${i}`)
    const made = await Promise.all(names.map(patient))
    const documents = await storedDocuments(world.projectId)
    const stored = entriesOf(documents.get(`tenants/${agency}/policy/current`), 'roles')
    for (const role of made) {
      expect(stored[role]).toBeDefined()
      expect(documents.has(`tenants/${agency}/roles/${role}`)).toBe(true)
    }
  }, 120_000)

  it('of one name, or crossing edits that would close a circle: one is refused', async () => {
    const names = await Promise.all(
      Array.from({ length: 4 }, () => nora.call('roles/create', { tenant: agency, name: 'Only One', permissions: [] })),
    )
    expect(names.filter(({ ok }) => ok)).toHaveLength(1)
    const [a, b] = [await make({}), await make({})]
    const crossing = await Promise.all([
      nora.call('roles/update', { tenant: agency, role: a, includes: [b] }),
      nora.call('roles/update', { tenant: agency, role: b, includes: [a] }),
    ])
    expect(crossing.filter(({ ok }) => ok)).toHaveLength(1)
    expect(crossing.find(({ ok }) => !ok)).toMatchObject(refused('invalid_request', { field: 'includes[0]' }))
  }, 60_000)

  it('giving a role beside deleting it: one of the two is refused, and nothing dangles', async () => {
    for (let round = 0; round < 4; round++) {
      const role = await make({})
      const { uid } = await member()
      const [given, deleted] = await Promise.all([
        nora.call('roles/assign', { tenant: agency, principal: { user: uid }, role, reach: 'subtree' }),
        nora.call('roles/delete', { tenant: agency, role }),
      ])
      expect([given.ok, deleted.ok].filter(Boolean), JSON.stringify([given, deleted])).toHaveLength(1)
    }
  }, 60_000)

  it('no tenant has more than its limit', async () => {
    const small = (await nora.must('tenants/create', { parent: agency, name: 'Full' })).tenant
    const filler = Object.fromEntries(
      Array.from({ length: 49 }, (_, i) => [
        `rol_${String(i).padStart(22, '0')}`,
        map({ permissions: text(''), includes: list() }),
      ]),
    )
    await damage(world.projectId, `tenants/${small}/policy/current`, { roles: map(filler) })
    const answers = await Promise.all(
      Array.from({ length: 3 }, (_, i) => nora.call('roles/create', { tenant: small, name: `N${i}`, permissions: [] })),
    )
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(answers.find(({ ok }) => !ok)).toMatchObject(refused('limit_exceeded'))
  })
})

describe('deleting', () => {
  it('is refused while somebody holds the role, here or in an account, or a role includes it; then it holds nothing', async () => {
    const role = await make({ permissions: ['contacts.read'] })
    const outer = await make({ includes: [role] })
    const [first, second] = [await member(), await member()]
    const here = await give(first.uid, role)
    const below = await nora.must('roles/assign', { tenant: one, principal: { user: second.uid }, role, reach: 'node' })
    const remove = () => nora.call('roles/delete', { tenant: agency, role })
    expect(await remove()).toMatchObject(refused('conflict', { detail: expect.stringContaining(outer) as string }))
    await nora.must('roles/delete', { tenant: agency, role: outer })
    expect(await remove()).toMatchObject(refused('conflict', { detail: expect.stringContaining(': 2.') as string }))
    await nora.must('roles/unassign', { tenant: agency, assignment: here.assignment })
    expect(await remove()).toMatchObject(refused('conflict', { detail: expect.stringContaining(': 1.') as string }))
    expect(await may(second.actor, one, 'contacts.read')).toBe('allowed')
    await nora.must('roles/unassign', { tenant: one, assignment: below.assignment })
    expect(await remove()).toMatchObject({ ok: true, value: { role, deleted: true } })
    expect(await remove()).toMatchObject(notFound)
    const documents = await storedDocuments(world.projectId)
    expect(documents.has(`tenants/${agency}/roles/${role}`)).toBe(false)
    expect(entriesOf(documents.get(`tenants/${agency}/policy/current`), 'roles')[role]).toBeUndefined()
  })

  it('does not wait for accounts that are gone', async () => {
    const role = await make({})
    const { uid } = await member()
    const gone = (await nora.must('tenants/create', { parent: agency, name: 'Gone' })).tenant
    await nora.must('roles/assign', { tenant: gone, principal: { user: uid }, role, reach: 'node' })
    expect(await nora.call('roles/delete', { tenant: agency, role })).toMatchObject(refused('conflict'))
    await nora.must('tenants/delete', { tenant: gone, reason: 'closing down', confirmName: 'Gone' })
    expect(await nora.call('roles/delete', { tenant: agency, role })).toMatchObject({ ok: true })
  })

  it('I-74 leaves nothing behind that counts: an assignment of a role that is no more, or never was readable, allows nothing', async () => {
    const role = await make({ permissions: ['contacts.read'] })
    const { actor } = await holder(role)
    expect(await may(actor, one, 'contacts.read')).toBe('allowed')
    const roles = entriesOf(await policyOf(agency), 'roles')
    const { [role]: kept, ...without } = roles
    const path = `tenants/${agency}/policy/current`
    const stages = [without, { ...without, [role]: map({ permissions: text('!!'), includes: list() }) }]
    for (const stored of stages) {
      await damage(world.projectId, path, { roles: map(stored) })
      expect(await may(actor, one, 'contacts.read')).toBe('no_assignment')
    }
    await damage(world.projectId, path, { roles: map({ ...without, [role]: kept ?? {} }) })
    expect(await may(actor, one, 'contacts.read')).toBe('allowed')
  })
})

describe('the list', () => {
  it('has one’s own page by page, and first of all the built-in ones and the agency’s', async () => {
    const account = (await nora.must('tenants/create', { parent: agency, name: 'Listed' })).tenant
    const own: string[] = []
    for (let i = 0; i < 5; i++) own.push(await make({ tenant: account }))
    const first = await nora.must('roles/list', { tenant: account, limit: 2 })
    const builtIn: readonly string[] = first.builtIn.map((role: Answer) => role.role)
    expect(builtIn).toContain('account.viewer')
    expect(builtIn.filter((role) => !role.startsWith('account.'))).toEqual([])
    expect(first.builtIn.every((role: Answer) => role.source === 'builtIn' && role.permissions.length > 0)).toBe(true)
    expect(first.agency.length).toBeGreaterThan(0)
    expect(first.agency.every((role: Answer) => role.source === 'agency')).toBe(true)
    const seen = first.items.map((role: Answer) => role.role)
    for (let page = first.nextPage; page !== undefined; ) {
      const next: Answer = await nora.must('roles/list', { tenant: account, limit: 2, page })
      expect([next.builtIn, next.agency]).toEqual([undefined, undefined])
      seen.push(...next.items.map((role: Answer) => role.role))
      page = next.nextPage
    }
    expect(seen).toEqual(own.toSorted())
    const above = await nora.must('roles/list', { tenant: agency, limit: 1 })
    expect(above.agency).toBeUndefined()
    expect(above.builtIn.some((role: Answer) => role.role === 'agency.admin')).toBe(true)
    expect(await nora.call('roles/list', { tenant: account, page: 'rol_short' })).toMatchObject(
      refused('invalid_request', { field: 'page' }),
    )
  })
})

describe('a preview', () => {
  let role: string
  let outer: string
  let first: Answer
  beforeEach(async () => {
    role = await make({ permissions: ['contacts.read', 'contacts.delete'] })
    outer = await make({ permissions: ['contacts.delete'], includes: [role] })
    const [a, b] = [await member(), await member()]
    first = await give(a.uid, role)
    await nora.must('roles/assign', { tenant: one, principal: { user: b.uid }, role: outer, reach: 'node' })
  })

  const edit = { permissions: ['contacts.read', 'contacts.write'] }

  it('says what an update then does: same names, same roles, same people; and saves nothing', async () => {
    const before = await quiet()
    const preview = await nora.must('roles/preview', { tenant: agency, change: { role: { role, ...edit } } })
    const dry = await nora.must('roles/update', { tenant: agency, role, ...edit, dryRun: true })
    expect(await quiet()).toBe(before)
    expect(preview).toMatchObject({
      added: ['contacts.write'],
      removed: ['contacts.delete'],
      roles: [
        { role, added: 1, removed: 1 },
        { role: outer, added: 1, removed: 0 }, // what it holds itself stays
      ],
      affected: { total: 2, complete: true },
    })
    expect(preview.affected.items.map((item: Answer) => [item.tenant, item.role]).toSorted()).toEqual(
      [
        [agency, role],
        [one, outer],
      ].toSorted(),
    )
    expect(dry).toMatchObject({ saved: false, change: preview })
    const { revision: _revision, ...saved } = await nora.must('roles/update', { tenant: agency, role, ...edit })
    const { affected: _affected, ...change } = preview
    expect(saved).toEqual({ role: { ...dry.role, updatedAt: saved.role.updatedAt }, saved: true, change })
    const again = await nora.must('roles/preview', { tenant: agency, change: { role: { role, ...edit } } })
    expect(again).toEqual({ added: [], removed: [], roles: [], affected: { items: [], total: 0, complete: true } })
  })

  it('agrees with what checks say before and after, for everybody affected', async () => {
    const holders = [await holder(role), await holder(outer), await holder('account.viewer')]
    const names = ['contacts.read', 'contacts.write', 'contacts.delete']
    const verdicts = () =>
      Promise.all(holders.map(({ actor }) => Promise.all(names.map((name) => may(actor, one, name)))))
    const before = await verdicts()
    const preview = await nora.must('roles/preview', {
      tenant: agency,
      change: { role: { role, ...edit } },
      limit: 100,
    })
    await nora.must('roles/update', { tenant: agency, role, ...edit })
    const after = await verdicts()
    const touched = new Set(preview.affected.items.map((item: Answer) => item.principal))
    for (const [index, { uid }] of holders.entries())
      expect(JSON.stringify(before[index]) !== JSON.stringify(after[index]), uid).toBe(touched.has(`user:${uid}`))
  })

  it('of a removal shows whose power would go, also while deleting is still refused', async () => {
    const preview = await nora.must('roles/preview', { tenant: agency, change: { removeRole: role } })
    expect(preview).toMatchObject({ added: [], removed: ['contacts.delete', 'contacts.read'], affected: { total: 2 } })
  })

  it('of a new role shows all that it would hold, and nobody yet', async () => {
    const change = { role: { permissions: ['contacts.write'], includes: [role] } }
    expect(await nora.must('roles/preview', { tenant: agency, change })).toMatchObject({
      added: ['contacts.delete', 'contacts.read', 'contacts.write'],
      affected: { total: 0 },
    })
  })

  it('refuses what saving would refuse, by the path in the preview', async () => {
    for (const [asked, fault] of [
      [{ role, permissions: ['contacts.vanish'] }, refused('invalid_request', { field: 'change.role.permissions[0]' })],
      [{ role, permissions: [], includes: [outer] }, refused('invalid_request', { field: 'change.role.includes[0]' })],
    ] as const)
      expect(await nora.call('roles/preview', { tenant: agency, change: { role: asked } })).toMatchObject(fault)
  })

  it('I-63 needs the permission to make the change, each kind its own', async () => {
    const auditor = await holder('agency.auditor') // holds iam.roles.preview and no write
    for (const [change, permission] of [
      [{ role: { role, permissions: [] } }, 'iam.roles.update'],
      [{ role: { permissions: [] } }, 'iam.roles.create'],
      [{ removeRole: role }, 'iam.roles.delete'],
      [{ guardrail: { deniedPermissions: [] } }, 'iam.guardrails.set'],
      [{ catalogue: '2026-11-01' }, 'iam.catalogue.adopt'],
    ] as const)
      expect(await auditor.actor.call('roles/preview', { tenant: agency, change })).toMatchObject(
        refused('permission_denied', { missing: [permission] }),
      )
  })

  it('I-48 shows people only of tenants whose assignments the caller may list, and counts no others', async () => {
    const narrow = await make({
      permissions: ['iam.roles.preview', 'iam.roles.update', 'contacts.read', 'contacts.write'],
    })
    const blind = await holder(narrow)
    const ask = (actor: Actor) =>
      actor.must('roles/preview', { tenant: agency, change: { role: { role, permissions: ['contacts.read'] } } })
    expect((await ask(blind.actor)).affected).toEqual({ items: [], total: 0, complete: true })
    const lister = await make({ permissions: ['iam.assignments.list'] })
    await give(blind.uid, lister, { reach: 'listed', accounts: [other] })
    expect((await ask(blind.actor)).affected.total).toBe(0)
    const { uid } = await member()
    const there = await nora.must('roles/assign', { tenant: other, principal: { user: uid }, role, reach: 'node' })
    expect((await ask(blind.actor)).affected).toEqual({
      items: [{ tenant: other, principal: `user:${uid}`, assignment: there.assignment, role, reach: 'node' }],
      total: 1,
      complete: true,
    })
    expect((await ask(nora)).affected.total).toBe(2) // the other role holds contacts.delete itself
  })

  it('is paged, and each page counts all', async () => {
    for (let i = 0; i < 3; i++) await give((await member()).uid, role)
    const seen: string[] = []
    let page: string | undefined
    do {
      const answer: Answer = await nora.must('roles/preview', {
        tenant: agency,
        change: { removeRole: role },
        limit: 2,
        ...(page === undefined ? {} : { page }),
      })
      expect(answer.affected.total).toBe(5)
      seen.push(...answer.affected.items.map((item: Answer) => item.assignment))
      page = answer.affected.nextPage
    } while (page !== undefined)
    expect(new Set(seen).size).toBe(5)
    expect(seen).toContain(first.assignment)
  })

  it('with an idempotency key a dry run is refused: it leaves nothing to find again', async () => {
    const body = { tenant: agency, role, ...edit, dryRun: true, idempotencyKey: 'dry-run-key-000001' }
    expect(await nora.call('roles/update', body)).toMatchObject(refused('invalid_request', { field: 'idempotencyKey' }))
    const { dryRun: _dryRun, ...real } = body
    const saved = await nora.must('roles/update', { ...real, idempotencyKey: 'real-idempotency-01' })
    expect(await nora.must('roles/update', { ...real, idempotencyKey: 'real-idempotency-01' })).toEqual(saved)
  })
})
