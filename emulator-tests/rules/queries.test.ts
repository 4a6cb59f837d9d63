// Rules are not filters: a query is allowed as a whole or not at all, and no shape of it reaches beyond the tenant that was opened.
import {
  and,
  collection,
  collectionGroup,
  doc,
  documentId,
  endAt,
  type Firestore,
  getCountFromServer,
  getDocFromServer,
  getDocsFromServer,
  limit,
  limitToLast,
  or,
  orderBy,
  type Query,
  query,
  startAt,
  where,
} from 'firebase/firestore'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getOf, listOf, makeRulesWorld, type Opened, type RulesWorld, verdict } from './rules-world.ts'
import { live } from './twins.ts'

let rules: RulesWorld
let mine: Opened
let account: string
let sibling: string
let foreign: string

beforeAll(async () => {
  rules = await makeRulesWorld()
  const { world } = rules
  const agency = await world.agency('Northwind', 'olivia')
  const olivia = await world.person('olivia')
  account = (await olivia.must('tenants/create', { parent: agency, name: 'Bakery' })).tenant
  sibling = (await olivia.must('tenants/create', { parent: agency, name: 'Florist' })).tenant
  foreign = await world.agency('Southwind', 'nora')
  await world.join(olivia, 'ann', { tenant: account, role: 'account.admin', reach: 'node' })
  mine = await rules.enter('ann', account)
  for (const tenant of [account, sibling, foreign])
    for (const name of live)
      for (const id of ['a', 'b']) await rules.stage(`tenants/${tenant}/${name}/${id}`, { tenant, status: 'active' })
}, 120_000)
afterAll(() => rules.close())

const run = (asked: Query) => verdict(getDocsFromServer(asked))
const members = (db: Firestore, tenant: string) => collection(db, `tenants/${tenant}/members`)

describe.each(live)('a list of %s', (name) => {
  test.each([
    [1, 'allowed'],
    [99, 'allowed'],
    [100, 'allowed'],
    [101, 'denied'],
    [10_000, 'denied'],
  ] as const)('of at most %i is %s (T-03)', async (most, said) => {
    expect(await listOf(mine.db, `tenants/${account}/${name}`, most)).toBe(said)
  })

  test('without a limit is denied; from the end with a limit it is allowed', async () => {
    const all = collection(mine.db, `tenants/${account}/${name}`)
    expect(await run(all)).toBe('denied')
    expect(await run(query(all, where('status', '==', 'active')))).toBe('denied')
    expect(await run(query(all, orderBy('status'), limitToLast(100)))).toBe('allowed')
    expect(await run(query(all, orderBy('status'), limitToLast(101)))).toBe('denied')
  })

  test('as a group is denied: bare, by the own tenant, by a foreign one, by a range of ids (T-01)', async () => {
    const group = collectionGroup(mine.db, name)
    const own = `tenants/${account}/${name}/a`
    expect(await run(query(group, limit(1)))).toBe('denied')
    expect(await run(query(group, where('tenant', '==', account), limit(1)))).toBe('denied')
    expect(await run(query(group, where('tenant', '==', foreign), limit(1)))).toBe('denied')
    expect(await run(query(group, orderBy(documentId()), startAt(own), endAt(own), limit(1)))).toBe('denied')
    // By its very name a document is a document: the emulator answers for one of the open tenant, never for another's.
    const named = doc(mine.db, own)
    const theirs = doc(mine.db, `tenants/${foreign}/${name}/a`)
    expect(await run(query(group, where(documentId(), '==', theirs), limit(1)))).toBe('denied')
    expect(await run(query(group, where(documentId(), 'in', [named, theirs]), limit(2)))).toBe('denied')
    expect(await listOf(mine.db, `tenants/${account}/${name}`, 1)).toBe('allowed')
  })
})

/** Shapes of one query. Inside the open tenant they are answered, elsewhere none of them is (T-04). */
const shapes: Readonly<Record<string, (db: Firestore, tenant: string) => Query>> = {
  equality: (db, tenant) => query(members(db, tenant), where('status', '==', 'active'), limit(10)),
  'the own tenant by field': (db, tenant) => query(members(db, tenant), where('tenant', '==', account), limit(10)),
  'in, own and foreign': (db, tenant) =>
    query(members(db, tenant), where('tenant', 'in', [account, sibling, foreign]), limit(10)),
  '!=': (db, tenant) => query(members(db, tenant), where('tenant', '!=', account), limit(10)),
  'not-in': (db, tenant) => query(members(db, tenant), where('tenant', 'not-in', [account]), limit(10)),
  or: (db, tenant) =>
    query(members(db, tenant), or(where('tenant', '==', account), where('status', '!=', 'x')), limit(10)),
  'or within and': (db, tenant) =>
    query(
      members(db, tenant),
      and(where('status', '==', 'active'), or(where('tenant', '==', account), where('tenant', '==', foreign))),
      limit(10),
    ),
  'startAt an id': (db, tenant) => query(members(db, tenant), orderBy(documentId()), startAt('a'), limit(10)),
  'ids in a list': (db, tenant) => query(members(db, tenant), where(documentId(), 'in', ['a', 'b']), limit(10)),
}

describe.each(Object.keys(shapes))('the query %s', (shape) => {
  test('is answered inside the open tenant and denied at its sibling and at another agency (T-04)', async () => {
    const asked = (tenant: string) => {
      const made = shapes[shape]?.(mine.db, tenant)
      if (made === undefined) throw new Error(shape)
      return run(made)
    }
    expect([await asked(account), await asked(sibling), await asked(foreign)]).toEqual(['allowed', 'denied', 'denied'])
  })
})

test('tenants cannot be listed by any filter, not even down to the open one (T-04)', async () => {
  const tenants = collection(mine.db, 'tenants')
  const asked = [
    query(tenants, limit(1)),
    query(tenants, where(documentId(), '==', account), limit(1)),
    query(tenants, where(documentId(), 'in', [account, foreign]), limit(2)),
    query(tenants, where('kind', '!=', 'agency'), limit(1)),
    query(tenants, orderBy(documentId()), startAt(account), endAt(account), limit(1)),
  ]
  for (const one of asked) expect(await run(one)).toBe('denied')
  expect(await run(query(members(mine.db, account), limit(1)))).toBe('allowed')
})

test('a count follows the rule of its query', async () => {
  const count = (asked: Query) => verdict(getCountFromServer(asked))
  expect(await count(query(members(mine.db, account), limit(100)))).toBe('allowed')
  expect(await count(query(members(mine.db, account), limit(101)))).toBe('denied')
  expect(await count(members(mine.db, account))).toBe('denied')
  expect(await count(query(members(mine.db, foreign), limit(100)))).toBe('denied')
})

/** What the caller is told, word for word. The emulator explains itself with the path that was asked for; the cloud does not. */
const told = (db: Firestore, path: string): Promise<string> =>
  getDocFromServer(doc(db, path)).then(
    (found) => `found: ${found.exists()}`,
    (error: { readonly code: string; readonly message: string }) =>
      `${error.code}: ${error.message.replaceAll(path.split('/')[1] ?? '', 'TENANT')}`,
  )

describe('guessing', () => {
  test('an existing and a missing document of another tenant answer alike (T-14)', async () => {
    for (const name of live) {
      const existing = await told(mine.db, `tenants/${foreign}/${name}/a`)
      expect(existing).toMatch(/^permission-denied: /)
      expect(await told(mine.db, `tenants/${foreign}/${name}/missing`)).toBe(existing)
      expect(await told(mine.db, `tenants/${foreign}/${name}/nora@people.example`)).toBe(existing)
      expect(await told(mine.db, `tenants/${account}/${name}/a`)).toBe('found: true')
    }
  })

  test('an existing and a missing tenant answer alike (T-14)', async () => {
    const existing = await told(mine.db, `tenants/${foreign}/members/a`)
    expect(await told(mine.db, 'tenants/acc_0000000000000000000000/members/a')).toBe(existing)
    expect(await told(mine.db, 'tenants/nobody-ever/members/a')).toBe(existing)
  })

  test('an existing and a missing server-only document answer alike (T-14)', async () => {
    const existing = await told(mine.db, `tenants/${account}`)
    expect(await told(mine.db, 'tenants/acc_0000000000000000000000')).toBe(existing)
    expect(await told(mine.db, 'users/ann')).toBe(await told(mine.db, 'users/nobody'))
  })
})

test('ids that bend a path open nothing: dots, look-alikes, the longest, another person’s path as uid (T-20)', async () => {
  const claims = { auth_time: mine.authTime }
  for (const tenant of [
    '..%2f',
    `${account}%2f..`,
    account.replace('a', 'а'),
    `${account} `,
    'x'.repeat(1_500),
    '__proto',
  ])
    expect([tenant, await getOf(mine.db, `tenants/${tenant}/members/a`)]).toEqual([tenant, 'denied'])
  for (const uid of ['ann/../ann', `ann/x`, '.', '..', 'ann ', 'аnn', 'ANN', `../../${account}/viewers/ann`])
    expect([uid, await getOf(rules.client(uid, claims), `tenants/${account}/members/a`)]).toEqual([uid, 'denied'])
  expect(await getOf(rules.client('ann', claims), `tenants/${account}/members/a`)).toBe('allowed')
})
