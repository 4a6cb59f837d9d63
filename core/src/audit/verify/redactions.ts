// Redactions as they pass: what was taken out of an event must be named by a later event of the same log.
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

/** Of an event that is what was sealed. */
export const takeRedaction = ({ state }: Judging, line: EventLine, position: number): void => {
  if (!('salt' in line)) state.redactions.set(line.id, { position, fields: Object.keys(line.removed), said: new Set() })
  const said = redactionIn(line.fields)
  for (const field of said?.fields ?? []) state.redactions.get(said?.event ?? '')?.said.add(field)
}

/** `elsewhere` says what is known of an event beside what has passed here: of a stretch, what comes later. */
export const redactionsOf = (state: State, elsewhere: ReadonlyMap<string, readonly string[]>): readonly Redaction[] =>
  [...state.redactions].map(([event, { position, fields, said }]) => {
    const known = elsewhere.get(event) ?? []
    return { event, position, fields, covered: fields.every((field) => said.has(field) || known.includes(field)) }
  })

export const findUncovered = (judging: Judging, redactions: readonly Redaction[]): void => {
  for (const { event, position, fields, covered } of redactions) {
    const names = fields.map((field) => `\`${field}\``).join(', ')
    if (!covered) find(judging, 'redacted', `${names} taken out, and no event says so of each`, { position, event })
  }
}
