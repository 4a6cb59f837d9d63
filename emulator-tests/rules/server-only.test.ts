// The crawl: with the token of the most powerful person inside, everything but the live collections is shut, and nothing at all is writable.
import {
  addDoc,
  arrayUnion,
  collection,
  collectionGroup,
  deleteDoc,
  deleteField,
  doc,
  type Firestore,
  getDocFromServer,
  getDocsFromServer,
  limit,
  query,
  runTransaction,
  serverTimestamp,
  setDoc,
  updateDoc,
  writeBatch,
} from 'firebase/firestore'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collectionsOf } from '../../functions/src/platform/store/collections.ts'
import { endpoints } from '../support/stack.ts'
import { getOf, listOf, makeRulesWorld, type Opened, type RulesWorld, verdict } from './rules-world.ts'
import { live } from './twins.ts'

/** One's own notifications are live, too: that nobody else sees them is tried with the live collections. */
const liveCollection = (collectionPath: string): boolean =>
  collectionPath === 'users/*/notifications' || live.some((name) => collectionPath === `tenants/*/${name}`)

/** Every collection that any door of the server may write, so that a new one is crawled without being named here. */
const known = [...new Set((['commit', 'project', 'operate'] as const).flatMap((door) => collectionsOf(door)))]
const serverOnly = known.filter((one) => !liveCollection(one))
/** Collections that nothing writes yet, or that nobody thought of. */
const unknown = ['tenants/*/secrets', 'tenants/*/private', 'oauthClients', 'x']
const closed = [...serverOnly, ...unknown]

let rules: RulesWorld
let owner: Opened
let agency: string
let account: string
const secrets: string[] = []

beforeAll(async () => {
  rules = await makeRulesWorld()
  const { world } = rules
  agency = await world.agency('Northwind', 'olivia')
  const olivia = await world.person('olivia')
  account = (await olivia.must('tenants/create', { parent: agency, name: 'Bakery' })).tenant
  await olivia.must('members/invite', {
    tenant: agency,
    email: 'x@people.example',
    role: 'agency.admin',
    reach: 'node',
  })
  const { secret } = await olivia.must('apiKeys/create', {
    tenant: agency,
    name: 'Shop',
    scopes: ['contacts.readonly'],
  })
  secrets.push(secret)
  await rules.enter('olivia', account)
  owner = await rules.enter('olivia', agency)
  for (const name of [...live, ...closed]) await rules.stage(documentIn(name), { tenant: agency, owner: 'olivia' })
}, 120_000)
afterAll(() => rules.close())

/** `tenants/*\/members` → a path below the owner's own agency or the owner's own person. */
const pathOf = (name: string): string => {
  const path = name.includes('/') || !live.some((one) => one === name) ? name : `tenants/*/${name}`
  return path.replace('tenants/*', `tenants/${agency}`).replace('users/*', 'users/olivia')
}
const documentIn = (name: string): string => `${pathOf(name)}/sample`

/** What is allowed must be: without it a denial says nothing. */
const expectOpen = async () => {
  expect(owner.see).toEqual(expect.arrayContaining([...live]))
  expect(await getOf(owner.db, documentIn('members'))).toBe('allowed')
  expect(await listOf(owner.db, pathOf('members'))).toBe('allowed')
}

test('the crawl knows every collection that holds documents now (C-155)', async () => {
  const found = await collectionsBelow('')
  for (const tenant of [agency, account, 'platform']) found.push(...(await collectionsBelow(`/tenants/${tenant}`)))
  found.push(...(await collectionsBelow('/users/olivia')))
  const crawled = [...live, ...closed].map((name) => name.split('/').at(-1))
  expect(found.length).toBeGreaterThan(20)
  expect(found.filter((id) => !crawled.includes(id))).toEqual([])
})

/** Asked as an administrator, past the rules. */
const collectionsBelow = async (path: string): Promise<string[]> => {
  const answer = await fetch(`${documents()}${path}:listCollectionIds`, {
    method: 'POST',
    headers: { authorization: 'Bearer owner' },
    body: '{}',
  })
  return ((await answer.json()) as { collectionIds?: string[] }).collectionIds ?? []
}
const documents = () => `http://${endpoints.firestore}/v1/projects/${rules.projectId}/databases/(default)/documents`

const writes = {
  create: (db: Firestore, path: string) => addDoc(collection(db, path), { tenant: agency }),
  'create by a chosen id': (db: Firestore, path: string) => setDoc(doc(db, path, 'chosen'), { tenant: agency }),
  'replace (T-09)': (db: Firestore, path: string) => setDoc(doc(db, path, 'sample'), {}),
  merge: (db: Firestore, path: string) => setDoc(doc(db, path, 'sample'), { status: 'active' }, { merge: true }),
  'change of a parent pointer (T-05)': (db: Firestore, path: string) =>
    updateDoc(doc(db, path, 'sample'), { tenant: account, parentId: agency, agency, owner: 'mallory' }),
  'dotted and removed fields (T-07)': (db: Firestore, path: string) =>
    updateDoc(doc(db, path, 'sample'), { 'a.b': 1, status: deleteField(), owners: arrayUnion('mallory') }),
  'types that do not fit (T-08)': (db: Firestore, path: string) =>
    updateDoc(doc(db, path, 'sample'), { status: true, see: {}, until: serverTimestamp() }),
  delete: (db: Firestore, path: string) => deleteDoc(doc(db, path, 'sample')),
} as const

describe.each(closed)('%s', (name) => {
  test('is neither got, listed nor queried as a group by the owner of the agency (T-13, I-84)', async () => {
    const path = pathOf(name)
    const id = path.split('/').at(-1) ?? ''
    expect(await getOf(owner.db, `${path}/sample`)).toBe('denied')
    expect(await listOf(owner.db, path, 1)).toBe('denied')
    expect(await verdict(getDocsFromServer(query(collectionGroup(owner.db, id), limit(1))))).toBe('denied')
    await expectOpen()
  })
})

describe.each([...live, ...closed])('%s', (name) => {
  test('takes no write of any kind from a client (T-05 to T-09)', async () => {
    for (const [kind, write] of Object.entries(writes))
      expect([kind, await verdict(write(owner.db, pathOf(name)))]).toEqual([kind, 'denied'])
    const [left] = await rules.world.app.store.read.getAll([documentIn(name)])
    expect(left).toEqual({ tenant: agency, owner: 'olivia' })
    await expectOpen()
  })
})

test.each(['tenants', 'users'])('the own document in %s is not readable either', async (name) => {
  const path = name === 'tenants' ? `tenants/${agency}` : 'users/olivia'
  const [there] = await rules.world.app.store.read.getAll([path])
  expect(there).toBeDefined()
  expect(await getOf(owner.db, path)).toBe('denied')
  await expectOpen()
})

test('nobody writes a viewer of their own, wider, longer or for another (T-06)', async () => {
  const { db } = owner
  const path = `tenants/${agency}/viewers/olivia`
  const [mine] = await rules.world.app.store.read.getAll([path])
  expect(mine).toBeDefined()
  const fields = { ...mine, until: new Date(Date.now() + 600_000) } // the two libraries have a timestamp each
  expect(await getOf(db, path)).toBe('denied')
  expect(await verdict(setDoc(doc(db, path), { ...fields, see: [...live, 'audit'] }))).toBe('denied')
  expect(await verdict(updateDoc(doc(db, path), { until: new Date(Date.now() + 86_400_000) }))).toBe('denied')
  expect(await verdict(setDoc(doc(db, `tenants/${account}/viewers/mallory`), fields))).toBe('denied')
  expect(await verdict(deleteDoc(doc(db, path)))).toBe('denied')
  expect((await rules.world.app.store.read.getAll([path]))[0]).toEqual(mine)
  await expectOpen()
})

test('a batch or transaction of an allowed read and any write fails whole, and writes nothing (T-11, T-18)', async () => {
  const { db } = owner
  const allowed = doc(db, documentIn('members'))
  const fields = { displayName: 'Mallory' }
  const batch = writeBatch(db)
  for (let index = 0; index < 12; index += 1) batch.set(doc(db, pathOf('members'), `batch-${index}`), fields)
  batch.set(doc(db, 'credentials/batch'), fields)
  expect(await verdict(batch.commit())).toBe('denied')
  const transaction = runTransaction(db, async (inside) => {
    expect((await inside.get(allowed)).exists()).toBe(true)
    inside.update(allowed, fields)
  })
  expect(await verdict(transaction)).toBe('denied')
  const paths = [`${pathOf('members')}/batch-0`, 'credentials/batch', documentIn('members')]
  expect(await rules.world.app.store.read.getAll(paths)).toEqual([
    undefined,
    undefined,
    { tenant: agency, owner: 'olivia' },
  ])
  expect(await verdict(runTransaction(db, (inside) => inside.get(allowed)))).toBe('allowed')
})

test('a sub-collection of a document that can be read is shut (T-13)', async () => {
  for (const name of live) {
    const path = `${documentIn(name)}/private`
    await rules.stage(`${path}/sample`, { secret: true })
    expect(await getOf(owner.db, documentIn(name))).toBe('allowed')
    expect([name, await getOf(owner.db, `${path}/sample`), await listOf(owner.db, path)]).toEqual([
      name,
      'denied',
      'denied',
    ])
  }
})

describe('over REST, without the client library (I-84)', () => {
  const rest = (path: string, token?: string) =>
    fetch(`${documents()}/${path}`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })

  test('without a token every collection answers 403, by document and by list', async () => {
    for (const name of [...live, ...closed]) {
      const statuses = [(await rest(documentIn(name))).status, (await rest(`${pathOf(name)}?pageSize=1`)).status]
      expect([name, ...statuses]).toEqual([name, 403, 403])
    }
    expect((await rest(documentIn('members'), owner.token)).status).toBe(200)
  })

  test('with the real ID token of the owner the server-only collections answer 403 too', async () => {
    for (const name of closed) {
      const statuses = [
        (await rest(documentIn(name), owner.token)).status,
        (await rest(`${pathOf(name)}?pageSize=1`, owner.token)).status,
      ]
      expect([name, ...statuses]).toEqual([name, 403, 403])
    }
    for (const name of live) {
      expect((await rest(documentIn(name), owner.token)).status).toBe(200)
      expect((await rest(`${pathOf(name)}?pageSize=1`, owner.token)).status).toBe(200)
    }
  })

  test('thirty documents of an open tenant in one request pass: their rules share four reads (T-18)', async () => {
    const name = `projects/${rules.projectId}/databases/(default)/documents/${documentIn('members')}`
    const names = Array.from({ length: 30 }, (_, index) => (index === 0 ? name : `${name}-${index}`))
    const answer = await fetch(`${documents()}:batchGet`, {
      method: 'POST',
      headers: { authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ documents: names }),
    })
    expect(answer.status).toBe(200)
    expect((await answer.json()) as unknown[]).toHaveLength(30)
  })

  test('one foreign document among thirty spoils the whole request (T-11)', async () => {
    const base = `projects/${rules.projectId}/databases/(default)/documents`
    const names = [`${base}/${documentIn('members')}`, `${base}/tenants/platform/members/sample`]
    const answer = await fetch(`${documents()}:batchGet`, {
      method: 'POST',
      headers: { authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ documents: names }),
    })
    expect(answer.status).toBe(403)
  })
})

test('a live document holds no secret, no hash and no mail address, whoever wrote it', async () => {
  const [hidden] = await rules.world.app.store.read.list({ collection: 'credentials', limit: 1 })
  expect(hidden?.fields).toHaveProperty('hash')
  let seen = 0
  for (const name of live) {
    const found = await getDocsFromServer(query(collection(owner.db, pathOf(name)), limit(100)))
    for (const one of found.docs) {
      seen += 1
      const fields = one.data()
      expect(Object.keys(fields).filter((field) => /hash|secret|email|address|token/i.test(field))).toEqual([])
      const text = JSON.stringify(fields)
      expect(text).not.toContain('@')
      for (const secret of secrets) expect(text).not.toContain(secret.slice(-43))
    }
  }
  expect(seen).toBeGreaterThan(live.length) // more than what was staged
})

test('an unknown document of an open tenant answers like a known one, without content', async () => {
  const found = await getDocFromServer(doc(owner.db, `${pathOf('members')}/nobody`))
  expect(found.exists()).toBe(false)
})
