import { expect, test } from 'vitest'
import { canonicalManifest, type Manifest } from './read-manifest.ts'

test('the order in which functions are declared does not change the canonical text', () => {
  const endpoint = (entryPoint: string) => ({ entryPoint, labels: { b: 1, a: [{ d: 1, c: 2 }] } })
  const one: Manifest = { endpoints: { b: endpoint('b'), a: endpoint('a') } }
  const other: Manifest = { endpoints: { a: endpoint('a'), b: endpoint('b') } }
  expect(canonicalManifest(one)).toBe(canonicalManifest(other))
  expect(canonicalManifest(one).indexOf('"c"')).toBeLessThan(canonicalManifest(one).indexOf('"d"'))
})

test('a changed setting changes it', () => {
  const timed = (schedule: string): Manifest => ({
    endpoints: { a: { entryPoint: 'a', scheduleTrigger: { schedule } } },
  })
  expect(canonicalManifest(timed('every 5 minutes'))).not.toBe(canonicalManifest(timed('every 6 minutes')))
})
