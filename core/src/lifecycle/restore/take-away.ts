// Takes away again, from an older state of a document, what was taken from it since: never more power than it had, in whatever order and however often.
import { canonicalJson, type Json } from '../../kernel/canonical-json.ts'
import { platformTenant } from '../../kernel/ids.ts'
import { type Shape, shapes, type Taking } from './taken.ts'
import type { Moments } from './way.ts'
import { rankOf, ways } from './ways.ts'

type Fields = Readonly<Record<string, unknown>>

/** All that was taken from one document, as one taking. */
export const joinTakings = (collection: string, one: Taking, other: Taking): Taking => {
  const stopped = [...new Set([...(one.stopped ?? []), ...(other.stopped ?? [])])].toSorted()
  const fields = joinedFields(collection, one.fields ?? {}, other.fields ?? {})
  return {
    path: one.path,
    ...(one.gone === true || other.gone === true ? { gone: true as const } : {}),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
    ...(stopped.length === 0 ? {} : { stopped }),
  }
}

const joinedFields = (
  collection: string,
  one: Readonly<Record<string, Json>>,
  other: Readonly<Record<string, Json>>,
): Record<string, Json> => {
  const joined = { ...one }
  for (const [field, value] of Object.entries(other)) {
    const way = wayOf(collection, field)
    const mine = joined[field]
    if (way !== undefined) joined[field] = mine === undefined ? value : way.join(mine, value)
  }
  return joined
}

const wayOf = (collection: string, field: string) => {
  const way = Object.hasOwn(shapes[collection]?.fields ?? {}, field) ? shapes[collection]?.fields[field] : undefined
  return way === undefined || way === 'same' ? undefined : ways[way]
}

export type Narrowing =
  /** It has lost all that already. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'gone' }
  /** The fields to be replaced. `stopped`: what was changed that nobody here can judge. */
  | { readonly kind: 'fields'; readonly fields: Fields; readonly stopped: readonly string[] }

export const takeAway = (collection: string, stored: Fields, taking: Taking, moments: Moments): Narrowing => {
  const shape = shapes[collection]
  if (shape === undefined) return { kind: 'nothing' }
  const stopped = (taking.stopped ?? []).filter((field) => shape.fields[field] === 'same')
  const isStopped = stopped.length > 0
  if ((taking.gone === true && shape.gone === true) || (isStopped && shape.stop === 'gone')) return { kind: 'gone' }
  const narrowed: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(taking.fields ?? {})) {
    const way = wayOf(collection, field)
    const next = way?.narrowed(stored[field], value, moments)
    if (way !== undefined && !isEqual(next, stored[field])) narrowed[field] = next
  }
  if (isStopped) Object.assign(narrowed, stop(shape, { ...stored, ...narrowed }))
  if (Object.keys(narrowed).length === 0) return { kind: 'nothing' }
  return { kind: 'fields', fields: narrowed, stopped }
}

/** The fields of a document that is not there and that has to be, because it says who is stopped; undefined when it need not be. */
export const refusalIn = (collection: string, taking: Taking, moments: Moments): Fields | undefined => {
  if (shapes[collection]?.refuses !== true || taking.gone === true) return undefined
  const change = takeAway(collection, {}, { path: taking.path, fields: taking.fields ?? {} }, moments)
  return change.kind === 'fields' ? change.fields : undefined
}

const stop = ({ stop: how }: Shape, { status, parentId }: Fields): Fields => ({
  ...(how !== undefined && rankOf(status) === 0 ? { status: how === 'held' ? 'suspended' : how } : {}),
  ...(how === 'held' && parentId !== platformTenant ? { parentId: platformTenant } : {}),
})

const isEqual = (one: unknown, other: unknown): boolean =>
  one === other || (one !== undefined && other !== undefined && plainText(one) === plainText(other))

// Stringify turns a store's own types into plain values.
const plainText = (value: unknown): string => canonicalJson(JSON.parse(JSON.stringify(value)) as Json)
