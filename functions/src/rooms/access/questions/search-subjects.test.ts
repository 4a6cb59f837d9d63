// I-72: whoever may is found, page by page, each once; whoever may not is not. The search itself, over generated grants in memory.
import { Timestamp } from '@google-cloud/firestore'
import { decide } from '@latchkey/core/access/decide'
import { compileCatalogue } from '@latchkey/core/catalogue/compile'
import document from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import { readCatalogue } from '@latchkey/core/catalogue/read-catalogue'
import { platformTenant, type TenantId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef, kindOf, type PrincipalRef } from '@latchkey/core/kernel/principal'
import { instantOf } from '@latchkey/core/kernel/time'
import { expect, test } from 'vitest'
import type { DocumentFields, Reader, Stamped } from '../../../platform/store/reader.ts'
import type { Revision } from '../../../platform/store/revision.ts'
import { factsLoader } from '../facts/load-facts.ts'
import { onlyNamed } from './asked.ts'
import { type Place, placeIn, placeText, type SubjectSearch, searchSubjects } from './search-subjects.ts'

const seed = Number(process.env['LK_SEED'] ?? Date.now() & 0x7fffffff)
const read = readCatalogue(document)
if (!read.ok) throw new Error('malformed catalogue')
const head = compileCatalogue(read.value)
const catalogues = {
  head: async () => head,
  headAtHand: () => head,
  ends: async () => undefined,
  ofVersion: async (version: string) => (version === head.version ? head : undefined),
}
const loadFacts = factsLoader(catalogues)
const now = instantOf(1_900_000_000_000)

// Casts: ids in the shape of drawn ones, and a revision that nothing here looks at.
const drawn = (prefix: string, name: string): string => `${prefix}_${name.padStart(22, '0')}`
const account = drawn('acc', 'Here') as TenantId
const agency = drawn('agy', 'Ours') as TenantId
const asOf = '2030-01-01T00:00:00.000000Z' as Revision

/** The store of one world: documents by path, read as the real one is, lists ordered by id. */
const readerOver = (documents: ReadonlyMap<string, DocumentFields>): Reader => {
  const getStamped = async (paths: readonly string[]): Promise<readonly Stamped[]> =>
    paths.map((path) => ({ fields: documents.get(path), writtenAt: undefined, asOf }))
  return {
    getStamped,
    getAll: async (paths) => paths.map((path) => documents.get(path)),
    list: async ({ collection, after = '', limit }) =>
      [...documents]
        .filter(([path]) => path.startsWith(`${collection}/`))
        .map(([path, fields]) => ({ id: path.slice(collection.length + 1), fields }))
        .filter(({ id }) => id > after)
        .sort((left, right) => (left.id < right.id ? -1 : 1))
        .slice(0, limit),
  }
}

type Draw = (below: number) => number

const drawing = (start: number): Draw => {
  let state = start >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const one = <Item>(draw: Draw, ...items: readonly [Item, ...Item[]]): Item => items[draw(items.length)] ?? items[0]

const entryFrom = (draw: Draw) => ({
  role: one(
    draw,
    'account.viewer',
    'account.salesRep',
    'agency.support',
    'agency.admin',
    'account.billing',
    'nobody.ever',
  ),
  reach: one(draw, 'subtree', 'subtree', 'node', 'listed'),
  accounts: { [account]: one(draw, 'placement', 'an older placement') },
  ...(draw(4) === 0
    ? { condition: one(draw, 'resource.ownerId == subject.id', 'true', 'false', 'resource.none == 1') }
    : {}),
  ...(draw(5) === 0 ? { until: Timestamp.fromMillis(now + draw(3) - 1) } : {}),
  ...(draw(8) === 0 ? { placement: one(draw, 'placement', 'an older placement') } : {}),
})

const policy = (kind: string, more: object): DocumentFields => ({
  kind,
  placementId: 'placement',
  status: 'active',
  guardrail: { deniedPermissions: [] },
  roles: {},
  ...more,
})

const teams = [drawn('tea', 'A'), drawn('tea', 'B')] as const

const worldFrom = (draw: Draw, people: number): ReadonlyMap<string, DocumentFields> => {
  const documents = new Map<string, DocumentFields>([
    [`tenants/${account}/policy/current`, policy('account', { parentId: agency })],
    [
      `tenants/${agency}/policy/current`,
      policy('agency', { parentId: platformTenant, catalogueVersion: head.version }),
    ],
    [`tenants/${platformTenant}/policy/current`, policy('platform', { catalogueVersion: head.version })],
  ])
  const give = (at: TenantId, principal: string): void => {
    const entries = Object.fromEntries(
      Array.from({ length: draw(3) }, (_, index) => [drawn('asg', `${index}`), entryFrom(draw)]),
    )
    const status = draw(6) === 0 ? one(draw, 'suspended', 'removed') : 'active'
    documents.set(`tenants/${at}/grants/${principal}`, { status, teams: teams.filter(() => draw(5) === 0), entries })
  }
  for (let index = 0; index < people; index++) {
    const principal = draw(4) === 0 ? `service:${drawn('svc', `${index}`)}` : `user:person${index}`
    if (principal.startsWith('user:') && draw(5) !== 0) {
      documents.set(`users/person${index}`, { status: draw(8) === 0 ? 'disabled' : 'active', staff: draw(3) === 0 })
    }
    for (const at of [account, agency, platformTenant]) if (draw(2) === 0) give(at, principal)
  }
  for (const team of teams) for (const at of [account, agency]) give(at, `team:${team}`)
  return documents
}

const asking = { role: 'agency.owner', reach: 'subtree' }
type Searcher = readonly [role: string, at: TenantId, sees: readonly TenantId[]]
/** Who searches: someone of the account, of the agency or of the platform; each sees only so far up. */
const searchers: readonly [Searcher, ...Searcher[]] = [
  ['account.admin', account, [account]],
  ['agency.owner', agency, [account, agency]],
  ['platform.owner', platformTenant, [account, agency, platformTenant]],
]

const searcherIn = (documents: ReadonlyMap<string, DocumentFields>, role: string, at: TenantId) => {
  const searcher = 'user:zoe' as PrincipalRef // by construction
  const entries = { [drawn('asg', 'Z')]: { ...asking, role } }
  return {
    searcher,
    reader: readerOver(
      new Map([
        ...documents,
        ['users/zoe', { status: 'active', staff: true }],
        [`tenants/${at}/grants/${searcher}`, { status: 'active', teams: [], entries }],
      ]),
    ),
    documents: new Map([...documents, [`tenants/${at}/grants/${searcher}`, {}]]),
  }
}

/** Every page to the end; each goes on from the text that the one before ended with. */
const allPages = async (search: SubjectSearch, limit: number): Promise<readonly string[]> => {
  const found: string[] = []
  let from: Place | undefined
  for (let pages = 0; pages < 1_000; pages++) {
    const page = await searchSubjects(search, { limit, from }, { loadFacts })
    expect(page.found.length).toBeLessThanOrEqual(limit)
    found.push(...page.found.map(({ principal }) => principal))
    if (page.next === undefined) return found
    from = placeIn(placeText(page.next))
    expect(from).toEqual(page.next)
  }
  throw new Error('the pages never end')
}

const questions = [
  'contacts.read',
  'invoices.read',
  'iam.members.invite',
  'iam.tenants.get',
  'accounts.search',
] as const
const sizes = [8, 25, 60, 130, 260] as const

test(`I-72 everybody who may is found, once, and nobody else, in any page size (seed ${seed})`, async () => {
  const draw = drawing(seed)
  let asked = 0
  let able = 0
  for (let world = 0; world < 100; world++) {
    const [role, at, places] = one(draw, ...searchers)
    const { reader, documents } = searcherIn(worldFrom(draw, one(draw, ...sizes)), role, at)
    const own = await loadFacts(reader, onlyNamed('user:zoe' as PrincipalRef), account) // by construction
    if (!own.ok) throw new Error('the searcher cannot be read')
    for (const permission of questions) {
      const kind = one(draw, undefined, undefined, 'user' as const, 'service' as const)
      const attributes = { resource: one(draw, {}, { ownerId: 'person1' }), action: {}, sources: [] }
      const request = { time: new Date(now) }
      const admitted = { facts: own.value, tenant: account, read: reader, request, now }
      const expected: string[] = []
      for (const principal of principalsAt(documents, places)) {
        const theirs = await loadFacts(reader, onlyNamed(principal), account)
        if (kindOf(principal) === 'team' || (kind !== undefined && kindOf(principal) !== kind) || !theirs.ok) continue
        asked++
        if (decide({ permission, ...attributes, request }, theirs.value, now).allowed) expected.push(principal)
      }
      able += expected.length
      const found = await allPages({ admitted, permissions: [permission], attributes, kind }, one(draw, 1, 3, 20, 100))
      expect(found.toSorted(), `world ${world}, ${permission}, seen by ${role}`).toEqual(expected.toSorted())
    }
  }
  expect(asked).toBeGreaterThan(10_000)
  expect(able).toBeGreaterThan(1_000)
}, 120_000)

const principalsAt = (
  documents: ReadonlyMap<string, unknown>,
  places: readonly TenantId[],
): readonly PrincipalRef[] => {
  const ids = [...documents.keys()].flatMap((path) => {
    const [, at = '', collection, id = ''] = path.split('/')
    return collection === 'grants' && places.some((place) => place === at) ? [id] : []
  })
  return [...new Set(ids)].filter(isPrincipalRef)
}

test.each(['', '~', 'nowhere~', `${account}~nobody`, `${account}~user:a~b`, `${account}~user:a/b`])(
  'a place that no page ended with is none: %j',
  (text) => {
    expect(placeIn(text)).toBeUndefined()
  },
)
