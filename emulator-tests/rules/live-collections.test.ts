// Every `allow` of the rules beside its deny twin, over viewers that the real `tenants/enter` wrote; and that nothing of the rules went untried.
import { deleteField, doc, type Firestore, setDoc, Timestamp } from 'firebase/firestore'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { liveCollections } from '../../functions/src/rooms/tenancy/enter-tenant.ts'
import { readCoverage } from './coverage.ts'
import {
  authTimeOf,
  getOf,
  listOf,
  makeRulesWorld,
  type Opened,
  type RulesWorld,
  type Verdict,
  verdict,
} from './rules-world.ts'
import { live, twins } from './twins.ts'

const levels = ['account', 'agency'] as const
type Level = (typeof levels)[number]

let rules: RulesWorld
const at: Record<Level, string> = { account: '', agency: '' }
const readers = {} as Record<Level, Opened> // filled below
let nora: Opened

const uidOf = (role: string): string => `u-${role.replace('.', '-')}`
const documentOf = (level: Level, collection: string): string => `tenants/${at[level]}/${collection}/sample`

beforeAll(async () => {
  rules = await makeRulesWorld()
  const { world } = rules
  at.agency = await world.agency('Northwind', 'olivia')
  const olivia = await world.person('olivia')
  at.account = (await olivia.must('tenants/create', { parent: at.agency, name: 'Bakery' })).tenant
  const elsewhere = await world.agency('Southwind', 'nora')
  for (const level of levels) {
    const roles = new Set(live.flatMap((name) => [twins[name].holds[level], twins[name].lacks[level]]))
    for (const role of roles) await world.join(olivia, uidOf(role), { tenant: at[level], role, reach: 'node' })
    await world.join(olivia, `late-${level}`, { tenant: at[level], role: twins.members.holds[level], reach: 'node' })
    await world.join(olivia, `away-${level}`, { tenant: at[level], role: twins.members.holds[level], reach: 'node' })
    for (const name of live) await rules.stage(documentOf(level, name), { displayName: 'Sample', status: 'active' })
    readers[level] = await rules.enter(uidOf(twins.members.holds[level]), at[level])
  }
  nora = await rules.enter('nora', elsewhere)
}, 120_000)
afterAll(() => rules.close())

test('the table covers each live collection, and each of them has a permission of its own', () => {
  expect(live.toSorted()).toEqual(Object.keys(liveCollections).toSorted())
  expect(new Set(Object.values(liveCollections)).size).toBe(live.length)
})

/** Someone else at the door of an open tenant. */
const outsiders: Readonly<Record<string, (level: Level, lacking: string) => Promise<Firestore> | Firestore>> = {
  'an anonymous client (I-84)': () => rules.anonymous(),
  'the owner of another agency, inside their own (T-06)': () => nora.db,
  'a stranger who entered nothing': () => rules.client('stranger', { auth_time: 1_700_000_000 }),
  'a member whose role lacks the permission': async (level, lacking) =>
    (await rules.enter(uidOf(lacking), at[level])).db,
  'a member who may but has not entered (T-15)': async (level) => {
    const uid = `away-${level}`
    return rules.client(uid, { auth_time: authTimeOf(await rules.world.idToken(uid)) })
  },
  'a viewer whose time is over (T-23)': async (level) => {
    rules.world.advance(-11 * 60_000) // the viewer ends a minute ago: `request.time` is real
    try {
      return (await rules.enter(`late-${level}`, at[level])).db
    } finally {
      rules.world.advance(11 * 60_000)
    }
  },
  'a later session of the same person': (level) =>
    rules.client(readers[level].uid, { auth_time: readers[level].authTime + 1 }),
  'an earlier session of the same person': (level) =>
    rules.client(readers[level].uid, { auth_time: readers[level].authTime - 1 }),
  'a token whose auth_time is text (T-08)': (level) =>
    rules.client(readers[level].uid, { auth_time: String(readers[level].authTime) }),
  'a token that claims to be an owner (T-15)': () =>
    rules.client('mallory', { auth_time: 1_700_000_000, admin: true, role: 'agency.owner', tenant: at.account }),
}

const both = async (db: Firestore, level: Level, name: string): Promise<readonly Verdict[]> => [
  await getOf(db, documentOf(level, name)),
  await listOf(db, `tenants/${at[level]}/${name}`),
]

describe.each(levels)('at an %s', (level) => {
  describe.each(live)('%s (T-03)', (name) => {
    test('can be got and listed by who holds the permission and has entered', async () => {
      expect(readers[level].see).toContain(name)
      expect(await both(readers[level].db, level, name)).toEqual(['allowed', 'allowed'])
    })

    test.each(Object.keys(outsiders))('are neither got nor listed by %s', async (who) => {
      const db = await outsiders[who]?.(level, twins[name].lacks[level])
      if (db === undefined) throw new Error(who)
      expect(await both(db, level, name)).toEqual(['denied', 'denied'])
      expect(await both(readers[level].db, level, name)).toEqual(['allowed', 'allowed'])
    })
  })

  test('a viewer shows exactly what the role may list, no more', async () => {
    for (const name of live) {
      const entered = await rules.enter(uidOf(twins[name].lacks[level]), at[level])
      expect(entered.see).not.toContain(name)
      for (const other of live)
        expect(await both(entered.db, level, other)).toEqual(
          entered.see.includes(other) ? ['allowed', 'allowed'] : ['denied', 'denied'],
        )
    }
  })
})

describe('each condition shuts the viewer by itself, whatever the others say', () => {
  const viewer = (level: Level) => `tenants/${at[level]}/viewers/${readers[level].uid}`
  const node = (level: Level) => `tenants/${at[level]}`
  const agency = () => `tenants/${at.agency}`
  const person = (level: Level) => `users/${readers[level].uid}`
  const past = Timestamp.fromMillis(Date.now() - 1_000)
  const future = Timestamp.fromMillis(Date.now() + 3_600_000)
  const head = () => 'catalogue/head'

  /** One field of one document, changed behind the back of every operation. */
  const changes: readonly (readonly [string, Level, (level: Level) => string, string, unknown])[] = [
    ['the collection is not in `see`', 'account', viewer, 'see', ['teams']],
    ['`see` is text that contains the name (T-08)', 'account', viewer, 'see', 'members'],
    ['there is no `see` (T-08)', 'account', viewer, 'see', deleteField()],
    ['`until` has passed', 'account', viewer, 'until', past],
    ['there is no `until` (T-08)', 'account', viewer, 'until', deleteField()],
    ['`until` is text (T-08)', 'account', viewer, 'until', '2999-01-01T00:00:00Z'],
    ['the viewer is of another session', 'account', viewer, 'authTime', 1],
    ['the viewer knew another node', 'account', viewer, 't', 'old'],
    ['the viewer knew another agency', 'account', viewer, 'g', 'old'],
    ['the viewer knew another person', 'account', viewer, 'u', 'old'],
    ['the viewer names no agency', 'account', viewer, 'agency', deleteField()],
    ['the viewer takes an account for an agency', 'account', viewer, 'agency', 'SELF'],
    ['the access of the node changed', 'account', node, 'accessId', 'new'],
    ['there is no access id at the node (T-08)', 'account', node, 'accessId', deleteField()],
    ['the node is suspended', 'account', node, 'status', 'suspended'],
    ['the node is deleted', 'account', node, 'status', 'deleted'],
    ['the node has no status (T-08)', 'account', node, 'status', deleteField()],
    ['the node moved below another agency', 'account', node, 'parentId', 'agy_0000000000000000000000'],
    ['the access of the agency changed', 'account', agency, 'accessId', 'new'],
    ['the agency is suspended', 'account', agency, 'status', 'suspended'],
    ['the power of the person changed', 'account', person, 'accessId', 'new'],
    ['there is no access id of the person (T-08)', 'account', person, 'accessId', deleteField()],
    ['every sign-in was ended on the whole platform (F-38)', 'account', head, 'sessionsNotBefore', future],
    ['the end of every sign-in is text (T-08)', 'account', head, 'sessionsNotBefore', '1999-01-01T00:00:00Z'],
    ['the agency is suspended', 'agency', agency, 'status', 'suspended'],
    ['the agency is no agency', 'agency', agency, 'kind', 'account'],
    ['the access of the agency changed', 'agency', agency, 'accessId', 'new'],
    ['the power of the person changed', 'agency', person, 'accessId', 'new'],
  ]

  test.each(changes)('%s (at an %s)', async (_, level, pathOf, field, value) => {
    const { db } = readers[level]
    const path = pathOf(level)
    // A viewer that takes its account for the agency has that account's access id, or the id alone would refuse it.
    const fields = value === 'SELF' ? await selfAgency() : { [field]: value }
    await rules.altered(path, fields, async () => {
      expect(await both(db, level, 'members')).toEqual(['denied', 'denied'])
    })
    expect(await both(db, level, 'members')).toEqual(['allowed', 'allowed'])
  })

  const selfAgency = async (): Promise<object> => {
    const [account] = await rules.world.app.store.read.getAll([node('account')])
    return { agency: at.account, g: account?.['accessId'] }
  }
})

describe('one’s own notifications', () => {
  const path = 'users/u-notified/notifications/n1'
  const signIn = 1_700_000_000
  const client = (uid = 'u-notified', claims: object = { auth_time: signIn }) => rules.client(uid, claims)
  const answers = async (db: Firestore): Promise<readonly Verdict[]> => [
    await getOf(db, path),
    await listOf(db, 'users/u-notified/notifications'),
  ]
  const both = (one: Verdict): readonly Verdict[] => [one, one]

  beforeAll(async () => {
    await rules.stage('users/u-notified', { accessId: 'x', status: 'active' })
    await rules.stage(path, { title: 'A key expires' })
  })

  test('are read live by their owner, at most a hundred at a time', async () => {
    expect(await answers(client())).toEqual(both('allowed'))
    expect(await listOf(client(), 'users/u-notified/notifications', 101)).toBe('denied')
  })

  test.each<[string, () => Firestore]>([
    ['an anonymous client', () => rules.anonymous()],
    ['somebody else', () => client('nora')],
    ['a session without a sign-in time', () => client('u-notified', {})],
  ])('are denied to %s', async (_, db) => {
    expect(await answers(db())).toEqual(both('denied'))
  })

  test.each<[string, object]>([
    ['somebody who is suspended', { status: 'suspended' }],
    ['a session that began before `notBefore`', { notBefore: Timestamp.fromMillis(signIn * 1000) }],
    ['a session that was denied', { deniedAuthTimes: [signIn] }],
  ])('are denied to %s, and read again when that is over', async (_, change) => {
    await rules.altered('users/u-notified', change, async () => {
      expect(await answers(client())).toEqual(both('denied'))
    })
    await rules.altered('users/u-notified', { notBefore: Timestamp.fromMillis(signIn * 1000 - 1) }, async () => {
      expect(await answers(client())).toEqual(both('allowed'))
    })
  })

  test('F-38 are denied to a session of before everything was ended, and to none of after', async () => {
    const ended = (at: number) => ({ sessionsNotBefore: Timestamp.fromMillis(at) })
    await rules.altered('catalogue/head', ended(signIn * 1000), async () => {
      expect(await answers(client())).toEqual(both('denied'))
    })
    await rules.altered('catalogue/head', ended(signIn * 1000 - 1), async () => {
      expect(await answers(client())).toEqual(both('allowed'))
    })
  })

  test('no client writes any', async () => {
    expect(await verdict(setDoc(doc(client(), path), { title: 'mine' }))).toBe('denied')
  })
})

test('rules coverage: each `allow` was true and was false, and no expression was never evaluated (C-155)', async () => {
  const coverage = await readCoverage(rules.projectId)
  console.info(
    `rules coverage: ${coverage.bothWays}/${coverage.allows} allows both ways, ${coverage.evaluated}/${coverage.expressions} expressions evaluated`,
  )
  expect(coverage.allows).toBe(live.length * 2 + 2)
  expect(coverage.oneWay).toEqual([])
  expect(coverage.never).toEqual([])
})
