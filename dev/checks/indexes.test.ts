// Indexes: none but those that a query needs. The emulator answers without any, so only this check sees what the cloud would refuse or charge.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { collectionsOf } from '../../functions/src/platform/store/collections.ts'
import { expiring, sweepField } from '../../functions/src/platform/store/expiring.ts'
import { reminded, remindField } from '../../functions/src/platform/store/reminded.ts'
import { root } from '../root.ts'
import { sourceFiles } from './source-files.ts'

interface IndexField {
  readonly fieldPath: string
  readonly order?: string
  readonly arrayConfig?: string
}

interface Indexes {
  readonly indexes: readonly {
    readonly collectionGroup: string
    readonly queryScope: string
    readonly fields: readonly IndexField[]
  }[]
  readonly fieldOverrides: readonly {
    readonly collectionGroup: string
    readonly fieldPath: string
    readonly ttl?: boolean
    readonly indexes: readonly {
      readonly order?: string
      readonly arrayConfig?: string
      readonly queryScope?: string
    }[]
  }[]
}

/** One call of `read.list`, as far as indexes go. */
interface Query {
  readonly at: string
  readonly collection: string
  readonly equal: readonly string[]
  /** The field that is bounded, from above or from below. */
  readonly before: string | undefined
  readonly contains: string | undefined
  /** Over all collections of that name. */
  readonly group: boolean
}

const indexes = JSON.parse(readFileSync(join(root, 'firestore.indexes.json'), 'utf8')) as Indexes // checked by the tests below

/** The one place where a query is built from a `ListQuery`; anywhere else a query would escape this check. */
const builder = 'functions/src/platform/store/reader.ts'
const sources = new Map(
  sourceFiles(root)
    .filter((file) => file.startsWith('functions/src/') && !file.endsWith('.test.ts'))
    .map((file) => [file, readFileSync(join(root, file), 'utf8')]),
)

/** Every query of a source, and whatever cannot be read without running it. */
const read = (
  file: string,
  text: string,
): { readonly queries: readonly Query[]; readonly faults: readonly string[] } => {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true)
  const queries: Query[] = []
  const faults: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const at = `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
      const called = node.expression.name.text
      if (['where', 'orderBy', 'collectionGroup'].includes(called) && file !== builder)
        faults.push(`${at} builds a query by hand`)
      if (called === 'list') {
        const query = queryOf(at, node.arguments[0])
        if (typeof query === 'string') faults.push(`${at} ${query}`)
        else queries.push(query)
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return { queries, faults }
}

const queryOf = (at: string, argument: ts.Expression | undefined): Query | string => {
  if (argument === undefined || !ts.isObjectLiteralExpression(argument)) return 'lists what is no literal'
  const parts = partsOf(argument)
  if (typeof parts === 'string') return parts
  const collection = collectionIn(parts.get('collection'))
  const equal = keysOf(parts.get('where'))
  const before = fieldOf(parts.get('before') ?? parts.get('beyond') ?? parts.get('within'))
  const contains = fieldOf(parts.get('contains'))
  if (collection === undefined) return 'lists a collection without a name'
  if (equal === undefined) return 'filters by what is no literal'
  if (before === null) return 'bounds what is no literal'
  if (contains === null) return 'looks into what is no literal'
  return { at, collection, equal, before, contains, group: parts.has('group') }
}

/** The properties of the query by name, those of either branch of a conditional spread too. */
const partsOf = (literal: ts.ObjectLiteralExpression): ReadonlyMap<string, ts.Expression> | string => {
  const parts = new Map<string, ts.Expression>()
  for (const property of literal.properties) {
    if (ts.isPropertyAssignment(property)) parts.set(property.name.getText(), property.initializer)
    else if (ts.isShorthandPropertyAssignment(property)) parts.set(property.name.text, property.name)
    else if (ts.isSpreadAssignment(property)) {
      // `pageAfter` answers `{ after }` or `{}`.
      if (property.expression.getText() === 'after.value') continue
      for (const branch of branchesOf(property.expression)) {
        const inner = ts.isObjectLiteralExpression(branch) ? partsOf(branch) : 'spreads what is no literal'
        if (typeof inner === 'string') return inner
        for (const [name, value] of inner) parts.set(name, value)
      }
    }
  }
  return parts
}

const branchesOf = (expression: ts.Expression): readonly ts.Expression[] => {
  if (ts.isParenthesizedExpression(expression)) return branchesOf(expression.expression)
  if (!ts.isConditionalExpression(expression)) return [expression]
  return [...branchesOf(expression.whenTrue), ...branchesOf(expression.whenFalse)]
}

/** The last segment of the path, which indexes go by. */
const collectionIn = (expression: ts.Expression | undefined): string | undefined => {
  if (expression === undefined) return undefined
  if (ts.isStringLiteralLike(expression)) return expression.text.split('/').at(-1)
  if (!ts.isTemplateExpression(expression)) return undefined
  const tail = expression.templateSpans.at(-1)?.literal.text ?? ''
  return /^\/(?:.*\/)?(\w+)$/.exec(tail)?.[1]
}

const keysOf = (expression: ts.Expression | undefined): readonly string[] | undefined => {
  if (expression === undefined) return []
  if (!ts.isObjectLiteralExpression(expression)) return undefined
  const names = expression.properties.map(({ name }) =>
    name === undefined || ts.isComputedPropertyName(name) ? undefined : name.getText().replaceAll("'", ''),
  )
  return names.every((name) => name !== undefined) ? names : undefined
}

/** The field of `before` or `contains`; null when it cannot be read. */
const fieldOf = (expression: ts.Expression | undefined): string | undefined | null => {
  if (expression === undefined) return undefined
  const parts = ts.isObjectLiteralExpression(expression) ? partsOf(expression) : ''
  const field = typeof parts === 'string' ? undefined : parts.get('field')
  return field !== undefined && ts.isStringLiteralLike(field) ? field.text : null
}

const all = [...sources].map(([file, text]) => read(file, text))
const queries = all.flatMap((one) => one.queries)
/** What is listened to, built by hand beside the lists: any of some shards, and a bound on the moment. */
const listened = /collection\('outbox'\)\s*\.where\(\s*'shard',\s*'in',[\s\S]*?\)\s*\.where\('at', '>'/
const outboxQuery: Query = {
  at: builder,
  collection: 'outbox',
  equal: ['shard'],
  before: 'at',
  contains: undefined,
  group: false,
}
/** What is due of a kind, wherever it lies: built by hand, too, for each line of the table of what ends. */
const swept =
  /collectionGroup\(collection\)\s*\.where\('sweep', '>=', from\)\s*\.where\('sweep', '<=', to\)\s*\.orderBy\('sweep'\)/
const sweepQueries = Object.keys(expiring).map((kind): Query => {
  const collection = kind.split('/').at(-1) ?? ''
  return { at: builder, collection, equal: [sweepField], before: undefined, contains: undefined, group: true }
})
/** What a reminder is due for, likewise. */
const remindedBy =
  /collectionGroup\(collection\)\s*\.where\('remind', '>=', from\)\s*\.where\('remind', '<=', to\)\s*\.orderBy\('remind'\)/
const remindQueries = Object.keys(reminded).map((kind): Query => {
  const collection = kind.split('/').at(-1) ?? ''
  return { at: builder, collection, equal: [remindField], before: undefined, contains: undefined, group: true }
})
const asked = [
  ...queries,
  ...(remindedBy.test(sources.get(builder) ?? '') ? remindQueries : []),
  ...(swept.test(sources.get(builder) ?? '') ? sweepQueries : []),
  ...(listened.test(sources.get(builder) ?? '') ? [outboxQuery] : []),
]

/** An index by name: `collection field+field`, with `*` for all collections of that name. One field is the automatic kind, which here must be asked for. */
const named = ({ indexes: composite, fieldOverrides }: Indexes): readonly string[] => [
  ...composite
    .filter(
      ({ queryScope, fields }) =>
        queryScope === 'COLLECTION' && fields.every((field) => ascending(field) || containing(field)),
    )
    .map(({ collectionGroup, fields }) => `${collectionGroup} ${fields.map(fieldName).join('+')}`),
  ...fieldOverrides.flatMap(({ collectionGroup, fieldPath, indexes: modes }) =>
    modes.filter(ascending).map(({ queryScope }) => `${collectionGroup}${scoped(queryScope)} ${fieldPath}`),
  ),
  ...fieldOverrides.flatMap(({ collectionGroup, fieldPath, indexes: modes }) =>
    modes.filter(containing).map(() => `${collectionGroup} ${fieldPath}[]`),
  ),
]
const fieldName = (field: IndexField): string => `${field.fieldPath}${containing(field) ? '[]' : ''}`
const ascending = ({ order }: { readonly order?: string }): boolean => order === 'ASCENDING'
const scoped = (queryScope: string | undefined): string => (queryScope === 'COLLECTION_GROUP' ? '*' : '')
const containing = ({ arrayConfig }: { readonly arrayConfig?: string }): boolean => arrayConfig === 'CONTAINS'

/** By id alone: none. Equality, and a value in an array: one for each field, which are merged. With a bound: one over all of them, the bound last. */
const needed = ({ collection, equal, before, contains, group }: Query): readonly string[] =>
  before === undefined
    ? [
        ...equal.map((field) => `${collection}${group ? '*' : ''} ${field}`),
        ...(contains === undefined ? [] : [`${collection} ${contains}[]`]),
      ]
    : [`${collection} ${[...equal.toSorted(), ...(contains === undefined ? [] : [`${contains}[]`]), before].join('+')}`]

const missing = (asked: readonly Query[], given: Indexes): readonly string[] => {
  const there = named(given)
  return asked.flatMap((query) =>
    needed(query)
      .filter((index) => !there.includes(index))
      .map((index) => `${query.at} needs ${index}`),
  )
}

/** A collection whose fields are not exempt indexes every element of every map and array, and every monotonic time. */
const notExempt = ({ fieldOverrides }: Indexes): readonly string[] => {
  const written = (['commit', 'project', 'operate', 'sweep', 'remind'] as const).flatMap((door) => collectionsOf(door))
  const ids = new Set(written.map((path) => path.split('/').at(-1) ?? ''))
  const exempt = fieldOverrides.filter(({ fieldPath, indexes: modes }) => fieldPath === '*' && modes.length === 0)
  return [...ids].filter((id) => !exempt.some(({ collectionGroup }) => collectionGroup === id))
}

const unused = (asked: readonly Query[], given: Indexes): readonly string[] =>
  named(given).filter((index) => !asked.some((query) => needed(query).includes(index)))

test('every query is read, and there are as many as there are calls', () => {
  expect(all.flatMap((one) => one.faults)).toEqual([])
  const calls = [...sources.values()].join('\n').match(/\.list\(/g) ?? []
  expect(queries.length).toBe(calls.length)
  expect(queries.length).toBeGreaterThan(8)
})

test('every query has the index that it needs', () => {
  expect(missing(asked, indexes)).toEqual([])
})

test('no index is kept that no query uses: each costs a write, and a monotonic one 500 writes a second', () => {
  expect(unused(asked, indexes)).toEqual([])
})

test('in every collection all fields are exempt but those that are named, maps, arrays and long texts first of all', () => {
  expect(notExempt(indexes)).toEqual([])
})

/** Ids of roles and keys are unique everywhere, so who holds one, or was made by one, can be asked across tenants; and sweeps look everywhere. Nothing else does. */
const acrossTenants = [
  'apiKeys madeBy',
  'assignments role',
  ...sweepQueries.map(({ collection }) => `${collection} ${sweepField}`),
  ...remindQueries.map(({ collection }) => `${collection} ${remindField}`),
]

test('every entry is of one collection, ascending or of an array, named once, and there are fewer than the 200 of Firestore', () => {
  const { indexes: composite, fieldOverrides } = indexes
  const across = fieldOverrides.filter((one) => one.indexes.some(({ queryScope }) => queryScope !== 'COLLECTION'))
  expect(across.map((one) => `${one.collectionGroup} ${one.fieldPath}`).toSorted()).toEqual(acrossTenants.toSorted())
  const modes = fieldOverrides.filter((one) => !across.includes(one)).flatMap((one) => one.indexes)
  const sound = modes.filter((mode) => (ascending(mode) || containing(mode)) && mode.queryScope === 'COLLECTION')
  expect(modes).toEqual(sound)
  expect(composite.filter(({ queryScope }) => queryScope !== 'COLLECTION')).toEqual([])
  const names = fieldOverrides.map(({ collectionGroup, fieldPath }) => `${collectionGroup} ${fieldPath}`)
  expect(names).toEqual([...new Set(names)])
  expect(names.length + composite.length).toBeLessThan(200)
})

test('only what may be collected as garbage has a time to live: stored answers, a day old, refusals of last week, limits that are over', () => {
  const ttl = indexes.fieldOverrides.filter((one) => one.ttl === true)
  expect(ttl.map(({ collectionGroup, fieldPath }) => `${collectionGroup}.${fieldPath}`)).toEqual([
    'denials.expiresAt',
    'idempotency.expiresAt',
    'limits.expiresAt',
  ])
})

describe('a seeded violation is refused:', () => {
  const seeded = (call: string) => read('functions/src/rooms/x.ts', `const found = await ${call}\n`)
  const without = (collection: string, fieldPath: string): Indexes => ({
    ...indexes,
    fieldOverrides: indexes.fieldOverrides.filter(
      (one) => one.collectionGroup !== collection || one.fieldPath !== fieldPath,
    ),
  })

  test.each([
    [
      'a filter by another field',
      `read.list({ collection: \`tenants/\${t}/members\`, where: { status: 'active' }, limit })`,
      'members status',
    ],
    [
      'two filters, of which one is new',
      "read.list({ collection: 'tenants', where: { parentId, status }, limit })",
      'tenants status',
    ],
    [
      'a bound on another field',
      "read.list({ collection: 'operations', before: { field: 'leaseUntil', at }, limit })",
      'operations leaseUntil',
    ],
    [
      'a filter and a bound',
      "read.list({ collection: 'idempotency', where: { opId }, before: { field: 'expiresAt', at }, limit })",
      'idempotency opId+expiresAt',
    ],
    [
      'a value in another array',
      "read.list({ collection: 'users', contains: { field: 'labels', value }, limit })",
      'users labels[]',
    ],
    [
      'a filter across tenants',
      "read.list({ collection: 'assignments', group: true, where: { principal }, limit })",
      'assignments* principal',
    ],
    [
      'a filter in one branch',
      "read.list({ collection: 'users', ...(a ? {} : { where: { email } }), limit })",
      'users email',
    ],
  ])('%s', (_, call, index) => {
    const { queries: asked, faults } = seeded(call)
    expect(faults).toEqual([])
    expect(missing(asked, indexes)).toEqual([`functions/src/rooms/x.ts:1 needs ${index}`])
  })

  test.each([
    ['a query from elsewhere', 'read.list(query)', 'lists what is no literal'],
    ['a collection from elsewhere', 'read.list({ collection: path, limit })', 'lists a collection without a name'],
    [
      'a collection whose name is a variable',
      `read.list({ collection: \`tenants/\${t}/\${name}\`, limit })`,
      'lists a collection without a name',
    ],
    ['filters from elsewhere', "read.list({ collection: 'users', where, limit })", 'filters by what is no literal'],
    [
      'a computed filter',
      "read.list({ collection: 'users', where: { [field]: 1 }, limit })",
      'filters by what is no literal',
    ],
    ['an array from elsewhere', "read.list({ collection: 'users', contains, limit })", 'looks into what is no literal'],
    ['a bound from elsewhere', "read.list({ collection: 'users', before, limit })", 'bounds what is no literal'],
    ['a spread from elsewhere', "read.list({ collection: 'users', ...more, limit })", 'spreads what is no literal'],
    [
      'a query past the reader',
      "firestore.collection('users').where('email', '==', x).get()",
      'builds a query by hand',
    ],
    ['a collection group', "firestore.collectionGroup('members').get()", 'builds a query by hand'],
  ])('%s', (_, call, fault) => {
    expect(seeded(call).faults).toEqual([`functions/src/rooms/x.ts:1 ${fault}`])
  })

  test('a query whose index was removed', () => {
    const unindexed = missing(queries, { ...indexes, indexes: [] })
    expect(unindexed).toContainEqual(
      expect.stringMatching(/wake-operations\.ts:\d+ needs operations status\+leaseUntil$/),
    )
    expect(unindexed).toContainEqual(expect.stringMatching(/search-events\.ts:\d+ needs audit terms\[\]\+newest$/))
    expect(missing(queries, without('tenants', 'parentId')).length).toBeGreaterThan(0)
    expect(missing(asked, without('idempotency', 'sweep')).length).toBe(1)
    expect(missing(queries, without('members', 'teams')).length).toBe(2)
  })

  test('a collection that is not exempt, so that its maps are indexed', () => {
    expect(notExempt(without('grants', '*'))).toEqual(['grants'])
  })

  test('an index of a map that no query uses', () => {
    const entries = { collectionGroup: 'grants', fieldPath: 'entries', indexes: [{ order: 'ASCENDING' }] }
    const more = { ...indexes, fieldOverrides: [...indexes.fieldOverrides, entries] }
    expect(unused(asked, more)).toEqual(['grants entries'])
  })
})
