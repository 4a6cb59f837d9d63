import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { adoptNewestExport, invokerToken, prepareStateFolder, type StateFolder, stateFolder } from './state-folder.ts'

let state: StateFolder
beforeEach(() => {
  state = stateFolder(mkdtempSync(join(tmpdir(), 'lk-state-')))
})
afterEach(() => rmSync(state.dir, { recursive: true }))

function writeExport(dir: string, mark: string, complete = true) {
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'data'), mark)
  if (complete) writeFileSync(join(dir, 'firebase-export-metadata.json'), '{}')
}
const adopted = () => readFileSync(join(state.exported, 'data'), 'utf8')

test('a complete export replaces the older one and leaves nothing beside it', () => {
  writeExport(state.exported, 'old')
  writeExport(state.nextExport, 'new')
  adoptNewestExport(state)
  expect(adopted()).toBe('new')
  expect([state.nextExport, state.previousExport].some((dir) => existsSync(dir))).toBe(false)
})

test('an export cut off half-way does not touch the older one', () => {
  writeExport(state.exported, 'old')
  writeExport(state.nextExport, 'half', false)
  adoptNewestExport(state)
  expect(adopted()).toBe('old')
})

test('a stop between the two renames is repaired by the next start', () => {
  writeExport(state.previousExport, 'old')
  writeExport(state.nextExport, 'new')
  adoptNewestExport(state)
  expect(adopted()).toBe('new')
})

test('only the previous export being whole, it comes back', () => {
  writeExport(state.previousExport, 'old')
  writeExport(state.exported, 'half', false)
  adoptNewestExport(state)
  expect(adopted()).toBe('old')
})

test('the seeded marker does not outlive the data it speaks of', () => {
  writeFileSync(state.seeded, '')
  prepareStateFolder(state, false)
  expect(existsSync(state.seeded)).toBe(false)
  writeExport(state.exported, 'kept')
  writeFileSync(state.seeded, '')
  prepareStateFolder(state, false)
  expect(existsSync(state.seeded)).toBe(true)
})

test('state of another storage layout is refused in one sentence, and fresh forgets it', () => {
  prepareStateFolder(state, false)
  writeExport(state.exported, 'older')
  writeFileSync(state.layout, '0\n')
  expect(() => prepareStateFolder(state, false)).toThrow('npm start -- --fresh')
  expect(existsSync(state.exported)).toBe(true)
  prepareStateFolder(state, true)
  writeExport(state.exported, 'newer')
  expect(() => prepareStateFolder(state, false)).not.toThrow()
})

test('fresh wipes everything', () => {
  writeExport(state.exported, 'old')
  prepareStateFolder(state, true)
  expect(existsSync(state.exported)).toBe(false)
})

test('the invoker token is stable, long, and readable by its owner only', () => {
  const token = invokerToken(state)
  expect(token).toHaveLength(43)
  expect(invokerToken(state)).toBe(token)
  expect(statSync(state.invokerToken).mode & 0o777).toBe(0o600)
})
