// What the functions write to the log, read out of their files: alarms listen for these words.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../root.ts'
import type { LogLine } from './policies/plan.ts'

const severities = ['DEBUG', 'INFO', 'NOTICE', 'WARNING', 'ERROR']
/** From the bracket to the facts, or to the end of the call. */
const call = /\blog(?:Seldom)?\(([\s\S]{0,300}?)(?:\{[ \n]|\)\n)/g
const quoted = /'((?:[^'\\]|\\.)*)'|`([^`]*)`/g

/** Of a message with something in it, the text before that. */
export const readLogLines = (): readonly LogLine[] => {
  const folder = join(root, 'functions', 'src')
  const files = globSync('**/*.ts', { cwd: folder }).filter((file) => !file.endsWith('.test.ts'))
  const lines = files.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(call)].flatMap(([, args = '']) => linesIn(args)),
  )
  if (lines.length === 0) throw new Error('No log lines are found: the pattern is out of date.')
  return lines
}

const linesIn = (args: string): readonly LogLine[] => {
  const texts = [...args.matchAll(quoted)].map(([, plain, template]) => plain ?? template ?? '')
  const isError = texts.includes('ERROR')
  return texts
    .filter((text) => !severities.includes(text))
    .map((text) => ({ isError, words: text.split('${')[0] ?? '', isWhole: !text.includes('${') }))
}
