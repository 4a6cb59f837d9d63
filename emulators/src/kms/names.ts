/** Checks and splits the resource names of the key service. */
import { invalidArgument } from '../wire/status.ts'

const PATTERNS = {
  location: 'projects/*/locations/*',
  keyRing: 'projects/*/locations/*/keyRings/*',
  cryptoKey: 'projects/*/locations/*/keyRings/*/cryptoKeys/*',
  cryptoKeyVersion: 'projects/*/locations/*/keyRings/*/cryptoKeys/*/cryptoKeyVersions/*',
} as const

export type ResourceKind = keyof typeof PATTERNS

const ID = /^[a-zA-Z0-9_-]{1,63}$/
const PROJECT = /^[a-z0-9][a-z0-9.:-]{0,62}$/
const VERSION = /^[1-9][0-9]{0,8}$/

function segmentMatches(expected: string, actual: string, collection: string): boolean {
  if (expected !== '*') return expected === actual
  if (collection === 'projects') return PROJECT.test(actual)
  return (collection === 'cryptoKeyVersions' ? VERSION : ID).test(actual)
}

export function isNameOf(kind: ResourceKind, name: string): boolean {
  const expected = PATTERNS[kind].split('/')
  const actual = name.split('/')
  return (
    actual.length === expected.length &&
    expected.every((segment, at) => segmentMatches(segment, actual[at] ?? '', expected[at - 1] ?? ''))
  )
}

/** @returns the name, or INVALID_ARGUMENT naming the field that held it. */
export function requireName(kind: ResourceKind, name: string, field = 'name'): string {
  if (isNameOf(kind, name)) return name
  throw invalidArgument(`The field '${field}' has an invalid format: '${name}' does not match '${PATTERNS[kind]}'.`)
}

/** @returns the id, or INVALID_ARGUMENT naming the field that held it. */
export function requireId(id: string, field: string): string {
  if (ID.test(id)) return id
  throw invalidArgument(`The field '${field}' has an invalid format: '${id}' does not match '${ID.source}'.`)
}

export function splitVersionName(name: string, field = 'name'): { cryptoKey: string; number: number } {
  const [cryptoKey = '', number] = requireName('cryptoKeyVersion', name, field).split('/cryptoKeyVersions/')
  return { cryptoKey, number: Number(number) }
}

export const versionName = (cryptoKey: string, number: number): string => `${cryptoKey}/cryptoKeyVersions/${number}`
