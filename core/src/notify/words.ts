// Words of others inside our sentences: names are what anybody typed, so none of them may look like ours or act on a screen.
import type { Json } from '../kernel/canonical-json.ts'
import { fromIso, toIso } from '../kernel/time.ts'

const mostCharacters = 100
// Control characters would break headers and lines, direction overrides would turn sentences round.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu

/** One line of printable characters. */
export const oneLine = (text: string): string => text.replace(unprintable, ' ').replace(/\s+/gu, ' ').trim()

export const quoted = (name: string): string => {
  const line = oneLine(name)
  return `“${line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line}”`
}

export const listed = (value: Json | undefined): string =>
  Array.isArray(value) ? value.map((one) => oneLine(String(one))).join(', ') : ''

export const textIn = (value: Json | undefined): string => (typeof value === 'string' ? oneLine(value) : '')

/** `2026-11-22 09:30 UTC`; the text itself when it is no moment. */
export const utc = (value: Json | undefined): string => {
  const at = typeof value === 'string' ? fromIso(value) : undefined
  return at === undefined ? textIn(value) : `${toIso(at).slice(0, 16).replace('T', ' ')} UTC`
}

/** Sentences that have something to say. */
export const said = (...sentences: readonly (string | false | undefined)[]): readonly string[] =>
  sentences.filter((sentence): sentence is string => typeof sentence === 'string' && sentence !== '')
