// Giving a role: everything that an assignment writes, planned in the transaction that reads what it depends on.

import { grantsPath, policyPath, userPath } from '@latchkey/core/access/assembly/documents'
import type { Reach } from '@latchkey/core/access/facts'
import {
  maxConditionalPerPrincipal,
  maxEntriesPerPrincipal,
  maxListedPerPrincipal,
} from '@latchkey/core/access/fold-grants'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { type AssignmentId, isRoleId, platformTenant, type TenantId } from '@latchkey/core/kernel/ids'
import { idOf, kindOf, type PrincipalRef, userOf } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import { type DocumentFields, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'

/** What is given; ids and access ids are drawn before the transaction. */
export interface Grant {
  readonly assignment: AssignmentId
  readonly tenant: TenantId
  readonly principal: PrincipalRef
  readonly displayName: string | undefined
  readonly role: string
  readonly reach: Reach
  readonly accounts: readonly TenantId[] | undefined
  readonly condition: string | undefined
  readonly until: Instant | undefined
  readonly reason: string | undefined
  readonly grantedBy: PrincipalRef
  readonly now: Instant
  /** The person's new access id, or the tenant's when a team is given power: it shuts every open viewer. */
  readonly newAccessId: string
  /** Where the receiver must belong already: nowhere (an accepted invitation), here, or (if the giver sees it) in the agency above. */
  readonly membership: 'not needed' | 'here' | 'here or above'
}

export interface PlannedGrant {
  readonly writes: readonly Write[]
}

export const maxOwners = 20

/** Present placements of the listed accounts; refused when one is no living account of this agency. */
export const readPlacements = async (
  read: Reader,
  grant: Grant,
): Promise<Result<ReadonlyMap<string, string>, IamError>> => {
  const accounts = grant.accounts ?? []
  const found = await read.getAll(accounts.map(policyPath))
  const placements = new Map<string, string>()
  for (const [index, account] of accounts.entries()) {
    const fields = found[index]
    if (fields === undefined || fields['parentId'] !== grant.tenant || fields['status'] === 'deleted') {
      return err(iamError('not_found', { field: `accounts[${index}]` }))
    }
    placements.set(account, String(fields['placementId']))
  }
  return ok(placements)
}

interface Present {
  readonly tenant: DocumentFields
  readonly grants: DocumentFields | undefined
  /** The membership here; undefined for somebody of the agency, who is made one bound to the present placement. */
  readonly member: DocumentFields | undefined
  readonly above: DocumentFields | undefined
  /** Set when the power comes of what stands above: it dies when the tenant moves, and does not revive (DESIGN.md §7). */
  readonly placement: string | undefined
  /** They are of the tenant above, and no member here by themselves. */
  readonly borrowed: boolean
}

/** Every write of the grant. Reads the tenant, the principal's grants and their membership; all within the transaction. */
export const planGrant = async (
  read: Reader,
  grant: Grant,
  placements: ReadonlyMap<string, string>,
): Promise<Result<PlannedGrant, IamError>> => {
  const present = await readPresent(read, grant)
  if (!present.ok) return present
  const entries = (present.value.grants?.['entries'] ?? {}) as DocumentFields // our own document
  const refusal = refusalFor(grant, present.value, entries, placements)
  if (refusal !== undefined) return err(refusal)
  const owners = ownersAfter(present.value.tenant, grant)
  if (!owners.ok) return owners
  const stored = storedEntry(grant, placements, present.value)
  return ok({
    writes: [
      assignmentWrite(grant, stored),
      grantsWrite(grant, present.value, { ...entries, [grant.assignment]: stored }),
      ...memberWrites(grant, present.value),
      ...accessIdWrites(grant),
      ...owners.value,
    ],
  })
}

const refusalFor = (
  grant: Grant,
  { grants, member }: Present,
  entries: DocumentFields,
  placements: ReadonlyMap<string, string>,
): IamError | undefined => {
  // Whoever was removed, suspended or not, or came with a placement that is over, begins anew by being invited.
  const gone = member?.['status'] === 'removed'
  if (!gone && (grants?.['status'] === 'suspended' || member?.['status'] === 'suspended')) {
    return iamError('conflict', { detail: 'They are suspended here; restore them first.' })
  }
  const many = (detail: string) => iamError('limit_exceeded', { detail })
  if (Object.keys(entries).length >= maxEntriesPerPrincipal) {
    return many(`Nobody has more than ${maxEntriesPerPrincipal} assignments at one tenant.`)
  }
  const conditional = Object.values(entries).filter((entry) => (entry as DocumentFields)['condition'] !== undefined)
  if (grant.condition !== undefined && conditional.length >= maxConditionalPerPrincipal) {
    return many(`Nobody has more than ${maxConditionalPerPrincipal} conditional assignments at one tenant.`)
  }
  if (listedIn(entries) + placements.size <= maxListedPerPrincipal) return undefined
  return iamError('reach_too_large', {
    field: 'accounts',
    detail: `Nobody is given more than ${maxListedPerPrincipal} listed accounts at one tenant; use reach \`subtree\`.`,
  })
}

const listedIn = (entries: DocumentFields): number =>
  Object.values(entries).reduce<number>(
    (sum, entry) => sum + Object.keys((entry as DocumentFields)['accounts'] ?? {}).length,
    0,
  )

const readPresent = async (read: Reader, grant: Grant): Promise<Result<Present, IamError>> => {
  const folder = kindOf(grant.principal) === 'team' ? 'teams' : 'members'
  const path = `${folder}/${idOf(grant.principal)}`
  const [tenant, grants, stored] = await read.getAll([
    `tenants/${grant.tenant}`,
    grantsPath(grant.tenant, grant.principal),
    `tenants/${grant.tenant}/${path}`,
  ])
  if (tenant === undefined) return err(iamError('not_found'))
  const here = String(tenant['placementId'])
  // A membership of a former agency is none.
  const stale = stored?.['placement'] !== undefined && stored['placement'] !== here
  const member = stale ? { ...stored, status: 'removed' } : stored
  const placement = (await isRoleFromAbove(read, grant, tenant)) ? here : undefined
  const counts = (one: DocumentFields | undefined): boolean =>
    one?.['status'] === 'active' && (folder === 'teams' || one['kind'] === kindOf(grant.principal))
  // Refused further on, also for people of the agency.
  if (member?.['status'] === 'suspended')
    return ok({ tenant, grants, member, above: undefined, placement, borrowed: false })
  const bound = member?.['placement']
  if (grant.membership === 'not needed')
    return ok({ tenant, grants, member, above: undefined, placement, borrowed: false })
  if (counts(member) && bound === undefined)
    return ok({ tenant, grants, member, above: undefined, placement, borrowed: false })
  // A person of the agency may be given a role in its accounts; anybody else must be invited (CATALOGUE I-48).
  const parent = tenant['parentId']
  const [above] =
    typeof parent === 'string' && folder === 'members' && grant.membership === 'here or above'
      ? await read.getAll([`tenants/${parent}/${path}`])
      : []
  const present = counts(member) && bound === here
  if (!present && (above === undefined || !counts(above))) return err(iamError('not_found', { field: 'principal' }))
  return ok({ tenant, grants, member: present ? member : undefined, above, placement: here, borrowed: true })
}

/** A custom role of the agency is somebody else's: in an account it counts only while the account stays there. */
const isRoleFromAbove = async (read: Reader, grant: Grant, tenant: DocumentFields): Promise<boolean> => {
  if (!isRoleId(grant.role) || tenant['kind'] !== 'account') return false
  const [policy] = await read.getAll([policyPath(grant.tenant)])
  const roles = (policy?.['roles'] ?? {}) as DocumentFields // our own document
  return !Object.hasOwn(roles, grant.role)
}

const ownersAfter = (tenant: DocumentFields, grant: Grant): Result<readonly Write[], IamError> => {
  const uid = userOf(grant.principal)
  if (uid === undefined || grant.role !== `${String(tenant['kind'])}.owner`) return ok([])
  const owners = Array.isArray(tenant['owners']) ? tenant['owners'].map(String) : []
  if (owners.includes(uid)) return err(iamError('already_exists', { detail: 'They are an owner already.' }))
  if (owners.length >= maxOwners)
    return err(iamError('limit_exceeded', { detail: `A tenant has at most ${maxOwners} owners.` }))
  return ok([{ kind: 'update', path: `tenants/${grant.tenant}`, fields: { owners: [...owners, uid] } }])
}

const storedEntry = (grant: Grant, placements: ReadonlyMap<string, string>, { placement, borrowed }: Present) => ({
  role: grant.role,
  reach: grant.reach,
  ...(grant.accounts === undefined ? {} : { accounts: Object.fromEntries(placements) }),
  ...(placement === undefined ? {} : { placement }),
  ...(borrowed ? { borrowed } : {}),
  ...(grant.condition === undefined ? {} : { condition: grant.condition }),
  ...(grant.until === undefined ? {} : { until: timestampOf(grant.until) }),
})

const assignmentWrite = (grant: Grant, stored: DocumentFields): Write => ({
  kind: 'create',
  path: `tenants/${grant.tenant}/assignments/${grant.assignment}`,
  fields: {
    ...stored,
    principal: grant.principal,
    grantedBy: grant.grantedBy,
    grantedAt: timestampOf(grant.now),
    ...(grant.reason === undefined ? {} : { reason: grant.reason }),
  },
})

const grantsWrite = (grant: Grant, { grants }: Present, entries: DocumentFields): Write => ({
  kind: 'set',
  path: grantsPath(grant.tenant, grant.principal),
  fields: { ...grants, principal: grant.principal, status: 'active', teams: grants?.['teams'] ?? [], entries },
})

const memberWrites = (grant: Grant, { member, above, placement, tenant }: Present): readonly Write[] => {
  // A service account is a member of the tenant that it belongs to, wherever else it is given a role.
  if (kindOf(grant.principal) !== 'user') return []
  const stays =
    member?.['status'] === 'active' && (grant.membership !== 'not needed' || member['placement'] === undefined)
  if (stays) return []
  const name = grant.displayName ?? member?.['displayName'] ?? above?.['displayName'] ?? idOf(grant.principal)
  const borrowed = above !== undefined && placement === String(tenant['placementId'])
  const fields = {
    kind: kindOf(grant.principal),
    displayName: name,
    status: 'active',
    ...(borrowed ? { placement } : {}),
    ...(member?.['attributes'] === undefined ? {} : { attributes: member['attributes'] }),
    joinedAt: timestampOf(grant.now),
  }
  return [{ kind: 'set', path: `tenants/${grant.tenant}/members/${idOf(grant.principal)}`, fields }]
}

/** One write shuts the viewers of a person; of a team's members, nobody knows which are open, so the tenant's shut. */
const accessIdWrites = (grant: Grant): readonly Write[] => {
  const fields = { accessId: grant.newAccessId }
  if (kindOf(grant.principal) === 'team') return [{ kind: 'update', path: `tenants/${grant.tenant}`, fields }]
  const uid = userOf(grant.principal)
  if (uid === undefined) return []
  // Nobody else's power at the platform is ever looked at: the flag is what makes it count.
  const person = grant.tenant === platformTenant ? { ...fields, staff: true } : fields
  return [
    { kind: 'merge', path: userPath(uid), fields: person },
    { kind: 'merge', path: `${userPath(uid)}/tenants/${grant.tenant}`, fields: { since: timestampOf(grant.now) } },
  ]
}
