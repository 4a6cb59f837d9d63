// What was taken away since an older state is taken away from it again: by any order of the takings, once or twice, and never anything given (F-38).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { of, toBase64url } from '../../catalogue/permission-set.ts'
import { canonicalJson, type Json } from '../../kernel/canonical-json.ts'
import { instantOf } from '../../kernel/time.ts'
import { joinTakings, refusalIn, takeAway } from './take-away.ts'
import { shapes, type Taking, takenBy } from './taken.ts'
import type { Moments } from './way.ts'
import { ways } from './ways.ts'

type Fields = Readonly<Record<string, unknown>>

/** A store that keeps moments as `{ at }`. */
const moments: Moments = {
  momentIn: (stored) => {
    const at = (stored as { readonly at?: unknown } | undefined | null)?.at
    return typeof at === 'number' ? instantOf(at) : undefined
  },
  stored: (at) => ({ at }),
}

const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 })
const numbers = fc.uniqueArray(fc.constantFrom(1, 2, 3, 40), { maxLength: 4 })
const moment = fc.record({ at: fc.integer({ min: 0, max: 9 }) })
const mapOf = (value: fc.Arbitrary<unknown>) => fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { maxKeys: 3 })
const role = fc.record({ permissions: numbers.map((some) => toBase64url(of(some))), includes: names })
const optional = (value: fc.Arbitrary<unknown>) => fc.option(value, { nil: undefined })

const values: Readonly<Record<keyof typeof ways, fc.Arbitrary<unknown>>> = {
  status: fc.constantFrom('active', 'pending', 'suspended', 'disabled', 'revoked', 'removed', 'never heard of'),
  later: optional(moment),
  earlier: optional(moment),
  laterEach: optional(mapOf(moment)),
  left: names,
  only: optional(names),
  more: optional(numbers),
  mark: fc.constantFrom(true, false, undefined),
  roles: mapOf(role),
  guardrail: fc.record(
    { deniedPermissions: names, maxKeyLifetimeDays: fc.integer({ min: 1, max: 9 }), keyKinds: names, keyScopes: names },
    { requiredKeys: ['deniedPermissions'] },
  ),
  levels: mapOf(
    fc.record({
      number: fc.constantFrom(1, 2),
      levels: fc.uniqueArray(fc.constantFrom('agency', 'account'), { minLength: 1, maxLength: 2 }),
    }),
  ),
}

const text = (value: unknown): string => (value === undefined ? 'nothing' : canonicalJson(value as Json))
const wayNames = Object.keys(ways) as (keyof typeof ways)[] // its own keys

describe.each(wayNames)('of two values of the kind %s', (name) => {
  const { plain, join, narrowed } = ways[name]
  const plains = values[name]
    .map((stored) => plain(stored, moments))
    .filter((value): value is Json => value !== undefined)

  test('F-38 the stricter is the same in any order, and as often as one likes', () => {
    fc.assert(
      fc.property(plains, plains, plains, (a, b, c) => {
        expect(text(join(a, a))).toBe(text(a))
        expect(text(join(a, b))).toBe(text(join(b, a)))
        expect(text(join(join(a, b), c))).toBe(text(join(a, join(b, c))))
      }),
    )
  })

  test('F-38 a stored value is as strict as both afterwards', () => {
    fc.assert(
      fc.property(values[name], plains, (stored, taken) => {
        const left = plain(narrowed(stored, taken, moments), moments)
        const was = plain(stored, moments)
        if (name === 'status') expect(left).toBeDefined()
        else expect(text(left)).toBe(text(was === undefined ? taken : join(was, taken)))
      }),
    )
  })
})

const collections = Object.keys(shapes)
const maps = new Set(['entries'])
const anyOf = (field: string, way: string): fc.Arbitrary<unknown> =>
  maps.has(field)
    ? mapOf(fc.constantFrom({ role: 'r' }, 'p1', 'p2'))
    : way === 'same'
      ? fc.constantFrom(`${field} 1`, `${field} 2`)
      : values[way as keyof typeof ways] // a way or `same`

const documents = (collection: string): fc.Arbitrary<Fields> =>
  fc.record(Object.fromEntries(Object.entries(shapes[collection]?.fields ?? {}).map(([f, way]) => [f, anyOf(f, way)])))

const apply = (collection: string, stored: Fields, takings: readonly Taking[]): Fields | undefined => {
  let now: Fields = stored
  for (const taking of takings) {
    const change = takeAway(collection, now, taking, moments)
    if (change.kind === 'gone') return undefined
    if (change.kind === 'fields') now = { ...now, ...change.fields }
  }
  return now
}

describe.each(collections)('a document of %s', (collection) => {
  const path = collection.replaceAll('*', 'x').concat('/x')
  const life = fc.array(documents(collection), { minLength: 2, maxLength: 5 })

  test('F-38 of an older state ends as narrow as every later one, whatever order its takings come in', () => {
    fc.assert(
      fc.property(life, fc.boolean(), (states, isRead) => {
        const [old = {}, ...rest] = states
        const takings = rest.flatMap((fields, index) => {
          const before = isRead ? (states[index] ?? {}) : ('unread' as const)
          const taking = takenBy({ path, collection, fields, before }, moments)
          return taking === undefined ? [] : [JSON.parse(JSON.stringify(taking)) as Taking]
        })
        const [first, ...others] = takings
        const joined =
          first === undefined ? [] : [others.reduce((all, one) => joinTakings(collection, all, one), first)]
        const ends = [takings, takings.toReversed(), joined, [...joined, ...joined]].map((some) =>
          apply(collection, old, some),
        )
        const [end] = ends
        if (isRead) for (const other of ends) expect(asBounds(collection, other)).toEqual(asBounds(collection, end))
        if (end === undefined) return
        for (const state of rest)
          for (const [field, way] of Object.entries(shapes[collection]?.fields ?? {})) {
            if (way === 'same') {
              if (isRead && text(state[field]) !== text(old[field])) expect(counts(end)).toBe(false)
              continue
            }
            if (way === 'status') {
              if (state['status'] !== 'active' && state['status'] !== 'pending') expect(counts(end)).toBe(false)
              continue
            }
            const [bound, was] = [ways[way].plain(end[field], moments), ways[way].plain(state[field], moments)]
            if (was !== undefined)
              expect(text(bound === undefined ? undefined : ways[way].join(bound, was))).toBe(text(bound))
          }
      }),
    )
  })

  test('F-38 keeps all it had when nothing was taken, only given', () => {
    fc.assert(
      fc.property(documents(collection), (state) => {
        expect(takenBy({ path, collection, fields: state, before: state }, moments)).toBeUndefined()
        const made = takenBy({ path, collection, fields: state, before: undefined }, moments)
        if (shapes[collection]?.refuses !== true) expect(made).toBeUndefined()
      }),
    )
  })
})

const counts = ({ status }: Fields): boolean => status === 'active' || status === 'pending'

const asBounds = (collection: string, state: Fields | undefined) =>
  state === undefined
    ? 'gone'
    : Object.entries(shapes[collection]?.fields ?? {}).map(([field, way]) =>
        way === 'same' ? '' : way === 'status' ? counts(state) : text(ways[way].plain(state[field], moments)),
      )

describe('what is taken', () => {
  const of1 = (collection: string, before: Fields, fields: Fields | undefined) =>
    takenBy({ path: 'x/y', collection, fields, before }, moments)

  test('F-38 is said of removals, of what no longer counts, and of nothing else', () => {
    expect(of1('tenants/*/assignments', { role: 'r' }, undefined)).toEqual({ path: 'x/y', gone: true })
    expect(of1('tenants/*/audit', {}, undefined)).toBeUndefined()
    expect(of1('tenants/*/grants', { entries: { a: {}, b: {} } }, { entries: { b: {}, c: {} } })).toEqual({
      path: 'x/y',
      fields: { entries: { b: true, c: true } },
    })
    expect(of1('tenants/*/grants', { entries: { a: {} } }, { entries: { a: {}, b: {} } })).toBeUndefined()
    expect(of1('tenants/*/apiKeys', { status: 'disabled' }, { status: 'active' })).toBeUndefined()
  })

  test('F-38 carries no value of what people are called or described by', () => {
    const taking = of1('tenants/*/grants', { attributes: { floor: '3' } }, { attributes: { floor: 'secret' } })
    expect(taking).toEqual({ path: 'x/y', stopped: ['attributes'] })
  })

  test('F-38 from what cannot be judged stops the whole thing', () => {
    expect(
      takeAway('tenants/*/webhooks', { status: 'active' }, { path: 'x/y', stopped: ['url'] }, moments),
    ).toMatchObject({ kind: 'fields', fields: { status: 'paused' } })
    expect(takeAway('tenants/*/resources', {}, { path: 'x/y', stopped: ['ownerId'] }, moments)).toEqual({
      kind: 'gone',
    })
  })

  test('F-38 is said of what was made to stop somebody, and of nothing else that was made', () => {
    const made = (collection: string, fields: Fields) =>
      takenBy({ path: 'x/y', collection, fields, before: undefined }, moments)
    const stopped = { status: 'suspended', teams: [], entries: {}, attributes: { floor: '3' } }
    expect(made('tenants/*/grants', stopped)).toEqual({ path: 'x/y', fields: { status: 'suspended' } })
    expect(made('tenants/*/grants', { keysNotBefore: { at: 5 } })).toEqual({
      path: 'x/y',
      fields: { keysNotBefore: 5 },
    })
    expect(made('tenants/*/grants', { status: 'active', teams: ['t'], entries: { a: {} } })).toBeUndefined()
    expect(made('users', { accessId: 'a', staff: true })).toBeUndefined()
    expect(made('credentials', { status: 'disabled' })).toBeUndefined()
  })

  test('F-38 makes what stopped somebody when the older state has none of it, without anything that gives', () => {
    const fields = { status: 'suspended', entries: { a: true }, teams: {}, keysNotBefore: 5 }
    const refusal = refusalIn('tenants/*/grants', { path: 'x/y', fields, stopped: ['attributes'] }, moments)
    expect(refusal).toEqual({ status: 'suspended', keysNotBefore: { at: 5 } })
    expect(refusalIn('tenants/*/grants', { path: 'x/y', fields: { entries: {} } }, moments)).toBeUndefined()
    expect(refusalIn('tenants/*/grants', { path: 'x/y', gone: true, fields }, moments)).toBeUndefined()
    expect(refusalIn('credentials', { path: 'x/y', fields: { status: 'revoked' } }, moments)).toBeUndefined()
  })

  test('F-38 is a level less of an agency’s own permission, and one that is left nowhere is gone', () => {
    const own = (levels: string[]) => ({ ownPermissions: { 'x:p.read': { number: 9, levels } } })
    const taking = of1('tenants/*/policy', own(['agency', 'account']), own(['account']))
    expect(taking).toMatchObject({ fields: { ownPermissions: { 'x:p.read': ['account'] } } })
    const left = (levels: string[]) => takeAway('tenants/*/policy', own(levels), taking ?? { path: '' }, moments)
    expect(left(['agency', 'account'])).toMatchObject({ fields: own(['account']) })
    expect(left(['agency'])).toMatchObject({ fields: { ownPermissions: {} } })
    expect(left(['account'])).toEqual({ kind: 'nothing' })
  })
})
