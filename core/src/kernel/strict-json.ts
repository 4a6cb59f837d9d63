// Reads JSON as strictly as a security boundary needs: no duplicate keys, no prototype names, bounded depth, with the path of the fault.
import { err, ok, type Result } from './result.ts'

export interface JsonFault {
  readonly path: string
  readonly reason: string
}

const maxDepth = 32
const dangerous = new Set(['__proto__', 'constructor', 'prototype'])

interface Cursor {
  readonly text: string
  at: number
}

/** The four of RFC 8259 §2: space, tab, line feed, carriage return. */
const isSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d

const skipSpace = (cursor: Cursor): void => {
  while (isSpace(cursor.text.charCodeAt(cursor.at))) cursor.at++
}

// The text is known to be valid JSON when this runs, so a string ends at the first unescaped quote.
const readString = (cursor: Cursor): string => {
  const start = cursor.at
  let end = cursor.text.indexOf('"', start + 1)
  while (isEscaped(cursor.text, end)) end = cursor.text.indexOf('"', end + 1)
  cursor.at = end + 1
  const literal = cursor.text.slice(start, cursor.at)
  return literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1) // a JSON string literal
}

/** An odd number of backslashes stands before it. */
const isEscaped = (text: string, at: number): boolean => {
  let before = at
  while (text.charCodeAt(before - 1) === 0x5c) before--
  return (at - before) % 2 === 1
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)

const readObject = (cursor: Cursor, path: string, depth: number): JsonFault | undefined => {
  const seen = new Set<string>()
  cursor.at++
  skipSpace(cursor)
  while (cursor.text[cursor.at] !== '}') {
    const key = readString(cursor)
    const here = join(path, key)
    if (seen.has(key)) return { path: here, reason: 'The same key appears twice.' }
    if (dangerous.has(key)) return { path: here, reason: 'This key is not allowed.' }
    seen.add(key)
    skipSpace(cursor)
    cursor.at++ // the colon
    const fault = readValue(cursor, here, depth + 1)
    if (fault !== undefined) return fault
    nextItem(cursor)
  }
  cursor.at++
  return undefined
}

const readArray = (cursor: Cursor, path: string, depth: number): JsonFault | undefined => {
  cursor.at++
  skipSpace(cursor)
  for (let index = 0; cursor.text[cursor.at] !== ']'; index++) {
    const fault = readValue(cursor, `${path}[${index}]`, depth + 1)
    if (fault !== undefined) return fault
    nextItem(cursor)
  }
  cursor.at++
  return undefined
}

const nextItem = (cursor: Cursor): void => {
  skipSpace(cursor)
  if (cursor.text[cursor.at] === ',') cursor.at++
  skipSpace(cursor)
}

const readValue = (cursor: Cursor, path: string, depth: number): JsonFault | undefined => {
  skipSpace(cursor)
  if (depth > maxDepth) return { path, reason: `It is nested deeper than ${maxDepth} levels.` }
  const first = cursor.text[cursor.at]
  if (first === '{') return readObject(cursor, path, depth)
  if (first === '[') return readArray(cursor, path, depth)
  if (first === '"') {
    readString(cursor)
    return undefined
  }
  while (cursor.at < cursor.text.length && !/[,\]}\s]/.test(cursor.text[cursor.at] ?? '')) cursor.at++
  return undefined
}

/** The value of `text`, or the path and reason of what is wrong with it. RFC 8259 leaves duplicate keys open; we refuse them. */
export const parseStrictJson = (text: string): Result<unknown, JsonFault> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return err({ path: '', reason: 'It is not valid JSON.' })
  }
  const fault = readValue({ text, at: 0 }, '', 0)
  return fault === undefined ? ok(value) : err(fault)
}
