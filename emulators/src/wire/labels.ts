/** The cloud's rules for labels: at most 64, short, lower case. */
import { invalidArgument } from './status.ts'

const KEY = /^\p{Ll}[\p{Ll}\p{Nd}_-]{0,62}$/u
const VALUE = /^[\p{Ll}\p{Nd}_-]{0,63}$/u

export function requireLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(labels)
  if (entries.length > 64) throw invalidArgument('A resource can have at most 64 labels.')
  for (const [key, value] of entries) {
    if (!KEY.test(key))
      throw invalidArgument(`The label key '${key}' does not match the expected format ${KEY.source}.`)
    if (!VALUE.test(value)) {
      throw invalidArgument(`The label value '${value}' does not match the expected format ${VALUE.source}.`)
    }
  }
  return Object.fromEntries(entries)
}
