// Whether a grant makes sense at all, and what its giver lacks of it: the checks before anything is planned.
import { compileCondition } from '@latchkey/core/access/condition'
import { maxListedAccounts } from '@latchkey/core/access/contract/assignments'
import type { Facts, Reach } from '@latchkey/core/access/facts'
import { missingFor } from '@latchkey/core/access/held'
import { rolePermissions } from '@latchkey/core/access/roles'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { kindOf } from '@latchkey/core/kernel/principal'
import type { Grant } from './plan-grant.ts'

/** The checks that need no giver: does the role exist here, is the reach sensible, does the condition compile. */
export const checkShape = (
  facts: Pick<Facts, 'chain' | 'head' | 'catalogueOf'>,
  grant: Grant,
): IamError | undefined => {
  const [node] = facts.chain
  // A role that the newest catalogue brings is no role here before it is adopted: it would hold nothing now, and anything later.
  const adopted = facts.catalogueOf(facts.chain[0]?.catalogueVersion ?? '')?.roleByName.has(grant.role)
  const role = adopted ? facts.head.roleByName.get(grant.role)?.entry : undefined
  const definer = facts.chain.find((one) => one.customRoles.has(grant.role))
  if (node === undefined) return iamError('not_found')
  if (role === undefined && definer === undefined)
    return iamError('invalid_request', { field: 'role', detail: 'There is no such role here.' })
  const misplaced = levelFault(
    role?.level ?? levelOfCustom(definer?.kind, node.kind),
    node.kind,
    grant.reach,
    grant.role,
  )
  if (misplaced !== undefined) return iamError('invalid_request', misplaced)
  if ((grant.reach === 'listed') !== (grant.accounts !== undefined)) {
    return iamError('invalid_request', {
      field: 'accounts',
      detail: 'Reach `listed` needs accounts, any other has none.',
    })
  }
  if ((grant.accounts?.length ?? 0) > maxListedAccounts) {
    return iamError('reach_too_large', {
      field: 'accounts',
      detail: `One assignment lists at most ${maxListedAccounts} accounts; use reach \`subtree\`.`,
    })
  }
  if (grant.until !== undefined && grant.until <= grant.now) {
    return iamError('invalid_request', { field: 'expiresAt', detail: 'It is in the past.' })
  }
  return ownerFault(grant, node.kind) ?? conditionFault(grant)
}

const levelFault = (level: string, kind: string, reach: Reach, role: string) => {
  if (isOwnerRole(role) && kind !== level)
    return { field: 'role', detail: 'Owners are made at the tenant that they own.' }
  if (kind === level)
    return reach === 'listed' && kind !== 'agency'
      ? { field: 'reach', detail: 'Only an agency lists accounts.' }
      : undefined
  if (kind === 'agency' && level === 'account' && reach !== 'node') return undefined
  return { field: 'role', detail: `A role of ${level} level cannot be given here with this reach.` }
}

/** A custom role counts where it is defined and below: an agency's is as good in its accounts as at the agency itself. */
const levelOfCustom = (definer: string | undefined, here: string): string => (definer === 'platform' ? definer : here)

const isOwnerRole = (role: string): boolean => role.endsWith('.owner')

/** Owners hold their role directly, without condition, expiry or team, over the whole tenant (DESIGN.md §7). */
const ownerFault = (grant: Grant, kind: string): IamError | undefined => {
  if (!isOwnerRole(grant.role) || grant.role !== `${kind}.owner`) return undefined
  const plain = grant.condition === undefined && grant.until === undefined && grant.reach === 'subtree'
  if (plain && kindOf(grant.principal) === 'user') return undefined
  return iamError('invalid_request', {
    field: 'role',
    detail: 'An owner is a person, over the whole tenant, without condition or end.',
  })
}

const conditionFault = (grant: Grant): IamError | undefined => {
  if (grant.condition === undefined) return undefined
  const compiled = compileCondition(grant.condition)
  return compiled.ok ? undefined : iamError('invalid_request', { field: 'condition', detail: compiled.error })
}

/** What the giver lacks of the role, over that reach and for that long. */
export const missingOf = (facts: Facts, grant: Grant, placements: ReadonlyMap<string, string>): readonly string[] =>
  missingFor(
    facts,
    {
      permissions: rolePermissions(facts, grant.role, grant.tenant),
      reach: grant.reach,
      accounts: grant.accounts ?? [],
      until: grant.until,
    },
    grant.now,
    placements,
  )
