/** The clock that another process sets. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { clockFrom } from './clock-file.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-clock-'))
  path = join(folder, 'offset')
})
afterEach(() => rmSync(folder, { recursive: true }))

it('is the real clock without a file', () => {
  expect(clockFrom(undefined, () => 1000)()).toBe(1000)
  expect(clockFrom(path, () => 1000)()).toBe(1000)
})

it('adds the offset in the file, as it stands at every question', () => {
  const now = clockFrom(path, () => 1000)
  writeFileSync(path, '500\n')
  expect(now()).toBe(1500)
  writeFileSync(path, '-1')
  expect(now()).toBe(999)
  rmSync(path)
  expect(now()).toBe(1000)
})

it.each(['', 'tomorrow', '1.5', '1e3'])('refuses a file that holds %j instead of taking it for no offset', (text) => {
  writeFileSync(path, text)
  expect(clockFrom(path, () => 1000)).toThrow('must hold one whole number')
})
