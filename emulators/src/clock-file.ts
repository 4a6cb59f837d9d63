/** A clock that another process sets: the real one plus the offset found in a file. */
import { readFileSync } from 'node:fs'

function offsetIn(path: string): number {
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw error
  }
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text)
  throw new Error(`The clock file ${path} must hold one whole number, an offset in milliseconds.`)
}

/** The file is read at every question, so a change counts at once; while there is none, the clock is the real one. */
export const clockFrom = (path: string | undefined, realNow: () => number): (() => number) =>
  path === undefined ? realNow : () => realNow() + offsetIn(path)
