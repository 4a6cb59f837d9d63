// Catalogue versions: published once and for ever, adopted forward only, and no adoption gives anybody anything.
import initial from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import { readCatalogue } from '@latchkey/core/catalogue/read-catalogue'
import type { CatalogueDocument } from '@latchkey/core/catalogue/schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damage, dump, moment, storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } })
const whole = readCatalogue(initial)
if (!whole.ok) throw new Error('malformed catalogue')
const first: CatalogueDocument = whole.value
const lastNumber = first.permissions.at(-1)?.number
const reason = 'a new quarter'

/** One thing of every kind: new ones, a withdrawal from a role and from a scope, a deprecation, a permission for owners at once. */
const second: CatalogueDocument = {
  version: '2027-02-01',
  permissions: [
    ...first.permissions,
    { number: 401, name: 'contacts.inspect', area: 'crm', title: 'Inspect', levels: ['account'], worksOn: ['active'] },
    {
      number: 402,
      name: 'iam.reports.read',
      area: 'iam',
      title: 'Read reports',
      levels: ['agency', 'account'],
      worksOn: ['active'],
      ownerDefault: true,
    },
  ],
  scopes: [
    ...first.scopes.map((scope) =>
      scope.name === 'contacts.readonly'
        ? { ...scope, deprecated: { from: '2027-02-01', until: '2028-02-01', replacedBy: 'contacts.inspect' } }
        : scope,
    ),
    {
      name: 'contacts.inspect',
      title: 'Inspect contacts',
      permissions: ['contacts.inspect'],
      levels: ['account'],
    },
  ],
  roles: [
    ...first.roles.map((role) => {
      if (role.name.endsWith('.owner') && role.level !== 'platform')
        return { ...role, permissions: [...role.permissions, 'iam.reports.read', 'contacts.inspect'] }
      return role.name === 'account.user'
        ? { ...role, permissions: role.permissions.filter((name) => name !== 'contacts.write') }
        : role
    }),
    {
      name: 'account.inspector',
      title: 'Inspector',
      description: 'Inspects contacts.',
      level: 'account',
      permissions: ['contacts.inspect', 'contacts.read'],
    },
  ],
}
const third: CatalogueDocument = { ...second, version: '2027-05-01' }

let world: World
let pia: Actor
let nora: Actor
let agency: string
let account: string

const may = async (who: Actor, permission: string): Promise<string> => {
  const answer: Answer = await who.call('access/check', { tenant: account, permission })
  return answer.ok ? answer.value.code : answer.error.code
}
const publish = (who: Actor, document: unknown, more: object = {}) =>
  who.call('roles/publishCatalogue', { document, reason, ...more })
const adopt = (version: string, more: object = {}, tenant = agency, who = nora) =>
  who.call('roles/adoptCatalogue', { tenant, version, ...more })

beforeAll(async () => {
  world = await makeWorld()
  pia = await world.platformOwner()
  agency = await world.agency('Northwind', 'nora')
  nora = await world.person('nora')
  account = (await nora.must('tenants/create', { parent: agency, name: 'Shop' })).tenant
})
afterAll(() => world.close())

describe('publishing', () => {
  it('is the platform’s alone: to everybody else there is no such thing, and it takes a fresh sign-in', async () => {
    const published = async () =>
      [...(await storedDocuments(world.projectId)).keys()].filter((path) => path.startsWith('catalogue/')).toSorted()
    for (const who of [nora, world.provisioner]) expect((await publish(who, second)).ok).toBe(false)
    expect(await publish(nora, second)).toEqual(refused('not_found'))
    world.advance(11 * 60_000)
    expect(await publish(pia, second)).toMatchObject(refused('insufficient_user_authentication'))
    world.advance(-11 * 60_000)
    expect(await published()).toEqual([`catalogue/${first.version}`, 'catalogue/head'])
  })

  it.each<[string, unknown, string]>([
    ['no newer version', { ...second, version: '2026-10-01' }, 'version_not_newer'],
    [
      'a number taken twice',
      { ...second, permissions: [...second.permissions, { ...second.permissions.at(-1), name: 'contacts.peek' }] },
      'number_out_of_order',
    ],
    [
      'a number of agencies’ own',
      {
        ...second,
        permissions: [...second.permissions, { ...second.permissions.at(-2), number: 4096, name: 'contacts.peek' }],
      },
      'number_reserved',
    ],
    [
      'a permission renumbered',
      {
        ...second,
        permissions: second.permissions.map((one) =>
          one.number === lastNumber ? { ...one, number: one.number + 1 } : one,
        ),
      },
      'number_changed',
    ],
    [
      'a role widened',
      {
        ...second,
        roles: second.roles.map((role) =>
          role.name === 'account.viewer' ? { ...role, permissions: [...role.permissions, 'contacts.delete'] } : role,
        ),
      },
      'role_widened',
    ],
    [
      'a scope widened',
      {
        ...second,
        scopes: second.scopes.map((scope) =>
          scope.name === 'contacts.readonly'
            ? { ...scope, permissions: [...scope.permissions, 'contacts.delete'] }
            : scope,
        ),
      },
      'scope_widened',
    ],
  ])('refuses %s by its name, tried out or for good', async (_, document, problem) => {
    for (const more of [{ dryRun: true }, {}]) {
      const answer: Answer = await publish(pia, document, more)
      expect(answer).toMatchObject(refused('invalid_request', { field: 'document' }))
      expect(answer.error.detail).toContain(problem)
    }
  })

  it('names the field of a document that is no catalogue', async () => {
    expect(await publish(pia, { ...second, surprise: true })).toMatchObject(refused('invalid_request'))
    const [, ...roles] = second.roles
    expect(await publish(pia, { ...second, roles: [{ name: 'x' }, ...roles] })).toMatchObject(
      refused('invalid_request', { field: expect.stringContaining('document.roles[0]') as string }),
    )
  })

  it('tried out says what it would bring and stores nothing', async () => {
    const before = await dump(world.projectId)
    expect(await publish(pia, second, { dryRun: true })).toEqual({
      ok: true,
      value: {
        version: second.version,
        saved: false,
        change: {
          permissions: ['contacts.inspect', 'iam.reports.read'],
          changedPermissions: [],
          scopes: ['contacts.inspect'],
          removedScopes: [],
          narrowedScopes: [],
          deprecatedScopes: [{ scope: 'contacts.readonly', until: '2028-02-01', replacedBy: 'contacts.inspect' }],
          roles: ['account.inspector'],
          changedRoles: [
            { role: 'agency.owner', added: ['contacts.inspect', 'iam.reports.read'], removed: [] },
            { role: 'account.owner', added: ['contacts.inspect', 'iam.reports.read'], removed: [] },
            { role: 'account.user', added: [], removed: ['contacts.write'] },
          ],
        },
      },
    })
    expect(await dump(world.projectId)).toBe(before)
  })

  it('for good: known to all, withdrawals and owner defaults count at once, everything else waits to be adopted', async () => {
    await world.join(nora, 'uma', { tenant: account, role: 'account.user', reach: 'subtree' })
    const uma = await world.person('uma')
    const before = [await may(uma, 'contacts.write'), await may(nora, 'iam.reports.read')]
    expect(before).toEqual(['allowed', 'unknown_permission'])
    // What was ended on the whole platform stands beside the version, and stays (F-38).
    await damage(world.projectId, 'catalogue/head', { keysNotBefore: moment(1_000) })
    // Two at once: both follow the same head, so one is refused.
    const both = await Promise.all([publish(pia, second), publish(pia, second)])
    expect(both.filter(({ ok }) => ok)).toHaveLength(1)
    const head = (await storedDocuments(world.projectId)).get('catalogue/head')
    expect(head).toMatchObject({
      version: { stringValue: second.version },
      keysNotBefore: { timestampValue: '1970-01-01T00:00:01Z' },
    })
    // Each instance looks for the head every five seconds, by its own machine's clock.
    await expect.poll(() => may(uma, 'contacts.write'), { timeout: 15_000 }).toBe('no_assignment')
    expect(await may(nora, 'iam.reports.read')).toBe('allowed')
    expect([await may(uma, 'contacts.read'), await may(nora, 'contacts.inspect')]).toEqual(['allowed', 'no_assignment'])
    const create = { tenant: agency, name: 'Early', permissions: ['contacts.inspect'] }
    expect(await nora.call('roles/create', create)).toMatchObject(
      refused('invalid_request', { field: 'permissions[0]' }),
    )
    const early = { tenant: agency, principal: { user: 'nora' }, role: 'account.inspector', reach: 'subtree' }
    expect(await nora.call('roles/assign', early)).toMatchObject(refused('invalid_request', { field: 'role' }))
  })

  it('never changes what is published', async () => {
    const stored = (await storedDocuments(world.projectId)).get(`catalogue/${second.version}`)
    expect(await publish(pia, { ...second, scopes: [] })).toMatchObject(
      refused('invalid_request', { field: 'document' }),
    )
    expect((await storedDocuments(world.projectId)).get(`catalogue/${second.version}`)).toEqual(stored)
    expect(await publish(pia, third)).toMatchObject({ ok: true, value: { saved: true } })
  })
})

describe('a catalogue', () => {
  it('is shown whole, the adopted version or another one, to who may read it', async () => {
    const adopted = await nora.must('roles/catalogue', { tenant: account })
    expect(adopted).toMatchObject({ adopted: first.version, own: [] })
    expect(adopted.catalogue).toEqual(first)
    const newer = await nora.must('roles/catalogue', { tenant: agency, version: second.version })
    expect(newer.catalogue).toEqual(second)
    for (const version of ['2020-01-01', '2099-12-31'])
      expect(await nora.call('roles/catalogue', { tenant: agency, version })).toEqual(
        refused('not_found', { field: 'version' }),
      )
    for (const version of ['head', '../head', '2027-02-30'])
      expect(await nora.call('roles/catalogue', { tenant: agency, version })).toMatchObject(refused('invalid_request'))
    const theirs = await world.agency('Southridge', 'sven')
    expect(await nora.call('roles/catalogue', { tenant: theirs })).toEqual(refused('not_found'))
    expect(await (await world.person('uma')).call('roles/catalogue', { tenant: account })).toMatchObject(
      refused('permission_denied', { missing: ['iam.catalogue.read'] }),
    )
  })
})

describe('adopting', () => {
  /** What everybody may do at the account: names by person. */
  const everything = async (people: readonly Actor[]): Promise<readonly (readonly string[])[]> => {
    const names = second.permissions.map(({ name }) => name).filter((name) => !name.startsWith('iam.'))
    const sample = names
      .filter((_, index) => index % 12 === 0)
      .concat(['contacts.inspect', 'contacts.read', 'contacts.write'])
    return Promise.all(
      people.map(async (person) => {
        const verdicts = await Promise.all(sample.map((name) => may(person, name)))
        return sample.filter((_, index) => verdicts[index] === 'allowed')
      }),
    )
  }

  it('is refused to whoever may not, for another agency, for an account, for what is not published, and backwards', async () => {
    await world.join(nora, 'anton', { tenant: agency, role: 'agency.admin', reach: 'subtree' })
    const anton = await world.person('anton')
    expect(await adopt(second.version, {}, agency, anton)).toMatchObject(
      refused('permission_denied', { missing: ['iam.catalogue.adopt'] }),
    )
    const theirs = await world.agency('Eastgate', 'emil')
    expect(await adopt(second.version, {}, theirs)).toEqual(refused('not_found'))
    expect(await adopt(second.version, {}, account)).toMatchObject(refused('permission_denied'))
    expect(await adopt('2027-03-01')).toEqual(refused('not_found', { field: 'version' }))
    for (const more of [{}, { dryRun: true }])
      expect(await adopt(first.version, more)).toMatchObject(refused('conflict', { field: 'version' }))
    world.advance(11 * 60_000)
    expect(await adopt(second.version)).toMatchObject(refused('insufficient_user_authentication'))
    world.advance(-11 * 60_000)
  })

  it('gives owners what is new and nobody else anything; what it brings can be given from then on', async () => {
    const roles = ['account.owner', 'account.admin', 'account.user', 'account.viewer', 'account.salesRep']
    const { role } = await nora.must('roles/create', {
      tenant: agency,
      name: 'Mixed',
      permissions: ['contacts.read'],
      includes: ['account.user', 'account.viewer'],
    })
    const people = [nora]
    for (const [index, held] of roles.entries()) {
      await world.join(nora, `holder${index}`, { tenant: account, role: held, reach: 'subtree' })
      people.push(await world.person(`holder${index}`))
    }
    await nora.must('roles/assign', { tenant: account, principal: { user: 'nora' }, role, reach: 'subtree' })
    const before = await everything(people)
    const preview = await nora.must('roles/preview', { tenant: agency, change: { catalogue: third.version } })
    const dry: Answer = await adopt(third.version, { dryRun: true })
    expect(dry.value).toMatchObject({ saved: false, change: preview })
    expect(preview).toMatchObject({
      // Owners own what is new; nobody else's role holds more or less after it.
      roles: ['agency.owner', 'account.owner'].map((name) => ({
        role: name,
        added: 1,
        removed: 0,
      })),
      catalogue: { permissions: ['contacts.inspect', 'iam.reports.read'], roles: ['account.inspector'] },
    })
    expect(preview.affected).toBeUndefined()
    const stored = await storedDocuments(world.projectId)
    const saved: Answer = await adopt(third.version)
    expect(saved).toMatchObject({ ok: true, value: { version: third.version, saved: true, change: preview } })
    const after = [...(await storedDocuments(world.projectId))]
    const written = after.filter(([path, fields]) => JSON.stringify(fields) !== JSON.stringify(stored.get(path)))
    expect(written.map(([path]) => path.replace(/op_\w+$/, 'op')).toSorted()).toEqual([
      'outbox/op',
      `tenants/${agency}`,
      `tenants/${agency}/audit/op`,
      `tenants/${agency}/policy/current`,
    ])
    const owners = [nora, people[1]]
    const expected = before.map((held, index) =>
      owners.includes(people[index]) ? [...held, 'contacts.inspect'].sort() : held,
    )
    expect((await everything(people)).map((held) => held.toSorted())).toEqual(expected.map((held) => held.toSorted()))
    expect((await nora.must('roles/catalogue', { tenant: account })).adopted).toBe(third.version)
    // New names can be used now, by who holds them.
    const give = { tenant: account, principal: { user: 'nora' }, role: 'account.inspector', reach: 'subtree' }
    expect(await people[2]?.call('roles/assign', give)).toMatchObject(
      refused('grant_exceeds_grantor', { missing: ['contacts.inspect'] }),
    )
    expect(await nora.call('roles/assign', give)).toMatchObject({ ok: true })
    for (const version of [second.version, third.version])
      expect(await adopt(version)).toMatchObject(refused('conflict', { field: 'version' }))
  })
})
