// What it is to take power away from a field, whatever the field: a value in words, the stricter of two, and a stored value bounded by one.
import type { Json } from '../../kernel/canonical-json.ts'
import type { Instant } from '../../kernel/time.ts'

/** Moments as a store keeps them. */
export interface Moments {
  readonly momentIn: (stored: unknown) => Instant | undefined
  readonly stored: (at: Instant) => unknown
}

export interface Way {
  /** What a stored value bounds, in words that a log line can carry; undefined when it bounds nothing. */
  readonly plain: (stored: unknown, moments: Moments) => Json | undefined
  /** The stricter of two. */
  readonly join: (one: Json, other: Json) => Json
  /** The stored value, bounded by that as well. */
  readonly narrowed: (stored: unknown, taken: Json, moments: Moments) => unknown
  /** What has to be said of a value that is stricter than the one before; all of it when absent. */
  readonly trimmed?: (was: Json, now: Json) => Json
}

export type Fields = { readonly [name: string]: unknown }
export type JsonMap = { readonly [name: string]: Json }

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
export const mapOf = (value: unknown): Fields => (isMap(value) ? value : {})
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
export const both = (one: unknown, other: unknown): string[] =>
  textsOf(one)
    .filter((text) => textsOf(other).includes(text))
    .toSorted()

/** The names that a list or a map has, each with its text where it has one. */
export const namesIn = (stored: unknown): JsonMap =>
  Array.isArray(stored)
    ? Object.fromEntries(
        textsOf(stored)
          .toSorted()
          .map((name) => [name, true]),
      )
    : Object.fromEntries(
        Object.entries(mapOf(stored))
          .toSorted(([one], [other]) => (one < other ? -1 : 1))
          .map(([name, value]) => [name, typeof value === 'string' ? value : true]),
      )

export const sharedNames = (one: Json, other: Json): Json => {
  const [left, right] = [mapOf(one), mapOf(other)] as [JsonMap, JsonMap]
  return Object.fromEntries(
    Object.entries(left).filter(([name, text]) => Object.hasOwn(right, name) && right[name] === text),
  )
}
