// Redactions as they pass: what was taken out of an event must be named by another event of the same log.
import { redactionType } from '../commitment.ts'
import type { EventLine } from '../export-lines.ts'
import type { Redaction } from './fault.ts'
import { find, type Judging, type State } from './judging.ts'

/** What an event says was taken out of another one; undefined for any other event. */
export const redactionIn = ({ type, details }: EventLine['fields']) => {
  if (type !== redactionType || typeof details !== 'object' || details === null || Array.isArray(details))
    return undefined
  const { event, fields }: { readonly [name: string]: unknown } = { ...details }
  return typeof event === 'string' && Array.isArray(fields) ? { event, fields: fields.map(String) } : undefined
}

/** Of an event that is what was sealed. Positions are no clock: what says it may stand before what it is said of. */
export const takeRedaction = ({ state }: Judging, line: EventLine, position: number): void => {
  if (!('salt' in line)) state.redactions.set(line.id, { position, fields: Object.keys(line.removed) })
  const said = redactionIn(line.fields)
  if (said === undefined) return
  const before = state.said.get(said.event) ?? []
  state.said.set(said.event, new Set([...before, ...said.fields]))
}

/** `elsewhere` says what is known of an event beside what has passed here: of a stretch, what the rest of the log says. */
export const redactionsOf = (state: State, elsewhere: ReadonlyMap<string, readonly string[]>): readonly Redaction[] =>
  [...state.redactions].map(([event, { position, fields }]) => {
    const known = new Set([...(state.said.get(event) ?? []), ...(elsewhere.get(event) ?? [])])
    return { event, position, fields, covered: fields.every((field) => known.has(field)) }
  })

export const findUncovered = (judging: Judging, redactions: readonly Redaction[]): void => {
  for (const { event, position, fields, covered } of redactions) {
    const names = fields.map((field) => `\`${field}\``).join(', ')
    if (!covered) find(judging, 'redacted', `${names} taken out, and no event says so of each`, { position, event })
  }
}
