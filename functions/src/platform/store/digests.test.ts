// Digests of a change: of what was read and what is written, told by nobody who lacks the salt.
import { expect, test } from 'vitest'
import { digestsOf, notingReader } from './digests.ts'
import type { DocumentFields, Reader } from './reader.ts'
import type { Write } from './write.ts'

const stored: Readonly<Record<string, DocumentFields>> = { 'a/1': { name: 'Ada' }, 'a/2': { name: 'Grace' } }
const reader: Reader = {
  getStamped: async () => [],
  getAll: async (paths) => paths.map((path) => stored[path]),
  list: async ({ collection }) => (collection === 'a' ? [{ id: '2', fields: stored['a/2'] ?? {} }] : []),
}
const update = (path: string): Write => ({ kind: 'update', path, fields: { name: 'Joan' } })

test('the state before a change is what was read of it, one by one or in a list', async () => {
  const { read, seen } = notingReader(reader)
  await read.getAll(['a/1', 'a/3'])
  await read.list({ collection: 'a', limit: 1 })
  const before = (path: string, salt = 'salt', of = seen) => digestsOf([update(path)], of, salt).before
  const other = new Map([...seen, ['a/1', { name: 'Ida' }]])
  expect(before('a/1')).toBe(before('a/1'))
  expect(before('a/1')).not.toBe(before('a/1', 'salt', other))
  expect(before('a/2')).toBe(before('a/2', 'salt', new Map([['a/2', { name: 'Grace' }]])))
  expect(new Set(['a/1', 'a/2', 'a/3', 'a/4'].map((path) => before(path))).size).toBe(4)
})

test('a document that was not there is told from one that nobody has read', () => {
  const before = (seen: ReadonlyMap<string, undefined>) => digestsOf([update('a/3')], seen, 'salt').before
  expect(before(new Map([['a/3', undefined]]))).not.toBe(before(new Map()))
})

test('without the salt nobody confirms a guess, and the two digests are never each other’s', () => {
  const write: Write = { kind: 'delete', path: 'a/1' }
  const one = digestsOf([write], new Map(), 'salt')
  const other = digestsOf([write], new Map(), 'another')
  expect(new Set([one.before, one.after, other.before, other.after]).size).toBe(4)
  expect(digestsOf([update('a/1')], new Map(), 'salt').after).not.toBe(one.after)
})
