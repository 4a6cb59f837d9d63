import { expect, test } from 'vitest'
import { foldLine } from './launcher-jar.ts'

test('no line of the manifest is longer than 72 bytes, and unfolding gives the line back', () => {
  const line = `Class-Path: file:///${'a-long-folder/'.repeat(30)}emulator.jar`
  const folded = foldLine(line)
  expect(Math.max(...folded.split('\r\n').map((part) => part.length + 2))).toBeLessThanOrEqual(72)
  expect(folded.replaceAll('\r\n ', '')).toBe(line)
})

test('a short line stays as it is', () => {
  expect(foldLine('Manifest-Version: 1.0')).toBe('Manifest-Version: 1.0')
})
