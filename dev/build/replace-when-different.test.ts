import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { replaceWhenDifferent } from './replace-when-different.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lk-swap-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function folder(name: string, files: Record<string, string>): string {
  mkdirSync(join(dir, name))
  for (const [file, text] of Object.entries(files)) writeFileSync(join(dir, name, file), text)
  return join(dir, name)
}

test('the fresh folder takes the place of a different one, and no old file stays', () => {
  const target = folder('lib', { 'index.js': 'old', 'gone.js': 'x' })
  expect(replaceWhenDifferent(folder('fresh', { 'index.js': 'new' }), target)).toBe(true)
  expect(readFileSync(join(target, 'index.js'), 'utf8')).toBe('new')
  expect(readdirSync(dir)).toEqual(['lib'])
  expect(readdirSync(target)).toEqual(['index.js'])
})

test('an equal folder is left untouched, so that nothing reloads', () => {
  const target = folder('lib', { 'index.js': 'same' })
  expect(replaceWhenDifferent(folder('fresh', { 'index.js': 'same' }), target)).toBe(false)
  expect(readdirSync(dir)).toEqual(['lib'])
})

test('a renamed file counts as different', () => {
  const target = folder('lib', { 'a.js': 'same' })
  expect(replaceWhenDifferent(folder('fresh', { 'b.js': 'same' }), target)).toBe(true)
})
