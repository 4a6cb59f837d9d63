// The table of promises in the README of the module `monitoring`, and the runbooks that it leads to.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root } from '../root.ts'
import type { PromiseRow } from './policies/plan.ts'

const folder = join(root, 'terraform', 'modules', 'monitoring')
const linked = /\]\(([^)#]+)\)/g
const named = /`([a-z-]+)`/g

export const readPromises = (): readonly PromiseRow[] =>
  readFileSync(join(folder, 'README.md'), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const cells = line.split(' | ').map((cell) => cell.replaceAll('|', '').trim())
      const [promise = '', alarms = '', runbooks = '', why = ''] = cells
      return cells.length !== 4 || promise === 'promise' || /^-+$/.test(promise)
        ? []
        : [{ promise, alarms: namesIn(alarms), runbooks: runbooksIn(runbooks), why, tests: testsIn(why) }]
    })

const namesIn = (cell: string): readonly string[] => [...cell.matchAll(named)].map(([, name = '']) => name)
const runbooksIn = (cell: string): readonly string[] =>
  [...cell.matchAll(linked)].map(([, file = '']) => basename(file, '.md'))
const testsIn = (cell: string): PromiseRow['tests'] =>
  [...cell.matchAll(linked)].map(([, file = '']) => ({ file, isThere: existsSync(join(folder, file)) }))

const runbooks = join(root, 'docs', 'runbooks')

/** By name: their text. */
export const readRunbooks = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    globSync('*.md', { cwd: runbooks }).map((file) => [
      basename(file, '.md'),
      readFileSync(join(runbooks, file), 'utf8'),
    ]),
  )
