import { expect, test } from 'vitest'
import { compareLocks, type Lock } from './compare-locks.ts'

const wanted = { dependencies: { a: '1.0.0' }, devDependencies: { d: '3.0.0' } }
const uploaded: Lock = {
  packages: {
    '': wanted,
    'node_modules/a': { version: '1.0.0' },
    'node_modules/a/node_modules/b': { version: '2.0.0' },
  },
}
const repository: Lock = {
  packages: {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0' },
    'functions/node_modules/b': { version: '2.5.0' },
  },
}

test('locks that agree pass, wherever a package lies in the tree', () => {
  expect(compareLocks(wanted, uploaded, repository)).toEqual([])
})

test('names a dependency that package.json has and the lock lacks, and the reverse', () => {
  expect(compareLocks({ ...wanted, dependencies: { a: '1.0.0', n: '1.0.0' } }, uploaded, repository)).toEqual([
    'n is 1.0.0 in package.json, absent in its lock.',
  ])
  expect(compareLocks({ devDependencies: { d: '3.0.0' } }, uploaded, repository)).toEqual([
    'a is gone in package.json, 1.0.0 in its lock.',
  ])
})

test('names a changed development dependency too, since npm ci refuses it', () => {
  expect(compareLocks({ ...wanted, devDependencies: { d: '3.1.0' } }, uploaded, repository)).toHaveLength(1)
})

test('names a link', () => {
  const linked: Lock = { packages: { ...uploaded.packages, 'node_modules/core': { link: true } } }
  expect(compareLocks(wanted, linked, repository)).toEqual(['node_modules/core is a link.'])
})

test('names a version that was never tested here', () => {
  const newer: Lock = { packages: { ...uploaded.packages, 'node_modules/b': { version: '2.1.0' } } }
  expect(compareLocks(wanted, newer, repository)).toEqual(["b 2.1.0 is not the version in the repository's lock."])
})
