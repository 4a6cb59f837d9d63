// Conditions in two languages: CEL, as assignments carry them, and plain functions, as the oracle understands them.
import type { Condition, ConditionInput } from '@latchkey/core/access/condition'

type Verdict = boolean | 'error'
type Rule = (input: ConditionInput) => Verdict

/** CEL's "or": an error is no reason against a yes. */
const either =
  (left: Rule, right: Rule): Rule =>
  (input) => {
    const both = [left(input), right(input)]
    if (both.includes(true)) return true
    return both.includes('error') ? 'error' : false
  }

/** Equality with something that is not there is an error, not a no. */
const same = (left: unknown, right: unknown): Verdict =>
  left === undefined || right === undefined ? 'error' : left === right

const owns: Rule = ({ resource, subject }) => same(resource['ownerId'], subject['id'])
const department =
  (name: string): Rule =>
  ({ subject }) =>
    same(subject['department'], name)

const pairs: readonly (readonly [string, Rule])[] = [
  ['resource.ownerId == subject.id', owns],
  ['subject.department == "sales"', department('sales')],
  ['resource.stage == "won"', ({ resource }) => same(resource['stage'], 'won')],
  [
    'resource.stage in ["won", "lost"]',
    ({ resource }) => (resource['stage'] === undefined ? 'error' : ['won', 'lost'].includes(String(resource['stage']))),
  ],
  ['action.soft == true', ({ action }) => same(action['soft'], true)],
  ['has(resource.stage)', ({ resource }) => resource['stage'] !== undefined],
  ['request.time > timestamp("2020-01-01T00:00:00Z")', () => true],
  ['request.time < timestamp("2020-01-01T00:00:00Z")', () => false],
  ['resource.ownerId == subject.id || subject.department == "support"', either(owns, department('support'))],
  ['subject.kind == "service"', ({ subject }) => same(subject['kind'], 'service')],
  ['resource.type == "record"', ({ resource }) => same(resource['type'], 'record')],
]

export const conditions: readonly Condition[] = pairs.map(([source, holds]) => ({ source, holds }))
