// The rules as text: every path is named, every `allow` is a `get` or a `list` that asks for an open viewer, and each has its deny twin.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { liveCollections } from '../../functions/src/rooms/tenancy/enter-tenant.ts'
import { root } from '../root.ts'

const rules = readFileSync(join(root, 'firestore.rules'), 'utf8')
const live = Object.keys(liveCollections)

/** Firestore: 10 access calls for a request on one document or one query, and for each write of a batch (CATALOGUE L-06). */
const maxAccessCalls = 10

interface Allow {
  readonly path: string
  readonly verbs: readonly string[]
  readonly condition: string
}

interface Parsed {
  readonly matches: readonly string[]
  readonly allows: readonly Allow[]
  /** Name of each function → its body. */
  readonly functions: ReadonlyMap<string, string>
}

const withoutComments = (text: string): string => text.replace(/\/\/.*$/gm, '').replace(/\/\*.*?\*\//gs, '')

/** Reads the blocks in order: `match` and `function` open one, and a brace of a path or an expression opens none. */
const parse = (text: string): Parsed => {
  const matches: string[] = []
  const allows: Allow[] = []
  const functions = new Map<string, string>()
  const open: string[] = []
  const token =
    /\bmatch\s+(?<path>\/(?:[^\s{}]|\{[^}]*\})*)\s*\{|\bfunction\s+(?<name>\w+)\([^)]*\)\s*\{(?<body>[^{}]*)\}|\ballow\s+(?<verbs>[\w,\s]+?)\s*(?::\s*if\s+(?<condition>[^;]*))?;|service\s+\S+\s*\{|\}/g
  for (const { groups = {}, 0: whole } of withoutComments(text).matchAll(token)) {
    const { path, name, body, verbs, condition } = groups
    if (path !== undefined) {
      open.push(path)
      matches.push(open.join(''))
    } else if (name !== undefined) functions.set(name, body ?? '')
    else if (verbs !== undefined)
      allows.push({ path: open.join(''), verbs: verbs.split(/\s*,\s*/), condition: (condition ?? 'true').trim() })
    else if (whole === '}') open.pop()
    else open.push('')
  }
  return { matches, allows, functions }
}

/** The access calls that one condition can make, function by function; calls for one document count each time, so this is at most too many. */
const accessCalls = (expression: string, functions: Parsed['functions'], depth = 0): number => {
  if (depth > 20) return Number.POSITIVE_INFINITY
  const direct = expression.match(/\b(?:get|exists|getAfter|existsAfter)\s*\(\s*\//g)?.length ?? 0
  const indirect = [...functions].map(([name, body]) => {
    const calls = expression.match(new RegExp(`\\b${name}\\s*\\(`, 'g'))?.length ?? 0
    return calls === 0 ? 0 : calls * accessCalls(body, functions, depth + 1)
  })
  return indirect.reduce((sum, calls) => sum + calls, direct)
}

const base = '/databases/{database}/documents/tenants/{tenant}'
/** What belongs to a person and to no tenant asks for that person's own session instead of a viewer. */
const own = '/databases/{database}/documents/users/{uid}/notifications/{notification}'

const faults = (text: string): readonly string[] => {
  const { matches, allows, functions } = parse(text)
  const found: string[] = []
  const say = (fault: string) => void found.push(fault)
  if (!/^rules_version = '2';/.test(text)) say('not rules version 2')
  if (text.match(/\ballow\b/g)?.length !== allows.length + (text.match(/\/\/.*\ballow\b/g)?.length ?? 0))
    say('an `allow` was not understood')
  for (const path of matches) if (/=\*\*/.test(path)) say(`recursive wildcard: ${path}`)
  for (const { verbs, condition } of allows.filter(({ path }) => path === own)) {
    const limited = verbs[0] === 'list' ? ' && request.query.limit <= 100' : ''
    if (condition !== `request.auth != null${limited} && ownSession(uid)`) say(`not of one's own session: ${verbs[0]}`)
  }
  for (const { path, verbs, condition } of allows.filter((one) => one.path !== own)) {
    const name = path.slice(base.length + 1).split('/')[0] ?? ''
    const where = `${verbs.join(', ')} at ${name === '' ? path : name}`
    if (!path.startsWith(`${base}/`) || path.slice(base.length + 1).split('/').length !== 2)
      say(`outside a tenant: ${where}`)
    if (verbs.length !== 1 || !['get', 'list'].includes(verbs[0] ?? '')) say(`not one of get and list: ${where}`)
    if (/\btrue\b/.test(condition)) say(`always true: ${where}`)
    if (condition.includes('||')) say(`an alternative: ${where}`)
    const parts = condition.split('&&').map((part) => part.trim())
    if (!parts.includes(`opened(tenant, '${name}')`)) say(`asks for no viewer of its own: ${where}`)
    if (!parts.includes('request.auth != null')) say(`not for people who are signed in: ${where}`)
    if (verbs[0] === 'list' && !parts.includes('request.query.limit <= 100')) say(`without a limit: ${where}`)
    if (accessCalls(condition, functions) > maxAccessCalls) say(`more than ${maxAccessCalls} access calls: ${where}`)
    if (!live.includes(name)) say(`no deny twin: ${where}`)
  }
  for (const name of live)
    for (const verb of ['get', 'list'])
      if (allows.filter((one) => one.path.startsWith(`${base}/${name}/`) && one.verbs.includes(verb)).length !== 1)
        say(`not exactly one ${verb} of ${name}`)
  return found
}

test('the rules break none of these laws (I-84, T-03, T-12, T-18)', () => {
  expect(faults(rules)).toEqual([])
})

test('the whole text is understood: two `allow`s for each live collection and for one’s own notifications, and nothing else', () => {
  const { matches, allows } = parse(rules)
  expect(allows).toHaveLength(live.length * 2 + 2)
  expect(matches.map((path) => path.replace(/\{\w+\}$/, ''))).toEqual(
    ['/databases/{database}/documents', own, base, ...live.map((name) => `${base}/${name}/`)].map((path) =>
      path.replace(/\{\w+\}$/, ''),
    ),
  )
})

test('the table of deny twins that the emulator tests run names each live collection', () => {
  const table = readFileSync(join(root, 'emulator-tests/rules/twins.ts'), 'utf8')
  const named = [...table.matchAll(/^ {2}(\w+): \{ holds: /gm)].map(([, name]) => name)
  expect(named.toSorted()).toEqual(live.toSorted())
})

test('a request makes five access calls at most for distinct documents, and never more than ten in all', () => {
  const { allows, functions } = parse(rules)
  const most = Math.max(...allows.map(({ condition }) => accessCalls(condition, functions)))
  expect(most).toBe(5)
})

test('T-24 nothing else of the project is served to clients: no storage, no realtime database, no second database', () => {
  const config = JSON.parse(readFileSync(join(root, 'firebase.json'), 'utf8')) as Readonly<Record<string, unknown>>
  expect(Object.keys(config).filter((name) => ['storage', 'database', 'dataconnect'].includes(name))).toEqual([])
  expect(config['firestore']).toEqual({ rules: 'firestore.rules', indexes: 'firestore.indexes.json' })
})

describe('a seeded violation is refused:', () => {
  const getMembers = "allow get: if request.auth != null && opened(tenant, 'members');"
  const listMembers = "allow list: if request.auth != null && request.query.limit <= 100 && opened(tenant, 'members');"
  const inside = (extra: string) =>
    [listMembers, `${listMembers}\n      }\n      ${extra}\n      match /x/{y} {`] as const

  test.each<[string, string, string, string]>([
    ['if true', getMembers, 'allow get: if true;', 'always true: get at members'],
    ['no condition', getMembers, 'allow get;', 'always true: get at members'],
    ['true as an alternative', getMembers, getMembers.replace(';', ' || true;'), 'always true: get at members'],
    [
      'an alternative',
      getMembers,
      getMembers.replace(';', ' || request.auth.uid == member;'),
      'an alternative: get at members',
    ],
    [
      'anyone who is signed in',
      getMembers,
      'allow get: if request.auth != null;',
      'asks for no viewer of its own: get at members',
    ],
    [
      'another collection’s viewer',
      getMembers,
      getMembers.replace("'members'", "'roles'"),
      'asks for no viewer of its own: get at members',
    ],
    [
      'another tenant’s viewer',
      getMembers,
      getMembers.replace('(tenant,', '(member,'),
      'asks for no viewer of its own: get at members',
    ],
    [
      'nobody needs to be signed in',
      getMembers,
      "allow get: if opened(tenant, 'members');",
      'not for people who are signed in: get at members',
    ],
    ['read', getMembers, getMembers.replace('get', 'read'), 'not one of get and list: read at members'],
    [
      'get and list at once',
      getMembers,
      getMembers.replace('get', 'get, list'),
      'not one of get and list: get, list at members',
    ],
    ...['write', 'create', 'update', 'delete'].map((verb): [string, string, string, string] => [
      verb,
      getMembers,
      `${getMembers}\n        ${getMembers.replace('get', verb)}`,
      `not one of get and list: ${verb} at members`,
    ]),
    [
      'a list without a limit',
      listMembers,
      "allow list: if request.auth != null && opened(tenant, 'members');",
      'without a limit: list at members',
    ],
    ['a list of 1,000', listMembers, listMembers.replace('<= 100', '<= 1000'), 'without a limit: list at members'],
    [
      'a recursive wildcard',
      '/members/{member}',
      '/members/{member=**}',
      'recursive wildcard: /databases/{database}/documents/tenants/{tenant}/members/{member=**}',
    ],
    [
      'a collection group',
      'match /tenants/{tenant} {',
      `match /{path=**}/members/{id} { ${listMembers} }\n    match /tenants/{tenant} {`,
      'recursive wildcard: /databases/{database}/documents/{path=**}/members/{id}',
    ],
    [
      'the tenants themselves',
      'match /tenants/{tenant} {',
      `match /tenants/{tenant} { ${getMembers}`,
      'outside a tenant: get at /databases/{database}/documents/tenants/{tenant}',
    ],
    [
      'a collection that nobody tests',
      ...inside("match /audit/{event} { allow get: if request.auth != null && opened(tenant, 'audit'); }"),
      'no deny twin: get at audit',
    ],
    [
      'a sub-collection',
      ...inside("match /members/{m}/private/{p} { allow get: if request.auth != null && opened(tenant, 'members'); }"),
      'outside a tenant: get at members',
    ],
    ['a collection that is no longer live', getMembers, '', 'not exactly one get of members'],
    ['a second allow beside the first', getMembers, `${getMembers} ${getMembers}`, 'not exactly one get of members'],
    [
      'too many access calls',
      'let a = node(v.agency);',
      `let a = node(v.agency); let b = [${'node(tenant), '.repeat(8)}];`,
      'more than 10 access calls: get at members',
    ],
    [
      'another person’s notifications',
      'allow get: if request.auth != null && ownSession(uid);',
      'allow get: if request.auth != null && ownSession(request.auth.uid);',
      "not of one's own session: get",
    ],
    ['rules of version 1', "rules_version = '2';", '', 'not rules version 2'],
  ])('%s', (_, from, to, fault) => {
    expect(rules).toContain(from)
    expect(faults(rules.replace(from, to))).toContain(fault)
  })
})
