// The door can be shut for everybody, at once and before any other rule, and is open otherwise.
import { blocksIn, ofType, type PlannedResource, type Policy, textIn } from './plan.ts'

const lastDenial = (rules: readonly string[]): number => rules.findLastIndex((rule) => rule.startsWith('deny'))

/** Cloud Armor looks at rules by priority, lowest first, and stops at the first that matches. */
const rulesOf = (policy: PlannedResource): readonly string[] =>
  blocksIn(policy, 'rule')
    .toSorted((one, other) => Number(one['priority']) - Number(other['priority']))
    .map(({ action, match }) => `${String(action)}${JSON.stringify(match ?? '').includes('"*"') ? ' everybody' : ''}`)

export const canBeShut: Policy = (judged) => {
  const open = ofType(judged, 'google_compute_security_policy')
  const shut = ofType({ ...judged, resources: judged.whenClosed }, 'google_compute_security_policy')
  return [
    ...(open.length === 0 || open.length !== shut.length ? ['there is no door'] : []),
    ...shut
      .filter((one) => rulesOf(one)[0] !== 'deny(403) everybody')
      .map((one) => `${textIn(one, 'name')} lets somebody in although it is closed`),
    ...open
      .filter((one) => rulesOf(one).find((rule) => rule.endsWith('everybody')) !== 'throttle everybody')
      .map((one) => `${textIn(one, 'name')} slows nobody down`),
    ...open
      .filter((one) => rulesOf(one).findIndex((rule) => rule.startsWith('allow')) < lastDenial(rulesOf(one)))
      .map((one) => `${textIn(one, 'name')} lets attacks in from somewhere`),
  ]
}
