// Ours: from ids to a decision with its code, and the same with the facts at hand.
import { decide } from '../../../core/src/access/decide.ts'
import { explain } from '../../../core/src/access/explain/explain.ts'
import type { Question as AccessQuestion, Facts } from '../../../core/src/access/facts.ts'
import type { Instant } from '../../../core/src/kernel/time.ts'
import { factsFor, now, questionFor, warmUp } from '../world-facts.ts'
import type { Contestant } from './contestant.ts'

export type Judge = (question: AccessQuestion, facts: Facts, now: Instant) => { readonly allowed: boolean }

export const judgedBy = (name: string, note: string, judge: Judge): Contestant => ({
  name,
  note,
  build: ({ agencies }) => {
    const warm = warmUp(agencies)
    return {
      check: (question) => {
        const facts = factsFor(warm, question)
        return facts !== undefined && judge(questionFor(question), facts, now).allowed
      },
    }
  },
})

export const oursName = 'Latchkey `decide`'
export const explainName = 'Latchkey `explain` (with trace)'

export const ours = judgedBy(
  oursName,
  'ids in, stable code out: slices looked up, facts put together, tree, guardrails, scopes, conditions (CEL)',
  decide,
)

export const oursExplained = judgedBy(
  explainName,
  '`explain`: the chain, every check, every assignment, and what would change the answer',
  explain,
)

/** How much of ours is the lookup: the same questions with the facts made beforehand. */
export const oursWithFacts: Contestant = {
  name: 'Latchkey `decide`, facts at hand',
  note: 'the same without looking the facts up',
  build: ({ agencies, questions }) => {
    const warm = warmUp(agencies)
    const prepared = questions.map((one) => ({ facts: factsFor(warm, one), asked: questionFor(one) }))
    return {
      check: (question) => {
        const known = prepared[question.index]
        return known?.facts !== undefined && decide(known.asked, known.facts, now).allowed
      },
    }
  },
}
