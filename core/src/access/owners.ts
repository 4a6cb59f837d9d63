// Owners: an agency keeps at least one, and only an owner unmakes an owner, whichever way somebody ceases to be one.
import { isEmpty } from '../catalogue/permission-set.ts'
import { type IamError, iamError } from '../kernel/errors.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import type { Instant } from '../kernel/time.ts'
import type { Facts } from './facts.ts'
import { missingFor } from './held.ts'
import { rolePermissions } from './roles.ts'

export interface Leaving {
  readonly now: Instant
  /** Who can act as an owner: whoever is suspended everywhere stays on the list, but is not the one that a tenant is left with. */
  readonly counts?: (owner: string) => boolean
}

/** The owners that are left when one leaves. `facts` are the acting person's, at the tenant that is owned. */
export const ownersLeft = (
  facts: Facts,
  owners: readonly string[],
  leaving: string,
  { now, counts = () => true }: Leaving,
): Result<readonly string[], IamError> => {
  const [node] = facts.chain
  const left = owners.filter((owner) => owner !== leaving)
  // An account without owners of its own belongs to its agency.
  if (!left.some(counts) && node?.kind !== 'account') return err(iamError('last_owner'))
  const fault = beyondOwner(facts, now)
  return fault === undefined ? ok(left) : err(fault)
}

/** Only an owner makes or unmakes an owner: what is missing of the owner's role at the tenant in question, or nothing. */
export const beyondOwner = (facts: Facts, now: Instant): IamError | undefined => {
  const [node] = facts.chain
  const permissions = rolePermissions(facts, `${node?.kind}.owner`, node?.id ?? '')
  const missing = missingFor(facts, { permissions, reach: 'subtree', accounts: [], until: undefined }, now)
  // Where nobody knows what an owner holds (a catalogue that cannot be read), lacking nothing of it is not enough.
  const known = !isEmpty(permissions)
  return known && missing.length === 0 ? undefined : iamError('grant_exceeds_grantor', { missing })
}
