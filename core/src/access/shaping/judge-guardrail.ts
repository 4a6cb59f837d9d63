// Whether a guardrail may be set: its patterns mean something, it can be undone, and whatever it gives back its setter holds.
import { empty, of, type PermissionSet, union } from '../../catalogue/permission-set.ts'
import type { PermissionEntry } from '../../catalogue/schema.ts'
import { type IamError, iamError } from '../../kernel/errors.ts'
import { err, ok, type Result } from '../../kernel/result.ts'
import type { Instant } from '../../kernel/time.ts'
import type { Facts, Guardrail } from '../facts.ts'
import { deniedBy, denies } from '../guardrail.ts'
import { missingFor } from '../held.ts'
import { setIn } from '../meaning/permissions.ts'
import { scopeIn, usableScopes } from '../meaning/scopes.ts'
import { atOrBelow } from './judge-role.ts'
import { withNode } from './shape-change.ts'

export interface GuardrailChange {
  /** Permissions that nobody may use here any more. */
  readonly taken: PermissionSet
  /** Permissions that count here again. */
  readonly given: PermissionSet
}

/** Without these no guardrail could be taken back. */
const neededToUndo = ['iam.guardrails.get', 'iam.guardrails.set', 'iam.tenants.get']

/** `facts` are the setter's, at the tenant of the guardrail. */
export const judgeGuardrail = (facts: Facts, next: Guardrail, now: Instant): Result<GuardrailChange, IamError> => {
  const known = knownHere(facts)
  const fault = patternFault(next.deniedPermissions, known) ?? scopeFault(facts, next.keyScopes ?? [])
  if (fault !== undefined) return err(fault)
  const missing = missingOf(facts, next, known, now)
  if (missing.length > 0) return err(iamError('grant_exceeds_grantor', { missing }))
  const after = withNode(facts, { guardrail: next })
  const denied = ({ name }: PermissionEntry, { chain }: Facts) => deniedBy(chain, name) !== undefined
  return ok({
    taken: numbers(known.filter((one) => denied(one, after) && !denied(one, facts))),
    given: numbers(known.filter((one) => denied(one, facts) && !denied(one, after))),
  })
}

const numbers = (entries: readonly PermissionEntry[]): PermissionSet => of(entries.map(({ number }) => number))

/** What can be held at the tenant or below: the newest catalogue's, adopted or not, and the agency's own. */
const knownHere = ({ chain, head }: Facts): readonly PermissionEntry[] => {
  const levels = chain[0] === undefined ? [] : atOrBelow(chain[0].kind)
  const all = [...head.permissionByNumber.values(), ...chain.flatMap((node) => [...node.ownPermissions.values()])]
  return all.filter((entry) => entry.levels.some((level) => levels.includes(level)))
}

const patternFault = (patterns: readonly string[], known: readonly PermissionEntry[]): IamError | undefined => {
  for (const [index, pattern] of patterns.entries()) {
    const refuse = (detail: string) => iamError('invalid_request', { field: `deniedPermissions[${index}]`, detail })
    const undo = neededToUndo.find((name) => denies(pattern, name))
    if (undo !== undefined) return refuse(`It denies ${undo}, without which no guardrail can be taken back.`)
    if (!known.some(({ name }) => denies(pattern, name))) return refuse('There is no such permission here or below.')
  }
  return undefined
}

/**
 * What this tenant's guardrail denied and no longer does, as far as the setter lacks it. A denial above counts for nothing
 * here: it goes on denying, but it may go away, and then the permission is back without anybody being asked.
 */
const missingOf = (
  facts: Facts,
  next: Guardrail,
  known: readonly PermissionEntry[],
  now: Instant,
): readonly string[] => {
  const before = facts.chain[0]?.guardrail ?? { deniedPermissions: [] }
  const denied = ({ name }: PermissionEntry, { deniedPermissions }: Guardrail) =>
    deniedPermissions.some((pattern) => denies(pattern, name))
  const lifted = numbers(known.filter((one) => denied(one, before) && !denied(one, next)))
  const permissions = union(lifted, keysGiven(facts, before, next))
  const open = { ...facts, chain: facts.chain.map((node) => ({ ...node, guardrail: { deniedPermissions: [] } })) }
  return missingFor(open, { permissions, reach: 'subtree', accounts: [], until: undefined }, now)
}

const scopeFault = (facts: Facts, scopes: readonly string[]): IamError | undefined => {
  const unknown = scopes.findIndex((scope) => scopeIn(facts, scope)?.name !== scope)
  if (unknown < 0) return undefined
  return iamError('invalid_request', { field: `keyScopes[${unknown}]`, detail: 'There is no scope of this name here.' })
}

/** Keys that counted less count for more again: longer, of more kinds, or for more scopes. */
const keysGiven = (facts: Facts, before: Guardrail, next: Guardrail): PermissionSet => {
  const longer = (next.maxKeyLifetime ?? Infinity) > (before.maxKeyLifetime ?? Infinity)
  const kinds = missesSome(next.keyKinds ?? ['personal', 'service'], before.keyKinds)
  const scopes = missesSome(next.keyScopes ?? knownScopes(facts), before.keyScopes)
  const making = longer || kinds.length > 0 || scopes.length > 0 ? setIn(facts, ['iam.apiKeys.create']) : empty
  return union(making, usableScopes(facts, scopes))
}

const missesSome = (next: readonly string[], before: readonly string[] | undefined): readonly string[] =>
  before === undefined ? [] : next.filter((one) => !before.includes(one))

const knownScopes = ({ head, chain }: Facts): readonly string[] => [
  ...head.scopeByName.keys(),
  ...chain.flatMap(({ ownPermissions }) => [...ownPermissions.keys()]),
]
