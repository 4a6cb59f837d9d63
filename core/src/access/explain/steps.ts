// The checks of a decision, each asked by itself.
import type { Instant } from '../../kernel/time.ts'
import { checks, isVisible } from '../decide.ts'
import type { DecisionCode } from '../decision.ts'
import type { Facts } from '../facts.ts'
import { type Asked, weighSubject } from '../parties.ts'
import { capsThatEnd, capsThatTake, type RefusingCap } from './refusing-caps.ts'

/** One check of the decision; those after the first refusal say what they would have said, because a fix needs them all. */
export interface Step {
  readonly check: string
  readonly outcome: 'passed' | 'refused' | 'not_asked'
  readonly code?: DecisionCode
  /** The guardrails that made a key's check refuse. */
  readonly keyCaps?: readonly RefusingCap[]
}

export const stepsOf = (asked: Asked | undefined, facts: Facts, now: Instant): readonly Step[] => {
  const visible = withCaps(step('visible', isVisible(facts, now) ? undefined : 'tenant_not_visible'), () =>
    capsThatEnd(facts, now),
  )
  const known = step('known', asked === undefined ? 'unknown_permission' : undefined)
  const weighed = asked === undefined ? undefined : weighSubject(asked, facts.subject)
  const others = checks.map(([check, refuses]): Step => {
    if (asked === undefined || weighed === undefined || isAbsent(check, facts)) return { check, outcome: 'not_asked' }
    const found = step(check, refuses(asked, weighed))
    return check === 'token' && found.code === 'scope_missing' ? withCaps(found, () => capsThatTake(asked)) : found
  })
  return [visible, known, ...others]
}

const withCaps = (one: Step, capsOf: () => readonly RefusingCap[]): Step => {
  const keyCaps = one.outcome === 'refused' ? capsOf() : []
  return keyCaps.length === 0 ? one : { ...one, keyCaps }
}

const isAbsent = (check: string, { installation, impersonation }: Facts): boolean =>
  (check === 'installation' && installation === undefined) || (check === 'impersonation' && impersonation === undefined)

const step = (check: string, code: DecisionCode | undefined): Step =>
  code === undefined ? { check, outcome: 'passed' } : { check, outcome: 'refused', code }
