// What a change took away, told by the documents that it wrote: enough to take it away again from an older state of them, and nothing else of them.
import { canonicalJson, type Json } from '../../kernel/canonical-json.ts'
import type { Moments } from './way.ts'
import { rankOf, type WayName, ways } from './ways.ts'

type Fields = Readonly<Record<string, unknown>>

/** `same`: nobody can say whether a change of it gave or took, so what has it is stopped until somebody looks. */
export type FieldWay = WayName | 'same'

export interface Shape {
  readonly fields: Readonly<Record<string, FieldWay>>
  /** What becomes of a document whose `same` fields have changed. `held`: suspended, and out of reach of those above whom it may have left. */
  readonly stop?: 'suspended' | 'disabled' | 'paused' | 'gone' | 'held'
  /** Its removal takes away. */
  readonly gone?: true
  /** It says who is stopped, so that to make it can take away, too; without it nobody is. */
  readonly refuses?: true
}

/** By collection: every field that decides whether something counts, is allowed, or goes out. */
export const shapes: Readonly<Record<string, Shape>> = {
  tenants: { fields: { status: 'status', owners: 'left', parentId: 'same', placementId: 'same' }, stop: 'held' },
  'tenants/*/policy': {
    fields: {
      ...{ status: 'status', roles: 'roles', guardrail: 'guardrail', ownPermissions: 'levels' },
      ...{ keysNotBefore: 'later', ownersKeysNotBefore: 'laterEach', parentId: 'same', placementId: 'same' },
    },
    stop: 'held',
  },
  'tenants/*/roles': { fields: { permissions: 'left', includes: 'left' }, gone: true },
  'tenants/*/members': {
    fields: { status: 'status', teams: 'left', attributes: 'same' },
    stop: 'suspended',
    gone: true,
  },
  'tenants/*/teams': { fields: {}, gone: true },
  'tenants/*/assignments': { fields: {}, gone: true },
  'tenants/*/grants': {
    fields: { status: 'status', teams: 'left', entries: 'left', keysNotBefore: 'later', attributes: 'same' },
    stop: 'suspended',
    gone: true,
    refuses: true,
  },
  'tenants/*/apiKeys': {
    fields: { status: 'status', scopes: 'left', accounts: 'only', notAfter: 'earlier', owner: 'same' },
    stop: 'disabled',
    gone: true,
  },
  credentials: {
    fields: {
      ...{ status: 'status', scopes: 'left', accounts: 'only', addresses: 'only', owner: 'same' },
      ...{ notAfter: 'earlier', endsAt: 'earlier' },
    },
    stop: 'disabled',
    gone: true,
  },
  'tenants/*/invitations': { fields: { status: 'status' }, gone: true },
  'tenants/*/resources': { fields: { ownerId: 'same', properties: 'same' }, stop: 'gone', gone: true },
  'tenants/*/webhooks': {
    fields: { status: 'status', url: 'same', types: 'same', reach: 'same', secrets: 'same' },
    stop: 'paused',
    gone: true,
  },
  users: {
    fields: { status: 'status', notBefore: 'later', deniedAuthTimes: 'more', staff: 'mark' },
    refuses: true,
  },
  'users/*/tenants': { fields: {}, gone: true },
  catalogue: { fields: { keysNotBefore: 'later', sessionsNotBefore: 'later' } },
}

/** As a log line carries it. */
export interface Taking {
  readonly path: string
  readonly gone?: true
  /** Field → what it is bounded by since, see `ways`. */
  readonly fields?: Readonly<Record<string, Json>>
  /** The `same` fields that have changed. */
  readonly stopped?: readonly string[]
}

export interface Written {
  readonly path: string
  /** With `*` for ids. */
  readonly collection: string
  /** Undefined for a document that is removed. */
  readonly fields: Fields | undefined
  /** As it was: undefined when it was not there, `unread` when nobody has looked. */
  readonly before: Fields | undefined | 'unread'
}

/** Undefined when the write took nothing away; what was not read before counts as taken whenever it may be. */
export const takenBy = ({ path, collection, fields, before }: Written, moments: Moments): Taking | undefined => {
  const shape = shapes[collection]
  if (shape === undefined || (before === undefined && (shape.refuses !== true || fields === undefined)))
    return undefined
  if (fields === undefined) return shape.gone === true ? { path, gone: true } : undefined
  const known = before === 'unread' ? undefined : (before ?? {})
  const taken = Object.entries(shape.fields).flatMap(([field, way]) => {
    if (way === 'same' || !Object.hasOwn(fields, field)) return []
    const after = stricter(way, known?.[field], fields[field], { moments, isKnown: known !== undefined })
    return after === undefined ? [] : [[field, after] as const]
  })
  const stopped = Object.entries(shape.fields).flatMap(([field, way]) =>
    way === 'same' && before !== undefined && Object.hasOwn(fields, field) && !isSame(known, fields, field)
      ? [field]
      : [],
  )
  const stops = stopped.length > 0 && rankOf(fields['status']) < 2
  if (taken.length === 0 && !stops) return undefined
  return {
    path,
    ...(taken.length === 0 ? {} : { fields: Object.fromEntries(taken) }),
    ...(stops ? { stopped } : {}),
  }
}

interface Comparing {
  readonly moments: Moments
  readonly isKnown: boolean
}

/** The value after, when it is stricter than the one before. */
const stricter = (way: WayName, before: unknown, after: unknown, { moments, isKnown }: Comparing): Json | undefined => {
  const { plain, join, trimmed } = ways[way]
  const now = plain(after, moments)
  if (now === undefined || !isKnown) return now
  const was = plain(before, moments)
  if (was === undefined) return now
  if (canonicalJson(join(was, now)) === canonicalJson(was)) return undefined
  return trimmed?.(was, now) ?? now
}

const isSame = (before: Fields | undefined, after: Fields, field: string): boolean =>
  before !== undefined && textOf(before[field]) === textOf(after[field])

/** An empty map says what no map says. Stringify turns a store's own types into plain values. */
const textOf = (value: unknown): string => {
  const text = value === undefined ? '{}' : canonicalJson(JSON.parse(JSON.stringify(value)) as Json)
  return text === '[]' ? '{}' : text
}
