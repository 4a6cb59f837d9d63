// An immutable set of permission numbers as bits, so that a decision is a few integer operations and a role a short string.
import { decodeBase64url, encodeBase64url } from './base64url.ts'

/** Bounds the memory that a document or a text form can ask for (8 KiB a set). */
export const MAX_PERMISSION_NUMBER = 65_535

// Not exported: a set is made only here, and its words are read only here.
const words: unique symbol = Symbol('words')

/** Number n is bit n; the last word is never zero, so that equal sets have equal words. */
export interface PermissionSet {
  readonly [words]: ArrayLike<number>
}

const isNumber = (n: number): boolean => Number.isInteger(n) && n > 0 && n <= MAX_PERMISSION_NUMBER

const wordAt = (set: PermissionSet, index: number): number => set[words][index] ?? 0

const trimmed = (raw: Uint32Array): PermissionSet => {
  let length = raw.length
  while (length > 0 && raw[length - 1] === 0) length--
  return { [words]: length === raw.length ? raw : raw.slice(0, length) }
}

const combine = (a: PermissionSet, b: PermissionSet, pick: (left: number, right: number) => number): PermissionSet => {
  const raw = new Uint32Array(Math.max(a[words].length, b[words].length))
  for (let i = 0; i < raw.length; i++) raw[i] = pick(wordAt(a, i), wordAt(b, i))
  return trimmed(raw)
}

export const empty: PermissionSet = trimmed(new Uint32Array(0))

/** What is not a permission number (0, negative, fractional, too large) is left out: it grants nothing. */
export const of = (numbers: Iterable<number>): PermissionSet => {
  const valid = [...numbers].filter(isNumber)
  const highest = valid.reduce((max, n) => Math.max(max, n), 0)
  const raw = new Uint32Array((highest >>> 5) + 1)
  for (const n of valid) raw[n >>> 5] = (raw[n >>> 5] ?? 0) | (1 << (n & 31))
  return trimmed(raw)
}

export const has = (set: PermissionSet, n: number): boolean =>
  isNumber(n) && (wordAt(set, n >>> 5) & (1 << (n & 31))) !== 0

export const add = (set: PermissionSet, n: number): PermissionSet => (has(set, n) ? set : union(set, of([n])))

export const union = (a: PermissionSet, b: PermissionSet): PermissionSet => combine(a, b, (x, y) => x | y)

export const intersect = (a: PermissionSet, b: PermissionSet): PermissionSet => combine(a, b, (x, y) => x & y)

export const minus = (a: PermissionSet, b: PermissionSet): PermissionSet => combine(a, b, (x, y) => x & ~y)

export const isSubsetOf = (a: PermissionSet, b: PermissionSet): boolean => {
  for (let i = 0; i < a[words].length; i++) if ((wordAt(a, i) & ~wordAt(b, i)) !== 0) return false
  return true
}

export const equals = (a: PermissionSet, b: PermissionSet): boolean => isSubsetOf(a, b) && isSubsetOf(b, a)

export const isEmpty = (set: PermissionSet): boolean => set[words].length === 0

/** Ascending. */
export const toNumbers = (set: PermissionSet): readonly number[] => {
  const numbers: number[] = []
  for (let i = 0; i < set[words].length; i++) {
    // `rest & (rest - 1)` drops the lowest bit, so a word costs as many steps as it has members.
    for (let rest = wordAt(set, i); rest !== 0; rest &= rest - 1) numbers.push(i * 32 + 31 - Math.clz32(rest & -rest))
  }
  return numbers
}

export const size = (set: PermissionSet): number => toNumbers(set).length

/** The bits as little-endian bytes without trailing zeros: 43 characters for 256 permissions, '' for none. */
export const toBase64url = (set: PermissionSet): string => {
  const bytes = new Uint8Array(set[words].length * 4).map((_, i) => (wordAt(set, i >>> 2) >>> ((i & 3) * 8)) & 0xff)
  let length = bytes.length
  while (length > 0 && bytes[length - 1] === 0) length--
  return encodeBase64url(bytes.subarray(0, length))
}

/** Undefined unless `toBase64url` could have written it. */
export const fromBase64url = (text: string): PermissionSet | undefined => {
  if (text.length > Math.ceil(((MAX_PERMISSION_NUMBER + 1) / 8) * (4 / 3))) return undefined
  const bytes = decodeBase64url(text)
  if (bytes === undefined || bytes.at(-1) === 0 || ((bytes[0] ?? 0) & 1) !== 0) return undefined
  const raw = new Uint32Array(Math.ceil(bytes.length / 4))
  bytes.forEach((byte, i) => {
    raw[i >>> 2] = (raw[i >>> 2] ?? 0) | (byte << ((i & 3) * 8))
  })
  return trimmed(raw)
}
