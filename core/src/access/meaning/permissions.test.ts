// Permissions by name, by number and by level: the catalogue's and an agency's own, never one for the other.
import { expect, test } from 'vitest'
import { of, toNumbers } from '../../catalogue/permission-set.ts'
import { permission } from '../../catalogue/small-catalogue.fixture.ts'
import * as the from '../facts.fixture.ts'
import { ownName, setOf } from '../facts.fixture.ts'
import { atLevels, entriesIn, namesIn, ownSet, permissionIn, setIn } from './permissions.ts'

const chain = the.accountChain({ agency: { ownPermissions: the.ownPermissions } })
const known = { head: the.head, chain }
const without = { head: the.head, chain: the.accountChain() }

test('by name: the catalogue’s, the agency’s own where it is in the chain, and nothing else', () => {
  expect(permissionIn(known, 'notes.read')?.number).toBe(4)
  expect(permissionIn(known, ownName)?.number).toBe(4096)
  expect(permissionIn(without, ownName)).toBeUndefined()
  expect(permissionIn(known, '__proto__')).toBeUndefined()
})

test('an own permission never takes the place of one of the catalogue', () => {
  const hiding = new Map([['notes.read', permission(4097, 'notes.read', ['account'])]])
  const chain = the.accountChain({ agency: { ownPermissions: hiding } })
  expect(permissionIn({ head: the.head, chain }, 'notes.read')?.number).toBe(4)
})

test('of a set, those that are known here in the order of their numbers', () => {
  const set = of([4096, 4, 4095, 2])
  expect(namesIn(known, set)).toEqual(['iam.roles.assign', 'notes.read', ownName])
  expect(namesIn(without, set)).toEqual(['iam.roles.assign', 'notes.read'])
  expect(entriesIn(known, set).map(({ number }) => number)).toEqual([2, 4, 4096])
})

test('a set of names leaves out what nobody knows', () => {
  expect(toNumbers(setIn(known, ['notes.write', 'nobody.knows', ownName]))).toEqual([5, 4096])
  expect(toNumbers(setIn(without, ['notes.write', ownName]))).toEqual([5])
})

test('a node’s own', () => {
  expect(chain.map((node) => toNumbers(ownSet(node)))).toEqual([[], [4096], []])
})

test('the part of a set that can be held at some of the levels', () => {
  const set = setOf('iam.signing.list', 'notes.read', 'notes.write', ownName)
  expect(namesIn(known, atLevels(known, set, ['platform']))).toEqual(['iam.signing.list'])
  expect(namesIn(known, atLevels(known, set, ['agency']))).toEqual(['notes.read', ownName])
  expect(namesIn(known, atLevels(known, set, ['agency', 'account']))).toEqual(['notes.read', 'notes.write', ownName])
  expect(namesIn(known, atLevels(known, set, []))).toEqual([])
})
