// A world in a few lines, for the message of a failure: whoever reads it sees what was granted, and where.
import { isEmpty, toNumbers } from '../../catalogue/permission-set.ts'
import type { Facts, Question } from '../facts.ts'

export const shownWorld = (question: Question, facts: Facts): string => {
  const { head, catalogueOf: _any, ...shown } = facts
  return JSON.stringify({ question, head: head.version, ...shown }, (_key, value: unknown) => readable(value), 1)
}

const readable = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map) return Object.fromEntries(value)
  if ('holds' in value && 'source' in value) return `if ${value.source}`
  // A permission set keeps its words under a symbol.
  if (Object.getOwnPropertySymbols(value).length > 0) {
    const set = value as Parameters<typeof toNumbers>[0] // nothing else here has a symbol
    return isEmpty(set) ? 'nothing' : toNumbers(set).join(' ')
  }
  return value
}
