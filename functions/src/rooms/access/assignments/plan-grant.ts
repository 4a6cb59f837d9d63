// Giving a role: everything that an assignment writes, planned in the transaction that reads what it depends on.
import type { Reach } from '@latchkey/core/access/facts'
import { maxEntriesPerPrincipal, maxListedPerPrincipal } from '@latchkey/core/access/fold-grants'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { AssignmentId, TenantId } from '@latchkey/core/kernel/ids'
import { idOf, kindOf, type PrincipalRef, userOf } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import { type DocumentFields, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import { grantsPath, policyPath, userPath } from '../facts/documents.ts'

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
  /** The person's new access id: it shuts every open viewer. */
  readonly newAccessId: string
  /** Where the receiver must belong already: nowhere (an accepted invitation), here, or (if the giver sees it) in the agency above. */
  readonly membership: 'not needed' | 'here' | 'here or above'
}

export interface PlannedGrant {
  readonly writes: readonly Write[]
  readonly frames: readonly string[]
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
  readonly member: DocumentFields | undefined
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
  const refusal = refusalFor(present.value, entries, placements)
  if (refusal !== undefined) return err(refusal)
  const owners = ownersAfter(present.value.tenant, grant)
  if (!owners.ok) return owners
  return ok({
    writes: [
      assignmentWrite(grant, placements),
      grantsWrite(grant, present.value, entries, placements),
      ...memberWrites(grant, present.value.member),
      ...personWrites(grant),
      ...owners.value,
    ],
    frames: [
      `grant:${grant.tenant}/${grant.principal}`,
      ...(userOf(grant.principal) === undefined ? [] : [`user:${idOf(grant.principal)}`]),
    ],
  })
}

const refusalFor = (
  { grants, member }: Present,
  entries: DocumentFields,
  placements: ReadonlyMap<string, string>,
): IamError | undefined => {
  if (grants?.['status'] === 'suspended' || member?.['status'] === 'suspended') {
    return iamError('conflict', { detail: 'They are suspended here; restore them first.' })
  }
  const many = (detail: string) => iamError('limit_exceeded', { detail })
  if (Object.keys(entries).length >= maxEntriesPerPrincipal) {
    return many(`Nobody has more than ${maxEntriesPerPrincipal} assignments at one tenant.`)
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
  const id = idOf(grant.principal)
  const [tenant, grants, member] = await read.getAll([
    `tenants/${grant.tenant}`,
    grantsPath(grant.tenant, grant.principal),
    `tenants/${grant.tenant}/members/${id}`,
  ])
  if (tenant === undefined) return err(iamError('not_found'))
  const counts = (one: DocumentFields | undefined): boolean =>
    one?.['status'] === 'active' && one['kind'] === kindOf(grant.principal)
  const isMember = counts(member)
  if (member?.['status'] === 'suspended') return ok({ tenant, grants, member }) // refused below, also for people of the agency
  if (grant.membership !== 'not needed' && !isMember) {
    // A person of the agency may be given a role in its accounts; anybody else must be invited (CATALOGUE I-48).
    const parent = tenant['parentId']
    const [above] =
      typeof parent === 'string' && grant.membership === 'here or above'
        ? await read.getAll([`tenants/${parent}/members/${id}`])
        : []
    if (above === undefined || !counts(above)) return err(iamError('not_found', { field: 'principal' }))
    return ok({ tenant, grants, member: { ...above, status: 'removed' } })
  }
  return ok({ tenant, grants, member })
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

const stored = (grant: Grant, placements: ReadonlyMap<string, string>) => ({
  role: grant.role,
  reach: grant.reach,
  ...(grant.accounts === undefined ? {} : { accounts: Object.fromEntries(placements) }),
  ...(grant.condition === undefined ? {} : { condition: grant.condition }),
  ...(grant.until === undefined ? {} : { until: timestampOf(grant.until) }),
})

const assignmentWrite = (grant: Grant, placements: ReadonlyMap<string, string>): Write => ({
  kind: 'create',
  path: `tenants/${grant.tenant}/assignments/${grant.assignment}`,
  fields: {
    ...stored(grant, placements),
    principal: grant.principal,
    grantedBy: grant.grantedBy,
    grantedAt: timestampOf(grant.now),
    ...(grant.reason === undefined ? {} : { reason: grant.reason }),
  },
})

const grantsWrite = (
  grant: Grant,
  present: Present,
  entries: DocumentFields,
  placements: ReadonlyMap<string, string>,
): Write => ({
  kind: 'set',
  path: grantsPath(grant.tenant, grant.principal),
  fields: {
    ...present.grants,
    principal: grant.principal,
    status: 'active',
    teams: present.grants?.['teams'] ?? [],
    entries: { ...entries, [grant.assignment]: stored(grant, placements) },
  },
})

const memberWrites = (grant: Grant, member: DocumentFields | undefined): readonly Write[] => {
  // A service account is a member of the tenant that it belongs to, wherever else it is given a role.
  if (member?.['status'] === 'active' || kindOf(grant.principal) === 'service') return []
  const name = grant.displayName ?? member?.['displayName'] ?? idOf(grant.principal)
  const fields = {
    kind: kindOf(grant.principal),
    displayName: name,
    status: 'active',
    joinedAt: timestampOf(grant.now),
  }
  return [{ kind: 'set', path: `tenants/${grant.tenant}/members/${idOf(grant.principal)}`, fields }]
}

const personWrites = (grant: Grant): readonly Write[] => {
  const uid = userOf(grant.principal)
  if (uid === undefined) return []
  return [
    { kind: 'merge', path: userPath(uid), fields: { accessId: grant.newAccessId } },
    { kind: 'merge', path: `${userPath(uid)}/tenants/${grant.tenant}`, fields: { since: timestampOf(grant.now) } },
  ]
}
