// The same facts, with each condition asked once: for questions that ask hundreds of permissions of one resource and one request.
import type { Condition } from '../condition.ts'
import type { Facts, GrantEntry, GrantsFacts } from '../facts.ts'

/** Holds for one moment, resource, action and request; a condition that looks at `action` depends on the permission and is always asked. */
export const withAskedOnce = (facts: Facts): Facts => {
  const grants = facts.subject.grants.map(askedOnce())
  return { ...facts, subject: { ...facts.subject, grants } }
}

/** What a condition sees of the subject depends on where its entry is stored. */
const askedOnce = () => {
  const known = new Map<string, Condition>()
  const once = (condition: Condition, at: string): Condition => {
    if (/\baction\b/.test(condition.source)) return condition
    const key = `${at}\n${condition.source}`
    const kept = known.get(key) ?? answeredOnce(condition)
    known.set(key, kept)
    return kept
  }
  return (grants: GrantsFacts): GrantsFacts => ({
    ...grants,
    entries: grants.entries.map(
      (entry): GrantEntry =>
        entry.condition === undefined ? entry : { ...entry, condition: once(entry.condition, grants.at) },
    ),
  })
}

const answeredOnce = ({ source, holds }: Condition): Condition => {
  let answer: boolean | 'error' | undefined
  return {
    source,
    holds: (input) => {
      answer ??= holds(input)
      return answer
    },
  }
}
