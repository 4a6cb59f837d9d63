import { expect, test } from 'vitest'
import { chooseJdk, parseJavaMajor } from './find-jdk.ts'

test.each([
  ['openjdk version "25.0.1" 2025-10-21 LTS', 25],
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_402"', 8],
  ['openjdk version "21" 2023-09-19', 21],
  ['openjdk version "26-ea" 2026-03-17', 26],
])('reads the major version in %s', (output, major) => {
  expect(parseJavaMajor(output)).toBe(major)
})

test('text without a version has none', () => {
  expect(parseJavaMajor('command not found: java')).toBeUndefined()
})

const jdk = (major: number) => ({ home: `/jdk-${major}`, major })

test('takes the preferred one when it is new enough, even when a newer one is installed', () => {
  expect(chooseJdk([jdk(21)], [jdk(25)])?.major).toBe(21)
})

test('passes over a preferred one that is too old, and takes the newest installed', () => {
  expect(chooseJdk([jdk(17)], [jdk(21), jdk(25), jdk(11)])?.major).toBe(25)
})

test('finds none when all are too old', () => {
  expect(chooseJdk([jdk(17)], [jdk(20)])).toBeUndefined()
})
